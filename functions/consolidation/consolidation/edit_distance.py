"""Levenshtein distance, for choosing among spellings of one answer."""

from collections.abc import Sequence

LONGEST = 400
"""Characters or words that are compared; what differs only beyond them counts as equal."""


def edit_distance(first: Sequence[str], second: Sequence[str]) -> int:
    """The least number of characters, or of words of lists, to insert, delete or replace to turn one into the other.

    A whole column of the usual table at once, its differences being the bits of two integers (Myers, 1999; Hyyrö's form for the distance, 2003).
    """
    if first == second:
        return 0
    first, second = _differing(first[:LONGEST], second[:LONGEST])
    if not first or not second:
        return len(first) + len(second)
    places: dict[str, int] = {}
    for position, mark in enumerate(first):
        places[mark] = places.get(mark, 0) | 1 << position
    every, last = (1 << len(first)) - 1, 1 << (len(first) - 1)
    rises, falls, distance = every, 0, len(first)
    for mark in second:
        equal = places.get(mark, 0)
        level = (((equal & rises) + rises) ^ rises) | equal | falls
        up, down = falls | (every & ~(level | rises)), rises & level
        distance += bool(up & last) - bool(down & last)
        up, down = (up << 1 | 1) & every, (down << 1) & every
        rises, falls = down | (every & ~(level | up)), up & level
    return distance


def _differing(first: Sequence[str], second: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Both without what they begin and end with in common."""
    start, shortest = 0, min(len(first), len(second))
    while start < shortest and first[start] == second[start]:
        start += 1
    end = 0
    while end < shortest - start and first[-1 - end] == second[-1 - end]:
        end += 1
    return first[start : len(first) - end], second[start : len(second) - end]
