"""Answers that say the same have one normal form, whatever country their writer comes from."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consolidation.amounts import amount_readings
from consolidation.currencies import currency_readings
from consolidation.dates import date_readings
from consolidation.normal_forms import normal_form


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("CHF 1’234.50", "1234.50"),
        ("1234.5", "1234.50"),
        ("1234", "1234.00"),
        ("€ 1.234,50", "1234.50"),
        ("1.234,50 €", "1234.50"),
        ("EUR1,234.50", "1234.50"),
        ("US$ 1,234.50", "1234.50"),
        ("kr 1 234,50", "1234.50"),
        ("1.234.567", "1234567.00"),
        ("1,234,567.891", "1234567.891"),
        ("Rs. 1,00,000/-", "100000.00"),
        ("12,34,567.80", "1234567.80"),
        ("12,-", "12.00"),
        ("12.–", "12.00"),
        (".50", "0.50"),
        ("0.123", "0.123"),
        ("-12.00", "-12.00"),
        ("−12,00", "-12.00"),
        ("12.00-", "-12.00"),
        ("(12.00)", "-12.00"),
        ("-$12.00", "-12.00"),
        ("$-12.00", "-12.00"),
        ("(USD 12.00)", "-12.00"),
        ("100.00 CR", "-100.00"),
        ("100.00 DR", "100.00"),
        ("-0.00", "0.00"),
        ("１２３．４５", "123.45"),
        ("٣٤٫٥", "34.50"),
    ],
)
def test_an_amount_is_read_in_the_way_of_its_country(text, amount):
    assert list(amount_readings(text)) == [amount]


@pytest.mark.parametrize("text", ["1.234", "1,234", "€ 1.234", "-1,234"])
def test_three_digits_after_one_mark_are_ambiguous(text):
    sign = "-" if text[0] == "-" else ""
    assert set(amount_readings(text)) == {f"{sign}1234.00", f"{sign}1.234"}


@pytest.mark.parametrize(
    "text", ["", "abc", "12 50", "1.234.50", "1,23,4", "19%", "12/34", "9" * 40, "1..2", "--", "€"]
)
def test_what_is_no_amount_has_no_reading(text):
    assert not amount_readings(text)


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False))
def test_the_same_amount_is_read_from_every_style(amount):
    expected = f"{amount:.2f}"
    english = f"{amount:,.2f}"
    styles = [expected, english]
    styles += [english.translate(str.maketrans(",.", marks)) for marks in (".,", " ,", "'.", "\u00a0,")]
    for text in [*styles, *(f"{style} EUR" for style in styles), *(f"£{style}" for style in styles)]:
        assert list(amount_readings(text)) == [expected]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-01-31", "2026-01-31"),
        ("2026/1/31", "2026-01-31"),
        ("20260131", "2026-01-31"),
        ("31/01/2026", "2026-01-31"),
        ("31/01/26", "2026-01-31"),
        ("01/31/2026", "2026-01-31"),
        ("31-01-2026", "2026-01-31"),
        ("3.4.26", "2026-04-03"),
        ("03. 04. 2026", "2026-04-03"),
        ("31 January 2026", "2026-01-31"),
        ("January 31st, 2026", "2026-01-31"),
        ("31-Jan-26", "2026-01-31"),
        ("31. Januar 2026", "2026-01-31"),
        ("1. März 2026", "2026-03-01"),
        ("1er février 2026", "2026-02-01"),
        ("15 août 2026", "2026-08-15"),
        ("31 januari 2026", "2026-01-31"),
        ("31 de enero de 2026", "2026-01-31"),
        ("31 gennaio 2026", "2026-01-31"),
        ("Mercoledì 31 maggio 2026", "2026-05-31"),
        ("31/01/2026 10:22 PM", "2026-01-31"),
        ("2026-01-31T10:22:00Z", "2026-01-31"),
        ("31/12/99", "1999-12-31"),
        ("05/05/2026", "2026-05-05"),
        ("３１／０１／２０２６", "2026-01-31"),
    ],
)
def test_a_date_is_read_in_the_way_of_its_country(text, date):
    assert date_readings(text) == {date}


def test_day_and_month_that_could_be_swapped_are_ambiguous():
    assert date_readings("03/04/26") == {"2026-04-03", "2026-03-04"}


@pytest.mark.parametrize(
    "text", ["", "31/02/2026", "13/13/2020", "Jan 2026", "due 31 Jan 2026", "31/01", "1/2/3/4", "0/0/0000"]
)
def test_what_is_no_date_has_no_reading(text):
    assert not date_readings(text)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("€", {"EUR"}),
        ("eur", {"EUR"}),
        ("Euros", {"EUR"}),
        ("Euro (EUR)", {"EUR"}),
        ("EUR 1,204.50", {"EUR"}),
        ("US$", {"USD"}),
        ("us dollars", {"USD"}),
        ("£", {"GBP"}),
        ("SFr.", {"CHF"}),
        ("RM", {"MYR"}),
        ("¥", {"JPY", "CNY"}),
        ("kr", {"SEK", "NOK", "DKK", "ISK"}),
        ("XYZ", set()),
        ("", set()),
    ],
)
def test_a_currency_is_an_iso_code(text, codes):
    assert currency_readings(text) == codes


def test_a_dollar_sign_may_be_several_dollars():
    assert {"USD", "CAD", "AUD"} <= currency_readings("$")


@pytest.mark.parametrize(
    ("field_type", "one", "other"),
    [
        ("text", "ACME  Ltd.", "acme ltd"),
        ("text", "S.H.H. Motor", "SHH MOTOR"),
        ("text", "BOOK TA .K (TAMAN DAYA)", "Book TA.K Taman-Daya"),
        ("text", "ＡＣＭＥ", "ACME"),
        ("text", "Straße", "STRASSE"),
        ("identifier", "inv-10 442", "INV10442"),
        ("identifier", "DE 123–456", "de123456"),
        ("amount", "1.234,50", "1,234.50"),
        ("date", "31/01/26", "2026-01-31"),
        ("currency", "€", "EUR"),
    ],
)
def test_answers_that_say_the_same_compare_equal(field_type, one, other):
    assert normal_form(field_type, one).key == normal_form(field_type, other).key


@pytest.mark.parametrize(
    ("field_type", "one", "other"),
    [
        ("text", "Lot 1 23", "Lot 12 3"),
        ("text", "1.50", "150"),
        ("text", "Müller", "Muller"),
        ("identifier", "INV-O1", "INV-01"),
        ("identifier", "12/34", "1234"),
        ("amount", "about 5", "about 6"),
        ("date", "31/02/2026", "2026-02-28"),
    ],
)
def test_answers_that_say_different_things_do_not(field_type, one, other):
    assert normal_form(field_type, one).key != normal_form(field_type, other).key


def test_what_is_not_of_the_type_has_no_normal_form_but_still_compares():
    assert normal_form("amount", "see page 2").normalized is None
    assert normal_form("amount", "See page 2.").key == normal_form("amount", "see page 2").key


@settings(deadline=None)
@given(st.sampled_from(["text", "amount", "date", "currency", "identifier"]), st.text(min_size=1).filter(str.strip))
def test_any_text_has_a_normal_form(field_type, text):
    form = normal_form(field_type, text)
    assert form.key
    assert form == normal_form(field_type, text)
    assert form.normalized is None or form.readings == {form.normalized}


@settings(deadline=None)
@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%b %d, %Y", "%Y%m%d"]))
def test_every_clear_date_style_is_read_back(date, style):
    if date.year >= 1000:
        assert date_readings(date.strftime(style)) == {date.isoformat()}


@settings(deadline=None)
@given(st.dates())
def test_slashed_dates_include_the_truth(date):
    if date.year >= 1000:
        assert date.isoformat() in date_readings(date.strftime("%d/%m/%Y")) & date_readings(date.strftime("%m/%d/%Y"))
