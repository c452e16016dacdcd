"""Printed values are read by their meaning, whatever the style."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.workforce import values


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,204.50", "1204.50"),
        ("1.204,50", "1204.50"),
        ("1 204,50", "1204.50"),
        ("1\u202f204,50", "1204.50"),
        ("1'204.50", "1204.50"),
        ("1’204.50", "1204.50"),
        ("1204.5", "1204.5"),
        ("EUR 1.204,50", "1204.50"),
        ("$1,204.50", "1204.50"),
        ("1,204", "1204"),
        ("1.204.567", "1204567"),
        ("12,5", "12.5"),
        ("-5.00", "-5.00"),
        ("(5.00)", "-5.00"),
        ("5.00-", "-5.00"),
        ("0,00", "0.00"),
        ("9", "9"),
    ],
)
def test_an_amount_is_read_in_every_style(text, number):
    assert values.amount(text) == Decimal(number)


def test_text_without_a_digit_is_no_amount():
    assert values.amount("none") is None
    assert values.amount("") is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31",
        "31/01/2026",
        "31.01.26",
        "Jan 31, 2026",
        "31 January 2026",
        "31. Januar 2026",
        "31 janvier 2026",
        "31 januari 2026",
        "31 de enero de 2026",
        "01/31/2026",
        "20260131",
        "31-JAN-26",
    ],
)
def test_a_day_is_read_in_every_style(text):
    assert values.days(text) == {datetime.date(2026, 1, 31)}


def test_a_day_and_month_that_could_be_swapped_have_two_readings():
    april, march = datetime.date(2026, 4, 3), datetime.date(2026, 3, 4)
    assert values.days("03/04/2026") == {april, march}
    assert values.days("03/04/2026", "day-first") == {april}
    assert values.days("03/04/2026", "month-first") == {march}


@pytest.mark.parametrize("text", ["", "soon", "99/99/2026", "12", "1204.50"])
def test_what_is_no_date_has_no_reading(text):
    assert values.days(text) == frozenset()


@pytest.mark.parametrize(
    ("field_type", "one", "other", "same"),
    [
        ("amount", "1,204.50", "1204.5", True),
        ("amount", "1,204.50", "120.450", False),
        ("date", "31/01/26", "2026-01-31", True),
        ("date", "31/01/26", "2026-02-01", False),
        ("currency", "€", "eur", True),
        ("currency", "EUR", "USD", False),
        ("text", "Acme Paper, Ltd.", "ACME PAPER LTD", True),
        ("text", "Acme Paper", "Acme Pape", False),
        ("identifier", "INV-0042", "inv 0042", True),
        ("identifier", "0042", "42", False),
        (None, "9.00", "9", True),
        (None, "1,204.50", "120.450", False),
        (None, "25/12/2018", "2018-12-25", True),
        (None, "Room 5", "5", False),
        (None, "---", "...", False),
    ],
)
def test_same_value(field_type, one, other, same):
    assert values.same_value(field_type, one, other) is same
    assert values.same_value(field_type, other, one) is same


@given(
    st.text(max_size=40),
    st.text(max_size=40),
    st.sampled_from(["text", "amount", "date", "currency", "identifier", None]),
)
def test_comparing_never_fails_and_a_value_equals_itself(one, other, field_type):
    values.same_value(field_type, one, other)
    assert values.same_value(field_type, one, one)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_the_four_styles_of_an_amount_mean_one_number(number):
    english = f"{number:,.2f}"
    swiss, french = english.replace(",", "'"), english.replace(",", " ").replace(".", ",")
    german = english.translate({ord(","): ".", ord("."): ","})
    assert {values.amount(text) for text in (english, swiss, french, german)} == {number}
