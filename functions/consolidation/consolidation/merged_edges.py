"""The edges of a merged box: a mean of its workers' boxes in which a box counts the less, the further it lies from the others.

A median looks at each edge alone, so it takes something from a box that is plainly careless, and of the careful ones keeps only the middle. Here a box
that is off at one edge loses weight at all four, and the careful ones are averaged, which takes out the pixel or two by which everybody is off.
It is the location of a multivariate Student t distribution, by iteratively reweighted least squares from the median of each edge (Lange, Little and Taylor,
1989). How far is far depends on the merged box's own boxes only: an object's label does not depend on which other objects share its call.
"""

import numpy as np
from numpy.typing import NDArray

from consolidation.medians import grouped_medians

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FREEDOM = 3.0
"""Degrees of freedom of the Student t distribution: the customary heavy tails."""
CLOSEST = 0.5
"""Pixels. Boxes that differ by less on average count alike: nobody draws more exactly."""
ROUNDS = 4


def merged_edges(edges: Floats, weights: Floats, groups: Ints) -> Floats:
    """The edges of each group's merged box.

    edges: (n, 4) left, top, right, bottom. weights: (n,) of the boxes' workers, positive. groups: (n,) sorted, numbered 0, 1, 2 ... without gaps.
    Returns (groups, 4), each within the range of its group's edges. Groups of one or two boxes come out as their mean.
    """
    merged = grouped_medians(edges, weights, groups)
    sizes = np.bincount(groups) if len(groups) else np.zeros(0, dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    columns = np.ascontiguousarray(edges.T)
    for size in np.unique(sizes[sizes > 1]).tolist():
        chosen = np.flatnonzero(sizes == size)
        rows = starts[chosen] + np.arange(size)[:, None]
        merged[chosen] = _robust_means(np.take(columns, rows, axis=1), weights[rows], merged[chosen].T).T
    return merged


def _robust_means(edges: Floats, weights: Floats, start: Floats) -> Floats:
    """edges: (4, size, groups), since groups side by side in memory are quicker; weights: (size, groups); start: (4, groups), the medians.

    Returns (4, groups).
    """
    middle = start
    spread = np.maximum(np.abs(edges - middle[:, None]).mean(axis=(0, 1)), CLOSEST)
    for _ in range(ROUNDS):
        off = edges - middle[:, None]
        off *= off
        distance = off.sum(axis=0) / (len(off) * spread**2)
        trust = weights * (FREEDOM + 1.0) / (FREEDOM + distance)
        trust /= trust.sum(axis=0)
        middle = (trust * edges).sum(axis=1)
    result: Floats = np.clip(middle, edges.min(axis=1), edges.max(axis=1))
    return result
