"""The document type that most workers chose.

Confidence: by majority the winner's share of the usable answers; weighted, its posterior probability. Both are told in any case, as `vote_share` and
`posterior`. In a tie that stays unresolved they are those of each tied label. `workers` counts usable answers: those that name one label.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from consolidation.answers import find_label
from consolidation.data_objects import DataObject, count
from consolidation.gold import MOST_CHARACTERS
from consolidation.label_categories import LabelCategories
from consolidation.settings import Settings
from consolidation.value import (
    AGREED,
    LOW_AGREEMENT,
    TIE,
    Cut,
    LabelValue,
    Quality,
    outside,
    shortened,
    unanswered,
    unreadable_notes,
    with_notes,
    without,
)
from consolidation.voting import Decision, Poll, votes_of
from consolidation.worker_statistics import Ledger


@dataclass(frozen=True, slots=True)
class CollectedTypes:
    """One object's usable votes: worker and label of each. unanswered: the quality of an object without any."""

    votes: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    unanswered: Quality


def collect(data_object: DataObject, categories: LabelCategories) -> CollectedTypes:
    """The object's votes, labels as their categories spell them."""
    votes: list[tuple[str, str]] = []
    several = empty = 0
    for answer in data_object.answers:
        if answer.content is None:
            continue
        found = find_label(answer.content, categories)
        if found.label is not None:
            votes.append((answer.worker, found.label))
        elif found.problem:
            several += 1
        else:
            empty += 1
    notes = unreadable_notes(data_object)
    if several:
        notes.append(f"{count(several, 'answer')} with several labels not counted")
    if empty:
        notes.append(f"{count(empty, 'answer')} without a label not counted")
    return CollectedTypes(tuple(votes), tuple(notes), unanswered(data_object))


def label(
    collected: Sequence[CollectedTypes], categories: LabelCategories, settings: Settings, ledger: Ledger | None = None
) -> list[LabelValue]:
    """The label value of each object, in the same order. ledger: what is known of workers and gold objects, and what is learned."""
    ledger = ledger or Ledger()
    workers = {worker: rank for rank, worker in enumerate(sorted({w for c in collected for w, _ in c.votes}))}
    truths = true_types(len(collected), categories, ledger)
    names = _names(collected, categories, truths.values())
    ids = {name: position for position, name in enumerate(names)}
    rows = [(item, workers[w], ids[name]) for item, c in enumerate(collected) for w, name in c.votes]
    items, voters, labels = zip(*rows, strict=True) if rows else ((), (), ())
    truth = {item: ids[name] for item, name in truths.items()}
    record = ledger.record(list(workers), range(len(collected)), classes=names, truth=truth)
    poll = Poll(votes_of(items, voters, labels, len(names)), settings, record=record)
    decisions = poll.decisions(labels_have_order=True, labels_are_classes=True) if rows else {}
    poll.learn()
    values = [
        type_value(c, decisions.get(item), names, categories, settings.minimum_confidence, settings.tie_policy)
        for item, c in enumerate(collected)
    ]
    return [
        with_gold_type(value, c, truths.get(item))
        for item, (value, c) in enumerate(zip(values, collected, strict=True))
    ]


def true_types(objects: int, categories: LabelCategories, ledger: Ledger) -> dict[int, str]:
    """The true document type of gold objects by position, as its category spells it."""
    told = {item: truth.get("document_type") for item in range(objects) if (truth := ledger.truth(item)) is not None}
    return {item: categories.label(name) for item, name in told.items() if isinstance(name, str) and name.strip()}


def with_gold_type(value: LabelValue, collected: CollectedTypes, truth: str | None) -> LabelValue:
    """The value, of a gold object with what is true and whether the label and the workers have it right."""
    if truth is None:
        return value
    told = {
        "correct": value["class-name"] == truth,
        "truth": shortened(truth, MOST_CHARACTERS),
        "answers": len(collected.votes),
        "right": sum(name == truth for _, name in collected.votes),
    }
    return {**value, "gold": told}


def _names(collected: Sequence[CollectedTypes], categories: LabelCategories, truths: Iterable[str]) -> list[str]:
    """All labels: the categories in order, then the others voted for or true of gold objects, sorted."""
    known = [category.label for category in categories.categories]
    return known + sorted({name for c in collected for _, name in c.votes}.union(truths) - set(known))


def type_value(
    collected: CollectedTypes,
    decision: Decision | None,
    names: list[str],
    categories: LabelCategories,
    minimum: float,
    policy: str,
) -> LabelValue:
    """The label value of one object. names: all labels, categories first. decision: None without a vote. minimum: least confidence. policy: for ties."""
    if decision is None:
        empty: LabelValue = {"class_id": None, "class-name": None, "votes": {}}
        return with_notes({**empty, **collected.unanswered.as_json()}, collected.notes)
    counted = sorted(decision.counts.items(), key=lambda entry: (-entry[1], entry[0]))
    unknown = sorted(names[position] for position in decision.counts if position >= len(categories))
    value: LabelValue = {
        "class_id": _class_id(decision, names, unknown, len(categories)),
        "class-name": None if decision.label is None else names[decision.label],
        "votes": {names[position]: votes for position, votes in counted},
    }
    for name, share in (("vote_share", decision.share), ("posterior", decision.posterior)):
        if share is not None:
            value[name] = round(share, 4)
    if decision.tied:
        value["tie"] = _tie(decision, names, policy)
    if unknown:
        value["unknown"] = unknown
    value |= _quality(decision, names, len(collected.votes), minimum).as_json()
    notes = [*collected.notes]
    if unknown:
        notes.append(outside(unknown, len(categories)))
    return with_notes(value, notes)


def _class_id(decision: Decision, names: list[str], unknown: list[str], categories: int) -> int | None:
    """The category's position; labels outside the categories follow them in sorted order within the object."""
    if decision.label is None or decision.label < categories:
        return decision.label
    return categories + unknown.index(names[decision.label])


def _tie(decision: Decision, names: list[str], policy: str) -> dict[str, Any]:
    return {"labels": [names[position] for position in decision.tied], "policy": policy}


def _quality(decision: Decision, names: list[str], workers: int, minimum: float) -> Quality:
    if decision.tied:
        tied = " and ".join(names[position] for position in decision.tied)
        outcome = "unresolved" if decision.label is None else f"resolved to {names[decision.label]}"
        return Quality(decision.confidence, workers, TIE, f"tie between {tied}, {outcome}")
    if decision.confidence < minimum:
        reason = f"confidence {decision.confidence:.2f} is below {minimum:g}"
        return Quality(decision.confidence, workers, LOW_AGREEMENT, reason)
    return Quality(decision.confidence, workers, AGREED)


class DocumentType:
    """The task type `document-type`."""

    details: Sequence[Cut] = (Cut("notes", without("notes")), Cut("unknown", without("unknown")))
    last_cuts: Sequence[Cut] = ()
    empty: Mapping[str, Any] = MappingProxyType({"class_id": None, "class-name": None, "votes": {}})

    def __init__(self, categories: LabelCategories, settings: Settings, ledger: Ledger | None = None) -> None:
        self._categories = categories
        self._settings = settings
        self._ledger = ledger

    def collect(self, data_object: DataObject) -> CollectedTypes:
        """The object's votes."""
        return collect(data_object, self._categories)

    def label(self, collected: Sequence[CollectedTypes]) -> list[LabelValue]:
        """The label value of each object, in the same order."""
        return label(collected, self._categories, self._settings, self._ledger)
