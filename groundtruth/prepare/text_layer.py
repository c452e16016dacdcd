"""The words of a PDF page's own text layer, and where they stand in its image."""

import ctypes
import math
from typing import Any

import pypdfium2

raw: Any = pypdfium2.raw
"""pdfium's own functions; their module declares none to type checkers."""

_MOST_CHARACTERS = 200_000
"""Of a page; a dense one has 10,000."""

_SUBPIXELS = 16
"""pdfium gives whole device units; asked for this many a pixel, they are exact enough to round boxes outwards."""

_HYPHENS = {0xFFFE, 0x0002}
"""What pdfium gives for a hyphen at which it joined a word."""


def page_words(page: Any, width: int, height: int) -> list[dict[str, str | int]]:
    """The words in the order of the text layer, as `{"text", "left", "top", "width", "height"}` in whole pixels of an image of width by height.

    Words that lie outside of the page are left out, those that reach beyond its edge are cut.
    """
    text = page.get_textpage()
    try:
        found = []
        word: list[str] = []
        box: tuple[float, float, float, float] | None = None
        for index in range(min(text.count_chars(), _MOST_CHARACTERS) + 1):
            character = _character(text, index)
            if character:
                sides = _character_box(text, index)
                word.append(character)
                box = sides if box is None else _around(box, sides)
            elif word and box is not None:
                found.append(_in_pixels(page, "".join(word), box, width, height))
                word, box = [], None
        return [entry for entry in found if entry is not None]
    finally:
        text.close()


def _character(text: Any, index: int) -> str:
    """The character, empty between words: for blanks, control characters, and beyond the last."""
    code = raw.FPDFText_GetUnicode(text, index)
    if code in _HYPHENS:
        return "-"
    if not 32 < code <= 0x10FFFF or 0xD800 <= code < 0xE000:
        return ""
    character = chr(code)
    return "" if character.isspace() or not character.isprintable() else character


def _character_box(text: Any, index: int) -> tuple[float, float, float, float]:
    left, bottom, right, top = text.get_charbox(index)
    return left, bottom, right, top


def _around(
    box: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    return min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])


def _in_pixels(
    page: Any, word: str, box: tuple[float, float, float, float], width: int, height: int
) -> dict[str, str | int] | None:
    """The word with its box in the image, turned as the page is; None when it is not on the page. box: left, bottom, right, top in points."""
    xs, ys = zip(*(_device(page, x, y, width, height) for x, y in ((box[0], box[1]), (box[2], box[3]))), strict=True)
    left, right = max(math.floor(min(xs)), 0), min(math.ceil(max(xs)), width)
    top, bottom = max(math.floor(min(ys)), 0), min(math.ceil(max(ys)), height)
    if right <= left or bottom <= top:
        return None
    return {"text": word, "left": left, "top": top, "width": right - left, "height": bottom - top}


def _device(page: Any, x: float, y: float, width: int, height: int) -> tuple[float, float]:
    device_x, device_y = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(
        page, 0, 0, width * _SUBPIXELS, height * _SUBPIXELS, 0, x, y, ctypes.byref(device_x), ctypes.byref(device_y)
    )
    return device_x.value / _SUBPIXELS, device_y.value / _SUBPIXELS
