"""Average linkage of many small groups of boxes at once."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SLACK = 1e-9
"""Two equal boxes may come out a hair below an IoU of 1."""


def average_linkage(overlap: Floats, workers: Ints, labels: Ints, threshold: float) -> Ints:
    """The cluster of each box in each group, named by its first box.

    overlap: (groups, size, size) IoU of each pair of boxes, symmetric. workers, labels: (groups, size). Returns (groups, size).

    From single boxes, the two clusters with the highest average overlap join, again and again, while it reaches the threshold and no worker is in
    both. Clusters of one label do so first, then any. Among equal averages the pair that comes first joins.
    """
    state = _State(overlap, workers)
    state.join(labels[:, :, None] == labels[:, None, :], threshold)
    state.join(np.ones_like(state.barred), threshold)
    return state.clusters


class _State:
    """Clusters under way, each in the place of its first box.

    totals: (groups, size, size) sum of overlaps over the pairs of two clusters' boxes. counts: (groups, size) boxes in each. barred: pairs
    that may not join, because a worker is in both or one is no more.
    """

    def __init__(self, overlap: Floats, workers: Ints) -> None:
        groups, size = workers.shape
        self.totals = overlap.copy()
        self.counts = np.ones((groups, size))
        self.barred: Bools = workers[:, :, None] == workers[:, None, :]
        self.clusters: Ints = np.tile(np.arange(size), (groups, 1))
        self._upper = np.triu(np.ones((size, size), dtype=bool), 1)

    def join(self, allowed: Bools, threshold: float) -> None:
        """Joins as long as an allowed pair reaches the threshold. A cluster may join what all its boxes may."""
        allowed = allowed.copy()
        busy = np.arange(len(self.clusters))
        while len(busy):
            open_pairs = allowed[busy] & ~self.barred[busy] & self._upper
            averages = self.totals[busy] / (self.counts[busy][:, :, None] * self.counts[busy][:, None, :])
            flat = np.where(open_pairs, averages, -1.0).reshape(len(busy), -1)
            best = np.argmax(flat, axis=1)
            reached = flat[np.arange(len(busy)), best] >= threshold - SLACK
            busy, best = busy[reached], best[reached]
            self._merge(busy, *np.divmod(best, self.counts.shape[1]), allowed)

    def _merge(self, groups: Ints, into: Ints, gone: Ints, allowed: Bools) -> None:
        """Puts cluster `gone` into cluster `into`, the earlier one, in each of the groups."""
        self.totals[groups, into] += self.totals[groups, gone]
        self.totals[groups, :, into] = self.totals[groups, into]
        self.counts[groups, into] += self.counts[groups, gone]
        self.barred[groups, into] |= self.barred[groups, gone]
        self.barred[groups, :, into] = self.barred[groups, into]
        self.barred[groups, gone] = True
        self.barred[groups, :, gone] = True
        allowed[groups, into] &= allowed[groups, gone]
        allowed[groups, :, into] = allowed[groups, into]
        rows = self.clusters[groups]
        self.clusters[groups] = np.where(rows == gone[:, None], into[:, None], rows)
