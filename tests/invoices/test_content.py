"""What is printed adds up, is written as its region writes, and belongs to nobody who exists."""

import datetime
import random
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.invoices.content import compose
from groundtruth.invoices.regions import REGIONS, write_amount, write_date
from groundtruth.invoices.wording import LANGUAGES
from groundtruth.workforce.values import amount, days

KINDS = ["invoice", "credit_note", "receipt", "purchase_order"]


@given(st.sampled_from(KINDS), st.integers(0, 10**9))
def test_lines_make_the_subtotal_and_quantity_times_price_makes_the_amount(kind, seed):
    document = compose(kind, random.Random(seed))
    for line in document.lines:
        exact = amount(line.quantity) * amount(line.price)
        assert abs(exact - abs(amount(line.amount))) <= Decimal("0.005")
    subtotal, tax, total = (amount(entry.text) for entry in document.sums)
    assert sum(amount(line.amount) for line in document.lines) == subtotal
    assert subtotal + tax == total
    rate = Decimal(re.search(r"[\d.,]+(?= %)", document.sums[1].caption).group().replace(",", "."))
    assert abs(subtotal * rate / 100 - tax) <= Decimal("0.005")


@given(st.sampled_from(REGIONS), st.decimals(-(10**8), 10**8, places=2))
def test_amounts_are_read_back_from_every_regions_style(region, number):
    assert amount(write_amount(number, region.numbers)) == number


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.country)
def test_dates_are_read_back_from_every_regions_styles(region):
    for form in region.dates:
        for day in (datetime.date(2026, 1, 31), datetime.date(2026, 12, 5), datetime.date(2026, 8, 9)):
            written = write_date(day, form, region.language)
            assert day in days(written), written
            assert "%" not in written


def test_every_language_has_every_phrase():
    keys = {language: set(phrases) for language, phrases in LANGUAGES.items()}
    assert len(keys) == 5
    assert all(found == keys["en"] for found in keys.values())
    assert all(all(variants) for phrases in LANGUAGES.values() for variants in phrases.values())


@pytest.mark.parametrize("seed", range(60))
def test_everything_printed_is_in_the_fonts(seed):
    document = compose(random.Random(seed).choice([*KINDS, "delivery_note", "statement", "other"]), random.Random(seed))
    texts = [*document.words.values(), document.issuer.name, document.customer.name, *document.issuer.address]
    texts += [entry.text for entry in (*document.head, *document.sums)] + [line.item for line in document.lines]
    assert all(text.encode("cp1252") for text in texts)


@pytest.mark.parametrize("seed", range(40))
def test_companies_are_clearly_invented(seed):
    document = compose("invoice", random.Random(seed))
    for company in (document.issuer, document.customer):
        assert company.mail.endswith(".example")
        assert company.site.endswith(".example")
        assert "000" in company.account
        assert "000" in company.tax_id
        assert "555" in company.phone
    assert document.issuer.name.split()[0] != document.customer.name.split()[0]
