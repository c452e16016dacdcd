"""What a call learned about workers, in a form that calls can add up: expected counts of answers by true class."""

from dataclasses import dataclass

import numpy as np

from consolidation.truth_inference.answer_table import Floats


@dataclass(frozen=True, slots=True)
class WorkerStatistics:
    """Sufficient statistics of the objects seen so far.

    counts: (workers, classes, classes) expected number of a worker's answers by true and answered class, for the workers of the call at
    hand. pooled: (classes, classes) the same over all workers ever seen, so at least the sum of counts. class_counts: (classes,) expected
    number of objects of each class. evidence: how much better the objects so far are explained when classes are as frequent as answers name
    them than when they are more even (`Beliefs.class_evenness`); natural log of the ratio of likelihoods.
    """

    counts: Floats
    pooled: Floats
    class_counts: Floats
    evidence: float = 0.0

    @classmethod
    def none(cls, workers: int, classes: int) -> "WorkerStatistics":
        """Nothing seen yet."""
        return cls(np.zeros((workers, classes, classes)), np.zeros((classes, classes)), np.zeros(classes))

    def __add__(self, other: "WorkerStatistics") -> "WorkerStatistics":
        """Statistics of both, for the same workers in the same order."""
        return WorkerStatistics(
            self.counts + other.counts,
            self.pooled + other.pooled,
            self.class_counts + other.class_counts,
            self.evidence + other.evidence,
        )
