"""Matches the boxes of every two workers on a page: one box of one with at most one of the other, of the same label, the best overlaps first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consolidation.box_clusters import Floats, Ints, iou, overlapping_pairs
from consolidation.boxes import LARGEST, CollectedBoxes


@dataclass(frozen=True, slots=True)
class DrawnBoxes:
    """The boxes of several objects, sorted by object and left edge.

    objects, answers, labels: (n,); answers number the workers' answers over all objects. edges: (n, 4) left, top, right, bottom.
    """

    objects: Ints
    answers: Ints
    labels: Ints
    edges: Floats


@dataclass(frozen=True, slots=True)
class Matches:
    """Matched boxes: rows of DrawnBoxes, (matches,), and their IoU."""

    first: Ints
    second: Ints
    overlap: Floats


def drawn_boxes(collected: Sequence[CollectedBoxes]) -> DrawnBoxes:
    """The boxes that have an area and lie within any image's bounds."""
    answers_before = 0
    parts = [(np.zeros((0, 3), dtype=np.int64), np.zeros((0, 4)))]
    for position, one in enumerate(collected):
        answers = np.repeat(np.arange(len(one.sizes)), one.sizes) + answers_before
        answers_before += len(one.sizes)
        labels = np.array(one.labels, dtype=np.int64)
        parts.append(
            (
                np.stack([np.full(len(labels), position), answers, labels], axis=1),
                np.array(one.sides, dtype=np.float64).reshape(4, -1).T,
            )
        )
    numbers = np.concatenate([part[0] for part in parts])
    edges = np.concatenate([part[1] for part in parts])
    edges[:, 2:] += edges[:, :2]
    usable = (edges[:, 2] > edges[:, 0]) & (edges[:, 3] > edges[:, 1]) & (np.abs(edges) <= 2.0 * LARGEST).all(axis=1)
    numbers, edges = numbers[usable], edges[usable]
    order = np.lexsort((numbers[:, 1], edges[:, 3], edges[:, 2], edges[:, 1], edges[:, 0], numbers[:, 0]))
    objects, answers, labels = numbers[order].T
    return DrawnBoxes(objects, answers, labels, edges[order])


def matches(boxes: DrawnBoxes, least_iou: float) -> Matches:
    """The matches between every two answers to one object with at least that IoU, above 0."""
    first, second = overlapping_pairs(boxes.objects, boxes.answers, boxes.edges, least_iou)
    same = boxes.labels[first] == boxes.labels[second]
    first, second = first[same], second[same]
    overlap = iou(boxes.edges[first], boxes.edges[second])
    enough = overlap >= least_iou
    first, second, overlap = first[enough], second[enough], overlap[enough]
    answers = int(boxes.answers.max(initial=0)) + 1
    sides = np.stack([first * answers + boxes.answers[second], second * answers + boxes.answers[first]])
    chosen = _alone(sides)
    chosen[_best(np.flatnonzero(~chosen), sides, overlap)] = True
    return Matches(first[chosen], second[chosen], overlap[chosen])


def _alone(sides: Ints) -> NDArray[np.bool_]:
    """Which pairs take part in no other match for the same two answers. sides: (2, pairs) a box and the other answer, as one number."""
    _, inverse, counts = np.unique(sides, return_inverse=True, return_counts=True)
    result: NDArray[np.bool_] = (counts[inverse.reshape(sides.shape)] == 1).all(axis=0)
    return result


def _best(rows: Ints, sides: Ints, overlap: Floats) -> list[int]:
    """Of pairs that share a box for the same two answers, those chosen when the best overlap goes first, equal ones in order of the boxes."""
    used: set[int] = set()
    chosen: list[int] = []
    order = rows[np.lexsort((sides[1, rows], sides[0, rows], -overlap[rows]))]
    for row, one, other in zip(order.tolist(), *sides[:, order].tolist(), strict=True):
        if one not in used and other not in used:
            used |= {one, other}
            chosen.append(row)
    return chosen
