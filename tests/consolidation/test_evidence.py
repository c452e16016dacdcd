"""Check digits and sums pick among the answers where votes leave a field open, say so, and never make a value."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelling_cases import categories, label_one

from consolidation.evidence import IBAN, VAT, checked_number, declared_sum, sums

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


LINES = categories(
    *({"label": f"line_{n}", "type": "amount", "required": False, "sumsTo": "subtotal"} for n in range(1, 6)),
    {"label": "subtotal", "type": "amount"},
    {"label": "total_amount", "type": "amount"},
)
LISTED = {"line_1": "10.00", "line_2": "20.50", "line_3": "30.00", "total_amount": "72.60"}


def test_lines_that_add_up_settle_the_subtotal():
    fields = label_one(
        {"a": {**LISTED, "subtotal": "60.50"}, "b": {**LISTED, "subtotal": "66.50"}}, "invoice-fields", LINES
    )["fields"]
    subtotal = fields["subtotal"]
    assert (subtotal["value"], subtotal["chosen_by"]) == ("60.50", "arithmetic")
    assert (subtotal["evidence"], subtotal["status"]) == ("line_1 + line_2 + line_3", "tie")


def test_the_subtotal_and_the_other_lines_settle_a_line():
    right, wrong = {**LISTED, "subtotal": "60.50"}, {**LISTED, "subtotal": "60.50", "line_2": "26.50"}
    line = label_one({"a": wrong, "b": right}, "invoice-fields", LINES)["fields"]["line_2"]
    assert (line["value"], line["evidence"]) == ("20.50", "subtotal - line_1 - line_3")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({**LISTED, "subtotal": "61.50"}, {**LISTED, "subtotal": "66.50"}),
        ({**LISTED, "subtotal": "60.50", "line_1": "11.00"}, {**LISTED, "subtotal": "66.50"}),
        ({"subtotal": "60.50"}, {"subtotal": "66.50"}),
    ],
    ids=["no sum is right", "a line is open", "no lines"],
)
def test_lines_tell_nothing_that_they_cannot(first, second):
    subtotal = label_one({"a": first, "b": second}, "invoice-fields", LINES)["fields"]["subtotal"]
    assert (subtotal["value"], subtotal["status"]) == (None, "tie")
    assert "evidence" not in subtotal


def test_a_declared_sum_counts_before_one_of_any_two_amounts():
    """54.60 is the total less line_3 and a line, by chance; 60.50 is what the lines come to."""
    answers = {**LISTED, "total_amount": "84.60"}
    fields = label_one(
        {"a": {**answers, "subtotal": "60.50"}, "b": {**answers, "subtotal": "54.60"}}, "invoice-fields", LINES
    )["fields"]
    assert fields["subtotal"]["value"] == "60.50"


amounts = st.decimals(-10_000, 10_000, places=2).map(str)


@given(st.dictionaries(st.sampled_from(["line_1", "line_2", "line_3", "subtotal"]), st.none() | amounts), amounts)
def test_a_declared_sum_is_right_whenever_it_is_told(known, value):
    totals = {f"line_{n}": "subtotal" for n in (1, 2, 3)}
    lines = [Decimal(known[name] or 0) for name in totals if name in known]
    told = declared_sum(value, "subtotal", totals, known)
    assert (told is not None) == (
        len(lines) == 3 and any(known[name] is not None for name in totals) and sum(lines) == Decimal(value)
    )
