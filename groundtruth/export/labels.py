"""Reads a label value, the project's own or a built-in one of Ground Truth, into what the export formats share.

The shapes are those of docs/architecture.md ("Label values") and of Ground Truth's built-in image and text classification and boxes. A value
that is none of them has no kind; what is wrong within a value is told as a problem and never raised.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from groundtruth.export.model import Box, DocumentType, Field, ImageSize, Kind, Label

UNKNOWN_CLASS = "box of unknown class"
UNREADABLE_BOX = "box that cannot be read"
OTHER_MARK = "polygon or point, which is no box"
OUTSIDE = "box outside the image"
CLIPPED = "box cut at the image's edge"

_new_tuple = tuple.__new__
"""Makes a named tuple in half the time of its own call."""
_WORST_FIRST = ("error", "no_answer", "tie", "low_agreement", "agreed")


def kind_of(value: object, metadata: Mapping[str, Any]) -> Kind | None:
    """What a label value is; None when it is of no kind that is exported."""
    if isinstance(value, dict):
        if isinstance(value.get("annotations"), list) and "image_size" in value:
            return Kind.BOXES if not _is_other_mark(_first_mark(value)) else None
        if isinstance(value.get("fields"), dict):
            return Kind.FIELDS
        return Kind.TYPE if "class-name" in value else None
    return Kind.TYPE if isinstance(metadata.get("class-name"), str) and isinstance(value, (int, str)) else None


def _first_mark(value: Mapping[str, Any]) -> object:
    """What workers marked: where both boxes and other marks were asked for, boxes come first."""
    marks = value["annotations"] or value.get("dropped")
    return marks[0] if isinstance(marks, list) and marks else None


def _is_other_mark(mark: object) -> bool:
    """Whether it is a polygon or a point: a page with those alone must not be taken for one without boxes."""
    return isinstance(mark, dict) and "left" not in mark and ("vertices" in mark or "x" in mark)


def read_label(value: Any, metadata: Mapping[str, Any]) -> Label | None:
    """The label of one attribute; None when its value is of no kind that is exported."""
    kind = kind_of(value, metadata)
    if kind is Kind.BOXES:
        return _boxes(value, metadata)
    if kind is Kind.FIELDS:
        return _fields(value)
    if kind is Kind.TYPE:
        return _document_type(value if isinstance(value, dict) else metadata)
    return None


def class_ids(value: Any, metadata: Mapping[str, Any]) -> dict[str, int]:
    """The class id of every class name that a label speaks of."""
    if not isinstance(value, dict):
        name = metadata.get("class-name")
        return {name: _integer(value)} if isinstance(name, str) else {}
    if isinstance(name := value.get("class-name"), str):
        return {name: _integer(value.get("class_id"))}
    return {name: _integer(number) for number, name in _class_map(value, metadata).items() if isinstance(name, str)}


def worst(statuses: list[str]) -> str:
    """The status that tells most against a document of several labels."""
    return min(statuses, key=lambda status: _WORST_FIRST.index(status) if status in _WORST_FIRST else 0)


def finite(value: object) -> float | None:
    """A number that can be computed with, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if math.isfinite(value) else None


def _integer(value: object) -> int:
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError, OverflowError):
        return 0


def _class_map(value: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    found = value.get("class-map") or metadata.get("class-map")
    return found if isinstance(found, dict) else {}


def _status(value: Mapping[str, Any]) -> str:
    status = value.get("status", "agreed")
    return status if isinstance(status, str) else "agreed"


def _document_type(value: Mapping[str, Any]) -> Label:
    confidence, name = finite(value.get("confidence")), value.get("class-name")
    found = DocumentType(name, confidence) if isinstance(name, str) else None
    return Label(Kind.TYPE, document_type=found, confidence=confidence, status=_status(value))


def _boxes(value: dict[str, Any], metadata: Mapping[str, Any]) -> Label:
    names, size = _class_map(value, metadata), _image_size(value["image_size"])
    objects = value.get("objects") or metadata.get("objects")
    qualities = objects if isinstance(objects, list) else []
    plain = _plain_boxes(value["annotations"], names, qualities, size)
    if plain is not None:
        return Label(
            Kind.BOXES, boxes=plain, size=size, confidence=_boxes_confidence(value, plain), status=_status(value)
        )
    boxes: list[Box] = []
    problems: list[tuple[str, str]] = []
    for annotation, quality in itertools.zip_longest(value["annotations"], qualities[: len(value["annotations"])]):
        box = _box(annotation, names, quality, size, problems)
        if box is not None:
            boxes.append(box)
    return Label(
        Kind.BOXES,
        boxes=tuple(boxes),
        size=size,
        confidence=_boxes_confidence(value, boxes),
        status=_status(value),
        problems=tuple(problems),
    )


def _plain_boxes(
    annotations: list[Any], names: Mapping[str, Any], qualities: list[Any], size: ImageSize | None
) -> tuple[Box, ...] | None:
    """The boxes of a label about which there is nothing to say, as nearly all are; None for any other, whose boxes `_box` looks at one by one.

    Whatever is no number fails a comparison or the plus, which also makes a number of true and false.
    """
    if size is None or len(qualities) != len(annotations):
        return None
    right, bottom = size.width, size.height
    boxes = []
    try:
        for annotation, quality in zip(annotations, qualities, strict=True):
            name = names[str(annotation["class_id"])]
            left, top, width, height = annotation["left"], annotation["top"], annotation["width"], annotation["height"]
            confidence = quality["confidence"]
            if not (
                0 <= left < left + width <= right
                and 0 <= top < top + height <= bottom
                and 0 <= confidence <= 1
                and name.__class__ is str
            ):
                return None
            boxes.append(_new_tuple(Box, (name, +left, +top, +width, +height, +confidence)))
    except (TypeError, KeyError, IndexError):
        return None
    return tuple(boxes)


def _boxes_confidence(value: Mapping[str, Any], boxes: Sequence[Box]) -> float | None:
    """The label's own, else its least sure box's: built-in boxes have one each and none together."""
    own = finite(value.get("confidence"))
    if own is not None:
        return own
    return min((box.confidence for box in boxes if box.confidence is not None), default=None)


def _image_size(value: object) -> ImageSize | None:
    first = value[0] if isinstance(value, list) and value else None
    if not isinstance(first, dict):
        return None
    stated = first.get("width"), first.get("height"), first.get("depth", 3)
    if stated[0].__class__ is stated[1].__class__ is stated[2].__class__ is int and min(stated) > 0:
        return _new_tuple(ImageSize, stated)
    width, height, depth = finite(first.get("width")), finite(first.get("height")), finite(first.get("depth", 3))
    if not width or not height or width < 1 or height < 1:
        return None
    return ImageSize(int(width), int(height), int(depth) if depth and depth > 0 else 3)


def _box(
    annotation: Any, names: Mapping[str, Any], quality: Any, size: ImageSize | None, problems: list[tuple[str, str]]
) -> Box | None:
    try:
        name = names.get(str(annotation["class_id"]))
        left, top = annotation["left"], annotation["top"]
        width, height = annotation["width"], annotation["height"]
        is_sound = width > 0 and height > 0 and math.isfinite(left + top + width + height)
    except (TypeError, KeyError, IndexError, AttributeError, OverflowError):
        problems.append((OTHER_MARK if _is_other_mark(annotation) else UNREADABLE_BOX, f"{annotation!r:.200}"))
        return None
    if not isinstance(name, str):
        problems.append((UNKNOWN_CLASS, f"class id {annotation['class_id']!r:.80}"))
        return None
    if not is_sound:
        problems.append((UNREADABLE_BOX, f"{name}: {annotation!r:.200}"))
        return None
    confidence = finite(quality.get("confidence")) if isinstance(quality, dict) else None
    box = Box(name, +left, +top, +width, +height, confidence)  # the plus makes numbers of true and false
    if size is None or (left >= 0 and top >= 0 and left + width <= size.width and top + height <= size.height):
        return box
    return clipped(box, size, problems)


def clipped(box: Box, size: ImageSize, problems: list[tuple[str, str]]) -> Box | None:
    """The part of a box that lies in the image; None, and a problem, when none does."""
    left, top = max(box.left, 0), max(box.top, 0)
    width, height = min(box.left + box.width, size.width) - left, min(box.top + box.height, size.height) - top
    where = f"{box.label}: {box.left:g}, {box.top:g}, {box.width:g} x {box.height:g} in {size.width} x {size.height}"
    if width <= 0 or height <= 0:
        problems.append((OUTSIDE, where))
        return None
    if (left, top, width, height) != (box.left, box.top, box.width, box.height):
        problems.append((CLIPPED, where))
    return Box(box.label, left, top, width, height, box.confidence)


def _fields(value: dict[str, Any]) -> Label:
    fields = tuple(_field(name, field) for name, field in value["fields"].items() if isinstance(field, dict))
    return Label(Kind.FIELDS, fields=fields, confidence=finite(value.get("confidence")), status=_status(value))


def _field(name: str, field: dict[str, Any]) -> Field:
    value, normalized = field.get("value"), field.get("normalized")
    return Field(
        name,
        value if isinstance(value, str) else None,
        normalized if isinstance(normalized, str) else None,
        field.get("absent") is True,
        finite(field.get("confidence")),
        _status(field),
    )
