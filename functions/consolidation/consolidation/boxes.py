"""Reads the boxes that workers drew, and says which can be used.

Crowd submits integers in pixels of the natural image, origin top left. Other templates submit what they like, so everything is checked:
the usual answer in one pass, an odd one box by box.
"""

import math
from array import array
from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from consolidation.answers import DrawnBoxes, find_boxes
from consolidation.data_objects import Answer, DataObject, count
from consolidation.label_categories import LabelCategories
from consolidation.page_words import PageWords
from consolidation.texts import clean
from consolidation.value import Quality, unanswered, unreadable_notes

MOST_BOXES = 1_000
"""Boxes of one answer that are read."""
LARGEST = 1_000_000.0
"""Pixels: no image side or coordinate is larger."""
LONGEST_NUMBER = 40
"""Characters of a number written as text."""
SAME_ASPECT = 0.01
"""Relative difference up to which two image sizes count as the same image at another scale."""

_KEYS = itemgetter("label", "left", "top", "width", "height")
_NUMBERS = frozenset({int, float})
_STRINGS = frozenset({str})

ImageSize = tuple[int, int]
Row = tuple[str, float, float, float, float]
Read = tuple[tuple[int, ...], tuple[str, ...], tuple[float, ...]]
"""The number of boxes of each worker, the labels of all, and all lefts, then all tops, widths and heights."""
Drawn = list[tuple[str, list[DrawnBoxes]]]
"""Each worker's widgets."""


class LabelNames(dict[str, int]):
    """Numbers the labels of a payload, categories first, as they are met: the number of each spelling that workers used."""

    def __init__(self, categories: LabelCategories) -> None:
        super().__init__()
        self.categories = categories
        self.names: list[str] = [category.label for category in categories.categories]
        self._numbers = {name: number for number, name in enumerate(self.names)}

    def __missing__(self, spelling: str) -> int:
        name = self.categories.label(spelling)
        number = self._numbers.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        self[spelling] = number
        return number

    @property
    def ordered(self) -> list[str]:
        """The names by rank: the categories in order, then the others, sorted."""
        return self.names[: len(self.categories)] + sorted(self.names[len(self.categories) :])

    @property
    def ranks(self) -> list[int]:
        """The rank of each number, which does not depend on the order in which the labels were met."""
        rank = {name: position for position, name in enumerate(self.ordered)}
        return [rank[name] for name in self.names]


@dataclass(frozen=True, slots=True)
class CollectedBoxes:
    """One object's boxes with a label and four numbers.

    workers: those who answered, sorted, those who drew nothing included. sizes: boxes of each of them. labels: label number of each box,
    worker after worker. sides: all lefts, then all tops, widths and heights, in pixels of `image`. image: width and height, None when unknown.
    unanswered: the quality of an object without workers. words: of the page, where boxes are to be compared by them.
    """

    workers: tuple[str, ...]
    sizes: tuple[int, ...]
    labels: array[int]
    sides: array[float]
    image: ImageSize | None
    notes: tuple[str, ...]
    unanswered: Quality
    words: PageWords | None = None


def collect(data_object: DataObject, names: LabelNames) -> CollectedBoxes:
    """The boxes of an object's answers, all in pixels of one image size. What is not a box with numbers is left out and noted."""
    notes = unreadable_notes(data_object)
    answers = data_object.answers
    drawn = [(answer.worker, found) for answer in answers if (found := _widgets(answer)) is not None]
    if len(drawn) < len(answers) and (without := len(answers) - data_object.unreadable - len(drawn)):
        notes.append(f"{count(without, 'answer')} without boundingBoxes not counted")
    image, is_one_size = agreed_size([widget.image for _, widgets in drawn for widget in widgets], notes)
    read = _plain(drawn) if is_one_size else None
    if read is None:
        read = _checked(drawn, image, notes)
    sizes, spellings, numbers = read
    labels = array("q", map(names.__getitem__, spellings))
    sides = array("d", numbers)
    workers = tuple([worker for worker, _ in drawn])
    return CollectedBoxes(
        workers, sizes, labels, sides, image, tuple(notes), unanswered(data_object), data_object.words
    )


def _widgets(answer: Answer) -> list[DrawnBoxes] | None:
    return None if answer.content is None else find_boxes(answer.content)


def _plain(drawn: Drawn) -> Read | None:
    """The boxes, when every one is as Crowd submits it, else None."""
    rows: list[Row] = []
    sizes: list[int] = []
    try:
        for _, widgets in drawn:
            before = len(rows)
            for boxes, _ in widgets:
                rows.extend(map(_KEYS, boxes))
            sizes.append(len(rows) - before)
    except (KeyError, TypeError, IndexError):
        return None
    labels, numbers = _columns(rows)
    if not (_NUMBERS.issuperset(map(type, numbers)) and _STRINGS.issuperset(map(type, labels)) and all(labels)):
        return None
    if rows and (max(sizes) > MOST_BOXES or max(numbers) > LARGEST):
        return None
    return tuple(sizes), labels, numbers


def _checked(drawn: Drawn, image: ImageSize | None, notes: list[str]) -> Read:
    """The same box by box: numbers read from strings too, boxes rescaled to `image`, and the unusable left out and noted."""
    rows: list[Row] = []
    sizes: list[int] = []
    problems: Counter[str] = Counter()
    for _, widgets in drawn:
        before = len(rows)
        for boxes, seen in widgets:
            if len(boxes) > MOST_BOXES:
                problems[f"an answer has more than {MOST_BOXES:,}"] += len(boxes) - MOST_BOXES
            x, y = image_scale(image_size(seen), image)
            checked = (_checked_row(box, problems) for box in boxes[:MOST_BOXES])
            rows.extend((row[0], row[1] * x, row[2] * y, row[3] * x, row[4] * y) for row in checked if row is not None)
        sizes.append(len(rows) - before)
    notes.extend(f"{count(number, 'box')} not used: {problem}" for problem, number in problems.items())
    return tuple(sizes), *_columns(rows)


def _columns(rows: list[Row]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The labels; and all lefts, then all tops, widths and heights."""
    if not rows:
        return (), ()
    labels, left, top, width, height = zip(*rows, strict=True)
    return labels, left + top + width + height


def _checked_row(box: object, problems: Counter[str]) -> Row | None:
    """One box; None when it has no label or a number is missing, and then the problem is counted."""
    if not isinstance(box, dict):
        problems["not an object"] += 1
        return None
    label = box.get("label")
    if not isinstance(label, str) or not clean(label):
        problems["no label"] += 1
        return None
    left, top, width, height = (number(box.get(key)) for key in ("left", "top", "width", "height"))
    if left is None or top is None or width is None or height is None:
        problems["a coordinate is not a number"] += 1
        return None
    return label, left, top, width, height


def number(value: object) -> float | None:
    """A finite number, also from a string; a boolean is none."""
    if type(value) is int and -LARGEST <= value <= LARGEST:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > LONGEST_NUMBER:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def image_size(image: object) -> ImageSize | None:
    """Width and height from `inputImageProperties`, None when they are unusable."""
    if not isinstance(image, dict):
        return None
    width, height = number(image.get("width")), number(image.get("height"))
    if width is None or height is None or not (1 <= width <= LARGEST and 1 <= height <= LARGEST):
        return None
    return round(width), round(height)


def agreed_size(seen: list[object], notes: list[str]) -> tuple[ImageSize | None, bool]:
    """The size most widgets report, the larger one among equals; and whether all that report one agree. Disagreement is noted.

    seen: what each widget reports.
    """
    if seen and _report_the_same(seen):
        return image_size(seen[0]), True
    known = Counter(size for image in seen if (size := image_size(image)) is not None)
    if len(known) <= 1:
        return next(iter(known), None), True
    image = max(known, key=lambda size: (known[size], size[0] * size[1], size))
    others = [size for size in known if size != image]
    told = ", ".join(f"{width}x{height}" for width, height in sorted(others))
    rescaled = all(_same_aspect(size, image) for size in others)
    outcome = "their boxes were rescaled" if rescaled else "not the same aspect ratio, their boxes were not rescaled"
    notes.append(f"workers report image sizes {told} beside {image[0]}x{image[1]}: {outcome}")
    return image, False


def _report_the_same(seen: list[object]) -> bool:
    """Whether all widgets plainly report one image size, as is usual; telling it so is much quicker than reading each."""
    first = seen[0]
    if not isinstance(first, dict) or type(width := first.get("width")) is not int:
        return False
    height = first.get("height")
    return type(height) is int and (
        seen.count(first) == len(seen)
        or all(
            isinstance(image, dict) and image.get("width") == width and image.get("height") == height for image in seen
        )
    )


def image_scale(size: ImageSize | None, image: ImageSize | None) -> tuple[float, float]:
    """Factors from a widget's pixels to the image's, 1 where it is not the same image at another size."""
    if size is None or image is None or not _same_aspect(size, image):
        return 1.0, 1.0
    return image[0] / size[0], image[1] / size[1]


def _same_aspect(size: ImageSize, image: ImageSize) -> bool:
    return abs(size[0] * image[1] - size[1] * image[0]) <= SAME_ASPECT * size[1] * image[0]
