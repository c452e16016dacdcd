"""Why a document needs another look."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from groundtruth.errors import RequestError
from groundtruth.export.model import Kind
from groundtruth.report.model import Document, Report
from groundtruth.review.decisions import Decisions

_UNSETTLED = frozenset({"tie", "low_agreement", "no_answer", "error", "failed"})
_CENT = Decimal("0.01")
_SUM = re.compile(r"([^+=]+(?:\+[^+=]+)+)=([^+=]+)")


@dataclass(frozen=True, slots=True)
class Sum:
    """Fields that must add up to another, to the cent."""

    parts: tuple[str, ...]
    total: str


INVOICE_SUM = Sum(("subtotal", "tax_amount"), "total_amount")


@dataclass(frozen=True, slots=True)
class Reason:
    """code: `tie`, `low_agreement`, `no_answer`, `error`, `failed`, `confidence`, `sum` or `rejected`. text: for the expert.

    categories: the positions of what to look at; empty for everything.
    """

    code: str
    text: str
    categories: frozenset[int] = frozenset()


def parse_sum(text: str) -> Sum:
    """Read `subtotal+tax_amount=total_amount`. Raises RequestError."""
    parts = _SUM.fullmatch(text)
    if parts is None:
        raise RequestError(f'--sum: "{text}" is no sum of fields. Write subtotal+tax_amount=total_amount.')
    return Sum(tuple(name.strip() for name in parts[1].split("+")), parts[2].strip())


def reasons(
    document: Document, report: Report, decisions: Decisions, minimum_confidence: float, sums: Sequence[Sum]
) -> list[Reason]:
    """Everything that speaks for another look. A label that a reviewer accepted needs none."""
    decision = decisions.of(document.line, document.source)
    if decision is not None and decision.is_accepted and document.label is not None:
        return []
    found = _statuses(document, report)
    if document.confidence is not None and document.confidence < minimum_confidence:
        found.append(Reason("confidence", f"Confidence {document.confidence:.2f} is below {minimum_confidence:g}."))
    found += [reason for rule in sums if (reason := _sum_reason(document, report, rule)) is not None]
    if decision is not None and not decision.is_accepted:
        found.append(Reason("rejected", f"A reviewer rejected it{f': {decision.note}' if decision.note else '.'}"))
    return found


def _statuses(document: Document, report: Report) -> list[Reason]:
    """That of the label, and in a label of fields those of the fields: one tie does not make the label a tie."""
    found = []
    if report.kind is Kind.FIELDS:
        for category, item in document.items.items():
            if item.status in _UNSETTLED:
                name = report.categories[category].display_name
                text = f"{name}: {item.status.replace('_', ' ')}."
                found.append(Reason(item.status, text, frozenset({category})))
    if document.status in _UNSETTLED and not any(reason.code == document.status for reason in found):
        more = f": {document.reason}" if document.reason else "."
        found.append(Reason(document.status, f"The label is {document.status.replace('_', ' ')}{more}"))
    return found


def _sum_reason(document: Document, report: Report, rule: Sum) -> Reason | None:
    """A part that is not on the document counts nothing; without one part at least, or the total, there is nothing to check."""
    positions = {category.name: position for position, category in enumerate(report.categories)}
    fields = document.label.fields if document.label is not None else None
    names = (*rule.parts, rule.total)
    if fields is None or any(positions.get(name) not in fields for name in names):
        return None
    texts = [fields[positions[name]] for name in names]
    amounts = [_amount(written) for written in texts]
    *parts, total = amounts
    if total is None or all(part is None for part in parts):
        return None
    if any(part is None and written for part, written in zip(amounts, texts, strict=True)):
        return None
    missing = total - sum((part for part in parts if part is not None), Decimal(0))
    if abs(missing) <= _CENT:
        return None
    shown = " + ".join(str(part) for part in parts if part is not None)
    text = f"{shown} is not {total}: {' + '.join(rule.parts)} = {rule.total} is out by {missing:+f}."
    return Reason("sum", text, frozenset(positions[name] for name in names))


def _amount(texts: tuple[str, ...]) -> Decimal | None:
    """The number of a field's normal form, which stands last."""
    try:
        amount = Decimal(texts[-1]) if texts else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None
