"""Reads the boxes that workers drew, and says which can be used.

Crowd submits integers in pixels of the natural image, origin top left. Other templates submit what they like, so everything is checked:
the usual answer in one pass, an odd one box by box.
"""

import math
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from consolidation.answers import DrawnBoxes, find_boxes
from consolidation.data_objects import Answer, DataObject, count
from consolidation.label_categories import LabelCategories
from consolidation.texts import clean
from consolidation.value import unreadable_notes

MOST_BOXES = 1_000
"""Boxes of one answer that are read."""
LARGEST = 1_000_000.0
"""Pixels: no image side or coordinate is larger."""
SAME_ASPECT = 0.01
"""Relative difference up to which two image sizes count as the same image at another scale."""

_KEYS = itemgetter("label", "left", "top", "width", "height")
_NUMBERS = frozenset({int, float})
_STRINGS = frozenset({str})

ImageSize = tuple[int, int]


class LabelNames:
    """Numbers the labels of a payload, categories first, as they are met."""

    def __init__(self, categories: LabelCategories) -> None:
        self.categories = categories
        self.names: list[str] = [category.label for category in categories.categories]
        self._numbers = {name: number for number, name in enumerate(self.names)}
        self._spellings: dict[str, int] = {}

    @property
    def ordered(self) -> list[str]:
        """The names by rank: the categories in order, then the others, sorted."""
        return self.names[: len(self.categories)] + sorted(self.names[len(self.categories) :])

    @property
    def ranks(self) -> list[int]:
        """The rank of each number, which does not depend on the order in which the labels were met."""
        rank = {name: position for position, name in enumerate(self.ordered)}
        return [rank[name] for name in self.names]

    def number(self, spelling: str) -> int:
        """The number of the label that a worker's spelling means."""
        number = self._spellings.get(spelling)
        if number is None:
            name = self.categories.label(spelling)
            number = self._numbers.setdefault(name, len(self.names))
            if number == len(self.names):
                self.names.append(name)
            self._spellings[spelling] = number
        return number


@dataclass(frozen=True, slots=True)
class Columns:
    """Boxes as columns of equal length: label numbers, and left, top, width, height in pixels."""

    labels: array[int]
    lefts: array[float]
    tops: array[float]
    widths: array[float]
    heights: array[float]

    @classmethod
    def empty(cls) -> "Columns":
        """Columns without boxes."""
        return cls(array("q"), array("d"), array("d"), array("d"), array("d"))


@dataclass(frozen=True, slots=True)
class CollectedBoxes:
    """One object's usable boxes.

    workers: those who answered, sorted, those who drew nothing included. sizes: boxes of each of them. columns: the boxes, worker after
    worker, in pixels of `image`. image: width and height, None when unknown.
    """

    data_object: DataObject
    workers: tuple[str, ...]
    sizes: tuple[int, ...]
    columns: Columns
    image: ImageSize | None
    notes: tuple[str, ...]


def collect(data_object: DataObject, names: LabelNames) -> CollectedBoxes:
    """The usable boxes of an object's answers, all in pixels of one image size."""
    notes = unreadable_notes(data_object)
    drawn = [(answer, found) for answer in data_object.answers if (found := _widgets(answer)) is not None]
    without = sum(answer.content is not None for answer in data_object.answers) - len(drawn)
    if without:
        notes.append(f"{count(without, 'answer')} without boundingBoxes not counted")
    image = _agreed_size([_size(widget.image) for _, widgets in drawn for widget in widgets], notes)
    columns = Columns.empty()
    sizes: list[int] = []
    problems: Counter[str] = Counter()
    for _, widgets in drawn:
        before = len(columns.labels)
        for widget in widgets:
            _add(widget, _scale(_size(widget.image), image), names, columns, problems)
        sizes.append(len(columns.labels) - before)
    notes.extend(f"{count(number, 'box')} not used: {problem}" for problem, number in problems.items())
    workers = tuple(answer.worker for answer, _ in drawn)
    return CollectedBoxes(data_object, workers, tuple(sizes), columns, image, tuple(notes))


def _widgets(answer: Answer) -> list[DrawnBoxes] | None:
    return None if answer.content is None else find_boxes(answer.content)


def _add(
    widget: DrawnBoxes, scale: tuple[float, float] | None, names: LabelNames, into: Columns, problems: Counter[str]
) -> None:
    """Appends a widget's usable boxes; counts the others by what is wrong with them."""
    boxes = widget.boxes
    if len(boxes) > MOST_BOXES:
        problems[f"an answer has more than {MOST_BOXES:,}"] += len(boxes) - MOST_BOXES
        boxes = boxes[:MOST_BOXES]
    columns = _plain_columns(boxes)
    if columns is None:
        rows = [row for box in boxes if (row := _checked_row(box, problems)) is not None]
        columns = tuple(zip(*rows, strict=True))
    if not columns:
        return
    labels, lefts, tops, widths, heights = columns
    if scale is not None:
        x, y = scale
        lefts, widths = [left * x for left in lefts], [width * x for width in widths]
        tops, heights = [top * y for top in tops], [height * y for height in heights]
    into.labels.extend(map(names.number, labels))
    into.lefts.extend(lefts)
    into.tops.extend(tops)
    into.widths.extend(widths)
    into.heights.extend(heights)


def _plain_columns(boxes: Sequence[Any]) -> tuple[Any, ...] | None:
    """The columns label, left, top, width, height when every box is as Crowd submits it, else None. No boxes, no columns."""
    try:
        columns = tuple(zip(*map(_KEYS, boxes), strict=True))
    except (KeyError, TypeError, IndexError):
        return None
    if not columns:
        return ()
    labels, lefts, tops, widths, heights = columns
    sides = lefts + tops + widths + heights
    if not set(map(type, labels)) <= _STRINGS or not set(map(type, sides)) <= _NUMBERS:
        return None
    is_plain = (
        max(sides) <= LARGEST
        and min(sides) >= -LARGEST
        and min(widths) > 0
        and min(heights) > 0
        and not math.isnan(sum(sides))
        and all(labels)
    )
    return columns if is_plain else None


def _checked_row(box: object, problems: Counter[str]) -> tuple[str, float, float, float, float] | None:
    """One box with numbers read from strings too; None when it cannot be used, and then the problem is counted."""
    if not isinstance(box, dict):
        problems["not an object"] += 1
        return None
    label = box.get("label")
    if not isinstance(label, str) or not clean(label):
        problems["no label"] += 1
        return None
    sides = [_number(box.get(key)) for key in ("left", "top", "width", "height")]
    left, top, width, height = sides
    if left is None or top is None or width is None or height is None:
        problems["a coordinate is not a number"] += 1
        return None
    if width <= 0 or height <= 0:
        problems["width and height are not above zero"] += 1
        return None
    if max(abs(left), abs(top), width, height) > LARGEST:
        problems[f"a coordinate is beyond {LARGEST:,.0f} pixels"] += 1
        return None
    return label, left, top, width, height


def _number(value: object) -> float | None:
    """A finite number, also from a string; a boolean is none."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | str)
        or (isinstance(value, str) and len(value) > 40)
    ):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _size(image: object) -> ImageSize | None:
    """Width and height from `inputImageProperties`, None when they are unusable."""
    if not isinstance(image, dict):
        return None
    width, height = _number(image.get("width")), _number(image.get("height"))
    if width is None or height is None or not (1 <= width <= LARGEST and 1 <= height <= LARGEST):
        return None
    return round(width), round(height)


def _agreed_size(sizes: list[ImageSize | None], notes: list[str]) -> ImageSize | None:
    """The size most widgets report; the larger one among equals. Disagreement is noted."""
    known = Counter(size for size in sizes if size is not None)
    if not known:
        return None
    image = max(known, key=lambda size: (known[size], size[0] * size[1], size))
    others = [size for size in known if size != image]
    if others:
        told = ", ".join(f"{width}x{height}" for width, height in sorted(others))
        rescaled = all(_same_aspect(size, image) for size in others)
        outcome = (
            "their boxes were rescaled" if rescaled else "not the same aspect ratio, their boxes were not rescaled"
        )
        notes.append(f"workers report image sizes {told} beside {image[0]}x{image[1]}: {outcome}")
    return image


def _same_aspect(size: ImageSize, image: ImageSize) -> bool:
    return abs(size[0] * image[1] - size[1] * image[0]) <= SAME_ASPECT * size[1] * image[0]


def _scale(size: ImageSize | None, image: ImageSize | None) -> tuple[float, float] | None:
    """Factors from a widget's pixels to the image's, None when there is nothing to scale."""
    if size is None or image is None or size == image or not _same_aspect(size, image):
        return None
    return image[0] / size[0], image[1] / size[1]
