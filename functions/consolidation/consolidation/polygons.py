"""Polygons: an outline with at least three corners around a part of the image.

Merging. Each worker's outline is a candidate, and so is their mean: the corners of the outline that is closest to all, each moved to the mean of where the
others have it. Where all outlines have as many corners, these correspond in the order and direction that fit best. Else every outline's corners count: the
closest one gets a point for each, and of every outline the nearest place belongs to it. In the mean an outline counts the less the further it lies from the
others, as in `merged_edges`. The mean is taken unless the closest outline overlaps more with the others than the mean does, or the mean crosses itself
where that one does not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from consolidation.boxes import LARGEST, number
from consolidation.mark_shapes import Floats, Frame, Ints, intersection_over_union, pixel
from consolidation.polygon_areas import polygon_areas, shared_areas

MOST_CORNERS = 200
"""Of one outline. Nobody clicks so many around a field."""
FEWEST_CORNERS = 3
_CLOSEST = 0.5
"""Pixels. Outlines that differ by less on average count alike."""
_FREEDOM = 3.0
_ROUNDS = 4
_HAIR = 1e-6
_GROUPS = 2_000
"""Groups that are merged in one go, which bounds the memory."""


class Polygons:
    """The shape of `crowd-polygon`."""

    key = "polygons"
    noun = "polygon"
    has_area = True
    least_overlap: float | None = None

    def read(self, mark: Mapping[str, Any]) -> Floats | str:
        """(corners, 2): x and y, in the order they were clicked; one that repeats the one before it is left out."""
        vertices = mark.get("vertices")
        if not isinstance(vertices, list):
            return "no vertices"
        if len(vertices) > MOST_CORNERS:
            return f"more than {MOST_CORNERS} corners"
        places = [(number(v.get("x")), number(v.get("y"))) if isinstance(v, dict) else (None, None) for v in vertices]
        if any(x is None or y is None or max(abs(x), abs(y)) > LARGEST for x, y in places):
            return "a coordinate is not a number"
        outline = _without_repeats(np.array(places, dtype=np.float64).reshape(-1, 2))
        return outline if _has_area(outline) else "it has no area"

    def scaled(self, geometry: Floats, x: float, y: float) -> Floats:
        """The corners in an image of another size."""
        result: Floats = geometry * np.array([x, y])
        return result

    def within(self, geometry: Floats, frame: Frame) -> Floats | None:
        """The outline cut at the edges of the image (Sutherland and Hodgman, 1974)."""
        if frame.image is None:
            return geometry
        width, height = frame.image
        outline = geometry
        if (outline >= 0.0).all() and (outline <= (width, height)).all():
            return outline
        for axis, sign, limit in ((0, 1.0, 0.0), (0, -1.0, -float(width)), (1, 1.0, 0.0), (1, -1.0, -float(height))):
            outline = _cut(outline, axis, sign, limit)
        outline = _without_repeats(outline)
        return outline if _has_area(outline) else None

    def extent(self, geometry: Floats) -> tuple[float, float, float, float]:
        """The box around the outline."""
        (left, top), (right, bottom) = geometry.min(axis=0).tolist(), geometry.max(axis=0).tolist()
        return top, left, bottom, right

    def overlaps(self, geometries: Sequence[Floats], first: Ints, second: Ints) -> tuple[Floats, Floats]:
        """Intersection over union, exact."""
        shared, _ = shared_areas(geometries, first, second)
        return intersection_over_union(shared, self.sizes(geometries), first, second), shared

    def sizes(self, geometries: Sequence[Floats]) -> Floats:
        """Areas in square pixels."""
        return polygon_areas(geometries)

    def merged(self, groups: Sequence[Sequence[Floats]], weights: Sequence[Floats]) -> list[Floats]:
        """One outline of each group, as the module says."""
        result = [group[0] for group in groups]
        several = [row for row, group in enumerate(groups) if len(group) > 1]
        for part in (several[start : start + _GROUPS] for start in range(0, len(several), _GROUPS)):
            chosen, own = [groups[row] for row in part], [weights[row] for row in part]
            for row, outline in zip(part, self._merged(chosen, own), strict=True):
                result[row] = outline
        return result

    def _merged(self, groups: Sequence[Sequence[Floats]], weights: Sequence[Floats]) -> list[Floats]:
        nearest = self._nearness(groups, weights)
        closest = [
            max(range(len(group)), key=lambda row, near=near, own=own: (near[row], own[row]))  # type: ignore[misc]
            for group, near, own in zip(groups, nearest, weights, strict=True)
        ]
        means = [
            np.round(_mean(group, own, group[best]), 1)
            for group, own, best in zip(groups, weights, closest, strict=True)
        ]
        outlines = [outline for group, mean in zip(groups, means, strict=True) for outline in (*group, mean)]
        sizes = np.array([len(group) for group in groups])
        first = np.arange(sizes.sum()) + np.repeat(np.arange(len(groups)), sizes)
        last = np.repeat(np.cumsum(sizes + 1) - 1, sizes)
        of_means = np.split(self.overlaps(outlines, first, last)[0], np.cumsum(sizes)[:-1])
        return [
            mean
            if float(of_mean @ own / own.sum()) >= near[best] - _HAIR
            and (not _crosses_itself(mean) or _crosses_itself(group[best]))
            else group[best]
            for group, own, near, best, mean, of_mean in zip(
                groups, weights, nearest, closest, means, of_means, strict=True
            )
        ]

    def _nearness(self, groups: Sequence[Sequence[Floats]], weights: Sequence[Floats]) -> list[Floats]:
        """The mean overlap of each outline of each group with the others of its group."""
        outlines = [outline for group in groups for outline in group]
        pairs = [np.triu_indices(len(group), 1) for group in groups]
        starts = np.cumsum([0, *(len(group) for group in groups)])
        first = np.concatenate([start + one for start, (one, _) in zip(starts[:-1], pairs, strict=True)])
        second = np.concatenate([start + other for start, (_, other) in zip(starts[:-1], pairs, strict=True)])
        overlaps = np.split(self.overlaps(outlines, first, second)[0], np.cumsum([len(one) for one, _ in pairs])[:-1])
        nearness = []
        for (one, other), overlap, own in zip(pairs, overlaps, weights, strict=True):
            total = np.zeros(len(own))
            np.add.at(total, one, overlap * own[other])
            np.add.at(total, other, overlap * own[one])
            nearness.append(np.round(total / (own.sum() - own), 9))
        return nearness

    def told(self, geometry: Floats) -> dict[str, Any]:
        """As crowd-polygon: `vertices`, each with x and y."""
        return {"vertices": [{"x": pixel(x), "y": pixel(y)} for x, y in geometry.tolist()]}


def _has_area(outline: Floats) -> bool:
    """Whether there are three corners that are not on one line."""
    if len(outline) < FEWEST_CORNERS:
        return False
    x, y = (outline - outline[0]).T
    return bool(np.abs(x[1] * y[2:] - y[1] * x[2:]).max() > 0.0)


def _without_repeats(outline: Floats) -> Floats:
    """The corners, those left out that repeat the one before, the last before the first included."""
    result: Floats = outline[(outline != np.roll(outline, 1, axis=0)).any(axis=1)]
    return result


def _cut(outline: Floats, axis: int, sign: float, limit: float) -> Floats:
    """The part of the outline where sign x coordinate is at least limit."""
    corners: list[Floats] = []
    for corner, after in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        here, there = sign * corner[axis] - limit, sign * after[axis] - limit
        if here >= 0.0:
            corners.append(corner)
        if (here >= 0.0) != (there >= 0.0):
            crossing = corner + (after - corner) * (here / (here - there))
            crossing[axis] = sign * limit
            corners.append(crossing)
    return np.array(corners).reshape(-1, 2)


def _mean(outlines: Sequence[Floats], weights: Floats, reference: Floats) -> Floats:
    """The corners of the reference, each at the robust mean of where the outlines have it."""
    is_alike = all(len(outline) == len(reference) for outline in outlines)
    places = _turned(reference, outlines) if is_alike else _projected(_refined(reference, outlines), outlines)
    middle = _averaged(places, weights)
    spread = max(float(np.abs(places - middle).mean()), _CLOSEST)
    for _ in range(_ROUNDS):
        distance = ((places - middle) ** 2).mean(axis=(1, 2)) / spread**2
        middle = _averaged(places, weights * (_FREEDOM + 1.0) / (_FREEDOM + distance))
    return middle if is_alike else _simplified(middle)


def _averaged(places: Floats, weights: Floats) -> Floats:
    result: Floats = (weights[:, None, None] * places).sum(axis=0) / weights.sum()
    return result


def _turned(reference: Floats, outlines: Sequence[Floats]) -> Floats:
    """The corners of outlines with as many as the reference in the order and direction that fit it best: (outlines, corners, 2)."""
    count = len(reference)
    ahead = (np.arange(count)[:, None] + np.arange(count)) % count
    turned = np.stack(outlines)[:, np.concatenate([ahead, ahead[:, ::-1]])]
    best = np.argmin(((turned - reference) ** 2).sum(axis=(2, 3)), axis=1)
    result: Floats = turned[np.arange(len(outlines)), best]
    return result


def _projected(points: Floats, outlines: Sequence[Floats]) -> Floats:
    """The place on each outline that is nearest to each point: (outlines, points, 2)."""
    return np.stack([_feet(points, outline)[0] for outline in outlines])


def _refined(reference: Floats, outlines: Sequence[Floats]) -> Floats:
    """The reference with a further point wherever an outline has a corner, so that none of them is cut off."""
    along = [_feet(outline, reference)[1] for outline in outlines]
    at = np.unique(np.round(np.concatenate([np.arange(len(reference), dtype=np.float64), *along]), 3) % len(reference))
    side = at.astype(np.int64)
    start, end = reference[side], np.roll(reference, -1, axis=0)[side]
    result: Floats = start + (at - side)[:, None] * (end - start)
    return result


def _feet(points: Floats, outline: Floats) -> tuple[Floats, Floats]:
    """The place on the outline that is nearest to each point, (points, 2), and how many sides along it that is, (points,)."""
    along = np.roll(outline, -1, axis=0) - outline
    from_start = points[:, None, :] - outline
    share = np.clip((from_start * along).sum(axis=2) / np.maximum((along**2).sum(axis=1), _HAIR), 0.0, 1.0)
    feet = outline + share[:, :, None] * along
    nearest = np.argmin(((points[:, None, :] - feet) ** 2).sum(axis=2), axis=1)
    rows = np.arange(len(points))
    return feet[rows, nearest], nearest + share[rows, nearest]


def _simplified(outline: Floats) -> Floats:
    """The outline without the corners that are less than half a pixel off the line between their neighbours, the nearest left out first."""
    while len(outline) > FEWEST_CORNERS:
        before, after = np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0)
        line, off = after - before, outline - before
        length = np.maximum(np.hypot(*line.T), _HAIR)
        height = np.abs(line[:, 0] * off[:, 1] - line[:, 1] * off[:, 0]) / length
        flattest = int(np.argmin(height))
        if height[flattest] >= _CLOSEST:
            break
        outline = np.delete(outline, flattest, axis=0)
    return outline


def _crosses_itself(outline: Floats) -> bool:
    """Whether two sides that are no neighbours cross."""
    start, end = outline, np.roll(outline, -1, axis=0)
    one, other = np.triu_indices(len(outline), 2)

    def side(a: Floats, b: Floats, c: Floats) -> Floats:
        return np.sign((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]))

    parted = side(start[one], end[one], start[other]) * side(start[one], end[one], end[other])
    crossed = side(start[other], end[other], start[one]) * side(start[other], end[other], end[one])
    return bool(((parted < 0) & (crossed < 0)).any())
