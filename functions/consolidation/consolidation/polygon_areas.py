"""Areas of polygons and of what two of them share, exactly, whatever their shape: concave, touching or crossing themselves, wound either way.

The plane is cut into horizontal slabs at every corner and every crossing of two edges. Within a slab no edges cross, so what a polygon covers there is a row of
trapezoids, whose areas follow from the edges' places half way up. Nothing has to be told about degenerate cases: a slab without height has no area.
A point is inside where the outline winds around it (the nonzero rule), so a loop that crosses itself is filled.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_AT_ONCE = 1 << 19
"""Numbers of a table that are held in one go, which bounds the memory."""


def polygon_areas(polygons: Sequence[Floats]) -> Floats:
    """The area of each polygon, (n,). polygons: each (corners, 2), x and y."""
    sides = _Sides(polygons)
    _, areas = _measured(sides, np.arange(len(polygons)), np.full(len(polygons), len(polygons)))
    return areas


def shared_areas(polygons: Sequence[Floats], first: Ints, second: Ints) -> tuple[Floats, Floats]:
    """The area that the polygons of each pair share, and that of the first: (pairs,) each. first, second: (pairs,) positions in `polygons`."""
    return _measured(_Sides(polygons), first, second)


class _Sides:
    """The sides of many polygons one after another, and at the end one without length, which belongs to an empty polygon.

    ends: (sides + 1, 4) x and y of both ends of each. starts, counts: (polygons + 1,) first side and number of sides of each.
    """

    def __init__(self, polygons: Sequence[Floats]) -> None:
        counts = np.array([*map(len, polygons), 0], dtype=np.int64)
        corners = np.concatenate([*polygons, np.zeros((1, 2))])
        self.counts = counts
        self.starts = np.cumsum(counts) - counts
        after = np.arange(1, len(corners) + 1)
        after[(self.starts + counts - 1)[:-1]] = self.starts[:-1]
        after[-1] = len(corners) - 1
        self.ends = np.hstack([corners, corners[after]])

    def of(self, first: Ints, second: Ints, width: int) -> tuple[Floats, Bools]:
        """The sides of pairs beside one another, (pairs, width, 4), filled up with the side without length; and whether each is the first polygon's."""
        place = np.arange(width)
        of_first = self.counts[first][:, None]
        is_first = place < of_first
        rows = np.where(is_first, self.starts[first][:, None] + place, self.starts[second][:, None] + place - of_first)
        rows = np.where(place < of_first + self.counts[second][:, None], rows, len(self.ends) - 1)
        return self.ends[rows], is_first


def _measured(sides: _Sides, first: Ints, second: Ints) -> tuple[Floats, Floats]:
    """The area that each pair shares, and that of the first. Pairs with about as many sides are measured together."""
    shared, areas = np.zeros(len(first)), np.zeros(len(first))
    widths = 4 * ((sides.counts[first] + sides.counts[second] + 3) // 4)
    for width in np.unique(widths[widths > 0]).tolist():
        rows = np.flatnonzero(widths == width)
        for part in np.array_split(rows, 1 + len(rows) * width * width // _AT_ONCE):
            shared[part], areas[part] = _slab_areas(*sides.of(first[part], second[part], width))
    return shared, areas


def _slab_areas(edges: Floats, is_first: Bools) -> tuple[Floats, Floats]:
    """edges: (pairs, width, 4). is_first: (pairs, width). Returns the shared area and the first outline's, (pairs,) each."""
    x, y, x_end, y_end = np.moveaxis(edges, 2, 0)
    heights = np.sort(np.concatenate([y, _crossings(edges)], axis=1), axis=1)
    middle = ((heights[:, 1:] + heights[:, :-1]) / 2.0)[:, :, None]
    low, high = np.minimum(y, y_end)[:, None, :], np.maximum(y, y_end)[:, None, :]
    is_cut = (low < middle) & (middle < high)
    slope = np.divide(x_end - x, y_end - y, out=np.zeros_like(x), where=y_end != y)
    beyond = float(edges[..., (0, 2)].max(initial=0.0)) + 1.0
    at = np.where(is_cut, x[:, None, :] + (middle - y[:, None, :]) * slope[:, None, :], beyond)
    order = np.argsort(at, axis=2)
    at = np.take_along_axis(at, order, axis=2)
    turn = np.take_along_axis(is_cut * np.sign(y_end - y)[:, None, :], order, axis=2)
    of_first = np.take_along_axis(np.broadcast_to(is_first[:, None, :], turn.shape), order, axis=2)
    in_first = np.cumsum(turn * of_first, axis=2)[:, :, :-1] != 0
    in_second = np.cumsum(turn * ~of_first, axis=2)[:, :, :-1] != 0
    cells = np.diff(at, axis=2) * np.diff(heights, axis=1)[:, :, None]
    shared: Floats = (cells * (in_first & in_second)).sum(axis=(1, 2))
    areas: Floats = (cells * in_first).sum(axis=(1, 2))
    return shared, areas


def _crossings(edges: Floats) -> Floats:
    """The heights at which edges cross, (pairs, most crossings of a pair), filled up with a height of the pair."""
    one, other = np.triu_indices(edges.shape[1], 1)
    start, end = edges[..., :2], edges[..., 2:]
    along = end - start
    first, second, apart = along[:, one], along[:, other], start[:, other] - start[:, one]
    turned = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    is_turned = turned != 0.0
    safe = np.where(is_turned, turned, 1.0)
    at_first = (apart[..., 0] * second[..., 1] - apart[..., 1] * second[..., 0]) / safe
    at_second = (apart[..., 0] * first[..., 1] - apart[..., 1] * first[..., 0]) / safe
    crosses = is_turned & (at_first > 0.0) & (at_first < 1.0) & (at_second > 0.0) & (at_second < 1.0)
    heights = np.where(crosses, start[:, one, 1] + at_first * first[..., 1], np.inf)
    most = int(crosses.sum(axis=1).max(initial=0))
    heights = np.partition(heights, most - 1, axis=1)[:, :most] if most else heights[:, :0]
    return np.where(np.isinf(heights), edges[:, :1, 1], heights)
