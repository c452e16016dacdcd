"""What is known of the voters of one poll, and what the poll teaches about them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from consolidation.truth_inference.calibration import Calibration, calibrated, losses
from consolidation.truth_inference.statistics import WorkerStatistics
from consolidation.worker_accuracy import Floats, KnownAccuracies, Votes
from consolidation.worker_statistics.contribution import (
    EVERYBODY,
    EVIDENCE,
    GOLD,
    UNIT,
    class_size,
    confusion,
    in_units,
    loss,
)
from consolidation.worker_statistics.known import accuracies, confusions, gold_losses

if TYPE_CHECKING:
    from consolidation.worker_statistics.ledger import Ledger

FIRST_WEIGHT = 0.1
"""What an answer counts while nothing is known of the workers, one whose truth is known counting 1."""
HALF_KNOWN = 50.0
"""Known answers, for each label there is to choose, at which an answer counts about half."""


class Record:
    """What is known of the voters of one poll, and what the poll teaches."""

    def __init__(
        self,
        ledger: "Ledger",
        workers: Sequence[str],
        objects: Sequence[int],
        classes: Sequence[str],
        truth: Mapping[int, int],
    ) -> None:
        self._ledger = ledger
        self._workers = workers
        self._objects = objects
        self._classes = classes
        self.truth = truth

    @cached_property
    def known_accuracies(self) -> KnownAccuracies:
        """What is known of how often each worker is right."""
        return accuracies(self._ledger.history, self._workers)

    @cached_property
    def known_confusions(self) -> WorkerStatistics:
        """What is known of which class each worker takes for which."""
        return confusions(self._ledger.history, self._workers, self._classes)

    def weight(self, alternatives: int) -> float:
        """What an answer counts whose truth is inferred: the less, the less was known of the workers when its object was labelled.

        So the first, uncertain labels of a crowd do not stay in the way of what is learned later.
        """
        known, half = self._ledger.history.answers, HALF_KNOWN * alternatives
        return (known + FIRST_WEIGHT * half) / (known + half)

    def learn_accuracies(self, votes: Votes, beliefs: Floats) -> None:
        """Notes how right each vote is: beliefs, (votes,), the probability of its label."""
        weight = self.weight(votes.alternatives)
        rows = zip(votes.items.tolist(), votes.workers.tolist(), beliefs.tolist(), strict=True)
        for item, worker, belief in rows:
            units = UNIT if item in self.truth else round(weight * UNIT)
            self._ledger.draft(self._objects[item]).add_answer(self._workers[worker], units, round(belief * units))

    def learn_confusions(self, votes: Votes, probabilities: Floats, evidence: float) -> None:
        """Notes which class was taken for which. probabilities: (items, classes). evidence: as `Posterior.evidence`, of all items."""
        weight = self.weight(len(self._classes))
        units: dict[int, dict[int, int]] = {}
        for item in np.unique(votes.items).tolist():
            true = self.truth.get(item)
            known = None if true is None else {true: UNIT} if true >= 0 else {}
            units[item] = in_units(probabilities[item], weight) if known is None else known
            draft = self._ledger.draft(self._objects[item])
            for place, count in units[item].items():
                draft.add(EVERYBODY, class_size(self._classes[place]), count)
        for item, worker, answered in zip(
            votes.items.tolist(), votes.workers.tolist(), votes.labels.tolist(), strict=True
        ):
            self._learn_answer(item, worker, answered, units[item])
        inferred = [item for item in units if item not in self.truth]
        for item in inferred:
            share = round(evidence / len(inferred) * UNIT)
            self._ledger.draft(self._objects[item]).add(EVERYBODY, EVIDENCE, share)

    def _learn_answer(self, item: int, worker: int, answered: int, units: Mapping[int, int]) -> None:
        draft, name = self._ledger.draft(self._objects[item]), self._workers[worker]
        draft.add_answer(name, sum(units.values()), units.get(answered, 0))
        for place, count in units.items():
            counter = confusion(self._classes[place], self._classes[answered])
            draft.add(name, counter, count)
            draft.add(EVERYBODY, counter, count)

    def calibration(self, probabilities: Floats, truth: Mapping[int, int]) -> Calibration:
        """The temperature that gold objects ask for, those of this call and earlier ones.

        probabilities: (items, classes), inferred without the truth. truth: of the gold items that were voted on.
        """
        known, objects = gold_losses(self._ledger.history)
        gold = [(item, true) for item, true in sorted(truth.items()) if true >= 0]
        if gold:
            items, truths = (np.array(column, dtype=np.int64) for column in zip(*gold, strict=True))
            told = losses(probabilities[items], truths)
            for item, each in zip(items.tolist(), told, strict=True):
                draft = self._ledger.draft(self._objects[item])
                draft.add(EVERYBODY, GOLD, UNIT)
                for number, one in enumerate(each.tolist()):
                    draft.add(EVERYBODY, loss(number), round(one * UNIT))
            known, objects = known + told.sum(axis=0), objects + len(gold)
        return calibrated(known, objects)
