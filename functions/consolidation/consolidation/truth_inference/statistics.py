"""What a call learned about workers, in a form that calls can add up: expected counts of answers by true class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consolidation.truth_inference.answer_table import AnswerTable, Floats


@dataclass(frozen=True, slots=True)
class WorkerStatistics:
    """Sufficient statistics of the objects seen so far.

    counts: (workers, classes, classes) expected number of a worker's answers by true and answered class, for the workers of the call at
    hand. pooled: (classes, classes) the same over all workers ever seen, so at least the sum of counts. class_counts: (classes,) expected
    number of objects of each class.
    """

    counts: Floats
    pooled: Floats
    class_counts: Floats

    @classmethod
    def none(cls, workers: int, classes: int) -> "WorkerStatistics":
        """Nothing seen yet."""
        return cls(np.zeros((workers, classes, classes)), np.zeros((classes, classes)), np.zeros(classes))

    def __add__(self, other: "WorkerStatistics") -> "WorkerStatistics":
        """Statistics of both, for the same workers in the same order."""
        return WorkerStatistics(
            self.counts + other.counts, self.pooled + other.pooled, self.class_counts + other.class_counts
        )


def statistics_of(votes: NDArray[np.int64], probabilities: Floats, *, workers: int) -> WorkerStatistics:
    """What one call adds to the statistics, once its objects are settled.

    votes: (answers, 3) rows of object, worker, answered class. probabilities: (objects, classes), as `infer` gives them. Objects that nobody
    answered add nothing.
    """
    objects, classes = probabilities.shape
    table = AnswerTable.of(np.asarray(votes, dtype=np.int64), objects=objects, workers=workers, classes=classes)
    counts = np.zeros((workers, classes, classes))
    counts[table.pair_worker, :, table.pair_class] = table.sum_by_pair(probabilities)
    return WorkerStatistics(counts, counts.sum(axis=0), probabilities[table.answered].sum(axis=0))
