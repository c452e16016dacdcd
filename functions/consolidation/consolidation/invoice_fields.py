"""The value of each field that most workers entered, compared in the normal forms of the fields' types.

Told apart: a text; "not on this document", which is a vote for absent; and blank, which says nothing and is counted as `blank`. Where the label
category says `"required": false`, a blank in a form that holds anything else is a vote for absent. A text in a field that is also ticked as absent
counts as the text, and is noted.

Confidence of a field: by majority the winner's share of the votes (blanks are none); weighted, its posterior probability. When more workers left
the field blank than voted, the status is `low_agreement`. Confidence of an object: the mean over its fields. Status of an object: the worst of its
fields, where `no_answer` counts as `low_agreement` as long as any field has an answer. `workers` counts the answers that could be read.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from consolidation.ambiguity import Habits, Settled, habits_of, settle
from consolidation.answers import MOST_FIELDS, FieldsAnswer, find_fields
from consolidation.closest_values import TypedVotes, closest_values
from consolidation.data_objects import DataObject, count
from consolidation.field_values import DETAILS, LAST, Candidate, field_value, object_value
from consolidation.gold_fields import Texts, true_candidate, true_fields, with_gold_fields
from consolidation.label_categories import LabelCategories, LabelCategory
from consolidation.normal_forms import NormalForm, normal_form
from consolidation.settings import Settings
from consolidation.value import Cut, LabelValue, Quality, unanswered, unreadable_notes
from consolidation.voting import Decision, Poll, votes_of
from consolidation.worker_statistics import Ledger

ALTERNATIVES = 10
"""How many values a worker who is wrong is taken to choose from. Wrong texts rarely coincide; so few keeps the weighted confidence modest."""


@dataclass(frozen=True, slots=True)
class FieldVotes:
    """The candidates for one field of one object and who voted for which with what text, None for absent. blank: workers who left it blank."""

    category: LabelCategory
    candidates: tuple[Candidate, ...]
    votes: tuple[tuple[str, int, str | None], ...]
    blank: int


@dataclass(frozen=True, slots=True)
class CollectedFields:
    """One object's fields, categories first, and how many workers answered. unanswered: the quality of an object that none did."""

    workers: int
    fields: tuple[FieldVotes, ...]
    notes: tuple[str, ...]
    unanswered: Quality


class InvoiceFields:
    """The task type `invoice-fields`."""

    details: Sequence[Cut] = DETAILS
    last_cuts: Sequence[Cut] = LAST
    empty: Mapping[str, Any] = MappingProxyType({"fields": {}})

    def __init__(self, categories: LabelCategories, settings: Settings, ledger: Ledger | None = None) -> None:
        self._categories = categories
        self._settings = settings
        self._ledger = ledger or Ledger()
        self._forms: dict[tuple[str, str], NormalForm] = {}

    def collect(self, data_object: DataObject) -> CollectedFields:
        """The candidates and votes of every field of an object."""
        answers = [
            (answer.worker, find_fields(answer.content, self._categories))
            for answer in data_object.answers
            if answer.content is not None
        ]
        named = {name for _, entered in answers for name in (*entered.texts, *entered.absent)}
        known = {category.label for category in self._categories.categories}
        others = [LabelCategory(name, name) for name in sorted(named - known)[:MOST_FIELDS]]
        habits = self._habits(answers)
        fields = tuple(self._votes(category, answers, habits) for category in (*self._categories.categories, *others))
        notes = unreadable_notes(data_object)
        contradictory = Counter(name for _, entered in answers for name in entered.contradictory)
        for name, number in sorted(contradictory.items()):
            notes.append(f"{name}: {count(number, 'worker')} ticked it as absent and entered a text, which counts")
        return CollectedFields(len(answers), fields, tuple(notes), unanswered(data_object))

    def label(self, collected: Sequence[CollectedFields]) -> list[LabelValue]:
        """The label value of each object, in the same order."""
        workers = {
            w: rank for rank, w in enumerate(sorted({w for c in collected for f in c.fields for w, _, _ in f.votes}))
        }
        flat = [field for c in collected for field in c.fields]
        positions = [position for position, c in enumerate(collected) for _ in c.fields]
        truths = [true_fields(self._ledger.truth(position), self._categories) for position in range(len(collected))]
        answered = [c.workers for c in collected for _ in c.fields]
        rows = [(item, workers[w], candidate) for item, field in enumerate(flat) for w, candidate, _ in field.votes]
        decisions: dict[int, Decision] = {}
        if rows:
            items, voters, labels = zip(*rows, strict=True)
            record = self._ledger.record(list(workers), positions, truth=_truth(collected, truths))
            poll = Poll(votes_of(items, voters, labels, ALTERNATIVES), self._settings, record=record)
            decisions = poll.decisions(labels_have_order=False)
            poll.learn()
        chosen = closest_values(
            [_typed(item, f, workers) for item, c in enumerate(collected) for f in c.fields], decisions, self._settings
        )
        values = iter(
            [
                field_value(
                    f.candidates,
                    decisions.get(item),
                    len(f.votes),
                    f.blank,
                    answered[item],
                    self._settings,
                    chosen.get(item),
                )
                for item, f in enumerate(flat)
            ]
        )
        labelled = [
            object_value(c.unanswered, {field.category.label: next(values) for field in c.fields}, c.workers, c.notes)
            for c in collected
        ]
        return [with_gold_fields(value, self._categories, truth) for value, truth in zip(labelled, truths, strict=True)]

    def _votes(
        self, category: LabelCategory, answers: Sequence[tuple[str, FieldsAnswer]], habits: Habits
    ) -> FieldVotes:
        name = category.label
        typed = [(worker, text) for worker, entered in answers if (text := entered.texts.get(name))]
        absent = [worker for worker, entered in answers if name in entered.absent]
        blank = len(answers) - len(typed) - len(absent)
        if not category.required:
            absent += [
                worker
                for worker, entered in answers
                if not entered.is_empty and name not in entered.texts and name not in entered.absent
            ]
        forms = [(text, self._form(category.type, text)) for _, text in typed]
        settled = settle(category.type, forms, habits, category.date_order)
        groups: dict[str | None, list[tuple[str, Settled]]] = {}
        for (_, text), one in zip(typed, settled, strict=True):
            groups.setdefault(one.form.key, []).append((text, one))
        keys = sorted(key for key in groups if key is not None)
        everyone = [text for _, text in typed]
        candidates = [Candidate.of(groups[key], everyone) for key in keys]
        votes: list[tuple[str, int, str | None]] = [
            (worker, keys.index(one.form.key), text) for (worker, text), one in zip(typed, settled, strict=True)
        ]
        if absent:
            votes += [(worker, len(candidates), None) for worker in absent]
            candidates.append(Candidate.absent())
        return FieldVotes(category, tuple(candidates), tuple(sorted(votes, key=itemgetter(0, 1))), blank)

    def _habits(self, answers: Sequence[tuple[str, FieldsAnswer]]) -> Habits:
        """What the object's dates and amounts show of how they are written."""
        forms: dict[str, list[NormalForm]] = {"date": [], "amount": []}
        for category in self._categories.categories:
            if category.type in forms:
                texts = (text for _, entered in answers if (text := entered.texts.get(category.label)))
                forms[category.type] += [self._form(category.type, text) for text in texts]
        return habits_of(forms["date"], forms["amount"])

    def _form(self, field_type: str, text: str) -> NormalForm:
        """The normal form, computed once a call: most workers type the same."""
        form = self._forms.get((field_type, text))
        if form is None:
            form = self._forms[field_type, text] = normal_form(field_type, text)
        return form


def _truth(collected: Sequence[CollectedFields], truths: Sequence[Texts | None]) -> dict[int, int]:
    """The true candidate, -1 for none of them, of each field of gold objects, by the field's number in the call."""
    fields = [(field, truth) for c, truth in zip(collected, truths, strict=True) for field in c.fields]
    return {
        item: true_candidate(field.category, field.candidates, truth[field.category.label])
        for item, (field, truth) in enumerate(fields)
        if truth is not None and field.category.label in truth
    }


def _typed(item: int, field: FieldVotes, workers: Mapping[str, int]) -> TypedVotes:
    votes = tuple((workers[worker], candidate, text) for worker, candidate, text in field.votes)
    category = field.category
    return TypedVotes(item, category.label, category.type, field.candidates, votes, category.sums_to)
