"""Consolidates the data objects of one call: each gets exactly one label value, whatever its answers hold.

An object that cannot be consolidated costs only itself its label. Its value then says `error`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from consolidation.data_objects import DataObject
from consolidation.label_categories import ORDERED, SEVERAL, LabelCategories
from consolidation.settings import DOCUMENT_TYPE, INVOICE_BOXES, Settings
from consolidation.value import ERROR, Cut, LabelValue, Quality, with_notes

RecordError = Callable[[str, Exception], None]
"""Called with an object's id and what its consolidation raised."""


class Task(Protocol):
    """A task type: how answers are collected object by object, and labelled all at once."""

    details: Sequence[Cut]
    last_cuts: Sequence[Cut]
    empty: Mapping[str, Any]

    def collect(self, data_object: DataObject) -> Any:
        """What the object's answers say."""

    def label(self, collected: Sequence[Any]) -> list[LabelValue]:
        """The label value of each object, in the same order."""


@dataclass(frozen=True, slots=True)
class Consolidated:
    """Label values by object id, and how many answers could be read."""

    values: dict[str, LabelValue]
    answers: int


def task_of(settings: Settings, categories: LabelCategories) -> Task:
    """The task type that the settings name, as the label categories ask for it. Only what it needs is imported."""
    if settings.task_type == DOCUMENT_TYPE and categories.choice == SEVERAL:
        from consolidation.several_types import SeveralTypes  # noqa: PLC0415

        return SeveralTypes(categories, settings)
    if settings.task_type == DOCUMENT_TYPE and categories.choice == ORDERED:
        from consolidation.ordered_types import OrderedTypes  # noqa: PLC0415

        return OrderedTypes(categories, settings)
    if settings.task_type == DOCUMENT_TYPE:
        from consolidation.document_type import DocumentType  # noqa: PLC0415

        return DocumentType(categories, settings)
    if settings.task_type == INVOICE_BOXES:
        from consolidation.invoice_boxes import InvoiceBoxes  # noqa: PLC0415

        return InvoiceBoxes(categories, settings)
    from consolidation.invoice_fields import InvoiceFields  # noqa: PLC0415

    return InvoiceFields(categories, settings)


def consolidate(objects: Iterable[DataObject], task: Task, record: RecordError) -> Consolidated:
    """The label value of every object. Neither order of objects nor of answers changes any value."""
    values: dict[str, LabelValue] = {}
    ids: list[str] = []
    collected: list[Any] = []
    answers = 0
    for data_object in objects:
        answers += len(data_object.answers) - data_object.unreadable
        try:
            collected.append(task.collect(data_object))
            ids.append(data_object.id)
        except Exception as error:  # noqa: BLE001 - the boundary of one object: recorded, and told in its value
            record(data_object.id, error)
            values[data_object.id] = failed(task, error)
    values.update(zip(ids, _labelled(ids, collected, task, record), strict=True))
    return Consolidated(values, answers)


def failed(task: Task, error: Exception) -> LabelValue:
    """The value of an object whose consolidation raised. It names the kind of error only: messages may quote answers."""
    reason = f"consolidation failed with {type(error).__name__}; the function's log says where"
    return {**task.empty, **Quality(0.0, 0, ERROR, reason).as_json()}


def _labelled(ids: Sequence[str], collected: Sequence[Any], task: Task, record: RecordError) -> list[LabelValue]:
    """All values at once; one by one when that fails, so that the odd object fails alone."""
    try:
        return task.label(collected)
    except Exception as error:  # noqa: BLE001 - the same boundary, for the computation over all objects
        record("all objects at once", error)
    return [_labelled_alone(object_id, one, task, record) for object_id, one in zip(ids, collected, strict=True)]


def _labelled_alone(object_id: str, collected: Any, task: Task, record: RecordError) -> LabelValue:
    try:
        return with_notes(task.label([collected])[0], ["consolidated without the other objects of its call"])
    except Exception as error:  # noqa: BLE001 - the same boundary, for one object alone
        record(object_id, error)
        return failed(task, error)
