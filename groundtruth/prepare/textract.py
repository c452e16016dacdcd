"""Turns Textract's AnalyzeExpense responses into what workers see first: boxes and values.

Both take the shape of this project's label values, so that the pre-annotation functions find them without a setting
(docs/label-categories.md, "What workers see first"), below any label that people gave.
https://docs.aws.amazon.com/textract/latest/dg/expensedocuments.html
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from groundtruth.errors import RequestError

BOXES_KEY, FIELDS_KEY = "textract-boxes", "textract-fields"
"""The keys of a manifest line that carry the boxes and the values."""

_CURRENCY = "/Currency"
_LONGEST_VALUE = 500
"""Characters; a longer one is a block of text that Textract took for a field. It also keeps an attribute under its 20,000."""


@dataclass(frozen=True, slots=True)
class FieldTable:
    """Which of Textract's field types give which of our labels, the best first. `TYPE/Currency` is the currency code beside an amount."""

    types_by_label: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: Path | None) -> "FieldTable":
        """The table of a JSON file, `{"total_amount": ["TOTAL", "AMOUNT_DUE"]}`; None for the project's own. Raises RequestError when it is none."""
        own = resources.files("groundtruth.prepare") / "textract_fields.json"
        try:
            content = json.loads((path or own).read_text(encoding="utf-8"))
        except OSError as error:
            raise RequestError(f"{path}: cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise RequestError(f"{path}: not JSON ({error}).") from error
        is_table = isinstance(content, dict) and all(
            isinstance(types, list) and types and all(isinstance(name, str) for name in types)
            for types in content.values()
        )
        if not is_table or not content:
            raise RequestError(
                f'{path}: not a table of fields. Write {{"total_amount": ["TOTAL", "AMOUNT_DUE"], ...}}.'
            )
        return cls({label: tuple(types) for label, types in content.items()})


@dataclass(frozen=True, slots=True)
class _Detection:
    """confidence: 0 to 1. sides: left, top, right, bottom as shares of the page; None without a place."""

    text: str
    confidence: float
    sides: tuple[float, float, float, float] | None


def expense_documents(content: object) -> list[Mapping[str, Any]]:
    """The documents of a response, or of a list of responses (as GetExpenseAnalysis gives them). Raises ValueError when it is none."""
    responses = content if isinstance(content, list) else [content]
    documents: list[Mapping[str, Any]] = []
    for response in responses:
        listed = response.get("ExpenseDocuments") if isinstance(response, dict) else None
        if not isinstance(listed, list):
            raise ValueError('no AnalyzeExpense response: it has no "ExpenseDocuments"')
        documents += (document for document in listed if isinstance(document, dict))
    return documents


def predictions(
    documents: Sequence[Mapping[str, Any]],
    table: FieldTable,
    size: tuple[int, int],
    minimum_confidence: float,
    page: int | None = None,
) -> dict[str, Any]:
    """The keys for a page's manifest line; empty when Textract found nothing.

    size: width and height of the page's image in pixels. minimum_confidence: 0 to 1; what Textract is less sure of is left out. page: of a response for
    a whole document, the page that is meant; None when the response is of this page alone.
    """
    found = _detections(documents, page)
    annotations, class_map, objects, fields = [], {}, [], {}
    for class_id, (label, types) in enumerate(table.types_by_label.items()):
        best = next((found[name] for name in types if name in found), None)
        if best is None or best.confidence < minimum_confidence:
            continue
        confidence = round(best.confidence, 4)
        if best.text:
            fields[label] = {"value": best.text, "confidence": confidence}
        box = _box(best.sides, size)
        if box is not None:
            class_map[str(class_id)] = label
            annotations.append({"class_id": class_id, **box})
            objects.append({"confidence": confidence})
    result: dict[str, Any] = {}
    if annotations:
        image_size = [{"width": size[0], "height": size[1], "depth": 3}]
        result[BOXES_KEY] = {
            "image_size": image_size,
            "annotations": annotations,
            "class-map": class_map,
            "objects": objects,
        }
    if fields:
        result[FIELDS_KEY] = {"fields": fields}
    return result


def _detections(documents: Sequence[Mapping[str, Any]], page: int | None) -> dict[str, _Detection]:
    """The surest detection of each type that has a value; of each `TYPE/Currency` as well."""
    surest: dict[str, _Detection] = {}
    for document in documents:
        for name, detection in _fields(document.get("SummaryFields"), page):
            if name not in surest or detection.confidence > surest[name].confidence:
                surest[name] = detection
    return surest


def _fields(summary: object, page: int | None) -> Iterator[tuple[str, _Detection]]:
    for field in summary if isinstance(summary, list) else []:
        if not isinstance(field, dict) or (page is not None and field.get("PageNumber", 1) != page):
            continue
        kind, value = field.get("Type"), field.get("ValueDetection")
        if not isinstance(kind, dict) or not isinstance(kind.get("Text"), str) or not isinstance(value, dict):
            continue
        # A field is as sure as the less sure of its two claims: what it is, and what it says.
        confidence = min(_share(kind.get("Confidence")), _share(value.get("Confidence")))
        text = " ".join(str(value.get("Text") or "").split())
        if 0 < len(text) <= _LONGEST_VALUE:
            yield kind["Text"], _Detection(text, confidence, _sides(value.get("Geometry")))
        currency = field.get("Currency")
        if isinstance(currency, dict) and isinstance(currency.get("Code"), str):
            sure = min(confidence, _share(currency.get("Confidence", 100.0)))
            yield kind["Text"] + _CURRENCY, _Detection(currency["Code"], sure, None)


def _share(percent: object) -> float:
    is_number = isinstance(percent, int | float) and math.isfinite(percent)
    return min(max(float(percent) / 100, 0.0), 1.0) if is_number else 0.0  # type: ignore[arg-type]


def _sides(geometry: object) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom: of the polygon, which follows a tilted page, else of the bounding box."""
    if not isinstance(geometry, dict):
        return None
    polygon, box = geometry.get("Polygon"), geometry.get("BoundingBox")
    try:
        if polygon:
            xs, ys = [float(point["X"]) for point in polygon], [float(point["Y"]) for point in polygon]
            sides = min(xs), min(ys), max(xs), max(ys)
        elif box:
            left, top = float(box["Left"]), float(box["Top"])
            sides = left, top, left + float(box["Width"]), top + float(box["Height"])
        else:
            return None
    except (KeyError, TypeError, ValueError):
        return None
    return sides if all(math.isfinite(side) for side in sides) else None


def _box(sides: tuple[float, float, float, float] | None, size: tuple[int, int]) -> dict[str, int] | None:
    """Whole pixels that hold the sides, cut at the image's edge; None when nothing of it is on the page."""
    if sides is None:
        return None
    width, height = size
    left, top = max(math.floor(sides[0] * width), 0), max(math.floor(sides[1] * height), 0)
    right, bottom = min(math.ceil(sides[2] * width), width), min(math.ceil(sides[3] * height), height)
    if right <= left or bottom <= top:
        return None
    return {"left": left, "top": top, "width": right - left, "height": bottom - top}
