"""Writes page images as PNG, several times as fast as the usual encoders.

A rendered page is mostly paper: long runs of one colour, which deflate well without PNG's filters, and fastest of all by
Intel's deflate (the `isal` package). Pages that do not (scans and photographs in a PDF) are filtered.
"""

import struct
import zlib
from typing import BinaryIO

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR = 0, 2
_NONE, _SUB, _UP = 0, 1, 2
"""Colour types and filters by their numbers in the standard (PNG, third edition, 11.2.1 and 9.2)."""

_BAND = 256
"""Rows compressed at a time, so that a huge page is not copied whole."""

_WORTH_FILTERING = 0.15
"""Share of the raw size above which a page is taken for a photograph."""


def write_png(file: BinaryIO, image: NDArray[np.uint8], dpi: float | None) -> None:
    """Write an image. image: (height, width) grey or (height, width, 3) red, green, blue; written as grey when it has no colour. dpi: None when not known."""
    pixels = image[:, :, 0] if image.ndim == 3 and _is_grey(image) else image
    height, width = pixels.shape[:2]
    data = _deflate(pixels, _NONE)
    if len(data) > _WORTH_FILTERING * pixels.size:
        data = min(data, _deflate(pixels, _SUB), _deflate(pixels, _UP), key=len)
    file.write(_SIGNATURE)
    colour = _COLOUR if pixels.ndim == 3 else _GREY
    _chunk(file, b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    if dpi:
        per_metre = round(dpi / 0.0254)
        _chunk(file, b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
    _chunk(file, b"IDAT", data)
    _chunk(file, b"IEND", b"")


def _is_grey(image: NDArray[np.uint8]) -> bool:
    """Whether no pixel has a colour. A few rows tell it of most pages that have some."""
    return _has_equal_channels(image[::16]) and all(
        _has_equal_channels(image[top : top + _BAND]) for top in range(0, len(image), _BAND)
    )


def _has_equal_channels(image: NDArray[np.uint8]) -> bool:
    green = image[:, :, 1]
    return bool((image[:, :, 0] == green).all() and (image[:, :, 2] == green).all())


def _deflate(pixels: NDArray[np.uint8], method: int) -> bytes:
    """The rows, each after the number of its filter, as a zlib stream."""
    height = len(pixels)
    depth = pixels.shape[2] if pixels.ndim == 3 else 1
    compressor = isal_zlib.compressobj(1)
    parts = []
    for top in range(0, height, _BAND):
        band = np.ascontiguousarray(pixels[top : top + _BAND]).reshape(min(_BAND, height - top), -1)
        rows = np.empty((band.shape[0], band.shape[1] + 1), np.uint8)
        rows[:, 0] = method
        rows[:, 1:] = band
        if method == _SUB:
            rows[:, 1 + depth :] -= band[:, :-depth]
        elif method == _UP:
            rows[1:, 1:] -= band[:-1]
            if top:
                rows[0, 1:] -= pixels[top - 1].reshape(-1)
        parts.append(compressor.compress(rows.data))
    parts.append(compressor.flush())
    return b"".join(parts)


def _chunk(file: BinaryIO, kind: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + kind)
    file.write(data)
    file.write(struct.pack(">I", zlib.crc32(data, zlib.crc32(kind))))
