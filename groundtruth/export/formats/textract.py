"""A response in the shape of Textract's AnalyzeExpense for every page, so that what reads Textract also reads the corrected labels.

A box becomes a summary field with its place, a field value one with its text; where both have the same label they become one. The text of a box
without a field value is that of the words in it. Labels that AnalyzeExpense has a type for get that type; the others their own name in capitals. (Its
own `OTHER` needs the label printed on the page, and its place: a job does not ask for them.) A value without a box has no `Geometry`.
"""

from collections.abc import Mapping
from typing import Any

from groundtruth.export.formats.base import Format, Page, Target
from groundtruth.export.json_lines import dumps
from groundtruth.export.model import Box, Field, ImageSize, Kind, LabelledDocument
from groundtruth.export.words import words_by_box

TYPES: Mapping[str, str] = {
    "vendor_name": "VENDOR_NAME",
    "company": "VENDOR_NAME",
    "vendor_address": "VENDOR_ADDRESS",
    "address": "VENDOR_ADDRESS",
    "invoice_number": "INVOICE_RECEIPT_ID",
    "invoice_date": "INVOICE_RECEIPT_DATE",
    "date": "INVOICE_RECEIPT_DATE",
    "due_date": "DUE_DATE",
    "purchase_order": "PO_NUMBER",
    "payment_terms": "PAYMENT_TERMS",
    "subtotal": "SUBTOTAL",
    "tax_amount": "TAX",
    "tax": "TAX",
    "discount": "DISCOUNT",
    "total_amount": "TOTAL",
    "total": "TOTAL",
}
"""AnalyzeExpense's type of the labels that this project's label categories use."""


class _Writer:
    def __init__(self, target: Target) -> None:
        self._folder = target.folder

    def write(self, page: Page) -> None:
        fields = summary_fields(page.document)
        response = {
            "DocumentMetadata": {"Pages": 1},
            "ExpenseDocuments": [{"ExpenseIndex": 1, "SummaryFields": fields, "LineItemGroups": []}],
        }
        self._folder.write(f"{page.part}/{page.stem}.json", dumps(response))

    def close(self) -> None:
        pass


def summary_fields(document: LabelledDocument) -> list[dict[str, Any]]:
    """The page's `SummaryFields`: boxes in their order, then the values without a box. A field that is not on the document has none."""
    values = {field.name: field for field in document.fields if field.value is not None}
    texts = _texts(document)
    entries = []
    for position, box in enumerate(document.boxes):
        assert document.size is not None  # pages with boxes and no size are refused
        field = values.pop(box.label, None)
        text = field.value if field is not None and field.value is not None else texts[position]
        entries.append(_entry(box.label, text, _lesser(box.confidence, field), _geometry(box, document.size)))
    entries.extend(_entry(name, field.value or "", field.confidence, None) for name, field in values.items())
    return entries


def _texts(document: LabelledDocument) -> list[str]:
    texts: list[list[str]] = [[] for _ in document.boxes]
    words = document.words or ()
    for word, owner in zip(words, words_by_box(words, document.boxes), strict=True):
        if owner is not None:
            texts[owner].append(word.text)
    return [" ".join(text) for text in texts]


def _lesser(confidence: float | None, field: Field | None) -> float | None:
    known = [value for value in (confidence, field.confidence if field else None) if value is not None]
    return min(known) if known else None


def _entry(label: str, text: str, confidence: float | None, geometry: dict[str, Any] | None) -> dict[str, Any]:
    percent = 0.0 if confidence is None else confidence * 100
    value: dict[str, Any] = {"Text": text, "Confidence": percent}
    if geometry is not None:
        value["Geometry"] = geometry
    type_ = TYPES.get(label, label.upper())
    return {"Type": {"Text": type_, "Confidence": percent}, "ValueDetection": value, "PageNumber": 1}


def _geometry(box: Box, size: ImageSize) -> dict[str, Any]:
    left, top = box.left / size.width, box.top / size.height
    right, bottom = (box.left + box.width) / size.width, (box.top + box.height) / size.height
    width, height = box.width / size.width, box.height / size.height
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return {
        "BoundingBox": {"Width": width, "Height": height, "Left": left, "Top": top},
        "Polygon": [{"X": x, "Y": y} for x, y in corners],
    }


def _refusal(document: LabelledDocument) -> str:
    return "no image size" if document.boxes and document.size is None else ""


TEXTRACT = Format("textract", frozenset({Kind.BOXES, Kind.FIELDS}), _Writer, _refusal, wants_words=True)
