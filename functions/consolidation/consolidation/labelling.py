"""The whole way from a payload's bytes to the response, without AWS."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from consolidation.consolidate import Consolidated, RecordError, Task, consolidate, task_of
from consolidation.gold import GoldTruths
from consolidation.label_categories import LabelCategories
from consolidation.payload import Payload, ReadObject
from consolidation.response import Response, response
from consolidation.settings import INVOICE_BOXES, Settings
from consolidation.value import with_notes
from consolidation.worker_statistics import Ledger


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a call came to. skipped: entries of the payload without a usable id, for which no response entry can exist."""

    response: Response
    consolidated: Consolidated
    skipped: int


def label_payload(
    uri: str,
    read: ReadObject,
    *,
    categories: LabelCategories,
    settings: Settings,
    label_attribute: str,
    record: RecordError,
    observe: Callable[[Task], Task] = lambda task: task,
    ledger: Ledger | None = None,
    gold: GoldTruths | None = None,
) -> Labelled:
    """Labels every data object of the payload at `uri`; `read` reads the bytes there and those of answers that lie apart.

    observe: puts something around the task that sees what it collects. ledger: what is known of workers, and hears what is learned of them. gold: the
    truth of gold objects.
    Raises PayloadError when the payload cannot be read.
    """
    with _cycles_left_alone():
        payload = Payload(uri, read, settings.box_words if settings.task_type == INVOICE_BOXES else None)
        order = payload.ids
        ledger = ledger or Ledger()
        task = observe(task_of(settings, categories, ledger))
        consolidated = consolidate(payload.data_objects(), task, record, ledger, gold)
        values = {object_id: with_notes(value, categories.notes) for object_id, value in consolidated.values.items()}
        return Labelled(response(values, order, label_attribute, task), consolidated, payload.skipped)


@contextmanager
def _cycles_left_alone() -> Iterator[None]:
    """Pauses the cycle collector: nothing here makes cycles, and it would walk a large payload's objects again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
