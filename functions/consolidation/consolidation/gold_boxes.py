"""Gold objects of invoice boxes: which workers' boxes, and which boxes of the label, lie where the truth has them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from consolidation.boxes import CollectedBoxes
from consolidation.label_categories import LabelCategories
from consolidation.mark_votes import Floats, Ints
from consolidation.value import LabelValue

LEAST_IOU = 0.5
"""At which a box counts as found."""
_SIDES = ("left", "top", "width", "height")


@dataclass(frozen=True, slots=True)
class TrueBoxes:
    """The boxes that are on one page. labels: of each. edges: (n, 4) left, top, right, bottom in pixels of the page as workers saw it."""

    labels: tuple[str, ...]
    edges: Floats


def true_boxes(
    truth: Mapping[str, Any] | None, collected: CollectedBoxes, categories: LabelCategories
) -> TrueBoxes | None:
    """What a gold file's line tells of a page's boxes, None when it tells of none. They are scaled where the line gives the page another size."""
    listed = truth.get("boxes") if truth is not None else None
    if truth is None or not isinstance(listed, list):
        return None
    labels, rows = [], []
    for box in listed:
        sides = [box.get(side) for side in _SIDES] if isinstance(box, Mapping) else []
        numbers = [float(side) for side in sides if isinstance(side, int | float)]
        if len(numbers) == len(_SIDES) and isinstance(box.get("label"), str):
            left, top, width, height = numbers
            labels.append(categories.label(box["label"]))
            rows.append([left, top, left + width, top + height])
    edges = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return TrueBoxes(tuple(labels), edges * np.tile(_scale(truth, collected), 2))


def _scale(truth: Mapping[str, Any], collected: CollectedBoxes) -> Floats:
    """From the pixels of the truth to those of the workers' page, across and down."""
    told = [truth.get(side) for side in ("width", "height")]
    if collected.image is None or not all(isinstance(side, int | float) and side > 0 for side in told):
        return np.ones(2)
    scale: Floats = np.array(collected.image) / np.array(told, dtype=np.float64)
    return scale


def true_labels(
    boxes: tuple[Ints, Floats], of_box: Ints, truths: Mapping[int, TrueBoxes], ranks: Mapping[str, int]
) -> dict[int, int]:
    """The true label of each merged box on gold pages, by its number: what most of its boxes lie on; -1 where they lie on nothing.

    boxes: object of each, (n,), and edges, (n, 4). of_box: (n,) the merged box of each. truths: by object. ranks: of the labels' names.
    """
    objects, edges = boxes
    found: dict[int, Counter[int]] = {}
    for item, truth in truths.items():
        rows = np.flatnonzero(objects == item)
        overlaps = _ious(edges[rows], truth.edges)
        for row, near in zip(rows.tolist(), overlaps, strict=True):
            best = int(near.argmax()) if len(near) and near.max() >= LEAST_IOU else -1
            label = ranks.get(truth.labels[best], -1) if best >= 0 else -1
            found.setdefault(int(of_box[row]), Counter())[label] += 1
    return {cluster: max(sorted(counts), key=counts.__getitem__) for cluster, counts in found.items()}


def with_gold_boxes(value: LabelValue, truth: TrueBoxes | None) -> LabelValue:
    """The value, of a gold object with how many of the true boxes it has, how many it has besides, and how well those found fit."""
    if truth is None:
        return value
    drawn = value["annotations"]
    labels = [value["class-map"][str(box["class_id"])] for box in drawn]
    rows = [[b["left"], b["top"], b["left"] + b["width"], b["top"] + b["height"]] for b in drawn]
    overlaps = _ious(np.array(rows, dtype=np.float64).reshape(-1, 4), truth.edges)
    matched = _matched(overlaps, labels, truth.labels)
    told: dict[str, Any] = {
        "correct": len(matched) == len(labels) == len(truth.labels),
        "boxes": len(truth.labels),
        "found": len(matched),
        "extra": len(labels) - len(matched),
    }
    if matched:
        told["iou"] = round(sum(matched) / len(matched), 4)
    return {**value, "gold": told}


def _matched(overlaps: Floats, labels: Sequence[str], truths: Sequence[str]) -> list[float]:
    """IoU of boxes matched one to one with true ones of the same label, the closest first."""
    pairs = [
        (-float(overlaps[row, column]), row, column)
        for row, label in enumerate(labels)
        for column, true in enumerate(truths)
        if label == true and overlaps[row, column] >= LEAST_IOU
    ]
    rows: set[int] = set()
    columns: set[int] = set()
    found = []
    for overlap, row, column in sorted(pairs):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            found.append(-overlap)
    return found


def _ious(one: Floats, other: Floats) -> Floats:
    """IoU of each box with each true box, (boxes, true boxes)."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.clip(high - low, 0.0, None).prod(axis=2)
    areas = [(edges[:, 2:] - edges[:, :2]).prod(axis=1) for edges in (one, other)]
    together = areas[0][:, None] + areas[1][None, :] - shared
    ious: Floats = np.divide(shared, together, out=np.zeros_like(shared), where=together > 0)
    return ious
