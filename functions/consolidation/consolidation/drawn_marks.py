"""Reads what workers marked beside boxes alone: polygons, points, spans of text, and boxes in the same task. Everything is checked mark by mark."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from consolidation.answers import DrawnMarks, find_marks
from consolidation.boxes import ImageSize, LabelNames, agreed_size, image_scale, image_size
from consolidation.data_objects import DataObject, count
from consolidation.keypoints import Keypoints
from consolidation.mark_shapes import Floats, Frame, Shape
from consolidation.polygons import Polygons
from consolidation.rectangles import Rectangles
from consolidation.spans import Spans
from consolidation.texts import clean
from consolidation.value import Quality, unanswered, unreadable_notes

MOST_MARKS = 300
"""Marks of one answer that are read."""

SHAPES: tuple[Shape, ...] = (Rectangles(), Polygons(), Keypoints(), Spans())
"""In the order in which a label value tells them."""
SPANS = 3
Problems = Counter[tuple[str, str]]
"""How many marks have a problem, by the shape's noun and what it is."""
_BY_KEY = {shape.key: position for position, shape in enumerate(SHAPES)}


class Mark(NamedTuple):
    """One mark. shape: position in `SHAPES`. answer: position of the worker. label: number of the label."""

    shape: int
    answer: int
    label: int
    geometry: Floats


@dataclass(frozen=True, slots=True)
class CollectedMarks:
    """One object's usable marks.

    workers: those who answered, sorted, those who marked nothing included. shapes: those that the task lets workers mark, as positions in `SHAPES`.
    image: width and height, None when unknown. unanswered: the quality of an object without workers.
    """

    workers: tuple[str, ...]
    marks: tuple[Mark, ...]
    shapes: frozenset[int]
    image: ImageSize | None
    notes: tuple[str, ...]
    unanswered: Quality


def collect_marks(data_object: DataObject, names: LabelNames, radius: float) -> CollectedMarks:
    """The marks of an object's answers, in pixels of one image size. What cannot be used is left out and noted."""
    notes = unreadable_notes(data_object)
    readable = [answer for answer in data_object.answers if answer.content is not None]
    drawn = [(answer.worker, widgets) for answer in readable if (widgets := find_marks(answer.content or {}))]
    if len(drawn) < len(readable):
        notes.append(f"{count(len(readable) - len(drawn), 'answer')} without marks not counted")
    shapes = frozenset(_BY_KEY[widget.key] for _, widgets in drawn for widget in widgets)
    seen = [widget.image for _, widgets in drawn for widget in widgets if widget.image is not None]
    image, _ = agreed_size(seen, notes)
    frame = Frame(image, data_object.characters, radius)
    problems: Problems = Counter()
    marks = [
        mark
        for position, (_, widgets) in enumerate(drawn)
        for widget in widgets
        for mark in _usable(widget, position, frame, names, problems)
    ]
    notes.extend(f"{count(number, noun)} {problem}" for (noun, problem), number in sorted(problems.items()))
    workers = tuple(worker for worker, _ in drawn)
    return CollectedMarks(workers, tuple(marks), shapes, image, tuple(notes), unanswered(data_object))


def _usable(widget: DrawnMarks, answer: int, frame: Frame, names: LabelNames, problems: Problems) -> Sequence[Mark]:
    """The marks of one widget that have a label and lie in the frame; problems of the others are counted."""
    position = _BY_KEY[widget.key]
    shape = SHAPES[position]
    where = "text" if position == SPANS else "image"
    x, y = image_scale(image_size(widget.image), frame.image)
    marks: list[Mark] = []
    if len(widget.marks) > MOST_MARKS:
        problems[shape.noun, f"not used: an answer has more than {MOST_MARKS}"] += len(widget.marks) - MOST_MARKS
    for mark in widget.marks[:MOST_MARKS]:
        label = mark.get("label") if isinstance(mark, dict) else None
        if not isinstance(label, str) or not clean(label):
            problems[shape.noun, "not used: no label"] += 1
            continue
        geometry = shape.read(mark)
        if isinstance(geometry, str):
            problems[shape.noun, f"not used: {geometry}"] += 1
            continue
        if (x, y) != (1.0, 1.0):
            geometry = shape.scaled(geometry, x, y)
        inside = shape.within(geometry, frame)
        if inside is None:
            problems[shape.noun, f"not used: outside the {where}"] += 1
            continue
        if shape.has_area and inside is not geometry and not np.array_equal(inside, geometry):
            problems[shape.noun, f"reaching beyond the {where} cut to it"] += 1
        marks.append(Mark(position, answer, names[label], inside))
    return marks
