"""Consolidates a part of a finished job again, with settings of its own, and counts how far its workers agree.

A part is one consolidation request of the job, or as many objects as anyone puts together. It is taken a few objects at a time, always the same
ones, so that the same part gives the same labels wherever it is consolidated. No AWS here.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consolidation.agreement.counts import AgreementCounts
from consolidation.agreement.observed import Observed
from consolidation.consolidate import RecordError, Task
from consolidation.label_categories import LabelCategories
from consolidation.labelling import label_payload
from consolidation.payload import ReadObject
from consolidation.settings import Settings


class _Watch:
    """Puts `Observed` around the task of one call."""

    def __init__(self, categories: LabelCategories) -> None:
        self._labels = [category.label for category in categories.categories]
        self._observed: Observed | None = None

    def __call__(self, task: Task) -> Task:
        self._observed = Observed(task, self._labels)
        return self._observed

    def count(self, counts: AgreementCounts) -> None:
        """Adds what the task collected."""
        if self._observed is not None:
            self._observed.count(counts)


class _Part:
    """Reads some objects of a part under the part's own URI, and everything else where it lies."""

    def __init__(self, uri: str, objects: Sequence[Any], read: ReadObject) -> None:
        self._uri = uri
        self._objects = objects
        self._read = read

    def __call__(self, uri: str) -> bytes:
        return json.dumps(self._objects).encode() if uri == self._uri else self._read(uri)


@dataclass(frozen=True, slots=True)
class Reconsolidated:
    """What a part came to. entries: as a consolidation function answers them. statuses: how many labels have which.

    skipped: entries of the part without a usable id.
    """

    entries: list[dict[str, Any]]
    counts: AgreementCounts
    statuses: dict[str, int]
    skipped: int


def reconsolidate(
    objects: Sequence[Any],
    read: ReadObject,
    *,
    uri: str,
    categories: LabelCategories,
    settings: Settings,
    label_attribute: str,
    objects_at_once: int,
    iou: float,
    record: RecordError,
) -> Reconsolidated:
    """The labels of a part's data objects, given as in a payload, in the same order.

    read: reads answers that lie apart. uri: what messages call the part. objects_at_once: objects that are consolidated together, at least 1. iou:
    least IoU, above 0, of two boxes that match when agreement is counted. Raises PayloadError when the objects cannot be read.
    """
    counts = AgreementCounts(settings.task_type, iou)
    entries: list[dict[str, Any]] = []
    statuses: Counter[str] = Counter()
    skipped = 0
    for start in range(0, len(objects), objects_at_once):
        watch = _Watch(categories)
        labelled = label_payload(
            uri,
            _Part(uri, objects[start : start + objects_at_once], read),
            categories=categories,
            settings=settings,
            label_attribute=label_attribute,
            record=record,
            observe=watch,
        )
        watch.count(counts)
        entries += labelled.response.entries
        statuses.update(value["status"] for value in labelled.consolidated.values.values())
        skipped += labelled.skipped
    return Reconsolidated(entries, counts, dict(sorted(statuses.items())), skipped)
