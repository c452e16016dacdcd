"""Weighted medians of many small groups at once."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BALANCED = 0.1
"""Relative difference up to which two sides count as balanced, so that nearly equal weights give the ordinary median. It tells the sides
of up to nine workers apart, which is as many as Ground Truth allows."""


def grouped_medians(values: Floats, weights: Floats, groups: Ints) -> Floats:
    """The weighted median of each column in each group.

    values: (n, columns). weights: (n,), positive. groups: (n,) sorted, numbered 0, 1, 2 ... without gaps. Returns (groups, columns).
    The weighted median is the value at which the weight below and above balances; where two values nearly balance, their mean. With equal
    weights this is the ordinary median.
    """
    sizes = np.bincount(groups) if len(groups) else np.zeros(0, dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    result = np.empty((len(sizes), values.shape[1]))
    for size in np.unique(sizes).tolist():
        chosen = np.flatnonzero(sizes == size)
        rows = starts[chosen][:, None] + np.arange(size)
        result[chosen] = _medians(values[rows], weights[rows])
    return result


def _medians(values: Floats, weights: Floats) -> Floats:
    """values: (groups, size, columns); weights: (groups, size). Returns (groups, columns)."""
    if np.ptp(weights) == 0.0:
        ordered = np.sort(values, axis=1)
        size = values.shape[1]
        middle: Floats = (ordered[:, (size - 1) // 2] + ordered[:, size // 2]) / 2.0
        return middle
    order = np.argsort(values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    below = np.cumsum(np.take_along_axis(np.broadcast_to(weights[:, :, None], values.shape), order, axis=1), axis=1)
    half = below[:, -1:, :] / 2.0
    lower = np.argmax(below >= half * (1.0 - BALANCED), axis=1, keepdims=True)
    upper = np.argmax(below > half * (1.0 + BALANCED), axis=1, keepdims=True)
    both = np.take_along_axis(ordered, lower, axis=1) + np.take_along_axis(ordered, upper, axis=1)
    result: Floats = both[:, 0, :] / 2.0
    return result
