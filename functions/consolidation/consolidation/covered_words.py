"""Compares boxes by the words that they cover: for that, a box is taken to be the smallest that holds the words whose centres lie in it.

So two boxes around the same words are one box, however tightly they are drawn, and a box that also takes in the line below is another. A box that
covers no word, such as one around a stamp, stays as it is.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from consolidation.page_words import PageWords

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_AT_ONCE = 1 << 20
"""Pairs of a box and a word that are looked at in one go, which bounds the memory."""


def around_words(
    objects: Ints, edges: Floats, words: Sequence[PageWords | None], images: Sequence[tuple[int, int] | None]
) -> Floats:
    """The boxes as they are compared, (n, 4): left, top, right, bottom.

    objects: (n,) sorted. edges: (n, 4). words, images: of each object, the image's width and height; None when unknown.
    """
    result = edges.copy()
    bounds = np.searchsorted(objects, np.arange(len(words) + 1))
    for page, image, start, end in zip(words, images, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if page is not None and len(page.edges) and end > start:
            places = _in_pixels(page, image)
            step = max(_AT_ONCE // len(places), 1)
            for first in range(start, end, step):
                rows = slice(first, min(first + step, end))
                result[rows] = _around(edges[rows], places)
    return result


def _in_pixels(page: PageWords, image: tuple[int, int] | None) -> Floats:
    """The words' edges, (words, 4), in pixels of the image that workers saw."""
    edges = np.frombuffer(page.edges).reshape(-1, 4)
    if image is None:
        return edges
    x, y = image[0] / page.width, image[1] / page.height
    result: Floats = edges * np.array([x, y, x, y])
    return result


def _around(boxes: Floats, words: Floats) -> Floats:
    """boxes: (n, 4). words: (words, 4). Returns (n, 4)."""
    across, down = (words[:, 0] + words[:, 2]) / 2.0, (words[:, 1] + words[:, 3]) / 2.0
    left, top, right, bottom = boxes.T[:, :, None]
    covers = (left <= across) & (across <= right) & (top <= down) & (down <= bottom)
    low = [np.where(covers, words[:, side], np.inf).min(axis=1) for side in (0, 1)]
    high = [np.where(covers, words[:, side], -np.inf).max(axis=1) for side in (2, 3)]
    around = np.stack([*low, *high], axis=1)
    has_area = (around[:, 2] > around[:, 0]) & (around[:, 3] > around[:, 1])
    return np.where((covers.any(axis=1) & has_area)[:, None], around, boxes)
