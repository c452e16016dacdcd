"""Whether two contents say the same: an answer and the label, an answer and the truth, the label and the truth.

What counts as the same is what the demo's accuracy counts: `groundtruth.workforce`'s own reading of values and its IoU of 0.5, which are
apart from the functions' reading on purpose.
"""

from collections.abc import Sequence
from functools import lru_cache

from groundtruth.export.model import Kind
from groundtruth.report.model import Category, Comparison, Content, DrawnBox
from groundtruth.workforce.accuracy import LEAST_IOU
from groundtruth.workforce.values import same_value

_NOTHING = Comparison()


@lru_cache(maxsize=10_000)
def _shared(positions: frozenset[int]) -> frozenset[int]:
    """One set for all that are equal: there are few different ones, and a report keeps six for every answer."""
    return positions


def compare(kind: Kind, content: Content, reference: Content, categories: Sequence[Category]) -> Comparison:
    """How a content agrees with its reference. What the reference leaves open is not compared."""
    if kind is Kind.BOXES:
        return _compare_boxes(content.boxes, reference.boxes)
    if kind is Kind.FIELDS:
        return _compare_fields(content, reference, categories)
    if reference.choice is None:
        return _NOTHING
    compared = frozenset({reference.choice})
    if content.choice == reference.choice:
        return Comparison(1.0, 1.0, compared=compared, matched=frozenset({0}))
    return Comparison(0.0, 1.0, differs=compared, compared=compared)


def _compare_fields(content: Content, reference: Content, categories: Sequence[Category]) -> Comparison:
    said = content.fields or {}
    expected = reference.fields or {}
    matched = frozenset(
        category
        for category, texts in expected.items()
        if category in said and _is_same_field(said[category], texts, categories[category])
    )
    compared = frozenset(expected)
    right, total = float(len(matched)), float(len(compared))
    return Comparison(right, total, _shared(compared - matched), _shared(compared), _shared(matched))


def _is_same_field(said: tuple[str, ...], expected: tuple[str, ...], category: Category) -> bool:
    if not said or not expected:
        return not said and not expected
    if not set(said).isdisjoint(expected):
        return True
    return any(same_value(category.type, one, other, category.date_order) for one in said for other in expected)


def _compare_boxes(boxes: Sequence[DrawnBox], expected: Sequence[DrawnBox]) -> Comparison:
    """One box of one side for one of the other, the best overlaps first, and of the same category."""
    of_category: dict[int, list[tuple[int, DrawnBox]]] = {}
    for other, true in enumerate(expected):
        of_category.setdefault(true.category, []).append((other, true))
    pairs = sorted(
        (-overlap, at, other)
        for at, box in enumerate(boxes)
        for other, true in of_category.get(box.category, ())
        if (overlap := _iou(box, true)) >= LEAST_IOU
    )
    used: set[int] = set()
    found: set[int] = set()
    for _, at, other in pairs:
        if at not in used and other not in found:
            used.add(at)
            found.add(other)
    missed = {box.category for at, box in enumerate(boxes) if at not in used}
    missed |= {box.category for at, box in enumerate(expected) if at not in found}
    compared = frozenset(box.category for side in (boxes, expected) for box in side)
    return Comparison(
        2.0 * len(used),
        float(len(boxes) + len(expected)),
        _shared(frozenset(missed)),
        _shared(compared),
        _shared(frozenset(used)),
    )


def _iou(one: DrawnBox, other: DrawnBox) -> float:
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.width * one.height + other.width * other.height - shared)
