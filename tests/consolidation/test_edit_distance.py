"""The edit distance is Levenshtein's, one pair at a time and many at once, and alignments account for every unit."""

import random

import numpy as np
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
    flat = [units(text) for pair in pairs for text in pair]
    told = distances(flat, np.arange(len(flat)).reshape(-1, 2))
    assert told.tolist() == [textbook(a, b) for a, b in pairs]


def test_long_and_short_pairs_do_not_disturb_each_other():
    generator = random.Random(1)
    sizes = (0, 1, 2, 3, 5, 17, 60, 200)
    made = ["".join(generator.choices("abc", k=size)) for size in sizes for _ in range(3)]
    pairs = np.array([(a, b) for a in range(len(made)) for b in range(len(made))])
    told = distances([units(text) for text in made], pairs)
    assert told.tolist() == [textbook(made[a], made[b]) for a, b in pairs.tolist()]


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4))
def test_alignments_lose_nothing_and_cost_the_distance(pairs):
    flat = [units(text) for pair in pairs for text in pair]
    for (first, second), changes in zip(pairs, alignments(flat, np.arange(len(flat)).reshape(-1, 2)), strict=True):
        parts = [units(first[place // 2]) if place % 2 else () for place in range(2 * len(first) + 1)]
        assert all(parts[place] != part for place, part in changes.items())
        parts = [changes.get(place, part) for place, part in enumerate(parts)]
        assert tuple(unit for part in parts for unit in part) == units(second)
        cost = sum(len(part) if place % 2 == 0 else 1 for place, part in changes.items())
        assert cost == textbook(first, second)
