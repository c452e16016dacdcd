"""Counts the agreement of payloads without AWS."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from labelling_cases import categories

from consolidation.agreement import AgreementCounts
from consolidation.label_categories import LabelCategories
from consolidation.reconsolidation import Reconsolidated, reconsolidate
from consolidation.settings import Settings

Again = Callable[..., Reconsolidated]

CATEGORIES = {
    "document-type": categories("invoice", "receipt", "other"),
    "invoice-boxes": categories("vendor_name", "total_amount"),
    "invoice-fields": categories(
        "vendor_name",
        {"label": "invoice_date", "type": "date"},
        {"label": "total_amount", "type": "amount"},
        {"label": "currency", "type": "currency"},
    ),
}


@pytest.fixture(scope="session")
def again() -> Again:
    """Consolidates payload entries again: again(objects, task_type, objects_at_once=..., iou=..., **settings)."""

    def consolidated(
        objects: Sequence[Any],
        task_type: str = "document-type",
        objects_at_once: int = 200,
        iou: float = 0.5,
        names: LabelCategories | None = None,
        **settings: Any,
    ) -> Reconsolidated:
        errors: list[tuple[str, Exception]] = []
        result = reconsolidate(
            json.loads(json.dumps(objects)),
            lambda uri: pytest.fail(f"{uri} was read"),
            uri="the test's part",
            categories=names or CATEGORIES[task_type],
            settings=Settings(task_type, **settings),
            label_attribute="label",
            objects_at_once=objects_at_once,
            iou=iou,
            record=lambda object_id, error: errors.append((object_id, error)),
        )
        assert not errors
        return result

    return consolidated


@pytest.fixture(scope="session")
def counts_of(again: Again) -> Callable[..., AgreementCounts]:
    """The counts of payload entries."""
    return lambda *arguments, **settings: again(*arguments, **settings).counts
