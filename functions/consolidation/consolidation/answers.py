"""Finds what a worker answered by the shape of the answer, whatever the template calls its elements.

An answer is an object keyed by element names. Crowd elements and native inputs give these shapes (contract, section 4.4):

    {N: {"label": "invoice"}}               image classifier, classifier
    {N: {"labels": ["invoice"]}}            the multi-select ones
    {N: {"invoice": true, "other": false}}  radio buttons and checkboxes
    {N: {"on": true}}                       one without a value: its name counts
    {N: "text"}                             inputs, text areas, selects
    {N: {"boundingBoxes": [...], "inputImageProperties": {...}}}    polygons and keypoints likewise
    {N: {"entities": [...]}}                spans of a text

They may lie in a one-element array, or one level deeper (an element that submits an object), or as JSON in a hidden input.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from consolidation.label_categories import LabelCategories
from consolidation.texts import clean

DEEPEST = 5
"""Levels of an answer that are looked into."""
MOST_FIELDS = 200
"""Text inputs of one answer that are read."""
BOXES, POLYGONS, KEYPOINTS, ENTITIES = "boundingBoxes", "polygons", "keypoints", "entities"
MARKS = (BOXES, POLYGONS, KEYPOINTS, ENTITIES)
"""The keys under which widgets submit what workers marked."""
_OTHER_MARKS = frozenset(MARKS) - {BOXES}
_UNNAMED = "on"
_ABSENT_KEYS = frozenset({"absent", "not_on_document", "not on this document", "not_on_this_document", "missing"})
_KEYS_OF_ONE = frozenset({BOXES, "label", "labels", "value", "absent"})
"""Keys of the answer of one element."""
_BOOLEANS = frozenset({bool})
_VALUE_KEYS = ("value", "label", "text", "selected")


class LabelAnswer(NamedTuple):
    """The one label a worker chose; without one, `problem` says why not (None: nothing was chosen)."""

    label: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class LabelsAnswer:
    """The labels a worker chose, perhaps none. outside: chosen too, but no label categories."""

    labels: frozenset[str]
    outside: frozenset[str] = frozenset()


class DrawnBoxes(NamedTuple):
    """The boxes of one widget as submitted, unchecked, and what the widget says of the image."""

    boxes: list[Any]
    image: object


class DrawnMarks(NamedTuple):
    """The marks of one widget as submitted, unchecked. key: of `MARKS`. image: what the widget says of the image."""

    key: str
    marks: list[Any]
    image: object


@dataclass(frozen=True, slots=True)
class FieldsAnswer:
    """What a worker entered per field label: texts that are not blank, fields ticked as not on the document.

    contradictory: fields with both; their text counts.
    """

    texts: Mapping[str, str]
    absent: frozenset[str]
    contradictory: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether the worker entered nothing at all."""
        return not self.texts and not self.absent


def unwrapped(value: object) -> object:
    """The element of a one-element array, which is how `crowd-form` itself serialises an answer."""
    depth = 0
    while isinstance(value, list) and len(value) == 1 and depth < DEEPEST:
        value = value[0]
        depth += 1
    return value


def find_label(answer: Mapping[str, Any], categories: LabelCategories) -> LabelAnswer:
    """The label a worker chose, as label of its category when there is one.

    Shapes that name a label outright come before lone strings, and known labels before unknown ones. Several different
    labels are no answer to a question with one.
    """
    if len(answer) == 1:
        (only,) = answer.values()
        if type(only) is dict and len(only) == 1 and type(label := only.get("label")) is str and label.strip():
            return LabelAnswer(categories.label(label))
    outright: set[str] = set()
    strings: set[str] = set()
    for name, value in _elements(answer):
        if isinstance(value, str):
            strings.add(value)
        else:
            outright.update(_named_labels(name, value, categories))
    for found in (outright, strings):
        labels = {categories.label(label) for label in found if label.strip()}
        known = {label for label in labels if categories.class_id(label) is not None}
        chosen = known or (labels if found is outright or len(labels) == 1 else set())
        if len(chosen) == 1:
            return LabelAnswer(chosen.pop())
        if chosen:
            return LabelAnswer(None, "several labels")
    return LabelAnswer(None)


def find_labels(answer: Mapping[str, Any], categories: LabelCategories) -> LabelsAnswer | None:
    """The labels that a worker chose where several may hold; None when the answer has no element to choose them with.

    Where there are label categories, other labels do not count: an element's exclusion category ("none of these") is one, and so is a checkbox for
    something else.
    """
    named: set[str] = set()
    is_answered = False
    for name, value in _elements(answer):
        labels = [value] if isinstance(value, str) else _named_labels(name, value, categories)
        if isinstance(value, str) or (len(categories) and _is_ticks(value)):
            labels = [label for label in labels if categories.class_id(label) is not None]
        named.update(categories.label(label) for label in labels if label.strip())
        is_answered = is_answered or bool(labels) or _could_choose(name, value, categories)
    if not is_answered:
        return None
    known = {label for label in named if categories.class_id(label) is not None} if len(categories) else named
    return LabelsAnswer(frozenset(known), frozenset(named - known))


def find_boxes(answer: Mapping[str, Any]) -> list[DrawnBoxes] | None:
    """The boxes of every widget in the answer; None when the answer holds no `boundingBoxes`, not even empty ones."""
    if len(answer) == 1:
        (only,) = answer.values()
        if type(only) is dict and type(boxes := only.get(BOXES)) is list:
            return [DrawnBoxes(boxes, only.get("inputImageProperties"))]
    widgets = [value for value in answer.values() if type(value) is dict and "boundingBoxes" in value]
    if len(widgets) < len(answer):
        widgets = list(_objects(answer, (BOXES,)))
    found = [
        DrawnBoxes(boxes, value.get("inputImageProperties"))
        for value in widgets
        if isinstance(boxes := value["boundingBoxes"], list)
    ]
    return found or None


def has_marks(answer: Mapping[str, Any]) -> bool:
    """Whether an element of the answer plainly holds marks that are no boxes, as Crowd submits them."""
    for value in answer.values():  # noqa: SIM110 - half the time of any(), and every answer comes by
        if type(value) is dict and not _OTHER_MARKS.isdisjoint(value):
            return True
    return False


def find_marks(answer: Mapping[str, Any]) -> list[DrawnMarks]:
    """The marks of every widget in the answer, boxes included; none when it holds no list of marks, not even an empty one."""
    return [
        DrawnMarks(key, value[key], value.get("inputImageProperties"))
        for value in _objects(answer, MARKS)
        for key in MARKS
        if isinstance(value.get(key), list)
    ]


def find_fields(answer: Mapping[str, Any], categories: LabelCategories) -> FieldsAnswer:
    """The texts and the ticked "not on this document" boxes of a form; names are those of the categories where they match."""
    texts: dict[str, str] = {}
    absent: set[str] = set()
    for name, value in _elements(answer):
        _read_field(name, value, categories, texts, absent)
        if len(texts) >= MOST_FIELDS:
            break
    contradictory = frozenset(absent & texts.keys())
    return FieldsAnswer(texts, frozenset(absent - contradictory), contradictory)


def _elements(answer: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Named elements that hold an answer, those of a nested form included, in the order of their names' appearance."""
    for name, raw in answer.items():
        value = raw if type(raw) is str else unwrapped(raw)
        if isinstance(value, dict) and depth < DEEPEST and _is_form(value):
            yield from _elements(value, depth + 1)
        else:
            yield name, value


def _is_form(value: dict[str, Any]) -> bool:
    """Whether an object is a group of named elements rather than the answer of one."""
    if not value or not _KEYS_OF_ONE.isdisjoint(value):
        return False
    return not _BOOLEANS.issuperset(map(type, value.values()))


def _named_labels(name: str, value: object, categories: LabelCategories) -> list[str]:
    """The labels that one element's answer names outright."""
    if isinstance(value, list):
        return [label for label in value if isinstance(label, str)]
    if not isinstance(value, dict):
        return []
    for key in _VALUE_KEYS:
        if isinstance(value.get(key), str):
            return [value[key]]
    labels = unwrapped(value.get("labels"))
    if isinstance(labels, str):
        return [labels]
    if isinstance(labels, list):
        return [label for label in labels if isinstance(label, str)]
    ticked = [key for key, ticked in value.items() if ticked is True]
    return [name if key == _UNNAMED and categories.class_id(key) is None else key for key in ticked]


def _could_choose(name: str, value: object, categories: LabelCategories) -> bool:
    """Whether an element that names no label let the worker choose one: a multi-select left empty, or checkboxes for labels, none of them ticked."""
    if isinstance(value, list):
        return not value
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("labels"), list):
        return True
    keys = [name if key == _UNNAMED else key for key, ticked in value.items() if isinstance(ticked, bool)]
    return any(categories.class_id(key) is not None for key in keys) if len(categories) else bool(keys)


def _is_ticks(value: object) -> bool:
    """Whether an element's answer is a group of checkboxes."""
    return isinstance(value, dict) and all(isinstance(ticked, bool) for ticked in value.values())


def _objects(answer: object, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Every object with one of the keys in the answer, to a bounded depth, JSON in strings included."""
    pending: list[tuple[object, int]] = [(answer, 0)]
    while pending:
        value, depth = pending.pop()
        if isinstance(value, str) and any(key in value for key in keys):
            value = _parsed(value)
        if isinstance(value, dict):
            if any(key in value for key in keys):
                yield value
            elif depth < DEEPEST:
                pending.extend((inner, depth + 1) for inner in value.values())
        elif isinstance(value, list) and len(value) == 1 and depth < DEEPEST:
            pending.append((value[0], depth + 1))


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read_field(name: str, value: object, categories: LabelCategories, texts: dict[str, str], absent: set[str]) -> None:
    """Adds what one element says to `texts` and `absent`."""
    is_known = categories.class_id(name) is not None
    if name.startswith("_") and not is_known:
        return
    if isinstance(value, dict):
        _read_group(name, value, categories, texts, absent)
        return
    text = _text(value)
    if text:
        texts.setdefault(categories.label(name), text)


def _read_group(
    name: str, value: dict[str, Any], categories: LabelCategories, texts: dict[str, str], absent: set[str]
) -> None:
    """Reads an element that submits an object: ticks of absent fields, a choice among values, or a value in an object."""
    label = categories.label(name)
    ticked = [key for key, ticked in value.items() if ticked is True]
    if value.get("absent") is True:
        absent.add(label)
    text = next((text for key in _VALUE_KEYS if key in value and (text := _text(value[key]))), "")
    if not text and isinstance(labels := unwrapped(value.get("labels")), str):
        text = clean(labels)
    if text:
        texts.setdefault(label, text)
        return
    for key in ticked:
        if categories.class_id(key) is not None:
            absent.add(categories.label(key))
        elif categories.class_id(name) is not None and key.casefold() in _ABSENT_KEYS:
            absent.add(label)
    if categories.class_id(name) is not None and len(ticked) == 1 and not absent & {label, categories.label(ticked[0])}:
        texts.setdefault(label, clean(ticked[0]))


def _text(value: object) -> str:
    """The text of a plain value, empty when it has none; numbers come from sliders."""
    if type(value) is str:
        return clean(value)
    value = unwrapped(value)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return ""
    return str(value)
