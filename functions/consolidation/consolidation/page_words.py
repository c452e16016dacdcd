"""The words of a page, as `groundtruth prepare --words` or an OCR leaves them in S3: which of them a box covers says more than its edges.

Off unless `BOX_WORDS` names the folders. The words of `<images>/INV-10442-p001.png` are then looked for at `<words>/INV-10442-p001.json`:

    {"width": 1240, "height": 1754, "words": [{"text": "TOTAL", "left": 911, "top": 1402, "width": 80, "height": 31}]}
"""

import json
import math
from array import array
from dataclasses import dataclass
from typing import Any

MOST_WORDS = 20_000
"""Of one page; a dense one has 1,500."""
LARGEST = 1_000_000.0
_SIDES = ("left", "top", "width", "height")


@dataclass(frozen=True, slots=True)
class PageWords:
    """edges: left, top, right and bottom of each word, one after the other, in pixels of an image of width by height."""

    width: float
    height: float
    edges: array[float]


def words_uri(image_uri: str, folders: tuple[str, str]) -> str | None:
    """Where the words of an image lie: under the same name in the other folder; None when the image is not in its folder."""
    images, words = folders
    before, folder, after = image_uri.rpartition(f"/{images}/")
    if not folder or not image_uri.startswith("s3://"):
        return None
    path, slash, name = after.rpartition("/")
    stem = name.rpartition(".")[0] or name
    return f"{before}/{words}/{path}{slash}{stem}.json"


def read_words(body: bytes) -> PageWords | None:
    """The words of such a file; None when it is none. A word without a place is passed over."""
    try:
        page = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(page, dict) or not isinstance(page.get("words"), list):
        return None
    width, height = page.get("width"), page.get("height")
    if not isinstance(width, int | float) or not isinstance(height, int | float):
        return None
    if not (_is_number(width) and _is_number(height) and min(width, height) > 0):
        return None
    edges: array[float] = array("d")
    for word in page["words"][:MOST_WORDS]:
        sides: list[Any] = [word.get(side) for side in _SIDES] if isinstance(word, dict) else []
        if sides and all(map(_is_number, sides)):
            left, top, across, down = sides
            edges.extend((left, top, left + across, top + down))
    return PageWords(float(width), float(height), edges)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and abs(value) <= LARGEST
