"""The document types that most workers chose, where several may hold at once (`"choice": "several"`).

Each label category is a question of its own: every worker who answered said yes or no to it. A label holds when more than half say so; by the weighted
method, when its posterior probability says so, under how often each worker misses a label that holds and names one that does not. These two are estimated
over all labels together, because a worker's few answers could not tell them label by label.

Confidence of a label: of what was decided on it, holding or not: the share of the votes, weighted the posterior probability. Confidence of an object: the mean
over the labels that anybody chose, 1 where nobody chose any: then all agree that none holds. A label with as many votes for as against it is tied; unless
the tie policy is `worker_accuracy` and the voters differ in accuracy, it stays unresolved and is not among the labels. `workers` counts usable answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from consolidation.answers import find_labels
from consolidation.data_objects import DataObject, count
from consolidation.label_categories import LabelCategories
from consolidation.settings import Settings
from consolidation.value import (
    AGREED,
    LOW_AGREEMENT,
    TIE,
    Cut,
    LabelValue,
    Quality,
    unanswered,
    unreadable_notes,
    with_notes,
    without,
)
from consolidation.voting import Decision, Poll
from consolidation.worker_accuracy import Votes
from consolidation.worker_statistics import Ledger

_NO, _YES = 0, 1
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class CollectedLabels:
    """One object's usable answers: each worker and the labels that the worker chose, perhaps none. unanswered: the quality of an object without any."""

    answers: tuple[tuple[str, frozenset[str]], ...]
    notes: tuple[str, ...]
    unanswered: Quality

    @property
    def chosen(self) -> set[str]:
        """The labels that anybody chose."""
        return {label for _, labels in self.answers for label in labels}


def _only_chosen(value: LabelValue) -> LabelValue:
    return {**value, "labels": {name: told for name, told in value["labels"].items() if told["chosen"]}}


class SeveralTypes:
    """The task type `document-type`, where several types may hold at once."""

    details: Sequence[Cut] = (
        Cut("labels not chosen", _only_chosen),
        Cut("notes", without("notes")),
    )
    last_cuts: Sequence[Cut] = (Cut("labels", without("labels")),)
    empty: Mapping[str, Any] = MappingProxyType({"class_ids": [], "class-map": {}, "confidence-map": {}, "labels": {}})

    def __init__(self, categories: LabelCategories, settings: Settings, ledger: Ledger | None = None) -> None:
        self._categories = categories
        self._settings = settings
        self._ledger = ledger or Ledger()

    def collect(self, data_object: DataObject) -> CollectedLabels:
        """The object's answers. Without label categories every label counts as it was written."""
        answers: list[tuple[str, frozenset[str]]] = []
        outside: set[str] = set()
        empty = 0
        for answer in data_object.answers:
            found = None if answer.content is None else find_labels(answer.content, self._categories)
            if found is not None:
                answers.append((answer.worker, found.labels))
                outside |= found.outside
            elif answer.content is not None:
                empty += 1
        notes = unreadable_notes(data_object)
        if empty:
            notes.append(f"{count(empty, 'answer')} without labels not counted")
        if outside:
            told = ", ".join(sorted(outside)[:_MOST_TOLD])
            notes.append(f"{count(len(outside), 'label')} outside the label categories not counted: {told}")
        return CollectedLabels(tuple(answers), tuple(notes), unanswered(data_object))

    def label(self, collected: Sequence[CollectedLabels]) -> list[LabelValue]:
        """The label value of each object, in the same order."""
        names = [category.label for category in self._categories.categories]
        names += sorted({label for c in collected for label in c.chosen} - set(names))
        numbers = {name: number for number, name in enumerate(names)}
        decisions = self._decisions(collected, numbers)
        return [
            self._value(
                c, {label: decisions[item, label] for label in sorted(map(numbers.__getitem__, c.chosen))}, names
            )
            for item, c in enumerate(collected)
        ]

    def _decisions(
        self, collected: Sequence[CollectedLabels], numbers: Mapping[str, int]
    ) -> dict[tuple[int, int], Decision]:
        """The decision on each label of each object, by the numbers of both. Labels that nobody chose on an object are voted on too: they tell of workers."""
        workers = {worker: rank for rank, worker in enumerate(sorted({w for c in collected for w, _ in c.answers}))}
        voters = np.array([workers[worker] for c in collected for worker, _ in c.answers], dtype=np.int64)
        objects = np.array([item for item, c in enumerate(collected) for _ in c.answers], dtype=np.int64)
        if not len(voters) or not numbers:
            return {}
        said = np.zeros((len(voters), len(numbers)), dtype=np.int64)
        ticked = [[numbers[label] for label in labels] for c in collected for _, labels in c.answers]
        said[[row for row, labels in enumerate(ticked) for _ in labels], [n for labels in ticked for n in labels]] = (
            _YES
        )
        items = objects[:, None] * len(numbers) + np.arange(len(numbers))
        votes = Votes(items.ravel(), np.repeat(voters, len(numbers)), said.ravel(), 2)
        record = self._ledger.record(
            list(workers), [item for item in range(len(collected)) for _ in numbers], classes=("no", "yes")
        )
        poll = Poll(votes, self._settings, record=record)
        decisions = poll.decisions(labels_have_order=False, labels_are_classes=True)
        poll.learn()
        return {divmod(item, len(numbers)): decision for item, decision in decisions.items()}

    def _value(self, collected: CollectedLabels, decisions: Mapping[int, Decision], names: Sequence[str]) -> LabelValue:
        if not collected.answers:
            return with_notes({**self.empty, **collected.unanswered.as_json()}, collected.notes)
        held = [label for label, decision in decisions.items() if decision.label == _YES]
        workers = len(collected.answers)
        value: LabelValue = {
            "class_ids": held,
            "class-map": {str(label): names[label] for label in held},
            "confidence-map": {str(label): round(decisions[label].confidence, 4) for label in held},
            "labels": {names[label]: self._told(decision, workers) for label, decision in decisions.items()},
        }
        tied = [names[label] for label, decision in decisions.items() if decision.tied]
        if tied:
            value["tie"] = {"labels": tied, "policy": self._settings.tie_policy}
        notes = [*collected.notes]
        if not decisions:
            notes.append("nothing holds: no worker chose a label")
        return with_notes({**value, **self._quality(decisions, names, workers).as_json()}, notes)

    def _told(self, decision: Decision, workers: int) -> dict[str, Any]:
        """What is said of one label.

        share: of the workers who chose it. posterior: the probability that it holds. chosen: null where a tie stays unresolved.
        """
        votes = decision.counts.get(_YES, 0)
        told: dict[str, Any] = {
            "votes": votes,
            "share": round(votes / workers, 4),
            "chosen": None if decision.label is None else decision.label == _YES,
        }
        if decision.posterior is not None:
            told_of = decision.tied[0] if decision.label is None else decision.label
            told["posterior"] = round(decision.posterior if told_of == _YES else 1.0 - decision.posterior, 4)
        return {**told, "confidence": round(decision.confidence, 4), "status": self._status(decision)}

    def _status(self, decision: Decision) -> str:
        if decision.tied:
            return TIE
        return AGREED if decision.confidence >= self._settings.minimum_confidence else LOW_AGREEMENT

    def _quality(self, decisions: Mapping[int, Decision], names: Sequence[str], workers: int) -> Quality:
        if not decisions:
            return Quality(1.0, workers, AGREED)
        confidence = sum(decision.confidence for decision in decisions.values()) / len(decisions)
        by_status: dict[str, list[str]] = {}
        for label, decision in decisions.items():
            by_status.setdefault(self._status(decision), []).append(names[label])
        for status in (TIE, LOW_AGREEMENT):
            if status in by_status:
                return Quality(confidence, workers, status, f"{status} on {', '.join(by_status[status])}")
        return Quality(confidence, workers, AGREED)
