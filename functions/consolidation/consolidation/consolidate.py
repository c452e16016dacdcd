"""Consolidates the data objects of one call: each gets exactly one label value, whatever its answers hold.

An object that cannot be consolidated costs only itself its label. Its value then says `error`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from consolidation.data_objects import DataObject
from consolidation.gold import GoldTruths
from consolidation.label_categories import ORDERED, SEVERAL, LabelCategories
from consolidation.settings import DOCUMENT_TYPE, INVOICE_BOXES, Settings
from consolidation.value import ERROR, Cut, LabelValue, Quality, with_notes
from consolidation.worker_statistics import Ledger

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


def task_of(settings: Settings, categories: LabelCategories, ledger: Ledger | None = None) -> Task:
    """The task type that the settings name, as the label categories ask for it. Only what it needs is imported.

    ledger: what is known of workers and gold objects, and what the task learns.
    """
    if settings.task_type == DOCUMENT_TYPE and categories.choice == SEVERAL:
        from consolidation.several_types import SeveralTypes  # noqa: PLC0415

        return SeveralTypes(categories, settings, ledger)
    if settings.task_type == DOCUMENT_TYPE and categories.choice == ORDERED:
        from consolidation.ordered_types import OrderedTypes  # noqa: PLC0415

        return OrderedTypes(categories, settings, ledger)
    if settings.task_type == DOCUMENT_TYPE:
        from consolidation.document_type import DocumentType  # noqa: PLC0415

        return DocumentType(categories, settings, ledger)
    if settings.task_type == INVOICE_BOXES:
        from consolidation.invoice_boxes import InvoiceBoxes  # noqa: PLC0415

        return InvoiceBoxes(categories, settings, ledger)
    from consolidation.invoice_fields import InvoiceFields  # noqa: PLC0415

    return InvoiceFields(categories, settings, ledger)


def statistics_kind(settings: Settings, categories: LabelCategories) -> str:
    """Which statistics a call's workers have: each task type has its own, and so has each way to choose labels."""
    usual = settings.task_type != DOCUMENT_TYPE or categories.choice not in (SEVERAL, ORDERED)
    return settings.task_type if usual else f"{settings.task_type}-{categories.choice}"


def consolidate(
    objects: Iterable[DataObject],
    task: Task,
    record: RecordError,
    ledger: Ledger | None = None,
    gold: GoldTruths | None = None,
) -> Consolidated:
    """The label value of every object. Neither order of objects nor of answers changes any value. ledger: the task's own."""
    ledger, gold = ledger or Ledger(), gold or GoldTruths()
    values: dict[str, LabelValue] = {}
    ids: list[str] = []
    collected: list[Any] = []
    workers: set[str] = set()
    truths: dict[str, Mapping[str, Any]] = {}
    answers = 0
    for data_object in objects:
        answers += len(data_object.answers) - data_object.unreadable
        truth = gold.of(data_object.source)
        try:
            collected.append(task.collect(data_object))
        except Exception as error:  # noqa: BLE001 - the boundary of one object: recorded, and told in its value
            record(data_object.id, error)
            values[data_object.id] = failed(task, error)
            continue
        ids.append(data_object.id)
        workers.update(answer.worker for answer in data_object.answers)
        if truth is not None:
            truths[data_object.id] = truth
    ledger.open(ids, sorted(workers), truths)
    values.update(zip(ids, _labelled(ids, collected, task, record, ledger), strict=True))
    return Consolidated(values, answers)


def failed(task: Task, error: Exception) -> LabelValue:
    """The value of an object whose consolidation raised. It names the kind of error only: messages may quote answers."""
    reason = f"consolidation failed with {type(error).__name__}; the function's log says where"
    return {**task.empty, **Quality(0.0, 0, ERROR, reason).as_json()}


def _labelled(
    ids: Sequence[str], collected: Sequence[Any], task: Task, record: RecordError, ledger: Ledger
) -> list[LabelValue]:
    """All values at once; one by one when that fails, so that the odd object fails alone. Then nothing is learned of workers."""
    ledger.begin(ids)
    try:
        return task.label(collected)
    except Exception as error:  # noqa: BLE001 - the same boundary, for the computation over all objects
        record("all objects at once", error)
    values = []
    for object_id, one in zip(ids, collected, strict=True):
        ledger.begin([object_id])
        values.append(_labelled_alone(object_id, one, task, record))
    ledger.begin(())
    return values


def _labelled_alone(object_id: str, collected: Any, task: Task, record: RecordError) -> LabelValue:
    try:
        return with_notes(task.label([collected])[0], ["consolidated without the other objects of its call"])
    except Exception as error:  # noqa: BLE001 - the same boundary, for one object alone
        record(object_id, error)
        return failed(task, error)
