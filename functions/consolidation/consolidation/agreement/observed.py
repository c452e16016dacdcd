"""Counts agreement beside a task: what the task collects of each object is counted before it is labelled."""

from collections.abc import Mapping, Sequence
from typing import Any

from consolidation.agreement.counting import count_boxes, count_fields, count_several, count_types
from consolidation.agreement.counts import AgreementCounts
from consolidation.boxes import CollectedBoxes
from consolidation.consolidate import Task
from consolidation.data_objects import DataObject
from consolidation.document_type import DocumentType
from consolidation.invoice_boxes import InvoiceBoxes
from consolidation.invoice_fields import InvoiceFields
from consolidation.ordered_types import OrderedTypes
from consolidation.several_types import SeveralTypes
from consolidation.value import Cut, LabelValue


class Observed:
    """A task that remembers what it collected, until it is counted."""

    def __init__(self, task: Task, labels: Sequence[str] = ()) -> None:
        """labels: those of the label categories, in order."""
        self.details: Sequence[Cut] = task.details
        self.last_cuts: Sequence[Cut] = task.last_cuts
        self.empty: Mapping[str, Any] = task.empty
        self._task = task
        self._labels = labels
        self._collected: list[Any] = []

    def collect(self, data_object: DataObject) -> Any:
        """What the object's answers say."""
        collected = self._task.collect(data_object)
        self._collected.append(collected)
        return collected

    def label(self, collected: Sequence[Any]) -> list[LabelValue]:
        """The label value of each object, in the same order."""
        return self._task.label(collected)

    def count(self, counts: AgreementCounts) -> None:
        """Adds what was collected since the last time."""
        if isinstance(self._task, InvoiceBoxes):
            boxes = [collected for collected in self._collected if isinstance(collected, CollectedBoxes)]
            count_boxes(boxes, self._task.names.names, counts)
        elif isinstance(self._task, InvoiceFields):
            count_fields(self._collected, counts)
        elif isinstance(self._task, OrderedTypes):
            count_types(self._collected, counts, {label: step for step, label in enumerate(self._labels)})
        elif isinstance(self._task, DocumentType):
            count_types(self._collected, counts)
        elif isinstance(self._task, SeveralTypes):
            count_several(self._collected, self._labels, counts)
        self._collected.clear()
