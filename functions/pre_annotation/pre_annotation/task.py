"""Makes the task that workers see of one manifest line, and says whether they need see it.

No AWS here: a line and a config go in, a task comes out.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from pre_annotation.earlier_labels import is_agreed, labels_of_task, value_at
from pre_annotation.errors import PreAnnotationError, shown
from pre_annotation.initial_values import InitialValue, initial_value
from pre_annotation.label_categories import LabelCategories, LabelCategory

TASK_INPUT_CHARACTERS = 128_000  # what RenderUiTemplate takes; Ground Truth documents no number for jobs

_S3_URI = re.compile(r"s3://[^/\s\x00-\x1f]+/[^\x00-\x1f\x7f]*[^/\s\x00-\x1f\x7f]")
_SPANS = "entities"
_NOT_SHOWN_BY_BROWSERS = (".pdf", ".tif", ".tiff")


@dataclass(frozen=True, slots=True)
class Task:
    """A task input, whether workers are asked, and notes on what was left out of it."""

    task_input: dict[str, Any]
    is_human_annotation_required: bool
    notes: tuple[str, ...]


def make_task(data_object: Mapping[str, Any], categories: LabelCategories, task_type: str) -> Task:
    """The task of one manifest line, in the shape of docs/architecture.md.

    Raises PreAnnotationError when the line cannot become a task. The message names the object by its `source-ref` or,
    since a document's text belongs in no log, by a digest.
    """
    content = _content(data_object, task_type, categories.marks)
    initial = initial_value(data_object, categories, task_type)
    task_input = {
        "taskType": task_type,
        **content,
        "labels": [_label(category) for category in categories.labels],
        "displayNames": [category.display_name for category in categories.labels],
        "initialValue": None,
        "details": {key: data_object[key] for key in categories.manifest_keys if key in data_object},
    }
    _check_serialized(task_input, data_object)
    initial = _fitting(initial, task_input)
    is_done = categories.skip_agreed and _carries_agreed_label(data_object, categories, task_type)
    return Task({**task_input, "initialValue": initial.value}, not is_done, initial.notes)


def _content(data_object: Mapping[str, Any], task_type: str, marks: str) -> dict[str, str]:
    """What the task shows: `image`, an S3 URI, or `text`."""
    keys = [key for key in ("source-ref", "source") if key in data_object]
    if data_object.get("Event") == "s3:TestEvent":
        _refuse(
            data_object,
            "is the test event that S3 sends when notifications are set up",
            "Send manifest lines to the job's topic, not S3's notifications.",
        )
    if not keys:
        _refuse(
            data_object,
            'has neither "source-ref" nor "source"',
            'Write "source-ref": "s3://bucket/page.png" on its manifest line.',
        )
    if len(keys) == 2:
        _refuse(data_object, 'has both "source-ref" and "source"', "Keep the one that workers are to see.")
    key = keys[0]
    value = data_object[key]
    if not isinstance(value, str):
        _refuse(data_object, f'"{key}" is not a string', f'Write "{key}": "..." on its manifest line.')
    if key == "source":
        return {"text": _text(value, data_object, task_type, marks)}
    if task_type == "invoice-boxes" and marks == _SPANS:
        _refuse(
            data_object,
            'has "source-ref", but task.marks is entities, which are spans of a text',
            'Give the text as "source" instead, or set task.marks to what workers draw.',
        )
    return {"image": _image(value, data_object)}


def _text(value: str, data_object: Mapping[str, Any], task_type: str, marks: str) -> str:
    if not value.strip():
        _refuse(data_object, '"source" is empty', "Give the text to label, or take the line out of the manifest.")
    if task_type == "invoice-boxes" and marks != _SPANS:
        _refuse(
            data_object,
            f'"source" is text, on which no {marks} can be drawn',
            'Give the page image as "source-ref" instead, or set task.marks to entities in the label category config.',
        )
    return value


def _image(value: str, data_object: Mapping[str, Any]) -> str:
    if _S3_URI.fullmatch(value) is None:
        _refuse(data_object, '"source-ref" is not the S3 URI of an object', "Write s3://bucket/key.")
    if value.lower().endswith(_NOT_SHOWN_BY_BROWSERS):
        _refuse(
            data_object,
            '"source-ref" is a PDF or TIFF file, which the worker page cannot show',
            "Render its pages as PNG or JPEG, upload them, and write a manifest line for each.",
        )
    return value


def _label(category: LabelCategory) -> dict[str, Any]:
    return {
        "label": category.label,
        "displayName": category.display_name,
        "type": category.type,
        "description": category.description,
        "required": category.required,
    }


def _carries_agreed_label(data_object: Mapping[str, Any], categories: LabelCategories, task_type: str) -> bool:
    """Whether a label on the line makes asking needless: the one the owner named, when people gave it, else any."""
    attribute = categories.initial_value_attribute
    named = None if attribute is None else value_at(data_object, attribute)
    if named is not None and named.is_human:
        return is_agreed(named, categories, task_type)
    return any(is_agreed(label, categories, task_type) for label in labels_of_task(data_object, categories, task_type))


def _check_serialized(task_input: dict[str, Any], data_object: Mapping[str, Any]) -> None:
    """The task input is JSON that Lambda and Ground Truth pass on, and not too long for a template."""
    characters = _characters(task_input)
    if characters is None:
        _refuse(
            data_object,
            "holds NaN, infinity or half a surrogate pair, which JSON cannot carry, under "
            f'"source" or a key of task.manifestKeys ({", ".join(task_input["details"]) or "none"})',
            "Write the value as proper JSON.",
        )
    if characters > TASK_INPUT_CHARACTERS:
        longest = max(task_input, key=lambda key: _characters(task_input[key]) or 0)
        _refuse(
            data_object,
            f'makes a task input of {characters} characters, most of them under "{longest}"; '
            f"{TASK_INPUT_CHARACTERS} are allowed",
            "Shorten the text, or name fewer task.manifestKeys in the label category config.",
        )


def _fitting(initial: InitialValue, task_input: dict[str, Any]) -> InitialValue:
    """The initial value, or none when the task would not survive it."""
    characters = _characters({**task_input, "initialValue": initial.value})
    if characters is None:
        return InitialValue(notes=(*initial.notes, "no initial value: it holds what JSON cannot carry"))
    if characters > TASK_INPUT_CHARACTERS:
        return InitialValue(notes=(*initial.notes, "no initial value: the task input would be too long with it"))
    return initial


def _characters(value: object) -> int | None:
    """Length of the value's JSON as Lambda writes it (in UTF-8, not escaped); None when it has no such JSON."""
    try:
        serialized = json.dumps(value, ensure_ascii=False, allow_nan=False)
        serialized.encode()
    except ValueError:  # NaN, infinity; a lone surrogate (UnicodeEncodeError)
        return None
    return len(serialized)


def _refuse(data_object: Mapping[str, Any], problem: str, remedy: str) -> NoReturn:
    raise PreAnnotationError(f"{_name(data_object)}: {problem}. {remedy}")


def _name(data_object: Mapping[str, Any]) -> str:
    """What the job's owner can find the line by: its source-ref, else a digest of its text, else its first key.

    A source-ref that is neither an S3 URI nor without space could be a document's text in the wrong place.
    """
    reference = data_object.get("source-ref")
    if isinstance(reference, str) and reference:
        if reference.startswith("s3://") or not any(character.isspace() for character in reference):
            return f'object "{shown(reference, 200)}"'
        return f"object (SHA-256 of its source-ref begins {_digest(reference)})"
    text = data_object.get("source")
    if isinstance(text, str):
        return f"text object (SHA-256 of its text begins {_digest(text)})"
    first = next(iter(data_object), None)
    return "object without keys" if first is None else f'object whose first key is "{shown(first)}"'


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
