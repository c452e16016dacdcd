"""Edit distances and alignments of many short sequences of numbers at once.

What a pair begins and ends with in common is left out first. The table of what remains (Levenshtein, 1966) is filled row by row for many pairs together;
pairs of like length share a table's size.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Units = tuple[int, ...]
"""A text as numbers, one for each word or character; never negative."""
Changes = dict[int, Units]
"""What an answer has in the places where it differs from the text it is aligned with. Places 1, 3, 5 ... are that text's units, the others lie before,
between and after them."""

_AT_ONCE = 1 << 18
"""Cells of the tables in work."""
_ROWS_IN_WORK = 4
"""Rows of a table that are there at once when only its last is wanted."""
_STEP = 1.5
"""How much longer than the shortest the longest pair of a table may be, about."""

Ints = NDArray[np.int64]
Shorts = NDArray[np.int16]


def distances(texts: Sequence[Units], pairs: Ints) -> Ints:
    """The least number of units to insert, delete or replace, of each pair. pairs: (n, 2) positions among the texts. Returns (n,)."""
    trimmed = _Trimmed(texts, pairs)
    result = trimmed.lengths.max(axis=1)
    for rows in trimmed.portions(keep=False):
        part = trimmed.of(rows, shorter_first=True)
        tables = _filled(part, keep=False)
        result[rows] = tables[0, np.arange(len(rows)), part.lengths[:, 1]]
    return result


def alignments(texts: Sequence[Units], pairs: Ints) -> list[Changes]:
    """How the second of each pair falls on the first; where several alignments are as short, replacing is preferred. pairs: as above."""
    trimmed = _Trimmed(texts, pairs)
    result: list[Changes] = [{} for _ in range(len(pairs))]
    for row in np.flatnonzero(trimmed.lengths.any(axis=1) & ~trimmed.lengths.all(axis=1)).tolist():
        lead, (length, _) = int(trimmed.leads[row]), trimmed.lengths[row].tolist()
        added = texts[pairs[row, 1]][lead : lead + int(trimmed.lengths[row, 1])]
        result[row] = {2 * lead: added} if added else {2 * place + 1: () for place in range(lead, lead + length)}
    for rows in trimmed.portions(keep=True):
        part = trimmed.of(rows)
        tables = _filled(part, keep=True)
        for position, row in enumerate(rows.tolist()):
            x, y = part.lengths[position].tolist()
            table = tables[: x + 1, position, : y + 1].tolist()
            a, b = part.first[position, :x].tolist(), part.second[position, :y].tolist()
            result[row] = _traced(table, a, b, int(trimmed.leads[row]))
    return result


def _traced(table: list[list[int]], a: list[int], b: list[int], lead: int) -> Changes:
    changes: Changes = {}
    x, y = len(a), len(b)
    while x or y:
        value = table[x][y]
        if x and y and table[x - 1][y - 1] + (a[x - 1] != b[y - 1]) == value:
            x, y = x - 1, y - 1
            if a[x] != b[y]:
                changes[2 * (x + lead) + 1] = (b[y],)
        elif y and table[x][y - 1] + 1 == value:
            y -= 1
            place = 2 * (x + lead)
            changes[place] = (b[y], *changes.get(place, ()))
        else:
            x -= 1
            changes[2 * (x + lead) + 1] = ()
    return changes


class _Part:
    """Pairs in work, filled up to equal lengths with what equals nothing. first, second: (pairs, longest). lengths: (pairs, 2)."""

    def __init__(self, units: NDArray[np.int32], starts: Ints, lengths: Ints) -> None:
        self.lengths = lengths
        self.first, self.second = (
            _padded(units, starts[:, side], lengths[:, side], filler) for side, filler in ((0, -1), (1, -2))
        )


class _Trimmed:
    """Pairs of texts without what they begin and end with in common.

    leads: (pairs,) how many units that is at the beginning. lengths: (pairs, 2) of what remains.
    """

    def __init__(self, texts: Sequence[Units], pairs: Ints) -> None:
        sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        self._units = np.fromiter(chain.from_iterable(texts), dtype=np.int32, count=int(sizes.sum()))
        starts, lengths = (np.cumsum(sizes) - sizes)[pairs], sizes[pairs]
        shorter = lengths.min(axis=1)
        self.leads = _common(self._units, starts, shorter, 1)
        tails = _common(self._units, starts + lengths - 1, shorter - self.leads, -1)
        self.lengths: Ints = lengths - (self.leads + tails)[:, None]
        self._starts = starts + self.leads[:, None]

    def portions(self, *, keep: bool) -> Iterator[Ints]:
        """The pairs of which something remains on both sides, by the portion, those of like length together. keep: as in `_filled`."""
        longest = self.lengths.max(axis=1, initial=0)
        rows = np.flatnonzero(self.lengths.all(axis=1))
        rows = rows[np.argsort(longest[rows], kind="stable")]
        start = 0
        while start < len(rows):
            like = int(np.searchsorted(longest[rows], _STEP * longest[rows[start]] + 2, side="right"))
            size = int(longest[rows[like - 1]]) + 1
            stop = min(like, start + max(_AT_ONCE // (size * (size if keep else _ROWS_IN_WORK)), 1))
            yield rows[start:stop]
            start = stop

    def of(self, rows: Ints, *, shorter_first: bool = False) -> _Part:
        """These pairs. shorter_first: whether the shorter of each pair may come first, whichever that is."""
        starts, lengths = self._starts[rows], self.lengths[rows]
        if shorter_first:
            order = np.argsort(lengths, axis=1, kind="stable")
            starts, lengths = np.take_along_axis(starts, order, axis=1), np.take_along_axis(lengths, order, axis=1)
        return _Part(self._units, starts, lengths)


def _common(units: NDArray[np.int32], ends: Ints, most: Ints, step: int) -> Ints:
    """How many units each pair has in common from its `ends` (pairs, 2) on, forwards or backwards by `step`; at most `most`."""
    common = np.zeros(len(ends), dtype=np.int64)
    alike = np.flatnonzero(most > 0)
    one, other = ends[alike].T
    while len(alike):
        equal = units[one] == units[other]
        alike, one, other = alike[equal], one[equal], other[equal]
        common[alike] += 1
        more = most[alike] > common[alike]
        alike, one, other = alike[more], one[more] + step, other[more] + step
    return common


def _padded(units: NDArray[np.int32], starts: Ints, lengths: Ints, filler: int) -> NDArray[np.int32]:
    """The sequences of `lengths` from `starts` on as rows."""
    column = np.arange(int(lengths.max(initial=0)))
    places = starts[:, None] + column
    result: NDArray[np.int32] = np.where(
        column < lengths[:, None], units[np.minimum(places, len(units) - 1)], np.int32(filler)
    )
    return result


def _filled(part: _Part, *, keep: bool) -> Shorts:
    """The tables (rows, pairs, columns); keep: all rows, else only each pair's last, as one row.

    Row by row; the dependence along a row is a running minimum once each cell is told relative to its column.
    """
    a, b, lengths = part.first, part.second, part.lengths[:, 0]
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
