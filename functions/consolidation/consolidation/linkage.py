"""Average linkage of many small groups of boxes at once."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SLACK = 1e-9
"""Two equal boxes may come out a hair below an IoU of 1."""
LEFT_ALONE = 0.5
"""The share of the threshold that a box settles for which nothing joins: workers who overlap there at all mostly mean the same thing, drawn
with less care, and nothing else competes for it."""


def average_linkage(overlap: Floats, workers: Ints, labels: Ints, threshold: float) -> Ints:
    """The cluster of each box in each group, named by its first box.

    overlap: (groups, size, size) IoU of each pair of boxes, symmetric. workers, labels: (groups, size). Returns (groups, size).

    From single boxes, the two clusters with the highest average overlap join, again and again, while it reaches the threshold and no worker is in
    both. Clusters of one label do so first, then any. At last a box that is still single joins a cluster of its label from `LEFT_ALONE` of the
    threshold. Among equal averages the pair that comes first joins.
    """
    state = _State(overlap, workers, labels)
    state.join(threshold, of_one_label=True)
    state.join(threshold)
    state.join(LEFT_ALONE * threshold, of_one_label=True, of_a_single=True)
    return state.clusters


class _State:
    """Clusters under way, each in the place of its first box.

    totals: (groups, size, size) sum of overlaps over the pairs of two clusters' boxes. counts: (groups, size) boxes in each. barred: pairs
    that may not join, because a worker is in both or one is no more. alike: pairs that have one label, and the same.
    """

    def __init__(self, overlap: Floats, workers: Ints, labels: Ints) -> None:
        groups, size = workers.shape
        self.totals = overlap.copy()
        self.counts = np.ones((groups, size))
        self.barred: Bools = workers[:, :, None] == workers[:, None, :]
        self.alike: Bools = labels[:, :, None] == labels[:, None, :]
        self.clusters: Ints = np.tile(np.arange(size), (groups, 1))
        self._upper = np.triu(np.ones((size, size), dtype=bool), 1)

    def join(self, threshold: float, *, of_one_label: bool = False, of_a_single: bool = False) -> None:
        """Joins as long as a pair reaches the threshold. of_one_label: only those. of_a_single: only pairs of which one is a single box."""
        busy = np.arange(len(self.clusters))
        while len(busy):
            open_pairs = self._upper & ~self.barred[busy]
            if of_one_label:
                open_pairs &= self.alike[busy]
            counts = self.counts[busy]
            if of_a_single:
                single = counts == 1.0
                open_pairs &= single[:, :, None] | single[:, None, :]
            averages = self.totals[busy] / (counts[:, :, None] * counts[:, None, :])
            flat = np.where(open_pairs, averages, -1.0).reshape(len(busy), -1)
            best = np.argmax(flat, axis=1)
            reached = flat[np.arange(len(busy)), best] >= threshold - SLACK
            busy, best = busy[reached], best[reached]
            self._merge(busy, *np.divmod(best, self.counts.shape[1]))

    def _merge(self, groups: Ints, into: Ints, gone: Ints) -> None:
        """Puts cluster `gone` into cluster `into`, the earlier one, in each of the groups."""
        self.totals[groups, into] += self.totals[groups, gone]
        self.totals[groups, :, into] = self.totals[groups, into]
        self.counts[groups, into] += self.counts[groups, gone]
        self.barred[groups, into] |= self.barred[groups, gone]
        self.barred[groups, :, into] = self.barred[groups, into]
        self.barred[groups, gone] = True
        self.barred[groups, :, gone] = True
        self.alike[groups, into] &= self.alike[groups, gone]
        self.alike[groups, :, into] = self.alike[groups, into]
        rows = self.clusters[groups]
        self.clusters[groups] = np.where(rows == gone[:, None], into[:, None], rows)
