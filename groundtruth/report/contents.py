"""Reads labels, workers' answers and truth into contents, and names into positions.

An answer is read by its shape, under whatever element names (docs/architecture.md, "Answers"); what is of no known shape says nothing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from groundtruth.export.labels import finite
from groundtruth.export.model import Kind, Label
from groundtruth.report.model import Category, Content, DrawnBox, Item
from groundtruth.workforce import Truth

_DEEPEST = 5


class Categories:
    """The categories of a job by name or display name. A document type or box of another name becomes a category of its own; a field does not."""

    def __init__(self, categories: Sequence[Category]) -> None:
        self._categories = list(categories)
        self._positions: dict[str, int] = {}
        for position, category in enumerate(categories):
            self._positions[category.name] = position
        for position, category in enumerate(categories):
            for name in (category.display_name, _folded(category.name), _folded(category.display_name)):
                self._positions.setdefault(name, position)

    @property
    def all(self) -> tuple[Category, ...]:
        """Those given, then those met, in the order of their positions."""
        return tuple(self._categories)

    @property
    def given(self) -> Sequence[Category]:
        """The categories as they are now."""
        return self._categories

    def find(self, name: str) -> int | None:
        """The position of a category that is known."""
        position = self._positions.get(name)
        return self._positions.get(_folded(name)) if position is None else position

    def position(self, name: str) -> int:
        """The position of a category, which becomes one when it is not known."""
        position = self.find(name)
        if position is None:
            position = len(self._categories)
            self._categories.append(Category(name, name))
            self._positions[name] = position
        return position


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())


def label_content(label: Label, value: Any, categories: Categories) -> tuple[Content, dict[int, Item]]:
    """What a label says, and how sure it is of each thing it says. value: the label value as it stands in the manifest."""
    if label.kind is Kind.BOXES:
        return _label_boxes(label, value, categories)
    if label.kind is Kind.FIELDS:
        return _label_fields(label, value, categories)
    if label.document_type is None:
        return Content(), {}
    choice = categories.position(label.document_type.name)
    votes = value.get("votes") if isinstance(value, dict) else None
    own = votes.get(label.document_type.name) if isinstance(votes, dict) else None
    return Content(choice=choice), {0: Item(label.confidence, _count(own), label.status)}


def _label_boxes(label: Label, value: Any, categories: Categories) -> tuple[Content, dict[int, Item]]:
    boxes = tuple(
        DrawnBox(categories.position(box.label), box.left, box.top, box.width, box.height) for box in label.boxes
    )
    objects = value.get("objects") if isinstance(value, dict) else None
    # Objects stand in the annotations' order; when a box of them could not be read, they no longer do.
    known = objects if isinstance(objects, list) and len(objects) == len(boxes) else [None] * len(boxes)
    return Content(boxes=boxes), {
        position: Item(box.confidence, _count(entry.get("votes")) if isinstance(entry, dict) else None, "agreed")
        for position, (box, entry) in enumerate(zip(label.boxes, known, strict=True))
    }


def _label_fields(label: Label, value: Any, categories: Categories) -> tuple[Content, dict[int, Item]]:
    fields: dict[int, tuple[str, ...]] = {}
    items: dict[int, Item] = {}
    for field in label.fields:
        position = categories.position(field.name)
        votes = value["fields"][field.name].get("votes")
        items[position] = Item(field.confidence, _count(votes), field.status)
        if field.value is not None:
            normal = field.normalized
            fields[position] = (field.value,) if normal in {None, field.value} else (field.value, str(normal))
        elif field.is_absent:
            fields[position] = ()
    return Content(fields=fields), items


def truth_content(kind: Kind, truth: Truth, categories: Categories) -> Content:
    """What the truth says of the categories that the job asked for."""
    if kind is Kind.TYPE:
        return Content(choice=None if truth.document_type is None else categories.position(truth.document_type))
    if kind is Kind.BOXES:
        known = ((categories.find(box.label), box) for box in truth.boxes)
        return Content(
            boxes=tuple(
                DrawnBox(position, box.left, box.top, box.width, box.height)
                for position, box in known
                if position is not None
            )
        )
    fields: dict[int, tuple[str, ...]] = {}
    for position, category in enumerate(categories.given):
        text = truth.fields.get(category.name) or truth.fields.get(category.display_name)
        fields[position] = (text,) if text else ()
    return Content(fields=fields)


def answer_content(kind: Kind, answer: Any, categories: Categories) -> tuple[Content, tuple[int, int] | None]:
    """What a worker answered, and the size of the image where the answer tells it."""
    if not isinstance(answer, (dict, list)):
        return Content(), None
    if kind is Kind.TYPE:
        return Content(choice=_choice(answer, categories)), None
    if kind is Kind.FIELDS:
        return Content(fields=_fields(answer, categories)), None
    boxes: list[DrawnBox] = []
    size = None
    for widget in _widgets(answer):
        boxes += (box for entry in widget["boundingBoxes"] if (box := _box(entry, categories)) is not None)
        size = size or _size(widget.get("inputImageProperties"))
    return Content(boxes=tuple(boxes)), size


def _elements(answer: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The named elements of an answer, which may lie in a one-element array or in a form within the form."""
    while isinstance(answer, list) and len(answer) == 1 and depth < _DEEPEST:
        answer, depth = answer[0], depth + 1
    if not isinstance(answer, dict):
        return
    for name, value in answer.items():
        is_form = isinstance(value, dict) and not any(isinstance(inner, (bool, str)) for inner in value.values())
        if is_form and "labels" not in value and "boundingBoxes" not in value and depth < _DEEPEST:
            yield from _elements(value, depth + 1)
        else:
            yield name, value


def _choice(answer: Any, categories: Categories) -> int | None:
    named: list[str] = []
    strings: list[str] = []
    for name, value in _elements(answer):
        if isinstance(value, str):
            strings.append(value)
        elif isinstance(value, dict):
            labels = value.get("labels")
            chosen = [value.get("label"), *(labels if isinstance(labels, list) else ())]
            ticked = [name if key == "on" else key for key, is_ticked in value.items() if is_ticked is True]
            named += [label for label in (*chosen, *ticked) if isinstance(label, str)]
    for labels in (named, strings):
        known = {position for label in labels if (position := categories.find(label)) is not None}
        if len(known) == 1:
            return known.pop()
        if known or (labels and labels is named):
            return categories.position(labels[0]) if len(labels) == 1 else None
    return None


def _fields(answer: Any, categories: Categories) -> dict[int, tuple[str, ...]]:
    absent: set[int] = set()
    texts: dict[int, tuple[str, ...]] = {}
    for name, value in _elements(answer):
        position = categories.find(name)
        if isinstance(value, dict):
            ticked = [key for key, is_ticked in value.items() if is_ticked is True]
            absent.update(found for key in ticked if (found := categories.find(key)) is not None)
            if position is not None and (value.get("absent") is True or "not_on_document" in ticked):
                absent.add(position)
        text = value.get("value") if isinstance(value, dict) else value
        if position is not None and isinstance(text, str) and text.strip():
            texts[position] = (text.strip(),)
    return {**dict.fromkeys(absent, ()), **texts}


def _widgets(answer: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every object with boxes, also one that a hidden input carries as JSON."""
    if isinstance(answer, str) and '"boundingBoxes"' in answer:
        try:
            answer = json.loads(answer)
        except (ValueError, RecursionError):
            return
    if isinstance(answer, dict) and isinstance(answer.get("boundingBoxes"), list):
        yield answer
    elif isinstance(answer, (dict, list)) and depth < _DEEPEST:
        for inner in answer.values() if isinstance(answer, dict) else answer:
            yield from _widgets(inner, depth + 1)


def _box(entry: Any, categories: Categories) -> DrawnBox | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("label"), str):
        return None
    left, top, width, height = entry.get("left"), entry.get("top"), entry.get("width"), entry.get("height")
    if left.__class__ is top.__class__ is width.__class__ is height.__class__ is int and width > 0 and height > 0:
        return DrawnBox(categories.position(entry["label"]), left, top, width, height)
    sides = [side for key in ("left", "top", "width", "height") if (side := finite(entry.get(key))) is not None]
    if len(sides) < 4:
        return None
    left, top, width, height = sides
    if width <= 0 or height <= 0:
        return None
    return DrawnBox(categories.position(entry["label"]), left, top, width, height)


def _size(properties: Any) -> tuple[int, int] | None:
    if not isinstance(properties, Mapping):
        return None
    width, height = _count(properties.get("width")), _count(properties.get("height"))
    return (width, height) if width and height else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
