"""Writes page images as PNG, several times as fast as the usual encoders.

A rendered page is mostly paper: long runs of one colour, which deflate well without PNG's filters, and fastest of all by
Intel's deflate (the `isal` package). So a page is drawn straight into the rows that are compressed (`Scanlines`) and is never copied. Pages that do
not deflate well (scans and photographs in a PDF) are filtered.
"""

import struct
from typing import Self

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR = 0, 2
_NONE, _SUB, _UP = 0, 1, 2
"""Colour types and filters by their numbers in the standard (PNG, third edition, 11.2.1 and 9.2)."""

_BAND = 256
"""Rows filtered at a time, so that a huge page is not copied whole."""

_SAMPLED = 32
"""One row of so many tells of most pages with a colour that they have one."""

_WORTH_FILTERING = 0.15
"""Share of the raw size above which a page is taken for a photograph."""


class Scanlines:
    """Rows of pixels as PNG compresses them: each after one byte, the number of its filter (none).

    rows: (height, 1 + width * channels). pixels: the same memory as (height, width), or (height, width, 3) red, green, blue. has_ink: (height,), which rows
    are not all white; asked for once the pixels are drawn.
    """

    def __init__(self, rows: NDArray[np.uint8], channels: int) -> None:
        self.rows = rows
        self.channels = channels
        rows[:, 0] = _NONE
        plain = rows[:, 1:]
        self.pixels = plain if channels == 1 else plain.reshape(len(rows), -1, channels)
        self._has_ink: NDArray[np.bool] | None = None

    @classmethod
    def of(cls, image: NDArray[np.uint8]) -> Self:
        """A copy of an image. image: (height, width) grey or (height, width, 3) red, green, blue."""
        height, width = image.shape[:2]
        channels = image.shape[2] if image.ndim == 3 else 1
        made = cls(np.empty((height, 1 + width * channels), np.uint8), channels)
        made.pixels[:] = image
        return made

    @property
    def has_ink(self) -> NDArray[np.bool]:
        """Which rows are not all white."""
        if self._has_ink is None:
            self._has_ink = self.rows[:, 1:].min(axis=1) < 255
        return self._has_ink

    def without_colour(self) -> Self:
        """The rows with one channel when no pixel has a colour; else themselves."""
        if self.channels == 1 or not _is_grey(self.rows[::_SAMPLED, 1:]):
            return self
        inked = self.rows[self.has_ink, 1:]
        if not _is_grey(inked):
            return self
        height, width = self.pixels.shape[:2]
        grey = type(self)(np.full((height, 1 + width), 255, np.uint8), 1)
        grey.pixels[self.has_ink] = inked[:, ::3]
        return grey


def png(image: Scanlines, dpi: float | None) -> list[bytes]:
    """The file of an image, in pieces; it is grey when the image has no colour. dpi: None when not known."""
    lines = image.without_colour()
    height, width = lines.pixels.shape[:2]
    data = isal_zlib.compress(lines.rows, 1)
    if len(data) > _WORTH_FILTERING * lines.pixels.size:
        data = min(data, _filtered(lines, _SUB), _filtered(lines, _UP), key=len)
    colour = _COLOUR if lines.channels == 3 else _GREY
    pieces = [_SIGNATURE, *_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))]
    if dpi:
        per_metre = round(dpi / 0.0254)
        pieces += _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
    return [*pieces, *_chunk(b"IDAT", data), *_chunk(b"IEND", b"")]


def _is_grey(rows: NDArray[np.uint8]) -> bool:
    """Whether no pixel has a colour. rows: (n, width * 3). Compares each byte with the next, far quicker than channel with channel."""
    differs = rows[:, 1:] != rows[:, :-1]
    is_within_pixel = np.ones(differs.shape[1], np.bool)
    is_within_pixel[2::3] = False  # the blue of a pixel may differ from the red of the next
    differs &= is_within_pixel
    return not differs.any()


def _filtered(lines: Scanlines, method: int) -> bytes:
    """The rows as a zlib stream, each pixel as its difference from the one before it or above it."""
    compressor = isal_zlib.compressobj(1)
    parts = []
    for top in range(0, len(lines.rows), _BAND):
        plain = lines.rows[top : top + _BAND]
        rows = plain.copy()
        rows[:, 0] = method
        if method == _SUB:
            rows[:, 1 + lines.channels :] -= plain[:, 1 : -lines.channels]
        else:
            rows[1:, 1:] -= plain[:-1, 1:]
            if top:
                rows[0, 1:] -= lines.rows[top - 1, 1:]
        parts.append(compressor.compress(rows.data))
    return b"".join([*parts, compressor.flush()])


def _chunk(kind: bytes, data: bytes) -> tuple[bytes, bytes, bytes]:
    return struct.pack(">I", len(data)) + kind, data, struct.pack(">I", isal_zlib.crc32(data, isal_zlib.crc32(kind)))
