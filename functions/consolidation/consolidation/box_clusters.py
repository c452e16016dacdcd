"""Groups the boxes of several workers into clusters, at most one box of a worker in each.

Average linkage over intersection over union (`linkage`), for the boxes of a whole payload at once: a sweep finds the overlapping pairs, the
pairs connect boxes into groups, and most groups are clusters already, because everything in them overlaps and no worker is in them twice.
"""

import numpy as np
from numpy.typing import NDArray

from consolidation.linkage import SLACK, average_linkage

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST_PILED = 400
"""Boxes of one group that are linked. Nobody labels so: a group of more is a pile of scribbles, left as single boxes."""
_AT_ONCE = 1 << 14
"""Pairs that are looked at in one go, which bounds the memory."""


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

    objects, workers, labels: (n,) indices. edges: (n, 4) left, top, right, bottom. The boxes are sorted by object and left edge; given the
    same order of boxes the result is the same. threshold: least average IoU, above 0.
    """
    first, second = overlapping_pairs(objects, workers, edges, threshold)
    group = _connected(len(objects), first, second)
    sizes = np.bincount(group, minlength=len(group))
    is_piled = sizes[group] > MOST_PILED
    for members in _tangled(group, first, sizes):
        for part in np.array_split(members, 1 + members.size * members.shape[1] // _AT_ONCE):
            overlap = iou(edges[part][:, :, None], edges[part][:, None, :])
            clusters = average_linkage(overlap, workers[part], labels[part], threshold)
            group[part] = np.take_along_axis(part, clusters, axis=1)
    group = np.where(is_piled, np.arange(len(group)), group)
    number = np.cumsum(group == np.arange(len(group))) - 1
    return number[group], is_piled


def overlapping_pairs(objects: Ints, workers: Ints, edges: Floats, threshold: float) -> tuple[Ints, Ints]:
    """Pairs of boxes of different workers on one object with at least that IoU, the first before the second.

    An IoU of t needs a shared width of t times the wider box, so the second's left edge lies within (1 - t) widths of the first's: a
    sweep along the left edges finds all pairs.
    """
    lowest = edges[:, 0].min(initial=0.0)
    span = edges[:, 2].max(initial=0.0) - lowest + 1.0
    position = objects * span + (edges[:, 0] - lowest)
    reach = position + (1.0 - threshold) * (edges[:, 2] - edges[:, 0]) + SLACK * span
    ends = np.searchsorted(position, reach, side="right")
    counts = np.maximum(ends - np.arange(len(objects)) - 1, 0)
    totals = np.cumsum(counts)
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
    start = 0
    while start < len(counts):
        base = int(totals[start - 1]) if start else 0
        stop = max(int(np.searchsorted(totals, base + _AT_ONCE, side="right")), start + 1)
        first = np.repeat(np.arange(start, stop), counts[start:stop])
        second = (
            first
            + 1
            + np.arange(len(first))
            - np.repeat(totals[start:stop] - counts[start:stop] - base, counts[start:stop])
        )
        found.append(_close(first, second, objects, workers, edges, threshold))
        start = stop
    return np.concatenate([pairs[0] for pairs in found]), np.concatenate([pairs[1] for pairs in found])


def _close(
    first: Ints, second: Ints, objects: Ints, workers: Ints, edges: Floats, threshold: float
) -> tuple[Ints, Ints]:
    """The pairs of different workers on one object that overlap enough."""
    apart = (workers[first] != workers[second]) & (objects[first] == objects[second])
    first, second = first[apart], second[apart]
    close = iou(edges[first], edges[second]) >= threshold - SLACK
    return first[close], second[close]


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


def _tangled(group: Ints, first: Ints, sizes: Ints) -> list[Ints]:
    """The groups that are not yet clusters, because not every box overlaps with every other one of another worker.

    Returns for each size of group, piles left out, the boxes (groups, size), in order.
    """
    pairs = np.bincount(group[first], minlength=len(group))
    is_tangled = (pairs != sizes * (sizes - 1) // 2) & (sizes <= MOST_PILED)
    members = np.flatnonzero(is_tangled[group])
    members = members[np.argsort(group[members], kind="stable")]
    size_of = sizes[group[members]]
    return [members[size_of == size].reshape(-1, size) for size in np.unique(size_of).tolist()]
