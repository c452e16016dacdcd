"""The label value of invoice fields: for each field the best raw answer, its normal form, and the quality."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consolidation.ambiguity import Settled
from consolidation.data_objects import count
from consolidation.settings import Settings
from consolidation.spellings import best_spelling
from consolidation.value import (
    AGREED,
    ERROR,
    LOW_AGREEMENT,
    MOST_CHARACTERS,
    NO_ANSWER,
    TIE,
    Cut,
    LabelValue,
    Quality,
    shortened,
    size,
    with_notes,
    without,
)
from consolidation.voting import Decision

MOST_READINGS = 10
BY_DISTANCE, BY_ALIGNMENT, BY_CHECKSUM, BY_ARITHMETIC = "edit_distance", "alignment", "checksum", "arithmetic"
_HOW = {
    BY_DISTANCE: "this one is the closest to all answers by edit distance",
    BY_ALIGNMENT: "this one is composed of the answers by alignment: nobody typed it",
    BY_CHECKSUM: "of this one alone the check digits are right",
    BY_ARITHMETIC: "this one alone adds up with the document's other amounts",
}
_SHORT = 200
_SEVERITY = (AGREED, LOW_AGREEMENT, NO_ANSWER, TIE, ERROR)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that workers voted for. value: the best raw answer, None for absent. normalized: None when it is ambiguous or not of the type.

    ambiguous: the readings when it stays ambiguous. settled_by: what settled an ambiguity of any of its answers.
    """

    value: str | None
    normalized: str | None = None
    ambiguous: tuple[str, ...] = ()
    settled_by: str | None = None

    @classmethod
    def of(cls, answers: Sequence[tuple[str, Settled]], everyone: Sequence[str]) -> "Candidate":
        """The candidate of answers (raw text, settled form) that mean the same. everyone: all texts typed into the field."""
        best = best_spelling([text for text, _ in answers], everyone)
        form = next(settled.form for text, settled in answers if text == best)
        by = sorted({settled.by for _, settled in answers if settled.by})
        return cls(
            value=best,
            normalized=form.normalized,
            ambiguous=tuple(sorted(form.readings)) if form.is_ambiguous else (),
            settled_by=", ".join(by) or None,
        )

    @classmethod
    def absent(cls) -> "Candidate":
        """The candidate of those who say that the field is not on the document."""
        return cls(None)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value chosen where the votes leave it open. label: the candidate's number, None for a composed value. agreement: see `text_consensus`.
    evidence: what speaks for it, when it is that and not its distance that decided; by: `checksum` or `arithmetic` then."""

    candidate: Candidate
    label: int | None
    votes: int
    by: str
    agreement: float | None = None
    evidence: str | None = None


def field_value(
    candidates: Sequence[Candidate],
    decision: Decision | None,
    votes: int,
    blank: int,
    workers: int,
    settings: Settings,
    chosen: Chosen | None = None,
) -> LabelValue:
    """The value of one field. votes, blank: workers who voted and who left it blank, of all `workers` who answered the object. chosen: the
    value that is closest to all answers, where the votes left it open."""
    if decision is None:
        reason = "every worker left it blank" if blank else "no worker answered"
        empty: LabelValue = {"value": None, "normalized": None, "votes": 0, "blank": blank}
        return {**empty, **Quality(0.0, workers, NO_ANSWER, reason).as_json()}
    winner = None if decision.label is None else candidates[decision.label]
    if chosen is not None:
        winner = chosen.candidate
        value = {**_told(winner), "votes": chosen.votes}
        value["chosen_by"] = chosen.by
        if chosen.evidence is not None:
            value["evidence"] = chosen.evidence
        if chosen.agreement is not None:
            value["agreement"] = round(chosen.agreement, 4)
    else:
        value = {**_told(winner), "votes": decision.votes}
    if blank:
        value["blank"] = blank
    if decision.tied:
        value["tie"] = {"values": [_shown(candidates[c]) for c in decision.tied], "policy": settings.tie_policy}
    others = [
        {"value": _shown(candidates[label]), "votes": n}
        for label, n in sorted(decision.counts.items(), key=lambda entry: (-entry[1], entry[0]))
        if label != (decision.label if chosen is None else chosen.label)
    ]
    if others:
        value["others"] = others
    if chosen is not None:
        return {**value, **_quality_of_chosen(chosen, decision, votes, workers).as_json()}
    return {**value, **_quality(winner, decision, votes, blank, workers, settings).as_json()}


def _told(winner: Candidate | None) -> LabelValue:
    if winner is None:
        return {"value": None, "normalized": None}
    if winner.value is None:
        return {"value": None, "absent": True}
    told: LabelValue = {"value": shortened(winner.value), "normalized": None}
    if winner.normalized is not None:
        told["normalized"] = shortened(winner.normalized)
    if winner.ambiguous:
        told["ambiguous"] = list(winner.ambiguous[:MOST_READINGS])
    if winner.settled_by:
        told["settled_by"] = winner.settled_by
    if len(winner.value) > len(told["value"]):
        told["cut"] = [f"value: {len(winner.value):,} characters"]
    return told


def _shown(candidate: Candidate) -> str | None:
    return None if candidate.value is None else shortened(candidate.value, _SHORT)


def _quality(
    winner: Candidate | None, decision: Decision, votes: int, blank: int, workers: int, settings: Settings
) -> Quality:
    confidence = decision.confidence
    if decision.tied:
        outcome = "unresolved" if winner is None else f"resolved by {settings.tie_policy}"
        return Quality(confidence, workers, TIE, f"{len(decision.tied)} values have equal votes, {outcome}")
    if confidence < settings.minimum_confidence:
        reason = f"confidence {confidence:.2f} is below {settings.minimum_confidence:g}"
        return Quality(confidence, workers, LOW_AGREEMENT, reason)
    if blank > votes:
        return Quality(confidence, workers, LOW_AGREEMENT, f"{blank} of {workers} workers left it blank")
    return Quality(confidence, workers, AGREED)


def _quality_of_chosen(chosen: Chosen, decision: Decision, votes: int, workers: int) -> Quality:
    """Never agreed: the votes left it open. Its confidence stays the share of those who typed it, so it is 0 for what nobody typed."""
    how = _HOW[chosen.by]
    if decision.tied:
        return Quality(chosen.votes / votes, workers, TIE, f"{len(decision.tied)} values have equal votes; {how}")
    return Quality(chosen.votes / votes, workers, LOW_AGREEMENT, f"no value has most of the votes; {how}")


def object_value(
    unanswered: Quality, fields: Mapping[str, LabelValue], workers: int, notes: Sequence[str]
) -> LabelValue:
    """The label value of one object from the values of its fields; `unanswered` is its quality when there is none."""
    if not workers or not fields:
        return with_notes({"fields": {}, **unanswered.as_json()}, notes)
    statuses = {name: value["status"] for name, value in fields.items()}
    confidence = sum(value["confidence"] for value in fields.values()) / len(fields)
    worst = max(statuses.values(), key=_SEVERITY.index)
    if all(status == NO_ANSWER for status in statuses.values()):
        quality = Quality(0.0, workers, NO_ANSWER, "every worker left every field blank")
    else:
        status = LOW_AGREEMENT if worst == NO_ANSWER else worst
        quality = Quality(confidence, workers, status, _reason(statuses))
    return with_notes({"fields": dict(fields), **quality.as_json()}, notes)


def _reason(statuses: Mapping[str, str]) -> str:
    """Which fields are not agreed on, by status."""
    parts = []
    for status in reversed(_SEVERITY[1:]):
        names = [name for name, found in statuses.items() if found == status]
        if names:
            parts.append(f"{status}: {', '.join(names)}")
    return "; ".join(parts)


def _of_fields(value: LabelValue, without_keys: Sequence[str]) -> LabelValue:
    fields = {
        name: {key: part for key, part in field.items() if key not in without_keys}
        for name, field in value["fields"].items()
    }
    return {**value, "fields": fields}


def _short_texts(value: LabelValue) -> LabelValue:
    """Long texts shortened; a field that loses part of its value says so."""
    return {**value, "fields": {name: _short_field(field) for name, field in value["fields"].items()}}


def _short_field(field: LabelValue) -> LabelValue:
    long = [key for key in ("value", "normalized") if isinstance(field.get(key), str) and len(field[key]) > _SHORT]
    if not long:
        return field
    told = field.get("cut") or [f"{key}: {len(field[key]):,} characters" for key in long]
    return {**field, **{key: shortened(field[key], _SHORT) for key in long}, "cut": told}


def _fewer_fields(value: LabelValue) -> LabelValue:
    """The first fields that fit. A label that lacks fields must not pass for a good one, so its status is `error`."""
    room = MOST_CHARACTERS - size({**value, "fields": {}}) - 400
    fields: dict[str, Any] = {}
    for name, field in value["fields"].items():
        room -= size(name) + size(field) + 4
        if room < 0:
            break
        fields[name] = field
    reason = f"{count(len(value['fields']) - len(fields), 'field')} cut: the value would be too long"
    quality = Quality(value["confidence"], value["workers"], ERROR, reason).as_json()
    return {**value, "fields": fields, **quality}


DETAILS = (
    Cut("others", lambda value: _of_fields(value, ("others",))),
    Cut("notes", without("notes")),
)
"""What a value that is too long loses first."""

LAST = (Cut("long texts", _short_texts), Cut("fields", _fewer_fields))
"""What it loses when that was not enough."""
