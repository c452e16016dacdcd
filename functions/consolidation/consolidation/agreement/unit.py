"""Counts one unit: what several workers answered to one question about one object."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from consolidation.agreement.counts import MILLION, FieldCounts, bounded, hashed
from consolidation.edit_distance import LONGEST, edit_distance

_INTERVAL_TYPES = frozenset({"amount", "date"})


def count_values(counts: FieldCounts, values: Sequence[str], is_closed: bool) -> None:
    """Adds the answers to one unit, one value for each worker who answered. is_closed: the values are of a small set and may be read."""
    number = len(values)
    if number < 2:
        return
    votes = Counter(values)
    counts.units[number] += 1
    counts.agreeing[number] += sum(count * (count - 1) for count in votes.values())
    if counts.uncounted:
        return
    for value, count in votes.items():
        counts.values[value if is_closed else hashed(value)] += count
    bounded(counts)


def count_numbers(counts: FieldCounts, numbers: Sequence[int]) -> None:
    """Adds the answers to one unit that are numbers."""
    size = len(numbers)
    if size < 2:
        return
    total, squares = sum(numbers), sum(number * number for number in numbers)
    counts.numbers += size
    counts.total += total
    counts.squares += squares
    counts.within[size] += size * squares - total * total


def as_number(field_type: str, normalized: str | None) -> int | None:
    """An amount in millionths, a date as its day's number; None for what is neither, or too odd to be one."""
    if normalized is None or field_type not in _INTERVAL_TYPES:
        return None
    try:
        if field_type == "date":
            return date.fromisoformat(normalized).toordinal()
        return int((Decimal(normalized) * MILLION).to_integral_value())
    except (ValueError, InvalidOperation):
        return None


def similarity(first: str, second: str) -> int:
    """How alike two texts are, in millionths: 1 less their edit distance over the length of the longer one."""
    if first == second:
        return MILLION
    first, second = first[:LONGEST], second[:LONGEST]
    longest = max(len(first), len(second))
    return MILLION - (MILLION * edit_distance(first, second) + longest // 2) // longest
