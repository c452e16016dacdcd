"""Spans of a text: a name, an amount, a date where it stands.

Two spans overlap by the characters that they share, over those of both. Start and end of a merged span are voted for, each by itself, as in Ground Truth's
built-in task; where votes are even, and where start and end would not fit one another, the span is that of the workers' which is closest to all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from consolidation.boxes import number
from consolidation.mark_shapes import Floats, Frame, Ints, intersection_over_union

_EVEN = 1e-9


class Spans:
    """The shape of `crowd-entity-annotation`. A geometry is the first character and the one after the last."""

    key = "entities"
    noun = "span"
    has_area = True
    least_overlap: float | None = None

    def read(self, mark: Mapping[str, Any]) -> Floats | str:
        """Start and end, whole numbers."""
        start, end = number(mark.get("startOffset")), number(mark.get("endOffset"))
        if start is None or end is None or start != int(start) or end != int(end):
            return "an offset is not a whole number"
        return np.array([start, end], dtype=np.float64) if 0 <= start < end else "it is empty"

    def scaled(self, geometry: Floats, x: float, y: float) -> Floats:  # noqa: ARG002 - a text has one size
        """The span itself."""
        return geometry

    def within(self, geometry: Floats, frame: Frame) -> Floats | None:
        """The part of the span that is in the text."""
        if frame.characters is None or geometry[1] <= frame.characters:
            return geometry
        return np.array([geometry[0], frame.characters]) if geometry[0] < frame.characters else None

    def extent(self, geometry: Floats) -> tuple[float, float, float, float]:
        """A strip of the text."""
        start, end = geometry.tolist()
        return 0.0, start, 1.0, end

    def overlaps(self, geometries: Sequence[Floats], first: Ints, second: Ints) -> tuple[Floats, Floats]:
        """Characters in common over characters in either."""
        spans = np.stack(geometries)
        one, other = spans[first], spans[second]
        shared = np.maximum(np.minimum(one[:, 1], other[:, 1]) - np.maximum(one[:, 0], other[:, 0]), 0.0)
        return intersection_over_union(shared, self.sizes(geometries), first, second), shared

    def sizes(self, geometries: Sequence[Floats]) -> Floats:
        """Characters."""
        spans = np.stack(geometries)
        result: Floats = spans[:, 1] - spans[:, 0]
        return result

    def merged(self, geometries: Sequence[Floats], weights: Floats) -> Floats:
        """Start and end with most of the votes."""
        count = len(geometries)
        first, second = np.divmod(np.arange(count * count), count)
        nearness = np.round(self.overlaps(geometries, first, second)[0].reshape(count, count) @ weights, 9)
        closest = geometries[max(range(count), key=lambda row: (nearness[row], weights[row]))]
        spans = np.stack(geometries)
        start, end = (_voted(spans[:, side], weights, closest[side]) for side in (0, 1))
        return np.array([start, end]) if start < end else closest

    def told(self, geometry: Floats) -> dict[str, Any]:
        """As crowd-entity-annotation: `startOffset` and `endOffset`."""
        start, end = geometry.tolist()
        return {"startOffset": int(start), "endOffset": int(end)}


def _voted(offsets: Floats, weights: Floats, closest: float) -> float:
    """The offset with most of the weight; the closest span's when several have."""
    candidates, of_offset = np.unique(offsets, return_inverse=True)
    votes = np.bincount(of_offset, weights=weights)
    best = candidates[votes >= votes.max() - _EVEN]
    return float(best[0]) if len(best) == 1 else float(closest)
