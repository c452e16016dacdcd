"""Edit distances and alignments of many short sequences of numbers at once.

The table of each pair (Levenshtein, 1966) is filled row by row for many pairs together; pairs of like length share a table's size.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Units = tuple[int, ...]
"""A text as numbers, one for each word or character; never negative."""
Slots = list[Units]
"""What of an answer falls before, at, between and after the units of the text it is aligned with: 2 x length + 1 parts."""

_AT_ONCE = 1 << 20
"""Cells of the tables in work."""

Ints = NDArray[np.int64]
Shorts = NDArray[np.int16]


def distances(first: Sequence[Units], second: Sequence[Units]) -> list[int]:
    """The least number of units to insert, delete or replace, of each pair."""
    result = np.zeros(len(first), dtype=np.int64)
    for pairs, tables, ends in _tables(first, second, keep=False):
        result[pairs] = tables[0, np.arange(len(pairs)), ends[:, 1]]
    return [int(distance) for distance in result]


def alignments(first: Sequence[Units], second: Sequence[Units]) -> list[Slots]:
    """How the second of each pair falls on the first; where several alignments are as short, replacing is preferred."""
    result: list[Slots] = [[] for _ in first]
    for pairs, tables, _ in _tables(first, second, keep=True):
        for position, pair in enumerate(pairs.tolist()):
            a, b = first[pair], second[pair]
            result[pair] = _traced(tables[: len(a) + 1, position, : len(b) + 1].tolist(), a, b)
    return result


def _traced(table: list[list[int]], a: Units, b: Units) -> Slots:
    slots: Slots = [()] * (2 * len(a) + 1)
    x, y = len(a), len(b)
    while x or y:
        value = table[x][y]
        if x and y and table[x - 1][y - 1] + (a[x - 1] != b[y - 1]) == value:
            x, y = x - 1, y - 1
            slots[2 * x + 1] = (b[y],)
        elif y and table[x][y - 1] + 1 == value:
            y -= 1
            slots[2 * x] = (b[y], *slots[2 * x])
        else:
            x -= 1
    return slots


def _tables(first: Sequence[Units], second: Sequence[Units], *, keep: bool) -> Iterator[tuple[Ints, Shorts, Ints]]:
    """Pairs, their tables (rows, pairs, columns) and lengths (pairs, 2), by the portion. keep: all rows; else only each pair's last, as one row."""
    lengths = np.array([(len(a), len(b)) for a, b in zip(first, second, strict=True)], dtype=np.int64).reshape(-1, 2)
    order = np.lexsort((lengths[:, 1], lengths[:, 0]))
    start = 0
    while start < len(order):
        size = int((lengths[order[start : start + _AT_ONCE]] + 1).max())
        stop = start + max(_AT_ONCE // (size * size), 1)
        pairs = order[start:stop]
        start = stop
        ends = lengths[pairs]
        a = _padded([first[pair] for pair in pairs.tolist()], -1, ends[:, 0])
        b = _padded([second[pair] for pair in pairs.tolist()], -2, ends[:, 1])
        yield pairs, _filled(a, b, ends[:, 0], keep=keep), ends


def _padded(sequences: Sequence[Units], filler: int, lengths: Ints) -> NDArray[np.int32]:
    result = np.full((len(sequences), int(lengths.max())), filler, dtype=np.int32)
    result[np.arange(result.shape[1]) < lengths[:, None]] = [unit for units in sequences for unit in units]
    return result


def _filled(a: NDArray[np.int32], b: NDArray[np.int32], lengths: Ints, *, keep: bool) -> Shorts:
    """Row by row; the dependence along a row is a running minimum once each cell is told relative to its column."""
    columns = np.arange(b.shape[1] + 1, dtype=np.int16)
    row = np.tile(columns, (len(a), 1))
    rows = [row]
    last = row.copy()
    for position in range(1, a.shape[1] + 1):
        above, row = row, np.empty_like(row)
        row[:, 0] = position
        np.minimum(above[:, :-1] + (a[:, position - 1, None] != b), above[:, 1:] + 1, out=row[:, 1:])
        row -= columns
        np.minimum.accumulate(row, axis=1, out=row)
        row += columns
        if keep:
            rows.append(row)
        else:
            ending = lengths == position
            last[ending] = row[ending]
    return np.stack(rows) if keep else last[None]
