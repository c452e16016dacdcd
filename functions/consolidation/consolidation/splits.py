"""Places where one worker drew one box and another drew several: a split or merged field, on which no merged box can satisfy both.

A box is part of another when most of it lies inside and it is clearly smaller. A worker split a box when at least two of the worker's boxes of its
label are part of it and together fill most of it.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

INSIDE = 0.8
"""Least share of a part's area inside the whole."""
SMALLER = 0.8
"""Greatest area of a part, relative to the whole."""
FILLED = 0.5
"""Least share of the whole that its parts fill."""
MOST_BOXES = 500
"""Boxes of one object, from all workers together, that are looked at: a fuller page is not searched."""
_AT_ONCE = 1 << 15
"""Pairs that are looked at in one go, which bounds the memory."""


def split_boxes(objects: Ints, answers: Ints, labels: Ints, edges: Floats) -> tuple[Ints, Ints]:
    """Boxes that another worker split: (splits,) indices of the box and of the other worker's answer, each pair once, in order.

    objects, answers, labels: (n,). edges: (n, 4) left, top, right, bottom with positive area. The boxes are sorted by object and left edge.
    """
    names = int(labels.max(initial=0)) + 1
    group = objects * names + labels
    repeated = _repeated(answers * names + labels)
    chosen = np.flatnonzero(
        np.isin(group, group[repeated]) & (np.bincount(objects, minlength=1)[objects] <= MOST_BOXES)
    )
    if not len(chosen):
        return chosen, chosen
    order = chosen[np.argsort(group[chosen], kind="stable")]
    wholes, parts, inside = _parts(group[order], answers[order], edges[order])
    wholes, parts = order[wholes], order[parts]
    if not len(wholes):
        return wholes, parts
    return splits_among(wholes, parts, inside, _area(edges), answers)


def _repeated(keys: Ints) -> Ints:
    """Positions of the second and further occurrences of keys: where nobody drew two boxes of one label, nothing was split."""
    order = np.argsort(keys)
    ordered = keys[order]
    result: Ints = order[1:][ordered[1:] == ordered[:-1]]
    return result


def splits_among(wholes: Ints, parts: Ints, inside: Floats, sizes: Floats, answers: Ints) -> tuple[Ints, Ints]:
    """The same from the pairs of a mark and another worker's part of it. inside: (pairs,) what they share. sizes, answers: (n,) of each mark."""
    width = int(answers.max()) + 1
    keys, of_pair, counts = np.unique(wholes * width + answers[parts], return_inverse=True, return_counts=True)
    filled = np.bincount(of_pair, weights=inside) / sizes[keys // width]
    splits = keys[(counts > 1) & (filled >= FILLED)]
    return splits // width, splits % width


def _parts(groups: Ints, answers: Ints, edges: Floats) -> tuple[Ints, Ints, Floats]:
    """Pairs of a box and a part of it that another worker drew, and the area that they share. groups: (n,) of the boxes of one label on one object, in
    order, each sorted by left edge."""
    lowest = edges[:, 0].min(initial=0.0)
    span = edges[:, 2].max(initial=0.0) - lowest + 1.0
    position = groups * span + (edges[:, 0] - lowest)
    counts = np.searchsorted(position, position + (edges[:, 2] - edges[:, 0])) - np.arange(len(position)) - 1
    counts = np.maximum(counts, 0)
    found: list[tuple[Ints, Ints, Floats]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    totals = np.cumsum(counts)
    start = 0
    while start < len(counts):
        base = int(totals[start - 1]) if start else 0
        stop = max(int(np.searchsorted(totals, base + _AT_ONCE, side="right")), start + 1)
        first = np.repeat(np.arange(start, stop), counts[start:stop])
        offset = np.repeat(totals[start:stop] - counts[start:stop] - base, counts[start:stop])
        second = first + 1 + np.arange(len(first)) - offset
        alike = answers[first] != answers[second]
        first, second = first[alike], second[alike]
        found += [_inside(first, second, edges), _inside(second, first, edges)]
        start = stop
    wholes, parts, shared = (np.concatenate([one[column] for one in found]) for column in range(3))
    return wholes, parts, shared


def _inside(wholes: Ints, parts: Ints, edges: Floats) -> tuple[Ints, Ints, Floats]:
    """The pairs in which the second is part of the first."""
    whole, part = edges[wholes], edges[parts]
    width = np.minimum(whole[:, 2], part[:, 2]) - np.maximum(whole[:, 0], part[:, 0])
    height = np.minimum(whole[:, 3], part[:, 3]) - np.maximum(whole[:, 1], part[:, 1])
    shared = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    chosen = (shared >= INSIDE * _area(part)) & (_area(part) <= SMALLER * _area(whole))
    return wholes[chosen], parts[chosen], shared[chosen]


def _area(edges: Floats) -> Floats:
    result: Floats = (edges[:, 2] - edges[:, 0]) * (edges[:, 3] - edges[:, 1])
    return result
