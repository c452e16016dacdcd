"""Groups the boxes of several workers into clusters, at most one box of a worker in each.

Average linkage over intersection over union (`linkage`), for the boxes of a whole payload at once: a sweep finds the overlapping pairs, the
pairs connect boxes into groups, and most groups are clusters already, because everything in them overlaps and no worker is in them twice.
"""

import numpy as np
from numpy.typing import NDArray

from consolidation.linkage import LEFT_ALONE, SLACK, average_linkage

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST_PILED = 400
"""Boxes of one group that are linked. Nobody labels so: a group of more is a pile of scribbles, left as single boxes."""
_AT_ONCE = 1 << 14
"""Pairs that are looked at in one go, which bounds the memory."""
_NOBODY = -1
"""In the place of a box and of its overlap, where a group is smaller than those it is linked with."""
_SMALLEST = 8
"""Groups of up to so many boxes are linked together, those of up to twice as many, and so on."""


def iou(first: Floats, second: Floats) -> Floats:
    """Intersection over union of boxes; both (..., 4) of left, top, right, bottom with positive area, broadcast. Returns (...)."""
    width = np.minimum(first[..., 2], second[..., 2]) - np.maximum(first[..., 0], second[..., 0])
    height = np.minimum(first[..., 3], second[..., 3]) - np.maximum(first[..., 1], second[..., 1])
    shared = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    result: Floats = shared / (_area(first) + _area(second) - shared)
    return result


def _area(edges: Floats) -> Floats:
    result: Floats = (edges[..., 2] - edges[..., 0]) * (edges[..., 3] - edges[..., 1])
    return result


def clusters_of(objects: Ints, workers: Ints, labels: Ints, edges: Floats, threshold: float) -> tuple[Ints, Bools]:
    """The cluster of each box, (n,), numbered from 0 by each cluster's first box; and which boxes were left alone in a pile.

    objects, workers, labels: (n,) indices. edges: (n, 4) left, top, right, bottom. The boxes are sorted by object; given the same order of
    boxes the result is the same. threshold: least average IoU, above 0; a box that nothing joins settles for less (`linkage.LEFT_ALONE`).
    """
    first, second, overlap = _pairs(objects, workers, edges, LEFT_ALONE * threshold)
    enough = overlap >= threshold - SLACK
    group = _connected(len(objects), first[enough], second[enough])
    needed = enough | _may_still_join(group, first, second, enough)
    if needed.sum() > enough.sum():
        group = _connected(len(objects), first[needed], second[needed])
    is_piled = np.bincount(group, minlength=len(group))[group] > MOST_PILED
    for members in _tangled(group, first[enough]):
        for part in np.array_split(members, 1 + members.size * members.shape[1] // _AT_ONCE):
            is_there = part != _NOBODY
            table = iou(edges[part][:, :, None], edges[part][:, None, :])
            table = np.where(is_there[:, :, None] & is_there[:, None, :], table, _NOBODY)
            clusters = average_linkage(table, workers[part], labels[part], threshold)
            group[part[is_there]] = np.take_along_axis(part, clusters, axis=1)[is_there]
    group = np.where(is_piled, np.arange(len(group)), group)
    number = np.cumsum(group == np.arange(len(group))) - 1
    return number[group], is_piled


def overlapping_pairs(objects: Ints, workers: Ints, edges: Floats, threshold: float) -> tuple[Ints, Ints]:
    """Pairs of boxes of different workers on one object with at least that IoU, the first before the second. The boxes are sorted by object."""
    first, second, _ = _pairs(objects, workers, edges, threshold)
    return first, second


def _pairs(objects: Ints, workers: Ints, edges: Floats, threshold: float) -> tuple[Ints, Ints, Floats]:
    """The same, with each pair's IoU.

    An IoU of t needs a shared width of t times the wider box, so the left edge of the box further right lies within (1 - t) widths of the
    other's left edge: a sweep along the left edges finds all pairs. So does one along the top edges; the one that looks at fewer is made.
    """
    across, along = (_sweep(objects, edges[:, side], edges[:, side + 2], threshold) for side in (0, 1))
    order, counts = min(across, along, key=lambda sweep: int(sweep[1].sum()))
    columns = np.ascontiguousarray(edges.T)
    totals = np.cumsum(counts)
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))]
    start = 0
    while start < len(counts):
        base = int(totals[start - 1]) if start else 0
        stop = max(int(np.searchsorted(totals, base + _AT_ONCE, side="right")), start + 1)
        number = counts[start:stop]
        ahead = np.repeat(np.arange(start, stop) + 1 - (totals[start:stop] - number - base), number)
        one, other = np.repeat(order[start:stop], number), order[ahead + np.arange(len(ahead))]
        found.append(_close(one, other, workers, columns, threshold))
        start = stop
    first, second, overlap = (np.concatenate([pairs[column] for pairs in found]) for column in range(3))
    return first, second, overlap


def _sweep(objects: Ints, low: Floats, high: Floats, threshold: float) -> tuple[Ints, Ints]:
    """The boxes by object and lower edge, and how many of those that follow each, on its object, begin early enough to overlap it so much."""
    lowest = low.min(initial=0.0)
    span = high.max(initial=0.0) - lowest + 1.0
    position = objects * span + (low - lowest)
    order = np.argsort(position, kind="stable")
    reach = position + (1.0 - threshold) * (high - low) + SLACK * span
    ends = np.searchsorted(position[order], reach[order], side="right")
    return order, np.maximum(ends - np.arange(len(objects)) - 1, 0)


def _close(one: Ints, other: Ints, workers: Ints, columns: Floats, threshold: float) -> tuple[Ints, Ints, Floats]:
    """The pairs of different workers that overlap enough, the first before the second, and their IoU. columns: (4, n), the edges."""
    apart = workers[one] != workers[other]
    one, other = one[apart], other[apart]
    overlap = _overlap(columns, one, other)
    close = overlap >= threshold - SLACK
    one, other = one[close], other[close]
    return np.minimum(one, other), np.maximum(one, other), overlap[close]


def _overlap(columns: Floats, one: Ints, other: Ints) -> Floats:
    """`iou` of pairs, the edges given as columns (4, n): several times faster over many pairs than by rows."""
    left, top, right, bottom = columns
    area = (right - left) * (bottom - top)
    width = np.minimum(right[one], right[other])
    width -= np.maximum(left[one], left[other])
    height = np.minimum(bottom[one], bottom[other])
    height -= np.maximum(top[one], top[other])
    shared: Floats = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    shared /= area[one] + area[other] - shared
    return shared


def _connected(boxes: int, first: Ints, second: Ints) -> Ints:
    """Connected components of the pairs: for each box the lowest box that it is connected with."""
    group = np.arange(boxes)
    while True:
        before = group.copy()
        lowest = np.minimum(group[first], group[second])
        np.minimum.at(group, group[first], lowest)
        np.minimum.at(group, group[second], lowest)
        group = group[group]
        if np.array_equal(before, group):
            return group


def _is_tangled(group: Ints, first: Ints) -> tuple[Bools, Ints]:
    """Which groups, by their lowest box, are not yet clusters, because not every box overlaps enough with every other one of another worker;
    and the groups' sizes. first: the first box of each pair that overlaps enough."""
    sizes = np.bincount(group, minlength=len(group))
    pairs = np.bincount(group[first], minlength=len(group))
    return pairs != sizes * (sizes - 1) // 2, sizes


def _may_still_join(group: Ints, first: Ints, second: Ints, enough: Bools) -> Bools:
    """Which pairs a single box might join by: those with a box that is single, or may be when its group is disentangled."""
    is_tangled, sizes = _is_tangled(group, first[enough])
    is_loose = (is_tangled | (sizes == 1))[group]
    result: Bools = is_loose[first] | is_loose[second]
    return result


def _tangled(group: Ints, first: Ints) -> list[Ints]:
    """The groups to disentangle. first: the first box of each pair that overlaps enough.

    Returns for each range of sizes, piles left out, the boxes (groups, largest size), in order, filled up with `_NOBODY`.
    """
    is_tangled, sizes = _is_tangled(group, first)
    members = np.flatnonzero((is_tangled & (sizes <= MOST_PILED))[group])
    members = members[np.argsort(group[members], kind="stable")]
    size_of = sizes[group[members]]
    result = []
    least, most = 0, _SMALLEST
    while least < size_of.max(initial=0):
        chosen = members[(size_of > least) & (size_of <= most)]
        if len(chosen):
            result.append(_filled_up(chosen, group[chosen]))
        least, most = most, 2 * most
    return result


def _filled_up(members: Ints, group: Ints) -> Ints:
    """The boxes of each group in a row. members: sorted by group; group: of each."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    counts = np.diff(starts, append=len(members))
    rows = np.full((len(starts), int(counts.max())), _NOBODY, dtype=np.int64)
    rows[np.arange(rows.shape[1]) < counts[:, None]] = members
    return rows
