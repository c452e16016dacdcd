"""The documents of a report as the page's script reads them: compact JSON that is safe within a `<script>` element.

    {"kind": "fields", "job": ..., "attribute": ..., "digest": ..., "categories": [[name, display name]], "workers": [id],
     "statuses": [...], "sample": [position], "hasTruth": true,
     "documents": [[line, name, source, vendor, page, status, reason, confidence, [width, height] or 0, image, text,
                    label, items, [[worker, seconds, submitted, answer, [category that differs], share right]], truth, share right]]}

A content is, by kind: a category or null; a flat list of category, left, top, width, height; a list by category of a text (in labels
[text, normal form] where they differ), null for "not on the document", 0 for left open, and in answers 1 for the label's own text.
"""

import json
from collections.abc import Iterator
from typing import Any

import orjson

from groundtruth.export.model import Kind
from groundtruth.report.model import Answer, Comparison, Content, Document, Report
from groundtruth.report.statistics import STATUSES

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
KINDS = {Kind.TYPE: "type", Kind.BOXES: "boxes", Kind.FIELDS: "fields"}
_IN_SCRIPT = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))


def embedded(report: Report) -> str:
    """The JSON text. It holds no `<`, `>` or `&`, so nothing in it can end the element or begin another."""
    return "".join(_chunks(report))


def _chunks(report: Report) -> Iterator[str]:
    used = {document.status for document in report.documents}
    statuses = [*STATUSES, *sorted(used.difference(STATUSES))]
    head = {
        "kind": KINDS[report.kind],
        "job": report.job,
        "attribute": report.attribute,
        "digest": report.digest,
        "categories": [[category.name, category.display_name] for category in report.categories],
        "workers": report.workers,
        "statuses": statuses,
        "sample": report.sample,
        "hasTruth": report.has_truth,
    }
    yield _safe(head)[:-1] + ',"documents":['
    numbers = {status: number for number, status in enumerate(statuses)}
    for position, document in enumerate(report.documents):
        yield ("," if position else "") + _safe(_document(document, report, numbers))
    yield "]}"


def _encoded(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half of a surrogate pair, a whole number above 64 bits
        return _ENCODER.encode(value)


def _safe(value: Any) -> str:
    text = _encoded(value)
    for character, escaped in _IN_SCRIPT:
        text = text.replace(character, escaped)
    return text


def _document(document: Document, report: Report, statuses: dict[str, int]) -> list[Any]:
    kind, count = report.kind, len(report.categories)
    label = document.label
    return [
        document.line,
        document.name,
        document.source,
        document.vendor,
        document.page,
        statuses[document.status],
        document.reason,
        _short(document.confidence),
        document.size or 0,
        document.image,
        document.text,
        0 if label is None else _content(kind, label, count, is_label=True),
        _items(document, statuses),
        [_answer(answer, document, report) for answer in document.answers],
        0 if document.truth is None else _content(kind, document.truth, count),
        _share(document.against_truth),
    ]


def _items(document: Document, statuses: dict[str, int]) -> list[Any]:
    """By box, or by category, or one: [confidence, votes, status], 0 where there is none."""
    if not document.items:
        return []
    found = [document.items.get(position) for position in range(max(document.items) + 1)]
    return [
        0 if item is None else [_short(item.confidence), item.votes, statuses.get(item.status, 0)] for item in found
    ]


def _answer(answer: Answer, document: Document, report: Report) -> list[Any]:
    content = _content(report.kind, answer.content, len(report.categories))
    if report.kind is Kind.FIELDS and document.label is not None and document.label.fields:
        for category, texts in document.label.fields.items():
            if texts and content[category] == texts[0]:
                content[category] = 1
    return [
        answer.worker,
        _short(answer.seconds, 1),
        None if answer.submitted is None else round(answer.submitted),
        content,
        [] if answer.against_label is None else sorted(answer.against_label.differs),
        _share(answer.against_truth),
    ]


def _content(kind: Kind, content: Content, categories: int, *, is_label: bool = False) -> Any:
    if kind is Kind.TYPE:
        return content.choice
    if kind is Kind.BOXES:
        return [
            number if number.__class__ is int else _whole(round(number, 1)) for box in content.boxes for number in box
        ]
    fields: list[Any] = [0] * categories
    for category, texts in (content.fields or {}).items():
        fields[category] = None if not texts else list(texts) if is_label and len(texts) > 1 else texts[0]
    return fields


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


def _short(number: float | None, digits: int = 4) -> float | None:
    return None if number is None else _whole(round(number, digits))


def _share(comparison: Comparison | None) -> float | None:
    return None if comparison is None or not comparison.total else _short(comparison.right / comparison.total)
