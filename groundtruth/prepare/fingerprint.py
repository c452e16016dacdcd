"""Finds pages that look alike: the same page saved again, in another size, format or quality.

Invoices of one vendor share their layout, so the short hashes that tell photographs apart would call them all the same. Here a
page's fingerprint is its brightness on a grid of 64 by 48 cells, and pages are alike when no cell differs by more than a few
levels. Another line of text, date or name shows; one other digit may not, so that pages that look alike are for a person to judge.
"""

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 64, 48

LARGEST_DIFFERENCE = 7
"""Levels of 255 by which a cell may differ. Saving a page again as JPEG of quality 60 or in another size moves its cells by up to 7, rendering it
at another resolution by up to 10 (five real invoices)."""

_LARGEST_SHAPE_DIFFERENCE = 0.01
"""Share by which the ratio of height to width may differ."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""How bright red, green and blue are (ITU-R BT.601), as in a grey JPEG of the same page."""

_COARSE = 8
"""Cells a side of the blocks that are compared first."""


def fingerprint(image: NDArray[np.uint8], has_ink: NDArray[np.bool] | None = None) -> bytes:
    """The mean brightness of each cell, row by row.

    image: (height, width) or (height, width, 3), its rows contiguous. has_ink: (height,), false for rows that are known to be white.
    """
    height, width = image.shape[:2]
    rows = image.reshape(height, -1)
    strips = _strips(rows, has_ink, np.linspace(0, height, ROWS + 1), width)
    means = _spans(strips, np.linspace(0, width, COLUMNS + 1)) / (height / ROWS * width / COLUMNS)
    result: bytes = np.rint(means).clip(0, 255).astype(np.uint8).tobytes()
    return result


def _strips(
    rows: NDArray[np.uint8], has_ink: NDArray[np.bool] | None, edges: NDArray[np.float64], width: int
) -> NDArray[np.float32]:
    """The brightness between each two edges, summed down each column of pixels; a row that an edge cuts counts by its share on either side.

    rows: (height, width * channels). edges: (strips + 1,), rising from 0 to height. Returns (strips, width).
    """
    whole, share = _cut(edges, len(rows))
    inked = rows if has_ink is None else rows[has_ink]
    # the edges among the rows that have ink: the others are known to be white
    among = whole if has_ink is None else np.concatenate([[0], has_ink.cumsum()])[whole]
    # 257 rows of bytes fit 16 bits, which add up about three times as fast as 32
    narrow = np.uint16 if np.diff(whole).max() <= 257 else np.uint32
    sums = np.empty((len(edges) - 1, rows.shape[1]), narrow)
    for strip, (start, stop) in enumerate(itertools.pairwise(among.tolist())):
        np.add.reduce(inked[start:stop], axis=0, dtype=narrow, out=sums[strip])
    white = 255.0 * (np.diff(whole) - np.diff(among))[:, None].astype(np.float32)
    return _between(_brightness(sums, width) + white, _brightness(rows[whole], width) * share[:, None])


def _spans(rows: NDArray[np.float32], edges: NDArray[np.float64]) -> NDArray[np.float32]:
    """The sum of each row between each two edges, in the same way across. rows: (n, width). Returns (n, spans)."""
    whole, share = _cut(edges, rows.shape[1])
    sums = np.add.reduceat(rows, whole[:-1], axis=1)
    sums[:, -1] -= rows[:, -1]  # of which the last edge has its share below
    sums[:, whole[1:] == whole[:-1]] = 0
    return _between(sums.T, (rows[:, whole] * share).T).T


def _cut(edges: NDArray[np.float64], count: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Which of `count` rows each edge lies in, and the share of it that is before the edge."""
    whole = np.minimum(np.floor(edges).astype(np.intp), count - 1)
    return whole, (edges - whole).astype(np.float32)


def _between(sums: NDArray[np.float32], cut: NDArray[np.float32]) -> NDArray[np.float32]:
    sums -= cut[:-1]
    sums += cut[1:]
    return sums


def _brightness(rows: NDArray[np.unsignedinteger[Any]], width: int) -> NDArray[np.float32]:
    """Of rows of pixels, or of their sums: (n, width * channels). Returns (n, width)."""
    channels = rows.astype(np.float32).reshape(len(rows) * width, -1)
    grey: NDArray[np.float32] = channels @ _LUMA if channels.shape[1] == 3 else channels[:, 0]
    return grey.reshape(len(rows), width)


class SeenPages:
    """The pages so far, asked for each new one whether it looks like one of them."""

    def __init__(self) -> None:
        self._groups: dict[int, _Group] = {}

    def find(self, fingerprint: bytes, shape: float) -> str | None:
        """The name of the first page that looks like this one; None when there is none. shape: height divided by width."""
        cells = np.frombuffer(fingerprint, np.uint8)
        mean = int(cells.mean())
        # No mean can differ by more than the largest difference of a cell; of the same page it does by far less.
        found = [
            match
            for level in range(mean - 2, mean + 3)
            if (group := self._groups.get(level)) and (match := group.find(cells, shape)) is not None
        ]
        return min(found)[1] if found else None

    def add(self, name: str, fingerprint: bytes, shape: float) -> None:
        """Remember a page."""
        cells = np.frombuffer(fingerprint, np.uint8)
        order = sum(len(group) for group in self._groups.values())
        self._groups.setdefault(int(cells.mean()), _Group()).add(order, name, cells, shape)


class _Group:
    """Pages of about the same brightness, in arrays that grow by doubling."""

    def __init__(self) -> None:
        self._names: list[tuple[int, str]] = []
        self._shapes = np.empty(8, np.float64)
        self._coarse = np.empty((8, _COARSE * _COARSE), np.int16)
        self._cells = np.empty((8, ROWS * COLUMNS), np.uint8)

    def __len__(self) -> int:
        return len(self._names)

    def add(self, order: int, name: str, cells: NDArray[np.uint8], shape: float) -> None:
        """Remember a page; order: how many were remembered before it."""
        count = len(self._names)
        if count == len(self._cells):
            self._shapes = np.concatenate([self._shapes, np.empty_like(self._shapes)])
            self._coarse = np.concatenate([self._coarse, np.empty_like(self._coarse)])
            self._cells = np.concatenate([self._cells, np.empty_like(self._cells)])
        self._shapes[count] = shape
        self._coarse[count] = _coarse(cells)
        self._cells[count] = cells
        self._names.append((order, name))

    def find(self, cells: NDArray[np.uint8], shape: float) -> tuple[int, str] | None:
        """The first page that looks like this one, with its order."""
        count = len(self._names)
        is_near = np.abs(self._shapes[:count] / shape - 1) <= _LARGEST_SHAPE_DIFFERENCE
        is_near &= np.abs(self._coarse[:count] - _coarse(cells)).max(axis=1) <= LARGEST_DIFFERENCE
        for candidate in np.flatnonzero(is_near):
            difference = np.abs(self._cells[candidate].astype(np.int16) - cells)
            if difference.max() <= LARGEST_DIFFERENCE:
                return self._names[candidate]
        return None


def _coarse(cells: NDArray[np.uint8]) -> NDArray[np.int16]:
    blocks = cells.reshape(_COARSE, ROWS // _COARSE, _COARSE, COLUMNS // _COARSE)
    return blocks.mean(axis=(1, 3)).astype(np.int16).reshape(-1)
