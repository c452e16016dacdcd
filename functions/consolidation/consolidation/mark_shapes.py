"""The shapes of marks beside boxes: what each needs to be read, compared, merged and told.

A mark's geometry is an array of floats whose meaning is its shape's own business. Where two marks share an area, or a stretch of text, their overlap is
intersection over union; points are compared by distance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a mark must lie in.

    image: width and height in pixels, None when unknown. characters: of the text, None when unknown. radius: of a point, as a share of the image's diagonal.
    """

    image: tuple[int, int] | None
    characters: int | None
    radius: float


class Shape(Protocol):
    """One kind of mark. `key` names the list in answers, `noun` one of its marks. least_overlap: of two that are one; None: as the settings say for boxes."""

    key: str
    noun: str
    has_area: bool
    least_overlap: float | None

    def read(self, mark: Mapping[str, Any]) -> Floats | str:
        """The geometry of a mark as it was submitted, or what is wrong with it."""

    def scaled(self, geometry: Floats, x: float, y: float) -> Floats:
        """The geometry in an image of another size."""

    def within(self, geometry: Floats, frame: Frame) -> Floats | None:
        """The part of it that lies in the frame, None when nothing does."""

    def extent(self, geometry: Floats) -> tuple[float, float, float, float]:
        """Top, left, bottom and right of what it can overlap with; marks are told in this order."""

    def overlaps(self, geometries: Sequence[Floats], first: Ints, second: Ints) -> tuple[Floats, Floats | None]:
        """Overlap of each pair, 0 to 1, and the area that the pair shares, None where marks have none. first, second: (pairs,) positions."""

    def sizes(self, geometries: Sequence[Floats]) -> Floats:
        """The area of each, (n,)."""

    def merged(self, groups: Sequence[Sequence[Floats]], weights: Sequence[Floats]) -> list[Floats]:
        """What the marks of each group come to, which are those of several workers; a single one as it is. weights: one for each mark."""

    def told(self, geometry: Floats) -> dict[str, Any]:
        """The geometry as a label value tells it, in the keys of the answers."""


def intersection_over_union(shared: Floats, sizes: Floats, first: Ints, second: Ints) -> Floats:
    """From the shared area of each pair and the area of each mark."""
    union = sizes[first] + sizes[second] - shared
    ratio = np.divide(shared, union, out=np.zeros(len(shared)), where=union > 0.0)
    result: Floats = np.clip(ratio, 0.0, 1.0)
    return result


def pixel(value: float) -> int | float:
    """A coordinate to a tenth of a pixel; whole where it can be."""
    rounded = round(float(value), 1)
    return int(rounded) if rounded == int(rounded) else rounded
