"""Builds label values: the quality that each carries, and the size it stays under.

A label value becomes a manifest attribute of the next job, which may have 20,000 characters. What has to be cut to stay under that
is named in the value under `cut`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from consolidation.data_objects import DataObject, count

AGREED = "agreed"
TIE = "tie"
LOW_AGREEMENT = "low_agreement"
NO_ANSWER = "no_answer"
ERROR = "error"

MOST_CHARACTERS = 19_900
"""Of a value as JSON with escapes: under Ground Truth's 20,000, with room for the attribute's name."""
LONGEST_TEXT = 2_000
LONGEST_NOTE = 300
MOST_NOTES = 20

LabelValue = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quality:
    """How sure a label is. confidence: 0 to 1, defined where it is computed. reason: why the status is not `agreed`."""

    confidence: float
    workers: int
    status: str
    reason: str = ""

    def as_json(self) -> LabelValue:
        """The keys that every label value carries."""
        quality: LabelValue = {
            "confidence": round(min(max(self.confidence, 0.0), 1.0), 4),
            "workers": self.workers,
            "status": self.status,
        }
        if self.status != AGREED:
            quality["reason"] = shortened(self.reason or self.status, LONGEST_NOTE)
        return quality


_NOTHING_CHOSEN = Quality(0.0, 0, NO_ANSWER, "no worker chose anything")
_WITHOUT_ANSWERS = Quality(0.0, 0, NO_ANSWER, "the object came without answers")


def with_notes(value: LabelValue, notes: Sequence[str]) -> LabelValue:
    """The value with these remarks beside those it has, each once, in a stable order; without any, as it was."""
    if not notes and "notes" not in value:
        return value
    unique = sorted({shortened(note, LONGEST_NOTE) for note in (*value.get("notes", ()), *notes)})
    if len(unique) > MOST_NOTES:
        unique = [*unique[:MOST_NOTES], f"{len(unique) - MOST_NOTES} more"]
    return {**value, "notes": unique} if unique else value


def has_label(value: LabelValue) -> bool:
    """Whether the value holds a label: not where no answer was usable, and not where a tie on the document type stays unresolved."""
    return value["status"] not in (NO_ANSWER, ERROR) and value.get("class-name", "") is not None


def unanswered(data_object: DataObject) -> Quality:
    """The quality of an object without a usable answer: `error` when answers were there but could not be read."""
    problem = _unreadable(data_object)
    if problem:
        return Quality(0.0, 0, ERROR, problem)
    return _NOTHING_CHOSEN if data_object.answers else _WITHOUT_ANSWERS


def unreadable_notes(data_object: DataObject) -> list[str]:
    """The object's own remarks, and one about answers that could not be read."""
    problem = _unreadable(data_object)
    return [*data_object.notes, problem] if problem else list(data_object.notes)


def _unreadable(data_object: DataObject) -> str:
    """What to tell about answers that could not be read, empty when all could."""
    problems = {answer.problem for answer in data_object.answers if answer.problem}
    if not problems:
        return ""
    return f"{count(data_object.unreadable, 'answer')} could not be read: {'; '.join(sorted(problems))}"


def outside(labels: Sequence[str], categories: int) -> str:
    """The remark on labels that are no categories of the job."""
    return f"not among the label categories, so class ids from {categories} on hold in this value only: {', '.join(labels)}"


def shortened(text: str, most: int = LONGEST_TEXT) -> str:
    """`text` with at most `most` characters; the last one is an ellipsis when it was longer."""
    return text if len(text) <= most else text[: most - 1] + "…"


def size(value: object) -> int:
    """Characters of a value as JSON, non-ASCII escaped: never fewer than its bytes in UTF-8."""
    return len(json.dumps(value, allow_nan=False))


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of label values that can be left out, and how."""

    name: str
    apply: Callable[[LabelValue], LabelValue]


def without(key: str) -> Callable[[LabelValue], LabelValue]:
    """A cut that leaves out one key."""
    return lambda value: {name: part for name, part in value.items() if name != key}


def cut(value: LabelValue, cuts: Sequence[Cut], most: int) -> LabelValue:
    """The value after as many cuts as it takes to have at most `most` characters; `cut` in it names those that changed it."""
    for one in cuts:
        if size(value) <= most:
            return value
        shorter = one.apply(value)
        if shorter != value:
            value = {**shorter, "cut": [*value.get("cut", []), one.name]}
    return value
