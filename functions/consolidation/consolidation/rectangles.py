"""Boxes that are drawn in the same task as polygons or points; a task with boxes alone is `invoice_boxes`, which is much faster."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from consolidation.box_clusters import iou
from consolidation.boxes import LARGEST, number
from consolidation.mark_shapes import Floats, Frame, Ints
from consolidation.merged_edges import merged_edges


class Rectangles:
    """The shape of `crowd-bounding-box`. A geometry is left, top, right and bottom."""

    key = "boundingBoxes"
    noun = "box"
    has_area = True
    least_overlap: float | None = None

    def read(self, mark: Mapping[str, Any]) -> Floats | str:
        """The edges."""
        left, top, width, height = (number(mark.get(key)) for key in ("left", "top", "width", "height"))
        if left is None or top is None or width is None or height is None:
            return "a coordinate is not a number"
        edges = np.array([left, top, left + width, top + height], dtype=np.float64)
        if width <= 0 or height <= 0:
            return "width and height are not above zero"
        return edges if np.abs(edges).max() <= LARGEST else "a coordinate is not a number"

    def scaled(self, geometry: Floats, x: float, y: float) -> Floats:
        """The box in an image of another size."""
        result: Floats = geometry * np.array([x, y, x, y])
        return result

    def within(self, geometry: Floats, frame: Frame) -> Floats | None:
        """The part of the box in the image."""
        if frame.image is None:
            return geometry
        edges = np.clip(geometry, 0.0, np.tile(np.array(frame.image, dtype=np.float64), 2))
        return edges if edges[2] > edges[0] and edges[3] > edges[1] else None

    def extent(self, geometry: Floats) -> tuple[float, float, float, float]:
        """The box itself."""
        left, top, right, bottom = geometry.tolist()
        return top, left, bottom, right

    def overlaps(self, geometries: Sequence[Floats], first: Ints, second: Ints) -> tuple[Floats, Floats]:
        """Intersection over union."""
        edges = np.stack(geometries)
        ratio = iou(edges[first], edges[second])
        sizes = self.sizes(geometries)
        return ratio, ratio * (sizes[first] + sizes[second]) / (1.0 + ratio)

    def sizes(self, geometries: Sequence[Floats]) -> Floats:
        """Areas in square pixels."""
        edges = np.stack(geometries)
        result: Floats = (edges[:, 2] - edges[:, 0]) * (edges[:, 3] - edges[:, 1])
        return result

    def merged(self, groups: Sequence[Sequence[Floats]], weights: Sequence[Floats]) -> list[Floats]:
        """As in `invoice_boxes`, in whole pixels."""
        edges = np.stack([edges for group in groups for edges in group])
        of_group = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        return list(whole_pixels(merged_edges(edges, np.concatenate(weights), of_group)))

    def told(self, geometry: Floats) -> dict[str, Any]:
        """As crowd-bounding-box: left, top, width and height."""
        left, top, right, bottom = map(int, geometry.tolist())
        return {"left": left, "top": top, "width": right - left, "height": bottom - top}


def whole_pixels(edges: Floats) -> Floats:
    """Edges, (n, 4), rounded half up; a box that would vanish grows to the pixels it touches."""
    rounded = np.floor(edges + 0.5)
    for low, high in ((0, 2), (1, 3)):
        thin = rounded[:, high] <= rounded[:, low]
        rounded[thin, low] = np.floor(edges[thin, low])
        rounded[thin, high] = np.ceil(edges[thin, high])
    return rounded
