"""Settles what ambiguous answers of one document mean.

`03/04/26` has two readings and `1.204` as well. In this order they are settled by the other answers to the same field, by what the other
dates and amounts of the document show about their writer's habits, and for dates by the label category's `dateOrder`. What none of these
settles stays ambiguous.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consolidation.amounts import amount_readings
from consolidation.dates import read_in_order
from consolidation.normal_forms import NormalForm

BY_ANSWERS = "answers"
BY_DOCUMENT = "document"
BY_DATE_ORDER = "dateOrder"


@dataclass(frozen=True, slots=True)
class Habits:
    """How a document writes dates (`day-first`, `month-first`) and decimals (`.`, `,`); None where it does not show."""

    date_order: str | None = None
    decimal_mark: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer after settling. by: what settled an ambiguity, None when there was none or it stays."""

    form: NormalForm
    by: str | None = None


def habits_of(dates: Iterable[NormalForm], amounts: Iterable[NormalForm]) -> Habits:
    """What the answers to a document's date and amount fields show; the majority where they contradict, nothing where that is even."""
    orders, marks = (Counter(form.habit for form in forms if form.habit) for forms in (dates, amounts))
    return Habits(_strict_majority(orders), _strict_majority(marks))


def settle(
    field_type: str, answers: Sequence[tuple[str, NormalForm]], habits: Habits, date_order: str | None
) -> list[Settled]:
    """The answers (text and normal form) to one field, settled as far as possible, in the same order."""
    if not any(form.is_ambiguous for _, form in answers):
        return [Settled(form) for _, form in answers]
    clear: Counter[str] = Counter(form.normalized for _, form in answers if form.normalized is not None)
    return [_settled(field_type, text, form, clear, habits, date_order) for text, form in answers]


def _settled(
    field_type: str,
    text: str,
    form: NormalForm,
    clear: Counter[str],
    habits: Habits,
    date_order: str | None,
) -> Settled:
    if not form.is_ambiguous:
        return Settled(form)
    joined = _strict_majority(Counter({reading: clear[reading] for reading in form.readings if clear[reading]}))
    if joined is not None:
        return Settled(form.read_as(joined), BY_ANSWERS)
    for by, reading in _by_habit(field_type, text, habits, date_order):
        if reading in form.readings:
            return Settled(form.read_as(reading), by)
    return Settled(form)


def _by_habit(field_type: str, text: str, habits: Habits, date_order: str | None) -> Iterable[tuple[str, str]]:
    """The readings that the document's habits and the label category suggest, best first."""
    if field_type == "amount" and habits.decimal_mark is not None:
        for reading, mark in amount_readings(text).items():
            if mark == habits.decimal_mark:
                yield BY_DOCUMENT, reading
    if field_type == "date":
        for by, order in ((BY_DOCUMENT, habits.date_order), (BY_DATE_ORDER, date_order)):
            reading_in_order = read_in_order(text, order) if order else None
            if reading_in_order:
                yield by, reading_in_order


def _strict_majority(counts: Counter[str]) -> str | None:
    """The one with the most, None when there is none or several have as many."""
    ranked = counts.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]
