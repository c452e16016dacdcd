"""Decides each item from its votes, by majority or by weighted votes, with named policies for ties.

Confidence. By majority it is the winner's share of the votes. Weighted, it is the winner's posterior probability: under what workers
are estimated to confuse where labels are the classes of a job (`truth_inference`), else under how often they are right (`worker_accuracy`).

With a `Record` the estimates also use what earlier calls learned of the workers, and the truth of gold objects. A gold object itself is decided as if its truth
were not known.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from consolidation.settings import CATEGORY_ORDER, WEIGHTED, WORKER_ACCURACY, Settings
from consolidation.worker_accuracy import (
    Candidates,
    Floats,
    Ints,
    Votes,
    candidates_of,
    posteriors,
    scores,
    shares,
    vote_beliefs,
    worker_accuracies,
)

if TYPE_CHECKING:
    from consolidation.truth_inference import Posterior, WorkerStatistics
    from consolidation.worker_statistics.record import Record

_EQUAL = 1e-9

Row = tuple[int, int, float, float, float, float]
"""A candidate: label, votes, strength, confidence, share of the votes, posterior probability (negative where there is none)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an item's votes say. label: the winner, None when a tie stays unresolved. confidence: of the winner, or of each of the tied.

    tied: the labels that came out equal, empty without a tie. counts: votes of each label, by label. share, posterior: of the votes and of the
    probability, for the winner or for each of the tied; None where they were not computed.
    """

    label: int | None
    confidence: float
    counts: dict[int, int]
    tied: tuple[int, ...] = ()
    share: float | None = None
    posterior: float | None = None

    @property
    def votes(self) -> int:
        """Votes for the winner, or for each of the tied."""
        label = self.tied[0] if self.label is None else self.label
        return self.counts[label]


class Poll:
    """Votes to decide. Worker accuracies are estimated when they are needed first, over `everything`: these votes and others of the payload.

    record: what is known of the workers, and of the items of `everything`; it hears what the poll learns.
    """

    def __init__(
        self, votes: Votes, settings: Settings, everything: Votes | None = None, record: "Record | None" = None
    ) -> None:
        self._votes = votes
        self._everything = votes if everything is None else everything
        self._settings = settings
        self._record = record
        self._truth: Mapping[int, int] = {} if record is None else _voted_on(record.truth, self._everything)
        self._candidates = candidates_of(votes)
        self._accuracies: Floats | None = None
        self._blind: Floats | None = None
        self._posterior: tuple[Floats, float] | None = None

    @property
    def accuracies(self) -> Floats:
        """Estimated accuracy of each worker, (workers,)."""
        if self._accuracies is None:
            self._accuracies = self._estimated(self._truth)
        return self._accuracies

    def decisions(self, *, labels_have_order: bool, labels_are_classes: bool = False) -> dict[int, Decision]:
        """The decision of every item that has votes.

        labels_have_order: whether labels are numbered in category order, so that the tie policy of that name can use it.
        labels_are_classes: whether a label means the same for every item, so that weighted votes can be read by what workers confuse
        (`truth_inference`), and not only by how often they are right.
        """
        candidates = self._candidates
        strength = confidence = share = shares(candidates)
        posterior: Floats = np.full(len(share), -1.0)
        if labels_are_classes:
            posterior = self._inferred()
        elif self._settings.method == WEIGHTED:
            posterior = self._by_item(posteriors)
        if self._settings.method == WEIGHTED:
            strength = confidence = posterior
            if not labels_are_classes:
                strength = self._by_item(scores)
        columns = (candidates.labels, candidates.counts, strength, confidence, share, posterior)
        rows: list[Row] = list(zip(*(column.tolist() for column in columns), strict=True))
        bounds = [*candidates.starts.tolist(), len(rows)]
        voted = candidates.items[candidates.starts].tolist()
        return {
            item: self._decision(rows[start:end], start, labels_have_order)
            for item, start, end in zip(voted, bounds[:-1], bounds[1:], strict=True)
        }

    def probabilities(self) -> tuple[Ints, Ints, Floats]:
        """Item, label and posterior probability of every label that was named, where labels are classes."""
        return self._candidates.items, self._candidates.labels, self._inferred()

    def learn(self) -> None:
        """Writes into the record, if there is one, what these votes tell of their workers."""
        if self._record is None:
            return
        if self._posterior is not None:
            self._record.learn_confusions(self._votes, *self._posterior)
        else:
            beliefs = vote_beliefs(self._everything, self.accuracies, self._truth)
            self._record.learn_accuracies(self._everything, beliefs)

    def _estimated(self, truth: Mapping[int, int]) -> Floats:
        known = None if self._record is None else self._record.known_accuracies
        return worker_accuracies(self._everything, known, truth)

    def _by_item(self, function: Callable[[Votes, Candidates, Floats], Floats]) -> Floats:
        """A function of the candidates under the workers' accuracies; of gold items under those estimated without their truth."""
        result = function(self._votes, self._candidates, self.accuracies)
        if not self._truth:
            return result
        if self._blind is None:
            self._blind = self._estimated({})
        is_gold = np.isin(self._candidates.items, np.array(list(self._truth), dtype=np.int64))
        return np.where(is_gold, function(self._votes, self._candidates, self._blind), result)

    def _inferred(self) -> Floats:
        """Probability of each candidate. Labels that nobody gave the item are no candidates, however likely."""
        votes = np.column_stack([self._votes.items, self._votes.workers, self._votes.labels])
        known = None if self._record is None else self._record.known_confusions
        posterior = self._infer(votes, known)
        probabilities, evidence = posterior.probabilities, posterior.evidence
        if self._record is not None and self._truth:
            gold = np.array(sorted(self._truth), dtype=np.int64)
            is_gold = np.isin(votes[:, 0], gold)
            informed = self._infer(votes[~is_gold], self._record.known_confusions + self._told(votes[is_gold]))
            evidence = informed.evidence
            probabilities = informed.probabilities.copy()
            probabilities[gold] = posterior.probabilities[gold]
        if self._record is not None:
            self._posterior = probabilities, evidence
            probabilities = self._record.calibration(posterior.probabilities, self._truth).apply(probabilities)
        return probabilities[self._candidates.items, self._candidates.labels]

    def _infer(self, votes: Ints, known: "WorkerStatistics | None") -> "Posterior":
        from consolidation.truth_inference import infer  # noqa: PLC0415 - only votes on classes need it

        every = self._votes
        return infer(
            votes,
            objects=int(every.items.max(initial=-1)) + 1,
            workers=int(every.workers.max(initial=-1)) + 1 if known is None else len(known.counts),
            classes=max(every.alternatives, int(every.labels.max(initial=0)) + 1)
            if known is None
            else len(known.pooled),
            known=known,
        )

    def _told(self, votes: Ints) -> "WorkerStatistics":
        """What the votes on gold items tell: (votes, 3) rows of item, worker and label."""
        from consolidation.truth_inference import WorkerStatistics  # noqa: PLC0415 - as above

        assert self._record is not None
        known = self._record.known_confusions
        told = WorkerStatistics.none(len(known.counts), len(known.pooled))
        truths = np.array([self._truth[item] for item in votes[:, 0].tolist()], dtype=np.int64)
        np.add.at(told.counts, (votes[:, 1], truths, votes[:, 2]), 1.0)
        np.add.at(told.class_counts, np.array([self._truth[item] for item in np.unique(votes[:, 0]).tolist()]), 1.0)
        return replace(told, pooled=told.counts.sum(axis=0))

    def _decision(self, rows: list[Row], start: int, labels_have_order: bool) -> Decision:
        counts = {row[0]: row[1] for row in rows}
        best = max(row[2] for row in rows)
        top = [position for position, row in enumerate(rows) if row[2] >= best - _EQUAL]
        if len(rows) == 1:
            top = [0]
        winner: int | None = top[0]
        if len(top) > 1:
            winner = self._resolved(top, rows, start, labels_have_order)
        _, _, _, confidence, share, posterior = rows[top[0] if winner is None else winner]
        return Decision(
            None if winner is None else rows[winner][0],
            confidence,
            counts,
            tuple(rows[position][0] for position in top) if len(top) > 1 else (),
            share,
            posterior if posterior >= 0.0 else None,
        )

    def _resolved(
        self,
        top: list[int],
        rows: list[Row],
        start: int,
        labels_have_order: bool,
    ) -> int | None:
        """The row that the tie policy prefers, None when it prefers none."""
        if self._settings.tie_policy == CATEGORY_ORDER and labels_have_order:
            return min(top, key=lambda position: rows[position][0])
        if self._settings.tie_policy != WORKER_ACCURACY or self._settings.method == WEIGHTED:
            return None
        strengths = self._by_item(scores)[start : start + len(rows)]
        best = max(strengths[position] for position in top)
        preferred = [position for position in top if strengths[position] >= best - _EQUAL]
        return preferred[0] if len(preferred) == 1 else None


def _voted_on(truth: Mapping[int, int], votes: Votes) -> dict[int, int]:
    """The truth of those items that have votes."""
    voted = set(votes.items.tolist()) if truth else set()
    return {item: label for item, label in truth.items() if item in voted}


def votes_of(items: Sequence[int], workers: Sequence[int], labels: Sequence[int], alternatives: int) -> Votes:
    """Votes from plain sequences of equal length."""
    return Votes(
        np.asarray(items, dtype=np.int64),
        np.asarray(workers, dtype=np.int64),
        np.asarray(labels, dtype=np.int64),
        max(alternatives, 2),
    )
