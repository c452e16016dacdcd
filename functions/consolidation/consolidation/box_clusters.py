"""Groups the boxes of several workers into clusters, at most one box of a worker in each.

Average linkage: starting from single boxes, the two clusters whose boxes overlap most on average (intersection over union) join, as long as that
average reaches the threshold and no worker is in both. Clusters of one label join first, then any. All over flat arrays of a whole payload;
only groups in which not everything overlaps with everything need to be walked one by one.
"""

from collections.abc import Iterator
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_PAIRS_AT_ONCE = 1 << 16
_SLACK = 1e-9
"""Two equal boxes may come out a hair below an IoU of 1."""


def iou(first: Floats, second: Floats) -> Floats:
    """Intersection over union of boxes row by row; both (n, 4) of left, top, right, bottom with positive area. Returns (n,)."""
    width = np.minimum(first[:, 2], second[:, 2]) - np.maximum(first[:, 0], second[:, 0])
    height = np.minimum(first[:, 3], second[:, 3]) - np.maximum(first[:, 1], second[:, 1])
    shared = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    result: Floats = shared / (_area(first) + _area(second) - shared)
    return result


def _area(edges: Floats) -> Floats:
    result: Floats = (edges[:, 2] - edges[:, 0]) * (edges[:, 3] - edges[:, 1])
    return result


def clusters_of(objects: Ints, workers: Ints, labels: Ints, edges: Floats, threshold: float) -> Ints:
    """The cluster of each box, (n,), numbered from 0 by each cluster's first box.

    objects, workers, labels: (n,) indices. edges: (n, 4) left, top, right, bottom. The boxes are sorted by object and left edge; given the
    same order of boxes the result is the same. threshold: least average IoU, above 0.
    """
    first, second = _overlapping_pairs(objects, workers, edges, threshold)
    group = _connected(len(objects), first, second)
    for members, pairs in _tangled(group, workers, first, second):
        _link(members, pairs, group, workers, labels, edges, threshold)
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


def _overlapping_pairs(objects: Ints, workers: Ints, edges: Floats, threshold: float) -> tuple[Ints, Ints]:
    """Pairs of boxes of different workers on one object with at least that IoU, the first before the second.

    An IoU of t needs a shared width of t times the wider box, so the second's left edge lies within (1 - t) widths of the first's: a
    sweep along the left edges finds all pairs.
    """
    lowest = edges[:, 0].min(initial=0.0)
    span = edges[:, 2].max(initial=0.0) - lowest + 1.0
    position = objects * span + (edges[:, 0] - lowest)
    reach = position + (1.0 - threshold) * (edges[:, 2] - edges[:, 0]) + _SLACK * span
    indices = np.arange(len(objects))
    ends = np.searchsorted(position, reach, side="right")
    counts = np.maximum(ends - indices - 1, 0)
    totals = np.cumsum(counts)
    found: list[tuple[Ints, Ints]] = []
    start = 0
    while start < len(indices):
        base = int(totals[start - 1]) if start else 0
        stop = max(int(np.searchsorted(totals, base + _PAIRS_AT_ONCE, side="right")), start + 1)
        found.append(_pairs_of_rows(start, stop, counts, objects, workers, edges, threshold))
        start = stop
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate([pair[0] for pair in found]), np.concatenate([pair[1] for pair in found])


def _pairs_of_rows(
    start: int, stop: int, counts: Ints, objects: Ints, workers: Ints, edges: Floats, threshold: float
) -> tuple[Ints, Ints]:
    """The overlapping pairs whose first box is one of the rows from start to stop."""
    lengths = counts[start:stop]
    first = np.repeat(np.arange(start, stop), lengths)
    offsets = np.arange(len(first)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    second = first + 1 + offsets
    apart = (workers[first] != workers[second]) & (objects[first] == objects[second])
    first, second = first[apart], second[apart]
    close = iou(edges[first], edges[second]) >= threshold - _SLACK
    return first[close], second[close]


def _connected(boxes: int, first: Ints, second: Ints) -> Ints:
    """Connected components of the pairs: for each box the lowest box that it is connected with."""
    group = np.arange(boxes)
    while True:
        lowest = np.minimum(group[first], group[second])
        before = group.copy()
        np.minimum.at(group, group[first], lowest)
        np.minimum.at(group, group[second], lowest)
        group = group[group]
        if np.array_equal(before, group):
            return group


def _tangled(
    group: Ints, workers: Ints, first: Ints, second: Ints
) -> Iterator[tuple[list[int], list[tuple[int, int]]]]:
    """The groups that are not yet clusters, because a worker is in them twice or not all of their boxes overlap with each other.

    Yields the boxes of each group and its overlapping pairs, as positions among those boxes.
    """
    boxes = len(group)
    sizes = np.bincount(group, minlength=boxes)
    pairs = np.bincount(group[first], minlength=boxes)
    width = int(workers.max(initial=0)) + 1
    distinct = np.bincount(np.unique(group * width + workers) // width, minlength=boxes)
    is_tangled = (pairs != sizes * (sizes - 1) // 2) | (distinct != sizes)
    if not is_tangled.any():
        return
    members = _by_group(np.flatnonzero(is_tangled[group]), group)
    edges = _by_group(np.flatnonzero(is_tangled[group[first]]), group[first])
    for boxes_of_group, pairs_of_group in zip(members, edges, strict=True):
        place = {box: position for position, box in enumerate(boxes_of_group.tolist())}
        ends = zip(first[pairs_of_group].tolist(), second[pairs_of_group].tolist(), strict=True)
        yield list(place), [(place[a], place[b]) for a, b in ends]


def _by_group(indices: Ints, group: Ints) -> list[Ints]:
    """The indices split by their group, in the order of groups."""
    ordered = indices[np.argsort(group[indices], kind="stable")]
    return np.split(ordered, np.flatnonzero(np.diff(group[ordered])) + 1)


def _link(
    members: list[int],
    pairs: list[tuple[int, int]],
    group: Ints,
    workers: Ints,
    labels: Ints,
    edges: Floats,
    threshold: float,
) -> None:
    """Average linkage within one group; writes each member's cluster, named by its first box, into `group`."""
    label = labels[members].tolist()
    linkage = _Linkage(edges[members].tolist(), workers[members].tolist(), threshold)
    linkage.join({(a, b) for a, b in pairs if label[a] == label[b]})
    root = {box: cluster for cluster, boxes in linkage.clusters.items() for box in boxes}
    between = {(min(root[a], root[b]), max(root[a], root[b])) for a, b in pairs if root[a] != root[b]}
    linkage.join(between)
    for cluster, boxes in linkage.clusters.items():
        for box in boxes:
            group[members[box]] = members[cluster]


class _Linkage:
    """Clusters of one group of boxes, each known by its lowest box."""

    def __init__(self, edges: list[list[float]], workers: list[int], threshold: float) -> None:
        self.clusters: dict[int, list[int]] = {box: [box] for box in range(len(workers))}
        self._workers = {box: {worker} for box, worker in enumerate(workers)}
        self._edges = edges
        self._areas = [(right - left) * (bottom - top) for left, top, right, bottom in edges]
        self._threshold = threshold - _SLACK
        self._totals: dict[int, dict[int, float]] = {}
        self._heap: list[tuple[float, int, int]] = []

    def join(self, allowed: set[tuple[int, int]]) -> None:
        """Joins the best pair of clusters again and again, as long as one reaches the threshold.

        allowed: the pairs to start from, lower cluster first. A joined cluster may join whatever either part was allowed to. Pairs without
        any two boxes at the threshold need not be in: their average cannot reach it.
        """
        self._totals = {cluster: {} for cluster in self.clusters}
        self._heap = []
        for a, b in sorted(allowed):
            self._totals[a][b] = self._totals[b][a] = self._total(a, b)
            self._offer(a, b)
        while self._heap:
            average, a, b = heappop(self._heap)
            if b in self._totals.get(a, {}) and self._average(a, b) == -average and self._can_join(a, b):
                self._merge(a, b)

    def _merge(self, a: int, b: int) -> None:
        """Puts cluster b into cluster a, the lower one, and offers the pairs of the result."""
        of_a, of_b = self._totals.pop(a), self._totals.pop(b)
        others = sorted((of_a.keys() | of_b.keys()) - {a, b})
        joined = {
            other: (of_a[other] if other in of_a else self._total(a, other))
            + (of_b[other] if other in of_b else self._total(b, other))
            for other in others
        }
        self.clusters[a] += self.clusters.pop(b)
        self._workers[a] |= self._workers.pop(b)
        self._totals[a] = joined
        for other, total in joined.items():
            self._totals[other].pop(b, None)
            self._totals[other][a] = total
            self._offer(min(a, other), max(a, other))

    def _offer(self, a: int, b: int) -> None:
        if self._can_join(a, b):
            heappush(self._heap, (-self._average(a, b), a, b))

    def _can_join(self, a: int, b: int) -> bool:
        return self._average(a, b) >= self._threshold and self._workers[a].isdisjoint(self._workers[b])

    def _average(self, a: int, b: int) -> float:
        return self._totals[a][b] / (len(self.clusters[a]) * len(self.clusters[b]))

    def _total(self, a: int, b: int) -> float:
        """Sum of the IoU over the pairs of two clusters' boxes."""
        return sum(self._iou(one, other) for one in self.clusters[a] for other in self.clusters[b])

    def _iou(self, one: int, other: int) -> float:
        left, top, right, bottom = self._edges[one]
        other_left, other_top, other_right, other_bottom = self._edges[other]
        width = min(right, other_right) - max(left, other_left)
        height = min(bottom, other_bottom) - max(top, other_top)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self._areas[one] + self._areas[other] - shared)
