"""Answers in one canonical order, with the two sums that the inference repeats: over an object's answers and over a worker's.

Sums run in the canonical order, so that the order in which answers arrive changes nothing, not even the last bit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """Answers sorted by object, worker and answered class, and their pairs: the distinct (worker, answered class).

    objects, workers, classes: how many there are. object_of, pair_of: (answers,). pair_worker, pair_class: (pairs,), sorted.
    """

    objects: int
    workers: int
    classes: int
    object_of: Ints
    pair_of: Ints
    pair_worker: Ints
    pair_class: Ints
    _object_starts: Ints
    _by_pair: Ints
    _pair_starts: Ints

    @classmethod
    def of(cls, votes: Ints, *, objects: int, workers: int, classes: int) -> "AnswerTable":
        """The table of `votes`: (answers, 3) rows of object, worker, answered class."""
        votes = votes[np.lexsort((votes[:, 2], votes[:, 1], votes[:, 0]))]
        object_of, keys = votes[:, 0], votes[:, 1] * classes + votes[:, 2]
        pairs, pair_of = np.unique(keys, return_inverse=True)
        by_pair = np.argsort(pair_of, kind="stable")
        return cls(
            objects,
            workers,
            classes,
            object_of,
            pair_of,
            pairs // classes,
            pairs % classes,
            np.flatnonzero(np.diff(object_of, prepend=-1)),
            by_pair,
            np.flatnonzero(np.diff(pair_of[by_pair], prepend=-1)),
        )

    @property
    def answered(self) -> Ints:
        """The objects that have answers, sorted."""
        return self.object_of[self._object_starts]

    def vote_shares(self) -> Floats:
        """Share of each class in each object's answers, (objects, classes); all classes alike where nobody answered."""
        cells = self.object_of * self.classes + self.pair_class[self.pair_of]
        counts = np.bincount(cells, minlength=self.objects * self.classes).reshape(self.objects, self.classes)
        totals = counts.sum(axis=1, keepdims=True)
        shares: Floats = np.where(totals > 0, counts / np.maximum(totals, 1), 1.0 / self.classes)
        return shares

    def sum_by_object(self, pair_values: Floats) -> Floats:
        """Sum over each object's answers of their pair's row: (pairs, columns) -> (objects, columns)."""
        sums = np.zeros((self.objects, pair_values.shape[1]))
        if len(self.object_of):
            sums[self.answered] = np.add.reduceat(pair_values[self.pair_of], self._object_starts, axis=0)
        return sums

    def sum_by_pair(self, object_values: Floats) -> Floats:
        """Sum over each pair's answers of their object's row: (objects, columns) -> (pairs, columns)."""
        if not len(self.object_of):
            return np.zeros((0, object_values.shape[1]))
        sums: Floats = np.add.reduceat(object_values[self.object_of[self._by_pair]], self._pair_starts, axis=0)
        return sums

    def sum_by_worker(self, pair_values: Floats) -> Floats:
        """Sum of each worker's pairs: (pairs, columns) -> (workers, columns)."""
        return self._sum_pairs(pair_values, self.pair_worker, self.workers)

    def sum_by_class(self, pair_values: Floats) -> Floats:
        """Sum of the pairs of each answered class: (pairs, columns) -> (answered classes, columns)."""
        return self._sum_pairs(pair_values, self.pair_class, self.classes)

    @staticmethod
    def _sum_pairs(pair_values: Floats, groups: Ints, count: int) -> Floats:
        columns = pair_values.shape[1]
        cells = (groups[:, None] * columns + np.arange(columns)).ravel()
        return np.bincount(cells, weights=pair_values.ravel(), minlength=count * columns).reshape(count, columns)
