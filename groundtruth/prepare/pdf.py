"""Pages of a PDF as images, and the words of its own text layer (pdfium, through pypdfium2)."""

import ctypes
import json
from typing import Any

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from groundtruth.prepare.model import Part, PartRequest, Problem
from groundtruth.prepare.png import Scanlines
from groundtruth.prepare.saving import fitting_scale, save_png
from groundtruth.prepare.text_layer import page_words, raw

_POINTS_PER_INCH = 72
_SMALLEST_SIDE = 8
"""Pixels; a page below that holds nothing to label."""

_CHANNELS = 3
_WHITE = (255, 255, 255, 255)
_MOST_KEPT = 64 << 20
"""Bytes; the memory for a larger page is given back."""


def make_part(request: PartRequest) -> Part:
    """Render the pages asked for. A page that cannot be is a problem of its own."""
    document = request.document
    try:
        opened: Any = pypdfium2.PdfDocument(document.path)  # type: ignore[no-untyped-call]
    except pypdfium2.PdfiumError as error:
        return Part(0, problems=(Problem(document.name, *_reason(error)),))
    try:
        page_count = len(opened)
        if page_count == 0:
            return Part(0, problems=(Problem(document.name, "empty", "the PDF has no pages."),))
        if opened.get_formtype() != raw.FORMTYPE_NONE:
            opened.init_forms()  # else what was filled in is not drawn
        pages, problems = [], []
        for number in range(request.first, min(request.first + request.most, page_count + 1)):
            try:
                pages.append(_page(opened, number, request))
            except pypdfium2.PdfiumError:
                problems.append(Problem(document.name, "broken", "the page cannot be read.", number))
            except ValueError as error:
                problems.append(Problem(document.name, "broken", f"{error}", number))
        return Part(page_count, tuple(pages), tuple(problems))
    finally:
        opened.close()


def _reason(error: pypdfium2.PdfiumError) -> tuple[str, str]:
    """The kind of problem, and the reason in words. pdfium tells of it by a number alone."""
    match getattr(error, "err_code", None):
        case raw.FPDF_ERR_PASSWORD:
            return "encrypted", "a password is needed to open it. Save it without one."
        case raw.FPDF_ERR_SECURITY:
            return "encrypted", "protected in a way that is not supported. Save it without protection."
    return "broken", "not a PDF that can be opened: damaged or cut off."


def _page(opened: Any, number: int, request: PartRequest) -> Any:
    page = opened[number - 1]
    try:
        width, height = page.get_size()
        wanted = request.dpi / _POINTS_PER_INCH
        scale = fitting_scale(width, height, wanted)
        if min(width, height) * scale < _SMALLEST_SIDE:
            raise ValueError(f"the page is only {width:.3g} by {height:.3g} points large.")
        note = "" if scale == wanted else f"Rendered at {scale * _POINTS_PER_INCH:.0f} dpi, since the page is huge."
        image = _CANVAS.draw(page, scale)
        stem = request.stem(number)
        height, width = image.pixels.shape[:2]
        words = _words(page, width, height) if request.with_words else None
        return save_png(image, stem, number, scale * _POINTS_PER_INCH, words, note)
    finally:
        page.close()


class _Paper(pypdfium2.PdfBitmap):
    """A bitmap whose memory is made white at once: pdfium does so pixel by pixel, which takes it as long as to compress the page."""

    def fill_rect(self, color: tuple[int, int, int, int], left: int, top: int, width: int, height: int) -> None:
        """Make it white, as a page is before it is drawn."""
        assert (color, left, top, width, height) == (_WHITE, 0, 0, self.width, self.height)
        ctypes.memset(self.buffer, 255, ctypes.sizeof(self.buffer))


_new_paper: Any = _Paper.new_native


class _Canvas:
    """Memory that a process draws one page after the other into: to get new memory takes it about as long as to compress what was drawn."""

    def __init__(self) -> None:
        self._memory = np.empty(0, np.uint8)

    def draw(self, page: Any, scale: float) -> Scanlines:
        """Draw a page, in colour. The scanlines hold until the next page is drawn."""
        rows: list[NDArray[np.uint8]] = []

        def bitmap(width: int, height: int, **layout: Any) -> Any:
            stride = 1 + _CHANNELS * width
            memory = self._room(stride * height + 1)
            rows.append(memory[:-1].reshape(height, stride))
            # What is the first byte of a row to PNG, the number of its filter, is to pdfium the padding after the row before.
            pixels = (ctypes.c_ubyte * (stride * height)).from_buffer(memory, 1)
            return _new_paper(width, height, buffer=pixels, stride=stride, **layout)

        page.render(scale=scale, rev_byteorder=True, bitmap_maker=bitmap)
        return Scanlines(rows[0], _CHANNELS)

    def _room(self, size: int) -> NDArray[np.uint8]:
        if size > _MOST_KEPT:
            return np.empty(size, np.uint8)
        if size > len(self._memory):
            self._memory = np.empty(size, np.uint8)
        return self._memory[:size]


_CANVAS = _Canvas()


def _words(page: Any, width: int, height: int) -> bytes | None:
    """A JSON object with the page's words; None when the page has no text."""
    words = page_words(page, width, height)
    if not words:
        return None
    content = {"width": width, "height": height, "words": words}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
