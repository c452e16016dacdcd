"""Groups the marks of several workers, of any one shape, into clusters with at most one mark of a worker in each.

Average linkage (`linkage`) over the overlaps of marks of one shape on one object, as for boxes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consolidation.linkage import LEFT_ALONE, SLACK, average_linkage
from consolidation.mark_shapes import Floats, Ints, Shape

Bools = NDArray[np.bool_]

MOST_PILED = 200
"""Marks of one group that are linked. Nobody labels so: a group of more is left as single marks."""
_AT_ONCE = 1 << 20
"""Numbers of a table that are held in one go, which bounds the memory."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of marks of one object by different workers that touch.

    first, second: (pairs,) with first below second. overlap: (pairs,) 0 to 1. shared: the area they share, None where marks have none.
    """

    first: Ints
    second: Ints
    overlap: Floats
    shared: Floats | None


def touching_pairs(shape: Shape, objects: Ints, workers: Ints, geometries: Sequence[Floats]) -> Pairs:
    """All pairs that touch. objects, workers: (n,), sorted by object."""
    extents = np.array([shape.extent(geometry) for geometry in geometries]).reshape(-1, 4)
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
    bounds = np.flatnonzero(np.diff(objects, prepend=-1, append=-1))
    for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        here = extents[start:end]
        touches = (here[:, None, :2] < here[None, :, 2:]).all(axis=2)
        apart = workers[start:end, None] != workers[None, start:end]
        first, second = np.nonzero(np.triu(touches & touches.T & apart, 1))
        found.append((first + start, second + start))
    first, second = (np.concatenate([pair[side] for pair in found]) for side in (0, 1))
    if not len(first):
        return Pairs(first, second, np.zeros(0), None)
    return Pairs(first, second, *shape.overlaps(geometries, first, second))


def clusters_of(pairs: Pairs, workers: Ints, labels: Ints, threshold: float) -> tuple[Ints, Bools]:
    """The cluster of each mark, (n,), named by its first mark; and which marks were left alone in a pile. workers, labels: (n,)."""
    count = len(workers)
    near = pairs.overlap >= LEFT_ALONE * threshold - SLACK
    group = _connected(count, pairs.first[near], pairs.second[near])
    sizes = np.bincount(group, minlength=count)[group] if count else np.zeros(0, dtype=np.int64)
    order = np.argsort(group, kind="stable")
    place = np.empty(count, dtype=np.int64)
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    place[order] = np.arange(count) - np.repeat(starts, np.diff(starts, append=count))
    clusters = np.arange(count)
    for size in np.unique(sizes[(sizes > 1) & (sizes <= MOST_PILED)]).tolist():
        members = order[sizes[order] == size].reshape(-1, size)
        row_of = np.full(count, -1)
        row_of[members] = np.arange(len(members))[:, None]
        for part in np.array_split(np.arange(len(members)), 1 + len(members) * size * size // _AT_ONCE):
            table = np.zeros((len(part), size, size))
            is_in = (row_of[pairs.first] >= part[0]) & (row_of[pairs.first] <= part[-1])
            is_in &= group[pairs.first] == group[pairs.second]
            first, second, overlap = pairs.first[is_in], pairs.second[is_in], pairs.overlap[is_in]
            rows = row_of[first] - part[0]
            table[rows, place[first], place[second]] = table[rows, place[second], place[first]] = overlap
            chosen = members[part]
            linked = average_linkage(table, workers[chosen], labels[chosen], threshold)
            clusters[chosen] = np.take_along_axis(chosen, linked, axis=1)
    return clusters, sizes > MOST_PILED


def _connected(count: int, first: Ints, second: Ints) -> Ints:
    """Connected components of the pairs: for each mark the lowest mark that it is connected with."""
    group = np.arange(count)
    while True:
        before = group.copy()
        lowest = np.minimum(group[first], group[second])
        np.minimum.at(group, group[first], lowest)
        np.minimum.at(group, group[second], lowest)
        group = group[group]
        if np.array_equal(before, group):
            return group
