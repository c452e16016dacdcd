"""Reads a label category config: what a job asks for, in a file that the job's owner edits.

Reading is strict. A misspelt key or type would otherwise show only in what workers were asked, when it is too late, so
each mistake is an error that names the file, the key and the remedy. docs/label-categories.md explains every key.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from pre_annotation.errors import PreAnnotationError, shown

FIELD_TYPES = ("text", "amount", "date", "currency", "identifier")
DATE_ORDERS = ("day-first", "month-first")
OCCURRENCES = ("once", "many")
CHOICES = ("one", "several", "ordered")
MARKS = ("boxes", "polygons", "keypoints", "entities")

_TOP_KEYS = ("document-version", "labels", "task")
_LABEL_KEYS = ("label", "displayName", "type", "description", "dateOrder", "required", "occurs", "sumsTo")
_TASK_KEYS = ("manifestKeys", "skipAgreed", "initialValueAttribute", "choice", "marks")
# Ground Truth's own keys, which no job of ours needs: left alone, so that one file can serve both.
_GROUND_TRUTH_TOP_KEYS = ("documentVersion", "instructions", "auditLabelAttributeName", "categoryGlobalAttributes")
_GROUND_TRUTH_LABEL_KEYS = ("attributes", "categoryAttributes")

_NAME_CHARACTERS = 256  # of a category, in Ground Truth
_DESCRIPTION_CHARACTERS = 1_000
_BOX_LABELS = 50  # in Ground Truth's API
_WIDGET_LABELS = 10  # what the pages of crowd-bounding-box and crowd-image-classifier promise
_GOLD_KEY = "gold"  # marks objects whose truth is known, which workers must not learn
_CHECKBOX_GROUP = "not_on_document"  # the input of our fields template that says which fields are absent


@dataclass(frozen=True, slots=True)
class LabelCategory:
    """One category: a document type, a kind of box, or a field."""

    label: str
    display_name: str
    type: str = "text"
    description: str | None = None
    date_order: str | None = None
    required: bool = True
    occurs: str = "many"
    sums_to: str | None = None


@dataclass(frozen=True, slots=True)
class LabelCategories:
    """A whole config. `warnings` are what works but may not do what the job's owner means."""

    uri: str
    labels: tuple[LabelCategory, ...]
    manifest_keys: tuple[str, ...] = ()
    skip_agreed: bool = True
    initial_value_attribute: str | None = None
    choice: str = "one"
    marks: str = "boxes"
    warnings: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The categories' names in label values."""
        return frozenset(entry.label for entry in self.labels)

    def find(self, name: object) -> LabelCategory | None:
        """The category whose label or display name this is, ignoring case and spacing; None when there is none."""
        if not isinstance(name, str):
            return None
        wanted = _folded(name)
        return next((c for c in self.labels if wanted in (_folded(c.label), _folded(c.display_name))), None)


def read_label_categories(document: bytes, uri: str, task_type: str) -> LabelCategories:
    """Read the config of one task type.

    document: the file's bytes, JSON in UTF-8. uri: where it lies, for messages. Raises PreAnnotationError, which names
    the file, the key, the mistake and the remedy.
    """
    config = _Section(_parsed(document, uri), uri, "")
    config.allow(_TOP_KEYS + _GROUND_TRUTH_TOP_KEYS)
    config.text("document-version", "2018-11-28")
    labels = tuple(_category(section, task_type) for section in config.sections("labels"))
    _check_names(labels, config)
    _check_sums(labels, config)
    warnings = _check_count(labels, config, task_type)
    task = config.section("task")
    task.allow(_TASK_KEYS)
    return LabelCategories(
        uri=uri,
        labels=labels,
        manifest_keys=_manifest_keys(task),
        skip_agreed=task.flag("skipAgreed", True),
        initial_value_attribute=_initial_value_attribute(task),
        choice=_of_task_type(task, "choice", CHOICES, "document-type", task_type) or "one",
        marks=_of_task_type(task, "marks", MARKS, "invoice-boxes", task_type) or "boxes",
        warnings=warnings,
    )


def _parsed(document: bytes, uri: str) -> object:
    try:
        return json.loads(document.decode("utf-8-sig"), object_pairs_hook=lambda pairs: _unique(pairs, uri))
    except UnicodeDecodeError as error:
        raise PreAnnotationError(f"{uri}, byte {error.start}: not UTF-8. Save the file as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise PreAnnotationError(
            f"{uri}, line {error.lineno}, column {error.colno}: not JSON ({error.msg}). Correct it and upload it again."
        ) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, thousands of nested lists
        raise PreAnnotationError(f"{uri}: not a label category config. Upload the right file.") from None


def _unique(pairs: list[tuple[str, Any]], uri: str) -> dict[str, Any]:
    """A JSON object; a key that is there twice is an error, since JSON readers would silently use the last."""
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise PreAnnotationError(f'{uri}: key "{shown(key)}" is there twice in one object. Remove one.')
        values[key] = value
    return values


def _category(section: "_Section", task_type: str) -> LabelCategory:
    section.allow(_LABEL_KEYS + _GROUND_TRUTH_LABEL_KEYS)
    label = section.text("label", None, _NAME_CHARACTERS)
    if task_type == "invoice-fields" and (label == _CHECKBOX_GROUP or label.startswith("_")):
        section.refuse(
            "label",
            f'is "{shown(label)}", which cannot name an input of the form',
            "Choose another name, such as a word.",
        )
    kind = section.choice("type", FIELD_TYPES) or "text"
    date_order = section.choice("dateOrder", DATE_ORDERS)
    if date_order is not None and kind != "date":
        section.refuse("dateOrder", f'is set on a field of type "{kind}"', 'Remove it, or set "type" to "date".')
    return LabelCategory(
        label=label,
        display_name=section.text("displayName", label, _NAME_CHARACTERS),
        type=kind,
        description=section.text("description", "", _DESCRIPTION_CHARACTERS) or None,
        date_order=date_order,
        required=section.flag("required", True),
        occurs=section.choice("occurs", OCCURRENCES) or "many",
        sums_to=section.text("sumsTo", "", _NAME_CHARACTERS) or None,
    )


def _check_names(labels: tuple[LabelCategory, ...], config: "_Section") -> None:
    """No label or display name can be taken for another category: answers may use either, and their case is ignored."""
    owners: dict[str, int] = {}
    names = [(index, "label", category.label) for index, category in enumerate(labels)]
    names += [(index, "displayName", category.display_name) for index, category in enumerate(labels)]
    for index, key, name in names:
        owner = owners.setdefault(_folded(name), index)
        if owner != index:
            config.refuse(
                f"labels[{index}].{key}",
                f'is "{shown(name)}", which also names labels[{owner}]',
                "Give each category a name of its own.",
            )


def _check_sums(labels: tuple[LabelCategory, ...], config: "_Section") -> None:
    """What adds up is an amount, and adds up to another amount of the config."""
    kinds = {category.label: category.type for category in labels}
    for index, category in enumerate(labels):
        if category.sums_to is None:
            continue
        key = f"labels[{index}].sumsTo"
        if category.type != "amount":
            config.refuse(key, f'is set on a field of type "{category.type}"', 'Remove it, or set "type" to "amount".')
        if category.sums_to == category.label or kinds.get(category.sums_to) != "amount":
            config.refuse(
                key,
                f'is "{shown(category.sums_to)}", which is no other field of type "amount"',
                'Write the "label" of the field that these amounts add up to.',
            )


def _of_task_type(task: "_Section", key: str, choices: tuple[str, ...], meant_for: str, task_type: str) -> str | None:
    """The choice under a key that means something to one task type only."""
    value = task.choice(key, choices)
    if value is not None and task_type != meant_for:
        task.refuse(key, f"is set for {task_type}", f"Remove it: it is for {meant_for}.")
    return value


def _check_count(labels: tuple[LabelCategory, ...], config: "_Section", task_type: str) -> tuple[str, ...]:
    if task_type == "document-type" and len(labels) < 2:
        config.refuse("labels", "has one category, which leaves nothing to choose", "Add a second, such as other.")
    if task_type == "invoice-boxes" and len(labels) > _BOX_LABELS:
        config.refuse(
            "labels", f"has {len(labels)} categories; Ground Truth takes {_BOX_LABELS}", "Ask for them in several jobs."
        )
    if task_type != "invoice-fields" and len(labels) > _WIDGET_LABELS:
        return (
            f"{config.uri}: labels has {len(labels)} categories, more than the {_WIDGET_LABELS} that the Crowd element "
            "is documented to show. Try the task in the worker portal first, or split it into several jobs.",
        )
    return ()


def _manifest_keys(task: "_Section") -> tuple[str, ...]:
    keys = task.texts("manifestKeys")
    if _GOLD_KEY in keys:
        task.refuse(
            "manifestKeys",
            f'names "{_GOLD_KEY}", which would show workers what they are tested on',
            "Leave it out.",
        )
    return keys


def _initial_value_attribute(task: "_Section") -> str | None:
    name = task.text("initialValueAttribute", "", _NAME_CHARACTERS)
    if name in ("source", "source-ref") or name.endswith("-metadata"):
        task.refuse(
            "initialValueAttribute",
            f'is "{shown(name)}", which holds no label',
            "Name the key of a label or a prediction, or write null.",
        )
    return name or None


class _Section:
    """One JSON object of the config, read key by key; a mistake names the file and the key's whole path."""

    def __init__(self, values: object, uri: str, path: str) -> None:
        self.uri = uri
        self._path = path
        if not isinstance(values, dict):
            raise PreAnnotationError(
                f"{uri}: {path or 'the file'} is {_json_type(values)}, not a JSON object. Write {{...}}."
            )
        self._values: Mapping[str, Any] = values

    def refuse(self, key: str, problem: str, remedy: str) -> NoReturn:
        path = f"{self._path}.{key}" if self._path else key
        raise PreAnnotationError(f"{self.uri}: {path} {problem}. {remedy}")

    def allow(self, keys: Iterable[str]) -> None:
        known = tuple(keys)
        for key in self._values:
            if key not in known:
                self.refuse(
                    shown(key), "is not a key of a label category config here", f"Known are: {', '.join(known)}."
                )

    def text(self, key: str, default: str | None, longest: int = _NAME_CHARACTERS) -> str:
        """A string without space around it. A default of None makes the key required; else null means the default."""
        value = self._values.get(key)
        if value is None:
            if default is None:
                self.refuse(key, "is missing", "Write a name.")
            return default
        if not isinstance(value, str):
            self.refuse(key, f"is {_json_type(value)}", "Write a string.")
        if not value.strip() or value != value.strip():
            self.refuse(key, f'is "{shown(value)}": empty, or with space around it', "Write the text alone.")
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
            self.refuse(key, f'is "{shown(value)}", with a line break or control character', "Write it on one line.")
        if len(value) > longest:
            self.refuse(key, f"has {len(value)} characters", f"Use at most {longest}.")
        return value

    def choice(self, key: str, choices: tuple[str, ...]) -> str | None:
        value = self._values.get(key)
        if value is not None and value not in choices:
            found = f'"{shown(value)}"' if isinstance(value, str) else _json_type(value)
            self.refuse(key, f"is {found}", f"Write one of {', '.join(choices)}.")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, f"is {_json_type(value)}", "Write true or false, without quotes.")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
            self.refuse(key, "is not a list of strings", 'Write ["document", "page"], or [].')
        return tuple(dict.fromkeys(values))

    def section(self, key: str) -> "_Section":
        path = f"{self._path}.{key}" if self._path else key
        return _Section(self._values.get(key, {}), self.uri, path)

    def sections(self, key: str) -> list["_Section"]:
        values = self._values.get(key)
        if not isinstance(values, list) or not values:
            self.refuse(key, "is not a list of categories", 'Write [{"label": "..."}, ...] with one at least.')
        return [_Section(value, self.uri, f"{key}[{index}]") for index, value in enumerate(values)]


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _json_type(value: object) -> str:
    names: dict[type, str] = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
