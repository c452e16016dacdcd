"""Counts agreement on what a task type collected from its workers' answers, before anything is merged or voted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from operator import itemgetter
from types import MappingProxyType
from typing import Any

import numpy as np

from consolidation.agreement.counts import MILLION, AgreementCounts, Pair
from consolidation.agreement.matched_boxes import drawn_boxes, matches
from consolidation.agreement.unit import as_number, count_numbers, count_values, similarity
from consolidation.boxes import CollectedBoxes
from consolidation.document_type import CollectedTypes
from consolidation.invoice_fields import CollectedFields, FieldVotes
from consolidation.several_types import CollectedLabels

DOCUMENT_TYPE_FIELD = "document_type"
ABSENT = "absent"
YES, NO = "yes", "no"
_NO_STEPS: Mapping[str, int] = MappingProxyType({})
_CLOSED_TYPES = frozenset({"currency"})
_MOST_REMEMBERED = 50_000


def count_types(
    collected: Sequence[CollectedTypes], counts: AgreementCounts, steps: Mapping[str, int] = _NO_STEPS
) -> None:
    """Adds document types. steps: the place of each type on a scale, where types are ordered."""
    counted = counts.field_called(DOCUMENT_TYPE_FIELD)
    for one in collected:
        counts.objects += 1
        counts.answers += len(one.votes)
        count_values(counted, [label for _, label in one.votes], is_closed=True)
        count_numbers(counted, [steps[label] for _, label in one.votes if label in steps])
        for (first, value), (second, other) in combinations(sorted(one.votes), 2):
            pair = counts.pair_of(first, second)
            pair.objects += 1
            pair.compared += 1
            pair.equal += value == other
            _tabulate(pair.same, pair.first, pair.second, (DOCUMENT_TYPE_FIELD, value, other))


def count_several(collected: Sequence[CollectedLabels], names: Sequence[str], counts: AgreementCounts) -> None:
    """Adds several labels an object: each label is a question of its own, answered by yes or no. names: the labels that were on offer."""
    for one in collected:
        counts.objects += 1
        counts.answers += len(one.answers)
        asked = list(dict.fromkeys([*names, *sorted(label for _, labels in one.answers for label in labels)]))
        for label in asked:
            values = [YES if label in labels else NO for _, labels in one.answers]
            count_values(counts.field_called(label), values, is_closed=True)
        for (first, labels), (second, others) in combinations(sorted(one.answers, key=itemgetter(0)), 2):
            pair = counts.pair_of(first, second)
            pair.objects += 1
            pair.compared += len(asked)
            for label in asked:
                value, other = YES if label in labels else NO, YES if label in others else NO
                pair.equal += value == other
                _tabulate(pair.same, pair.first, pair.second, (label, value, other))


def count_fields(collected: Sequence[CollectedFields], counts: AgreementCounts) -> None:
    """Adds fields. A field left blank is a missing answer, a field said not to be on the document is a value."""
    alike = _Similarities()
    for one in collected:
        counts.objects += 1
        counts.answers += one.workers
        met: dict[Pair, list[int]] = {}
        for field in one.fields:
            _count_field(field, counts, met, alike)
        for (first, second), (compared, equal, texts, similar) in met.items():
            pair = counts.pair_of(first, second)
            pair.objects += 1
            pair.compared += compared
            pair.equal += equal
            pair.texts += texts
            pair.similarity += similar


def _count_field(
    field: FieldVotes, counts: AgreementCounts, met: dict[Pair, list[int]], alike: "_Similarities"
) -> None:
    """Adds one field of one object. met: by pair of workers the fields both filled, those equal, the pairs of texts and their similarity."""
    if len(field.votes) < 2:
        return
    name, kind = field.category.label, field.category.type
    counted = counts.field_called(name)
    is_closed = kind in _CLOSED_TYPES
    values = [_value(field, candidate) for _, candidate, _ in field.votes]
    count_values(counted, values, is_closed)
    forms = [field.candidates[candidate].normalized for _, candidate, text in field.votes if text is not None]
    count_numbers(counted, [number for form in forms if (number := as_number(kind, form)) is not None])
    for (at, (first, one, text)), (beside, (second, other, typed)) in combinations(enumerate(field.votes), 2):
        common = met.setdefault((first, second), [0, 0, 0, 0])
        common[0] += 1
        common[1] += one == other
        if text is not None and typed is not None:
            similar = MILLION if text == typed else alike.of(text, typed)
            common[2] += 1
            common[3] += similar
            counted.texts += 1
            counted.similarity += similar
        if is_closed:
            pair = counts.pair_of(first, second)
            _tabulate(pair.same, pair.first, pair.second, (name, values[at], values[beside]))


def _value(field: FieldVotes, number: int) -> str:
    """What a candidate is called in the counts: candidates of one field and object are never called the same."""
    candidate = field.candidates[number]
    if candidate.value is None:
        return ABSENT
    return f"={candidate.normalized}" if candidate.normalized is not None else f"?{candidate.value}"


class _Similarities:
    """Similarities of texts, each computed once while it is remembered: the same mistakes are met again and again."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def of(self, first: str, second: str) -> int:
        found = self._known.get((first, second))
        if found is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[first, second] = similarity(first, second)
        return found


def _tabulate(same: Counter[str], first: Counter[str], second: Counter[str], answers: tuple[str, str, str]) -> None:
    """Adds one unit that two workers answered. answers: the field, and the value of each."""
    name, value, other = answers
    name = name.replace("\t", " ")
    same[name] += value == other
    first[f"{name}\t{value}"] += 1
    second[f"{name}\t{other}"] += 1


def count_boxes(collected: Sequence[CollectedBoxes], names: Sequence[str], counts: AgreementCounts) -> None:
    """Adds boxes. names: the label of each number. A pair of workers who both drew nothing says nothing."""
    boxes = drawn_boxes(collected)
    answers = [worker for one in collected for worker in one.workers]
    workers = np.array([len(one.workers) for one in collected], dtype=np.int64)
    counts.objects += len(collected)
    counts.answers += len(answers)
    _count_drawn(collected, np.bincount(boxes.answers, minlength=len(answers)).tolist(), counts)
    others = workers[boxes.objects] - 1
    for label, drawn in _sums(boxes.labels, others):
        counts.field_called(names[label]).drawn += drawn
    found = matches(boxes, counts.iou)
    overlap = np.round(found.overlap * MILLION).astype(np.int64)
    for label, matched in _sums(boxes.labels[found.first], np.ones_like(overlap)):
        counts.field_called(names[label]).matched += matched
    for label, shared in _sums(boxes.labels[found.first], overlap):
        counts.field_called(names[label]).overlap += shared
    sides = (boxes.answers[found.first].tolist(), boxes.answers[found.second].tolist(), overlap.tolist())
    for one, other, shared in zip(*sides, strict=True):
        pair = counts.pair_of(*sorted((answers[one], answers[other])))
        pair.matched += 1
        pair.overlap += shared


def _count_drawn(collected: Sequence[CollectedBoxes], drawn: Sequence[int], counts: AgreementCounts) -> None:
    """Adds the objects and boxes that each two workers have in common. drawn: usable boxes of each answer."""
    start = 0
    for one in collected:
        for first, second in combinations(range(len(one.workers)), 2):
            pair = counts.pair_of(one.workers[first], one.workers[second])
            pair.objects += 1
            pair.drawn += drawn[start + first] + drawn[start + second]
        start += len(one.workers)


def _sums(
    keys: np.ndarray[Any, np.dtype[np.int64]], values: np.ndarray[Any, np.dtype[np.int64]]
) -> Iterable[tuple[int, int]]:
    """The sum of the values of each key."""
    different, inverse = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(different), dtype=np.int64)
    np.add.at(sums, inverse, values)
    return zip(different.tolist(), sums.tolist(), strict=True)
