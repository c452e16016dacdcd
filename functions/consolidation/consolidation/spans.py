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

    def merged(self, groups: Sequence[Sequence[Floats]], weights: Sequence[Floats]) -> list[Floats]:
        """Start and end with most of the votes."""
        return [_merged(group, own) for group, own in zip(groups, weights, strict=True)]

    def told(self, geometry: Floats) -> dict[str, Any]:
        """As crowd-entity-annotation: `startOffset` and `endOffset`."""
        start, end = geometry.tolist()
        return {"startOffset": int(start), "endOffset": int(end)}


def _merged(spans: Sequence[Floats], weights: Floats) -> Floats:
    if len(spans) == 1:
        return spans[0]
    edges = [tuple(span.tolist()) for span in spans]
    starts, ends = ([edge[side] for edge in edges] for side in (0, 1))
    start, end = _voted(starts, weights.tolist()), _voted(ends, weights.tolist())
    if start is None or end is None or start >= end:
        closest = _closest(spans, weights)
        start, end = (closest[0] if start is None else start), (closest[1] if end is None else end)
        if start >= end:
            start, end = closest
    return np.array([start, end])


def _voted(offsets: Sequence[float], weights: Sequence[float]) -> float | None:
    """The offset with most of the weight, None when several have."""
    votes: dict[float, float] = {}
    for offset, weight in zip(offsets, weights, strict=True):
        votes[offset] = votes.get(offset, 0.0) + weight
    best = [offset for offset, weight in votes.items() if weight >= max(votes.values()) - _EVEN]
    return best[0] if len(best) == 1 else None


def _closest(spans: Sequence[Floats], weights: Floats) -> tuple[float, float]:
    """The span that overlaps most with all; among equals that with more weight, then the first."""
    count = len(spans)
    first, second = np.divmod(np.arange(count * count), count)
    nearness = np.round(Spans().overlaps(spans, first, second)[0].reshape(count, count) @ weights, 9)
    start, end = spans[max(range(count), key=lambda row: (nearness[row], weights[row]))].tolist()
    return start, end
