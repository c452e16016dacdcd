"""The labels that a task asks for, as a worker sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AskedLabel:
    """One label of a task."""

    label: str
    """The category's name in label values and truth files."""
    display_name: str
    """What the worker sees, and answers with when choosing."""
    type: str | None = None
    """`text`, `amount`, `date`, `currency`, `identifier`, or None when the task does not say."""


def asked_labels(labels: object) -> tuple[AskedLabel, ...]:
    """Read the `labels` of a task input or of a label category config.

    Takes the project's own shape (objects with `label`, `displayName`, `type`) and plain strings, which other people's
    pre-annotation functions use. Anything else is left out: a worker cannot choose what the page cannot show.
    """
    if isinstance(labels, str) or not isinstance(labels, Sequence):
        return ()
    return tuple(label for entry in labels if (label := _asked_label(entry)) is not None)


def _asked_label(entry: Any) -> AskedLabel | None:
    if isinstance(entry, AskedLabel):
        return entry
    if isinstance(entry, str):
        return AskedLabel(entry, entry)
    if not isinstance(entry, Mapping) or not isinstance(entry.get("label"), str):
        return None
    label, display_name, field_type = entry["label"], entry.get("displayName"), entry.get("type")
    return AskedLabel(
        label,
        display_name if isinstance(display_name, str) and display_name else label,
        field_type if isinstance(field_type, str) else None,
    )


_SAME_SORT = (
    frozenset({"subtotal", "tax_amount", "total_amount", "total"}),
    frozenset({"invoice_date", "due_date", "date"}),
    frozenset({"invoice_number", "purchase_order"}),
    frozenset({"invoice", "receipt"}),
    frozenset({"invoice", "credit_note"}),
    frozenset({"invoice", "statement"}),
    frozenset({"invoice", "purchase_order"}),
    frozenset({"purchase_order", "delivery_note"}),
)


def look_alikes(label: AskedLabel, labels: Sequence[AskedLabel]) -> list[AskedLabel]:
    """Which of `labels` people mix up with `label`: amounts, dates, an invoice with a receipt."""
    return [
        other
        for other in labels
        if other.label != label.label
        and (
            (label.type in ("amount", "date", "identifier") and other.type == label.type)
            or any(label.label in sort and other.label in sort for sort in _SAME_SORT)
        )
    ]
