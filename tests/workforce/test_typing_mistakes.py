"""Retyping keeps the meaning; slips of the finger come at the rate that was asked for."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.workforce.typing_mistakes import mistype, mistype_once, restyle
from groundtruth.workforce.values import same_value

PRINTED = [
    ("amount", "1.204,50"),
    ("amount", "17,204.50"),
    ("amount", "-12.00"),
    ("date", "31/01/2026"),
    ("date", "03/04/2026"),
    ("date", "Jan 5, 2026"),
    ("currency", "EUR"),
    ("currency", "kr"),
    ("identifier", "INV-2026-0042"),
    ("text", "Acme Paper, Ltd."),
    (None, "Acme Paper, Ltd."),
]


@pytest.mark.parametrize(("field_type", "text"), PRINTED)
def test_another_style_means_the_same(field_type, text):
    styles = {restyle(text, field_type, random.Random(seed)) for seed in range(60)}
    assert len(styles) > 1
    for style in styles:
        assert same_value(field_type or "text", text, style), style


@given(st.text(max_size=30), st.sampled_from(["text", "amount", "date", "currency", "identifier", None]), st.integers())
def test_any_text_can_be_retyped(text, field_type, seed):
    chance = random.Random(seed)
    assert same_value(field_type or "text", text, restyle(text, field_type, chance))
    mistype(text, 0.3, chance)


def test_an_ambiguous_date_keeps_its_order():
    for seed in range(40):
        digits = [part for part in restyle("03/04/2026", "date", random.Random(seed)) if part.isdigit()]
        assert "".join(digits) == "03042026"


def test_no_errors_asked_none_made():
    assert mistype("Acme Paper Ltd", 0.0, random.Random(1)) == "Acme Paper Ltd"


def test_slips_come_at_the_given_rate():
    text, chance = "Acme Paper Ltd 12345", random.Random(7)
    changed = sum(mistype(text, 0.01, chance) != text for _ in range(5000))
    # One minus the chance that 20 characters go well; a slip that changes nothing (two equal keys swapped) is rare.
    assert changed / 5000 == pytest.approx(1 - 0.99**20, abs=0.02)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789.,-/ ABCO", min_size=1, max_size=20), st.integers())
def test_one_slip_changes_the_text_a_little(text, seed):
    slipped = mistype_once(text, random.Random(seed))
    assert abs(len(slipped) - len(text)) <= 1
    assert len(text) == 1 or len(set(text)) == 1 or slipped != text
