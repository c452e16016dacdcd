"""Levenshtein distance, for choosing among spellings of one answer."""

LONGEST = 400
"""Characters that are compared; what differs only beyond them counts as equal."""


def edit_distance(first: str, second: str) -> int:
    """The least number of characters to insert, delete or replace to turn one string into the other."""
    first, second = _differing(first[:LONGEST], second[:LONGEST])
    if not first or not second:
        return len(first) + len(second)
    row = list(range(len(second) + 1))
    for position, mark in enumerate(first, 1):
        above = row
        row = [position]
        for column, other in enumerate(second, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (mark != other)))
    return row[-1]


def _differing(first: str, second: str) -> tuple[str, str]:
    """Both strings without what they begin and end with in common."""
    start, shortest = 0, min(len(first), len(second))
    while start < shortest and first[start] == second[start]:
        start += 1
    end = 0
    while end < shortest - start and first[-1 - end] == second[-1 - end]:
        end += 1
    return first[start : len(first) - end], second[start : len(second) - end]
