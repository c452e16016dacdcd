"""How near a label comes to the truth: what the demo's table and the report call accuracy.

Scores add up: `sum(scores, Score())` over the objects of a job gives the job's accuracy, and for boxes the
micro-averaged F1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundtruth.errors import RequestError
from groundtruth.workforce.labels import AskedLabel, asked_labels
from groundtruth.workforce.truth import Box, Truth
from groundtruth.workforce.values import same_value

LEAST_IOU = 0.5
"""A box of the label counts as found when it overlaps the true box this much."""


@dataclass(frozen=True, slots=True)
class Score:
    """How much of what the truth holds a label got right."""

    correct: float = 0.0
    total: float = 0.0
    """0 when the truth says nothing about what was asked."""
    true_positives: int = 0
    """Boxes found; the three box counts stay 0 for the other task types."""
    false_positives: int = 0
    """Boxes of the label where there is nothing, or something else."""
    false_negatives: int = 0
    """Boxes of the truth that the label lacks."""

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.correct + other.correct,
            self.total + other.total,
            self.true_positives + other.true_positives,
            self.false_positives + other.false_positives,
            self.false_negatives + other.false_negatives,
        )

    @property
    def accuracy(self) -> float | None:
        """`correct / total`, from 0 to 1: for boxes the F1. None when there was nothing to score."""
        return self.correct / self.total if self.total else None


def score(task_type: str, label_value: Mapping[str, Any] | None, truth: Truth, labels: object) -> Score:
    """Compare one object's label value with its truth.

    label_value: as the consolidation functions give it (docs/architecture.md, "Label values"); None, or a value without
    a label, is wrong. labels: what was asked, as in a task input or a label category config; fields are compared by
    their `type`. Document type: exact. Boxes: `correct` is twice the boxes found and `total` all boxes of label and
    truth, so that correct / total is F1 at IoU 0.5, one label box a true box. Fields: the share of asked fields that
    say what is printed, or say that the field is absent where it is. Raises RequestError for a task type that cannot be
    scored.
    """
    value, asked = label_value or {}, asked_labels(labels)
    if task_type == "document-type":
        known = truth.document_type is not None
        return Score(float(known and value.get("class-name") == truth.document_type), float(known))
    if task_type == "invoice-boxes":
        return _score_boxes(value, truth, asked)
    if task_type == "invoice-fields":
        return _score_fields(value, truth, asked, _date_orders(labels))
    raise RequestError(
        f"task type {task_type!r} cannot be scored: it is not one of document-type, invoice-boxes, invoice-fields."
    )


def _score_boxes(value: Mapping[str, Any], truth: Truth, asked: Sequence[AskedLabel]) -> Score:
    names = {name: label.label for label in asked for name in (label.display_name, label.label)}
    expected = [(names.get(box.label, box.label), box) for box in truth.boxes if not asked or box.label in names]
    classes = value.get("class-map") or {}
    found = sorted(  # by place, so that the order in the label decides nothing
        (str(classes.get(str(box["class_id"]), "")), Box("", box["left"], box["top"], box["width"], box["height"]))
        for box in value.get("annotations") or []
    )
    pairs = sorted(
        (
            (overlap, at, other)
            for at, (label, box) in enumerate(found)
            for other, (name, true) in enumerate(expected)
            if label == name and (overlap := iou(box, true)) >= LEAST_IOU
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    used: set[int] = set()
    matched: set[int] = set()
    for _, at, other in pairs:
        if at not in used and other not in matched:
            used.add(at)
            matched.add(other)
    hits = len(matched)
    return Score(2.0 * hits, float(len(found) + len(expected)), hits, len(found) - hits, len(expected) - hits)


def iou(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.width * one.height + other.width * other.height - shared)


def _score_fields(
    value: Mapping[str, Any], truth: Truth, asked: Sequence[AskedLabel], orders: Mapping[str, str]
) -> Score:
    labels = asked or asked_labels(tuple(truth.fields))
    answered = value.get("fields") or {}
    right = sum(
        _is_right(answered.get(label.label), _true(truth, label), label, orders.get(label.label)) for label in labels
    )
    return Score(float(right), float(len(labels)))


def _true(truth: Truth, label: AskedLabel) -> str | None:
    return truth.fields.get(label.label) or truth.fields.get(label.display_name) or None


def _is_right(answer: Mapping[str, Any] | None, true: str | None, label: AskedLabel, order: str | None) -> bool:
    if answer is None:
        return False
    written = [text for key in ("value", "normalized") if isinstance(text := answer.get(key), str) and text.strip()]
    if true is None:
        return not written and answer.get("absent") is True
    return any(same_value(label.type, text, true, order) for text in written)


def _date_orders(labels: object) -> dict[str, str]:
    entries = labels if isinstance(labels, Sequence) else ()
    return {
        entry["label"]: entry["dateOrder"]
        for entry in entries
        if isinstance(entry, Mapping)
        and isinstance(entry.get("label"), str)
        and isinstance(entry.get("dateOrder"), str)
    }
