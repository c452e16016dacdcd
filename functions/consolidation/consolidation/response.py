"""Builds the response: one entry per requested object, each value and the whole within their limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consolidation.consolidate import Task
from consolidation.value import ERROR, MOST_CHARACTERS, LabelValue, Quality, cut, size

MOST_RESPONSE_BYTES = 6_000_000
"""Lambda refuses a synchronous response over 6 MB."""
_ENTRY = 100
"""Characters of an entry around its value, id and label attribute, at most."""


@dataclass(frozen=True, slots=True)
class Response:
    """The entries to return. cut: ids of objects whose values lost details or more."""

    entries: list[dict[str, Any]]
    cut: tuple[str, ...]


def response(values: Mapping[str, LabelValue], order: Sequence[str], label_attribute: str, task: Task) -> Response:
    """One entry per id of `order`. A value that is too long loses what its task names, in that order, and says so under `cut`."""
    fitted = {object_id: _fitted(values[object_id], task, MOST_CHARACTERS) for object_id in order}
    sizes = {object_id: length for object_id, (_, length) in fitted.items()}
    result = {object_id: value for object_id, (value, _) in fitted.items()}
    room = MOST_RESPONSE_BYTES - sum(_ENTRY + size(label_attribute) + size(object_id) for object_id in order)
    if sum(sizes.values()) > room:
        _shrink(result, sizes, room, task)
    changed = tuple(object_id for object_id in order if result[object_id] is not values[object_id])
    return Response([_entry(object_id, label_attribute, result[object_id]) for object_id in order], changed)


def _entry(object_id: str, label_attribute: str, value: LabelValue) -> dict[str, Any]:
    return {"datasetObjectId": object_id, "consolidatedAnnotation": {"content": {label_attribute: value}}}


def _fitted(value: LabelValue, task: Task, most: int) -> tuple[LabelValue, int]:
    """The value with at most that many characters, and its length."""
    length = size(value)
    if length <= most:
        return value, length
    value = cut(value, (*task.details, *task.last_cuts), most)
    length = size(value)
    if length > most:
        value = _without_content(value, task, f"the value would have {length:,} characters")
    return value, size(value)


def _shrink(values: dict[str, LabelValue], sizes: dict[str, int], room: int, task: Task) -> None:
    """Cuts details from all values, then the content of the longest, until all fit into `room` together."""
    for object_id, value in values.items():
        values[object_id] = cut(value, task.details, 0)
        sizes[object_id] = size(values[object_id])
    total = sum(sizes.values())
    for object_id in sorted(sizes, key=lambda object_id: (-sizes[object_id], object_id)):
        if total <= room:
            return
        reason = "the response would be over 6 MB; label fewer objects at once (MaxConcurrentTaskCount)"
        values[object_id] = _without_content(values[object_id], task, reason)
        total += size(values[object_id]) - sizes[object_id]


def _without_content(value: LabelValue, task: Task, reason: str) -> LabelValue:
    """An empty value that says why. It must not pass for a label, so its status is `error`."""
    return {**task.empty, **Quality(0.0, value["workers"], ERROR, reason).as_json(), "cut": ["everything"]}
