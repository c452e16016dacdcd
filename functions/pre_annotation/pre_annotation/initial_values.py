"""What workers see first: an earlier label of this task, or a prediction, in the form that the templates take.

A wrong initial value costs a worker a correction; a failed line costs the whole job. So what cannot be used is left out
and noted for the log, and never fails the task. Notes name keys and positions, not what stands in the document.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from pre_annotation.earlier_labels import EarlierLabel, class_name, labels_of_task, value_at
from pre_annotation.label_categories import LabelCategories

_LARGEST_COORDINATE = 1_000_000  # pixels; far beyond the 100 million pixels of an image that Ground Truth takes


@dataclass(frozen=True, slots=True)
class InitialValue:
    """A value in the form of docs/architecture.md, None for none, and why anything was left out."""

    value: Any = None
    notes: tuple[str, ...] = ()


def initial_value(data_object: Mapping[str, Any], categories: LabelCategories, task_type: str) -> InitialValue:
    """The initial value that a manifest line carries for this task.

    With `task.initialValueAttribute`, that key's value: a label of ours or of a built-in job, a worker's answer, or a
    prediction. Without, the newest value that has the shape of this task's labels.
    """
    attribute = categories.initial_value_attribute
    if attribute is None:
        found = labels_of_task(data_object, categories, task_type)
        label = found[-1] if found else None
    else:
        label = value_at(data_object, attribute)
    if label is None:
        return InitialValue()
    if categories.marks != "boxes":
        return _unusable(f"the templates of {categories.marks} take none")
    result = _READERS[task_type](label, categories)
    return InitialValue(result.value, tuple(f'key "{label.key}": {note}' for note in result.notes))


def _document_type(label: EarlierLabel, categories: LabelCategories) -> InitialValue:
    """A class name (`"invoice"`), or a label that holds one. Several labels have no initial value: no element that chooses several takes one."""
    value: Any = label.value
    if isinstance(value, Mapping):
        if "class_ids" in value:
            return InitialValue()
        if "class-name" not in value and "label" not in value:
            return _unusable('neither a document type nor an object with "class-name" or "label"')
        value = value.get("class-name", value.get("label"))
        if value is None:  # an earlier job ended without a label
            return InitialValue()
    category = categories.find(value) or categories.find(label.metadata.get("class-name"))
    if category is None:
        return _unusable("names no category of this job")
    return InitialValue(category.display_name)


def _boxes(label: EarlierLabel, categories: LabelCategories) -> InitialValue:
    """Boxes by class id with a class map, or by label: a list, or under `boundingBoxes` or `boxes`."""
    value = label.value
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("annotations", "boundingBoxes", "boxes") if key in value), None)
    if not isinstance(value, list):
        return _unusable("neither a list of boxes nor an object with one")
    boxes, notes = [], []
    size = _image_size(label.value)
    for index, entry in enumerate(value):
        box = _box(label, entry, categories, size)
        if isinstance(box, str):
            notes.append(f"box {index} left out: {box}")
        else:
            boxes.append(box)
    return InitialValue(boxes or None, _at_most_five(notes))


def _box(
    label: EarlierLabel, entry: object, categories: LabelCategories, size: tuple[float, float]
) -> dict[str, Any] | str:
    """The box with its category's display name, in whole pixels; or what is wrong with it. size: width and height."""
    if not isinstance(entry, Mapping):
        return "not an object"
    category = categories.find(class_name(label, entry) if "class_id" in entry else entry.get("label"))
    if category is None:
        return "its category is not one of this job"
    sides = [entry.get(side) for side in ("left", "top", "width", "height")]
    if not all(_is_coordinate(side) for side in sides):
        return "left, top, width and height are not numbers of pixels"
    left, top, width, height = (round(side) for side in sides if side is not None)
    if width < 1 or height < 1:
        return "less than a pixel wide or high (boxes are in pixels of the image, not in shares of it)"
    if left + width > size[0] or top + height > size[1]:
        return "it reaches beyond the image"
    return {"label": category.display_name, "left": left, "top": top, "width": width, "height": height}


def _image_size(value: object) -> tuple[float, float]:
    """Width and height of the image as far as the label tells, else the largest there can be."""
    sizes = value.get("image_size") if isinstance(value, Mapping) else None
    size = sizes[0] if isinstance(sizes, list) and sizes else None
    if not isinstance(size, Mapping) and isinstance(value, Mapping):
        size = value.get("inputImageProperties")
    told = (size.get("width"), size.get("height")) if isinstance(size, Mapping) else (None, None)
    width, height = (side if _is_coordinate(side) and side else 2 * _LARGEST_COORDINATE for side in told)
    return width, height


def _is_coordinate(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return 0 <= value <= _LARGEST_COORDINATE  # NaN compares false


def _fields(label: EarlierLabel, categories: LabelCategories) -> InitialValue:
    """Values by field, plain or in objects with `value` or `absent`; ours lie under `fields`."""
    fields = label.value.get("fields", label.value) if isinstance(label.value, Mapping) else None
    if not isinstance(fields, Mapping):
        return _unusable("not an object with a value for each field")
    values: dict[str, dict[str, Any]] = {}
    notes = []
    for position, (name, entry) in enumerate(fields.items()):
        category = categories.find(name)
        field = _field(entry)
        if category is None:
            # A prediction may tell more than the job asks; its keys are the document's business, so they go unnamed.
            notes.append(f"field {position} left out: not one of this job")
        elif isinstance(field, str):
            notes.append(f'field "{category.label}" left out: {field}')
        elif field:
            values[category.label] = field
    return InitialValue(values or None, _at_most_five(notes))


def _field(entry: object) -> dict[str, Any] | str:
    """A field's initial value, empty when the entry gives none; or what is wrong with it."""
    value = entry
    if isinstance(entry, Mapping):
        if entry.get("absent") is True:
            return {"absent": True}
        value = entry.get("value")
    if isinstance(value, bool) or not (value is None or isinstance(value, str | int | float)):
        return "neither a text nor a number"
    if isinstance(value, float) and not isfinite(value):
        return "neither a text nor a number"
    if value is None or not str(value).strip():
        return {}
    return {"value": str(value)}


def _unusable(reason: str) -> InitialValue:
    return InitialValue(notes=(f"no initial value: {reason}",))


def _at_most_five(notes: Iterable[str]) -> tuple[str, ...]:
    """The notes, cut to what a log line bears: a prediction may hold thousands of boxes."""
    listed = tuple(notes)
    return listed if len(listed) <= 5 else (*listed[:4], f"{len(listed) - 4} more left out")


_READERS: dict[str, Callable[[EarlierLabel, LabelCategories], InitialValue]] = {
    "document-type": _document_type,
    "invoice-boxes": _boxes,
    "invoice-fields": _fields,
}
