"""The document type in the middle of the answers, where the label categories are ordered (`"choice": "ordered"`): a grade, a degree of damage.

The label is the weighted median of the answers: as much of the votes' weight lies at or below it as at or above it. It is always a type that somebody chose,
never one between. A vote weighs one; by the weighted method it weighs the log-odds of its worker's accuracy.

Where exactly half of the weight lies on either side of a gap, the two types beside the gap are tied. `worker_accuracy` takes the one whose side the better
workers are on, `category_order` the lower one, `unresolved` none.

Confidence: the mean over the votes, so weighted, of how near they are to the label. A vote for it counts 1, and the less the further off it is, down to 0 half
a scale away: 1 - 2 x steps / (categories - 1). With up to three categories that is the share of the votes for it. In a tie it is the lower one of
the tied. Labels outside the categories have no place on the scale and do not count.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from consolidation.data_objects import DataObject, count
from consolidation.document_type import CollectedTypes, DocumentType, collect, true_types, type_value, with_gold_type
from consolidation.label_categories import LabelCategories
from consolidation.settings import CATEGORY_ORDER, WEIGHTED, WORKER_ACCURACY, Settings
from consolidation.value import Cut, LabelValue
from consolidation.voting import Decision, Poll, votes_of
from consolidation.worker_accuracy import Floats, log_odds
from consolidation.worker_statistics import Ledger

if TYPE_CHECKING:
    from consolidation.worker_statistics.record import Record

_EQUAL = 1e-9

Ballot = Sequence[tuple[int, float, float]]
"""An object's votes: the place on the scale, the vote's weight, and the weight that tells tied places apart."""


class OrderedTypes:
    """The task type `document-type`, where types are ordered."""

    details: Sequence[Cut] = DocumentType.details
    last_cuts: Sequence[Cut] = ()
    empty: Mapping[str, Any] = MappingProxyType({"class_id": None, "class-name": None, "votes": {}})

    def __init__(self, categories: LabelCategories, settings: Settings, ledger: Ledger | None = None) -> None:
        self._categories = categories
        self._settings = settings
        self._ledger = ledger or Ledger()

    def collect(self, data_object: DataObject) -> CollectedTypes:
        """The object's votes for categories."""
        found = collect(data_object, self._categories)
        votes = tuple(vote for vote in found.votes if self._categories.class_id(vote[1]) is not None)
        notes = found.notes
        if len(votes) < len(found.votes):
            left_out = count(len(found.votes) - len(votes), "answer")
            notes = (*notes, f"{left_out} outside the ordered label categories not counted")
        return CollectedTypes(votes, notes, found.unanswered)

    def label(self, collected: Sequence[CollectedTypes]) -> list[LabelValue]:
        """The label value of each object, in the same order."""
        names = [category.label for category in self._categories.categories]
        decisions = self._decisions(collected, {name: place for place, name in enumerate(names)})
        settings = self._settings
        values = [
            type_value(c, decision, names, self._categories, settings.minimum_confidence, settings.tie_policy)
            for c, decision in zip(collected, decisions, strict=True)
        ]
        truths = true_types(len(collected), self._categories, self._ledger)
        told = [with_gold_type(v, c, truths.get(n)) for n, (v, c) in enumerate(zip(values, collected, strict=True))]
        return [
            value if decision is None else {**value, "chosen_by": "median"}
            for value, decision in zip(told, decisions, strict=True)
        ]

    def _decisions(self, collected: Sequence[CollectedTypes], places: Mapping[str, int]) -> list[Decision | None]:
        workers = {worker: rank for rank, worker in enumerate(sorted({w for c in collected for w, _ in c.votes}))}
        rows = [(item, workers[w], places[name]) for item, c in enumerate(collected) for w, name in c.votes]
        if not rows:
            return [None] * len(collected)
        items, voters, labels = zip(*rows, strict=True)
        poll = Poll(
            votes_of(items, voters, labels, len(places)), self._settings, record=self._record(collected, places)
        )
        poll.learn()
        weights, finer = self._weights(poll, np.array(voters), len(places))
        ballots: list[list[tuple[int, float, float]]] = [[] for _ in collected]
        for item, place, weight, fine in zip(items, labels, weights.tolist(), finer.tolist(), strict=True):
            ballots[item].append((place, weight, fine))
        return [_median(sorted(ballot), len(places), self._settings) if ballot else None for ballot in ballots]

    def _record(self, collected: Sequence[CollectedTypes], places: Mapping[str, int]) -> "Record | None":
        workers = sorted({worker for c in collected for worker, _ in c.votes})
        truths = true_types(len(collected), self._categories, self._ledger)
        truth = {item: places.get(name, -1) for item, name in truths.items()}
        return self._ledger.record(workers, range(len(collected)), truth=truth)

    def _weights(self, poll: Poll, voters: Any, alternatives: int) -> tuple[Floats, Floats]:
        """The weight of each vote, and the weight that decides among tied places."""
        plain = np.ones(len(voters))
        if self._settings.method != WEIGHTED and self._settings.tie_policy != WORKER_ACCURACY:
            return plain, plain
        by_accuracy = log_odds(poll.accuracies, max(alternatives, 2))[voters]
        if self._settings.method != WEIGHTED:
            return plain, by_accuracy
        return np.maximum(by_accuracy, _EQUAL), plain


def _median(ballot: Ballot, categories: int, settings: Settings) -> Decision:
    """The decision on one object. ballot: sorted."""
    half = sum(weight for _, weight, _ in ballot) / 2.0
    lower, upper = _at(ballot, half * (1.0 - _EQUAL)), _at(ballot, half * (1.0 + _EQUAL))
    counts: dict[int, int] = {}
    for place, _, _ in ballot:
        counts[place] = counts.get(place, 0) + 1
    confidence = min(_nearness(ballot, place, categories) for place in (lower, upper))
    if lower == upper:
        return Decision(lower, confidence, counts)
    winner = _preferred(ballot, lower, upper, settings)
    if winner is not None:
        confidence = _nearness(ballot, winner, categories)
    return Decision(winner, confidence, counts, (lower, upper))


def _at(ballot: Ballot, weight: float) -> int:
    """The place at which the weight of the votes up to there reaches `weight`."""
    total = 0.0
    for place, one, _ in ballot:
        total += one
        if total >= weight:
            return place
    return ballot[-1][0]


def _nearness(ballot: Ballot, place: int, categories: int) -> float:
    """How near the votes are to a place, as the module defines it."""
    widest = max(categories - 1, 1) / 2.0
    near = sum(weight * max(0.0, 1.0 - abs(voted - place) / widest) for voted, weight, _ in ballot)
    return near / sum(weight for _, weight, _ in ballot)


def _preferred(ballot: Ballot, lower: int, upper: int, settings: Settings) -> int | None:
    """The one of two tied places that the tie policy prefers, None when it prefers neither."""
    if settings.tie_policy == CATEGORY_ORDER:
        return lower
    if settings.tie_policy != WORKER_ACCURACY or settings.method == WEIGHTED:
        return None
    below = sum(fine for place, _, fine in ballot if place <= lower)
    above = sum(fine for place, _, fine in ballot if place >= upper)
    if abs(below - above) <= _EQUAL:
        return None
    return lower if below > above else upper
