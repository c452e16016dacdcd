"""Keypoints: a single place in the image.

Two points overlap by 2 to the power of -(distance / radius)², 1 where they are one and ½ at the radius, which is a share of the image's diagonal
(`POINT_RADIUS`), so that it means the same in any resolution. They merge into their geometric median: the place with the least sum of distances, which one
stray point cannot move far.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from consolidation.boxes import LARGEST, number
from consolidation.mark_shapes import Floats, Frame, Ints, pixel

UNKNOWN_DIAGONAL = 2_000.0
"""Pixels, where no answer tells the image's size: about a page at 150 dots an inch."""
_FURTHEST = 4.0
"""Radii. Points further apart overlap by less than a ten-thousandth."""
_ROUNDS = 60
_NEAR = 1e-4
"""Pixels that are none."""


class Keypoints:
    """The shape of `crowd-keypoint`. A geometry is x, y and the radius."""

    key = "keypoints"
    noun = "point"
    has_area = False
    least_overlap: float | None = 0.5

    def read(self, mark: Mapping[str, Any]) -> Floats | str:
        """x and y; the radius is not known yet."""
        x, y = number(mark.get("x")), number(mark.get("y"))
        if x is None or y is None or max(abs(x), abs(y)) > LARGEST:
            return "a coordinate is not a number"
        return np.array([x, y, 0.0])

    def scaled(self, geometry: Floats, x: float, y: float) -> Floats:
        """The point in an image of another size."""
        result: Floats = geometry * np.array([x, y, 1.0])
        return result

    def within(self, geometry: Floats, frame: Frame) -> Floats | None:
        """The point with its radius; None when it lies outside of the image."""
        diagonal = UNKNOWN_DIAGONAL if frame.image is None else math.hypot(*frame.image)
        x, y, _ = geometry.tolist()
        if frame.image is not None and not (0 <= x <= frame.image[0] and 0 <= y <= frame.image[1]):
            return None
        return np.array([x, y, frame.radius * diagonal])

    def extent(self, geometry: Floats) -> tuple[float, float, float, float]:
        """The square around the point within which others overlap with it."""
        x, y, radius = geometry.tolist()
        reach = _FURTHEST * radius / 2.0
        return y - reach, x - reach, y + reach, x + reach

    def overlaps(self, geometries: Sequence[Floats], first: Ints, second: Ints) -> tuple[Floats, None]:
        """By distance, as the module says."""
        points = np.stack(geometries)
        apart = ((points[first, :2] - points[second, :2]) ** 2).sum(axis=1) / points[first, 2] ** 2
        return np.exp2(-apart), None

    def sizes(self, geometries: Sequence[Floats]) -> Floats:
        """A point has no area."""
        return np.zeros(len(geometries))

    def merged(self, groups: Sequence[Sequence[Floats]], weights: Sequence[Floats]) -> list[Floats]:
        """The weighted geometric median of each group, of two points their mean."""
        result = [group[0] for group in groups]
        sizes = np.array([len(group) for group in groups])
        for size in np.unique(sizes[sizes > 1]).tolist():
            rows = np.flatnonzero(sizes == size).tolist()
            points = np.array([groups[row] for row in rows])
            middles = _geometric_medians(points[..., :2], np.stack([weights[row] for row in rows]))
            for row, middle, (_, _, radius) in zip(rows, middles.tolist(), points[:, 0].tolist(), strict=True):
                result[row] = np.array([*middle, radius])
        return result

    def told(self, geometry: Floats) -> dict[str, Any]:
        """As crowd-keypoint: x and y."""
        x, y, _ = geometry.tolist()
        return {"x": pixel(x), "y": pixel(y)}


def _geometric_medians(points: Floats, weights: Floats) -> Floats:
    """points: (groups, size, 2). weights: (groups, size). Returns (groups, 2), to a tenth of a pixel. By Weiszfeld's iteration."""

    def means(trust: Floats) -> Floats:
        result: Floats = (trust[:, :, None] * points).sum(axis=1) / trust.sum(axis=1)[:, None]
        return result

    middles = means(weights)
    for _ in range(_ROUNDS if points.shape[1] > 2 else 0):
        distance = np.maximum(np.sqrt(((points - middles[:, None]) ** 2).sum(axis=2)), _NEAR)
        moved = means(weights / distance)
        step = float(np.abs(moved - middles).max())
        middles = moved
        if step < _NEAR:
            break
    result: Floats = np.clip(np.round(middles, 1), points.min(axis=1), points.max(axis=1))
    return result
