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

    objects, workers, classes: how many there are. object_of, pair_of: (answers,). pair_worker, pair_class: (pairs,), sorted. answered: the
    objects that have answers, sorted.
    """

    objects: int
    workers: int
    classes: int
    object_of: Ints
    pair_of: Ints
    pair_worker: Ints
    pair_class: Ints
    answered: Ints

    @classmethod
    def of(cls, votes: Ints, *, objects: int, workers: int, classes: int) -> "AnswerTable":
        """The table of `votes`: (answers, 3) rows of object, worker, answered class."""
        votes = votes[np.lexsort((votes[:, 2], votes[:, 1], votes[:, 0]))]
        object_of = np.ascontiguousarray(votes[:, 0])
        pairs, pair_of = np.unique(votes[:, 1] * classes + votes[:, 2], return_inverse=True)
        return cls(
            objects, workers, classes, object_of, pair_of, pairs // classes, pairs % classes, np.unique(object_of)
        )

    def vote_shares(self) -> Floats:
        """Share of each class in each object's answers, (objects, classes); all classes alike where nobody answered."""
        cells = self.object_of * self.classes + self.pair_class[self.pair_of]
        counts = np.bincount(cells, minlength=self.objects * self.classes).reshape(self.objects, self.classes)
        totals = counts.sum(axis=1, keepdims=True)
        shares: Floats = np.where(totals > 0, counts / np.maximum(totals, 1), 1.0 / self.classes)
        return shares

    def sum_by_object(self, pair_values: Floats) -> Floats:
        """Sum over each object's answers of their pair's row: (pairs, columns) -> (objects, columns)."""
        return _sums(pair_values, self.pair_of, self.object_of, self.objects)

    def sum_by_pair(self, object_values: Floats) -> Floats:
        """Sum over each pair's answers of their object's row: (objects, columns) -> (pairs, columns)."""
        return _sums(object_values, self.object_of, self.pair_of, len(self.pair_worker))

    def sum_by_worker(self, pair_values: Floats) -> Floats:
        """Sum of each worker's pairs: (pairs, columns) -> (workers, columns)."""
        return _sums(pair_values, np.arange(len(pair_values)), self.pair_worker, self.workers)

    def sum_by_class(self, pair_values: Floats) -> Floats:
        """Sum of the pairs of each answered class: (pairs, columns) -> (answered classes, columns)."""
        return _sums(pair_values, np.arange(len(pair_values)), self.pair_class, self.classes)


def _sums(values: Floats, rows: Ints, groups: Ints, count: int) -> Floats:
    """Sum of `values[rows]` within each of `count` groups. Column by column, which is several times faster than by rows."""
    sums = np.empty((count, values.shape[1]))
    for column, source in enumerate(np.ascontiguousarray(values.T)):
        sums[:, column] = np.bincount(groups, weights=source[rows], minlength=count)
    return sums
