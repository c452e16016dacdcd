"""The edit distance is Levenshtein's, one pair at a time and many at once, and alignments account for every unit."""

from hypothesis import given
from hypothesis import strategies as st

from consolidation.alignment import alignments, distances
from consolidation.edit_distance import edit_distance

texts = st.text("ab c", max_size=12)


def textbook(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for position, mark in enumerate(first, 1):
        above, row = row, [position]
        for column, other in enumerate(second, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (mark != other)))
    return row[-1]


def units(text: str) -> tuple[int, ...]:
    return tuple(map(ord, text))


@given(texts, texts)
def test_it_is_what_the_textbook_says(first, second):
    assert edit_distance(first, second) == textbook(first, second)


@given(st.lists(st.tuples(texts, texts), max_size=8))
def test_many_at_once_are_the_same(pairs):
    told = distances([units(a) for a, _ in pairs], [units(b) for _, b in pairs])
    assert told == [textbook(a, b) for a, b in pairs]


@given(texts, texts)
def test_an_alignment_loses_nothing_and_costs_the_distance(first, second):
    (slots,) = alignments([units(first)], [units(second)])
    assert tuple(unit for part in slots for unit in part) == units(second)
    inserted = sum(len(part) for part in slots[::2])
    changed = sum(part != (unit,) for part, unit in zip(slots[1::2], units(first), strict=True))
    assert inserted + changed == textbook(first, second)
