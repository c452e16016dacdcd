"""Decides each item from its votes, by majority or by weighted votes, with named policies for ties.

Confidence. By majority it is the winner's share of the votes. Weighted, it is the winner's posterior probability: under what workers
are estimated to confuse where labels are the classes of a job (`truth_inference`), else under how often they are right (`worker_accuracy`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from consolidation.settings import CATEGORY_ORDER, WEIGHTED, WORKER_ACCURACY, Settings
from consolidation.worker_accuracy import (
    Floats,
    Votes,
    candidates_of,
    posteriors,
    scores,
    shares,
    worker_accuracies,
)

_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Decision:
    """What an item's votes say. label: the winner, None when a tie stays unresolved. confidence: of the winner, or of each of the tied.

    tied: the labels that came out equal, empty without a tie. counts: votes of each label, by label.
    """

    label: int | None
    confidence: float
    counts: dict[int, int]
    tied: tuple[int, ...] = ()

    @property
    def votes(self) -> int:
        """Votes for the winner, or for each of the tied."""
        label = self.tied[0] if self.label is None else self.label
        return self.counts[label]


class Poll:
    """Votes to decide. Worker accuracies are estimated when they are needed first, over `everything`: these votes and others of the payload."""

    def __init__(self, votes: Votes, settings: Settings, everything: Votes | None = None) -> None:
        self._votes = votes
        self._everything = votes if everything is None else everything
        self._settings = settings
        self._candidates = candidates_of(votes)
        self._accuracies: Floats | None = None

    @property
    def accuracies(self) -> Floats:
        """Estimated accuracy of each worker, (highest worker index + 1,)."""
        if self._accuracies is None:
            self._accuracies = worker_accuracies(self._everything)
        return self._accuracies

    def decisions(self, *, labels_have_order: bool, labels_are_classes: bool = False) -> dict[int, Decision]:
        """The decision of every item that has votes.

        labels_have_order: whether labels are numbered in category order, so that the tie policy of that name can use it.
        labels_are_classes: whether a label means the same for every item, so that weighted votes can be read by what workers confuse
        (`truth_inference`), and not only by how often they are right.
        """
        candidates = self._candidates
        strength = confidence = shares(candidates)
        if self._settings.method == WEIGHTED and labels_are_classes:
            strength = confidence = self._inferred()
        elif self._settings.method == WEIGHTED:
            strength = scores(self._votes, candidates, self.accuracies)
            confidence = posteriors(self._votes, candidates, self.accuracies)
        rows = list(
            zip(
                candidates.labels.tolist(),
                candidates.counts.tolist(),
                strength.tolist(),
                confidence.tolist(),
                strict=True,
            )
        )
        bounds = [*candidates.starts.tolist(), len(rows)]
        voted = candidates.items[candidates.starts].tolist()
        return {
            item: self._decision(rows[start:end], start, labels_have_order)
            for item, start, end in zip(voted, bounds[:-1], bounds[1:], strict=True)
        }

    def _inferred(self) -> Floats:
        """Probability of each candidate. Labels that nobody gave the item are no candidates, however likely."""
        from consolidation.truth_inference import infer  # noqa: PLC0415 - only weighted class votes need it

        votes = self._votes
        posterior = infer(
            np.column_stack([votes.items, votes.workers, votes.labels]),
            objects=int(votes.items.max(initial=-1)) + 1,
            workers=int(votes.workers.max(initial=-1)) + 1,
            classes=max(votes.alternatives, int(votes.labels.max(initial=0)) + 1),
        )
        probabilities: Floats = posterior.probabilities[self._candidates.items, self._candidates.labels]
        return probabilities

    def _decision(self, rows: list[tuple[int, int, float, float]], start: int, labels_have_order: bool) -> Decision:
        counts = {label: count for label, count, _, _ in rows}
        if len(rows) == 1:
            return Decision(rows[0][0], rows[0][3], counts)
        best = max(strength for _, _, strength, _ in rows)
        top = [position for position, row in enumerate(rows) if row[2] >= best - _EQUAL]
        if len(top) == 1:
            return Decision(rows[top[0]][0], rows[top[0]][3], counts)
        winner = self._resolved(top, rows, start, labels_have_order)
        confidence = rows[top[0] if winner is None else winner][3]
        tied = tuple(rows[position][0] for position in top)
        return Decision(None if winner is None else rows[winner][0], confidence, counts, tied)

    def _resolved(
        self,
        top: list[int],
        rows: list[tuple[int, int, float, float]],
        start: int,
        labels_have_order: bool,
    ) -> int | None:
        """The row that the tie policy prefers, None when it prefers none."""
        if self._settings.tie_policy == CATEGORY_ORDER and labels_have_order:
            return min(top, key=lambda position: rows[position][0])
        if self._settings.tie_policy != WORKER_ACCURACY or self._settings.method == WEIGHTED:
            return None
        strengths = scores(self._votes, self._candidates, self.accuracies)[start : start + len(rows)]
        best = max(strengths[position] for position in top)
        preferred = [position for position in top if strengths[position] >= best - _EQUAL]
        return preferred[0] if len(preferred) == 1 else None


def votes_of(items: Sequence[int], workers: Sequence[int], labels: Sequence[int], alternatives: int) -> Votes:
    """Votes from plain sequences of equal length."""
    return Votes(
        np.asarray(items, dtype=np.int64),
        np.asarray(workers, dtype=np.int64),
        np.asarray(labels, dtype=np.int64),
        max(alternatives, 2),
    )
