"""Checks a label category config: Ground Truth's own rules, and those of this project's functions (contract section 7.1)."""

import difflib
import unicodedata
from collections.abc import Iterator, Mapping

from groundtruth.check import rules
from groundtruth.check.document import JsonDocument
from groundtruth.check.finding import Finding, Rule
from groundtruth.check.model import member, shown

WIDGET_LABELS = 10
"""Labels that the element pages of crowd-bounding-box and crowd-image-classifier allow."""

_LONGEST_NAME = 256
_LONGEST_DESCRIPTION = 1_000
_MOST = 50
_VERSION = "2018-11-28"
_LONGEST_INSTRUCTION = {"shortInstruction": 255, "fullInstruction": 2_048}
_FIELD_TYPES = ("text", "amount", "date", "currency", "identifier")
_DATE_ORDERS = ("day-first", "month-first")
_OCCURRENCES = ("once", "many")
_CHOICES = ("one", "several", "ordered")
_MARKS = ("boxes", "polygons", "keypoints", "entities")
_TOP_KEYS = {
    "document-version",
    "documentVersion",
    "labels",
    "task",
    "instructions",
    "auditLabelAttributeName",
    "categoryGlobalAttributes",
}
_LABEL_KEYS = {
    "label",
    "displayName",
    "type",
    "description",
    "dateOrder",
    "required",
    "occurs",
    "sumsTo",
    "attributes",
    "categoryAttributes",
}
_TASK_KEYS = {"manifestKeys", "skipAgreed", "initialValueAttribute", "choice", "marks"}


def category_findings(document: JsonDocument, task_type: str | None = None) -> list[Finding]:
    """Everything that is wrong with a label category config. task_type: of the job, when it is known."""
    if document.problems and document.value is None:
        return list(document.problems)
    return [*document.problems, *map(document.located, _config(document.value, task_type))]


def category_names(config: object) -> list[str]:
    """The labels of a config, in order, whatever else is wrong with it."""
    labels = config.get("labels") if isinstance(config, Mapping) else None
    entries = labels if isinstance(labels, list) else []
    return [entry["label"] for entry in entries if isinstance(entry, Mapping) and isinstance(entry.get("label"), str)]


def _config(config: object, task_type: str | None) -> Iterator[Finding]:
    labels = config.get("labels") if isinstance(config, Mapping) else None
    if not isinstance(config, Mapping) or not isinstance(labels, list) or not labels:
        message = "A label category config has a list of labels with one entry at least."
        yield rules.CATEGORIES_LABELS.finding(message, 'Write {"labels": [{"label": "total_amount"}]}.', path="labels")
        return
    version = config.get("document-version", config.get("documentVersion"))
    if version != _VERSION:
        message = f"document-version is {shown(version)}." if version is not None else "document-version is missing."
        yield rules.CATEGORIES_VERSION.finding(
            message, f'Write "document-version": "{_VERSION}".', path="document-version"
        )
    yield from _unknown(config, _TOP_KEYS, "")
    for index, entry in enumerate(labels):
        yield from _label(entry, f"labels[{index}]", task_type)
    yield from _names(labels)
    yield from _sums(labels)
    yield from _count(len(labels), task_type)
    yield from _instructions(config.get("instructions"))
    yield from _task(config.get("task", {}), task_type)


def _label(entry: object, path: str, task_type: str | None) -> Iterator[Finding]:
    if not isinstance(entry, Mapping):
        yield rules.CATEGORIES_LABELS.finding(
            f"{path} is {shown(entry)}.", 'Write {"label": "total_amount"}.', path=path
        )
        return
    yield from _unknown(entry, _LABEL_KEYS, path)
    if "label" not in entry:
        yield rules.CATEGORIES_LABELS.finding(f"{path} has no label.", 'Write {"label": "total_amount"}.', path=path)
    for key, longest in (
        ("label", _LONGEST_NAME),
        ("displayName", _LONGEST_NAME),
        ("description", _LONGEST_DESCRIPTION),
    ):
        if key in entry:
            rule = rules.CATEGORIES_NAME if key == "label" else rules.CATEGORIES_KEY
            yield from _text(rule, entry[key], longest, f"{path}.{key}", required=key == "label")
    yield from _choice(entry, "type", _FIELD_TYPES, path)
    yield from _choice(entry, "dateOrder", _DATE_ORDERS, path)
    yield from _choice(entry, "occurs", _OCCURRENCES, path)
    if entry.get("dateOrder") in _DATE_ORDERS and entry.get("type") != "date":
        message = f"{path}.dateOrder is set on a field that is no date."
        yield _wrong_key(message, 'Remove it, or set "type" to "date".', f"{path}.dateOrder")
    if not isinstance(entry.get("required", True), bool):
        yield _wrong_key(f"{path}.required is {shown(entry['required'])}.", "Write true or false.", f"{path}.required")
    name = entry.get("label")
    if task_type == "invoice-fields" and isinstance(name, str) and (name == "not_on_document" or name.startswith("_")):
        message = f'{path}.label is "{name}", which cannot name an input of the form.'
        yield _wrong_key(message, "Choose another name, such as a word.", f"{path}.label")


def _names(labels: list[object]) -> Iterator[Finding]:
    """No name may be taken for another category's: answers may use label or display name, and their case is ignored."""
    owners: dict[str, int] = {}
    for key in ("label", "displayName"):
        for index, entry in enumerate(labels):
            name = entry.get(key) if isinstance(entry, Mapping) else None
            if not isinstance(name, str):
                continue
            owner = owners.setdefault(" ".join(name.casefold().split()), index)
            if owner != index:
                path = f"labels[{index}].{key}"
                message = f'{path} is "{name}", which also names labels[{owner}].'
                yield rules.CATEGORIES_TWICE.finding(message, "Give each category a name of its own.", path=path)


def _sums(labels: list[object]) -> Iterator[Finding]:
    """What adds up is an amount, and adds up to another amount of the config."""
    entries = [entry if isinstance(entry, Mapping) else {} for entry in labels]
    amounts = {entry["label"] for entry in entries if entry.get("type") == "amount" and "label" in entry}
    for index, entry in enumerate(entries):
        total, path = entry.get("sumsTo"), f"labels[{index}].sumsTo"
        if total is None:
            continue
        if entry.get("type") != "amount":
            message = f"{path} is set on a field that is no amount."
            yield _wrong_key(message, 'Remove it, or set "type" to "amount".', path)
        elif not isinstance(total, str) or total not in amounts or total == entry.get("label"):
            message = f'{path} is {shown(total)}, which is no other field of type "amount".'
            yield _wrong_key(message, 'Write the "label" of the field that these amounts add up to.', path)


def _count(count: int, task_type: str | None) -> Iterator[Finding]:
    if count > _MOST and task_type != "invoice-fields":
        message = f"There are {count} labels; built-in box and multi-label jobs take {_MOST}."
        yield rules.CATEGORIES_COUNT.finding(message, "Ask for them in several jobs.", path="labels")
    elif task_type in {"document-type", "invoice-boxes"} and count > WIDGET_LABELS:
        message = f"There are {count} labels; the Crowd element is documented to show {WIDGET_LABELS}."
        yield rules.CATEGORIES_MANY.finding(
            message, "Try the task on a real job first, or ask for them in several jobs.", path="labels"
        )
    if task_type == "document-type" and count < 2:
        yield rules.CATEGORIES_COUNT.finding(
            "There is one document type, so nothing to choose.", "Add a second.", path="labels"
        )


def _instructions(instructions: object) -> Iterator[Finding]:
    if not isinstance(instructions, Mapping):
        return
    for key, longest in _LONGEST_INSTRUCTION.items():
        text = instructions.get(key)
        if isinstance(text, str) and len(text) > longest:
            message = f"instructions.{key} has {len(text):,} characters; it takes {longest:,}."
            yield rules.CATEGORIES_INSTRUCTIONS.finding(message, "Shorten it.", path=f"instructions.{key}")


def _task(task: object, task_type: str | None) -> Iterator[Finding]:
    if not isinstance(task, Mapping):
        yield _wrong_key(f"task is {shown(task)}.", "Write {}, or leave it out.", "task")
        return
    yield from _unknown(task, _TASK_KEYS, "task")
    keys = task.get("manifestKeys", [])
    if not isinstance(keys, list) or not all(isinstance(key, str) and key for key in keys):
        yield _wrong_key(
            f"task.manifestKeys is {shown(keys)}.", 'Write ["document", "page"], or [].', "task.manifestKeys"
        )
    elif "gold" in keys:
        message = 'task.manifestKeys names "gold", which would show workers what they are tested on.'
        yield _wrong_key(message, "Leave it out.", "task.manifestKeys")
    if not isinstance(task.get("skipAgreed", True), bool):
        yield _wrong_key(f"task.skipAgreed is {shown(task['skipAgreed'])}.", "Write true or false.", "task.skipAgreed")
    for key, choices, meant_for in (("choice", _CHOICES, "document-type"), ("marks", _MARKS, "invoice-boxes")):
        yield from _choice(task, key, choices, "task")
        if task.get(key) in choices and task_type not in {None, meant_for}:
            message = f"task.{key} is set for {task_type}."
            yield _wrong_key(message, f"Remove it: it is for {meant_for}.", f"task.{key}")
    name = task.get("initialValueAttribute")
    if name is None or name == "":
        return
    path = "task.initialValueAttribute"
    if not isinstance(name, str) or name in {"source", "source-ref"} or name.endswith("-metadata"):
        yield _wrong_key(
            f"{path} is {shown(name)}, which holds no label.", "Name the key of a label, or write null.", path
        )


def _unknown(entry: Mapping[str, object], known: set[str], path: str) -> Iterator[Finding]:
    for key in entry:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            remedy = f'Did you mean "{close[0]}"?' if close else f"Known are: {', '.join(sorted(known))}."
            yield rules.CATEGORIES_UNKNOWN.finding(
                f"{member(path, key)} is no key of a label category config.", remedy, path=member(path, key)
            )


def _text(rule: Rule, value: object, longest: int, path: str, *, required: bool) -> Iterator[Finding]:
    if value is None and not required:
        return
    if not isinstance(value, str) or not value.strip() or value != value.strip() or _breaks(value):
        yield rule.finding(
            f"{path} is {shown(value)}.", "Write a text on one line, without space around it.", path=path
        )
    elif len(value) > longest:
        yield rule.finding(f"{path} has {len(value):,} characters; it takes {longest:,}.", "Shorten it.", path=path)


def _choice(entry: Mapping[str, object], key: str, choices: tuple[str, ...], path: str) -> Iterator[Finding]:
    value = entry.get(key)
    if value is not None and value not in choices:
        at = f"{path}.{key}"
        yield _wrong_key(f"{at} is {shown(value)}.", f"Write one of {', '.join(choices)}.", at)


def _wrong_key(message: str, remedy: str, path: str) -> Finding:
    return rules.CATEGORIES_KEY.finding(message, remedy, path=path)


def _breaks(text: str) -> bool:
    return any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)
