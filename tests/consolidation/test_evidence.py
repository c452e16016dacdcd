"""Check digits and sums pick among the answers where votes leave a field open, say so, and never make a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelling_cases import categories, label_one

from consolidation.evidence import IBAN, VAT, checked_number, sums

FIELDS = categories(
    {"label": "iban", "type": "identifier"},
    {"label": "subtotal", "type": "amount"},
    {"label": "tax_amount", "type": "amount"},
    {"label": "total_amount", "type": "amount"},
)
IBANS = ("DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606")
VATS = ("DE136695976", "ATU13585627", "BE0776091951", "FR40303265045", "IT00743110157", "LU15027442")


@pytest.mark.parametrize("number", IBANS)
def test_an_iban_is_known_by_its_check_digits(number):
    assert checked_number(number) == checked_number(" ".join(number)) == IBAN


@pytest.mark.parametrize("number", VATS)
def test_a_vat_number_is_known_by_its_check_digits(number):
    assert checked_number(number) == VAT


@given(st.sampled_from([*IBANS, *VATS]), st.data())
def test_one_wrong_digit_is_found(number, data):
    place = data.draw(st.sampled_from([at for at, mark in enumerate(number) if mark.isdigit()]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert checked_number(number[:place] + digit + number[place + 1 :]) is None


@given(st.text(max_size=40))
def test_no_text_is_too_odd_to_be_checked(text):
    checked_number(text)


def test_the_amounts_that_add_up_are_named():
    assert sums("120.00", {"subtotal": "100.00", "tax_amount": "20"}) == "subtotal + tax_amount"
    assert sums("20.00", {"subtotal": "100.00", "total_amount": "120"}) == "total_amount - subtotal"
    assert sums("100.00", {"subtotal": "100.00", "tax_amount": "0.00"}) is None


def form(iban: str, total: str) -> dict[str, str]:
    return {"iban": iban, "subtotal": "100.00", "tax_amount": "20.00", "total_amount": total}


def test_evidence_settles_a_tie_and_is_reported():
    fields = label_one(
        {"a": form(IBANS[0], "120.00"), "b": form("DE89370400440532013001", "126.00")}, "invoice-fields", FIELDS
    )["fields"]
    iban, total = fields["iban"], fields["total_amount"]
    assert (iban["value"], iban["chosen_by"], iban["evidence"], iban["status"]) == (IBANS[0], "checksum", IBAN, "tie")
    assert (total["value"], total["chosen_by"], total["evidence"]) == ("120.00", "arithmetic", "subtotal + tax_amount")
    assert total["reason"] == "2 values have equal votes; this one alone adds up with the document's other amounts"


def test_evidence_does_not_outvote_a_majority_nor_a_policy():
    answers = {"a": form(IBANS[0], "126.00"), "b": form(IBANS[0], "126.00"), "c": form(IBANS[0], "120.00")}
    assert label_one(answers, "invoice-fields", FIELDS)["fields"]["total_amount"]["value"] == "126.00"
    tied = {"a": form(IBANS[0], "126.00"), "c": form(IBANS[0], "120.00")}
    told = label_one(tied, "invoice-fields", FIELDS, tie_policy="unresolved")
    assert told["fields"]["total_amount"]["value"] is None


def test_evidence_for_two_answers_is_none():
    fields = label_one({"a": form(IBANS[0], "120.00"), "b": form(IBANS[1], "80.00")}, "invoice-fields", FIELDS)[
        "fields"
    ]
    assert fields["iban"]["value"] is None
    assert fields["total_amount"]["value"] is None
