"""Puts a page's image into a file within Ground Truth's limits."""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from groundtruth.prepare.fingerprint import fingerprint
from groundtruth.prepare.limits import LARGEST_IMAGE_BYTES, LARGEST_IMAGE_PIXELS
from groundtruth.prepare.model import Content, PageImage
from groundtruth.prepare.png import Scanlines, png

JPEG_QUALITY = 95
"""Of photographs that had to be turned or came as HEIC: at this quality a second generation does not show."""

_MOST_IN_MEMORY = 1 << 20
"""Bytes of an image that is handed on as it is; a file for each page would take longer than to compress it."""


def save_png(
    image: Scanlines, stem: Path, page: int, dpi: float | None, words: bytes | None = None, note: str = ""
) -> PageImage:
    """Save without loss; as JPEG when that would be more than 40 MB. stem: the file's path without its ending. dpi: None when not known."""
    pieces = png(image, dpi)
    if sum(map(len, pieces)) > LARGEST_IMAGE_BYTES:
        notes = f"{note} As PNG it would be more than 40 MB, so it is a JPEG.".strip()
        return save_jpeg(Image.fromarray(image.pixels), stem, page, notes, words)
    return _written(pieces, stem, page, ".png", image.pixels, image.has_ink, note, words)


def save_jpeg(image: Image.Image, stem: Path, page: int, note: str = "", words: bytes | None = None) -> PageImage:
    """Save a photograph, at 95 % quality, or less where that would be more than 40 MB."""
    for quality in (JPEG_QUALITY, 85, 70):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, subsampling=0 if quality > 90 else 2)
        if buffer.tell() <= LARGEST_IMAGE_BYTES:
            break
    return _written([buffer.getvalue()], stem, page, ".jpg", np.asarray(image), None, note, words)


def keep_original(path: Path, extension: str, image: NDArray[np.uint8], page: int) -> PageImage:
    """The file as it is."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    height, width = image.shape[:2]
    return PageImage(page, path, extension, digest, path.stat().st_size, width, height, fingerprint(image))


def _written(
    pieces: Sequence[bytes],
    stem: Path,
    page: int,
    extension: str,
    image: NDArray[np.uint8],
    has_ink: NDArray[np.bool] | None,
    note: str,
    words: bytes | None,
) -> PageImage:
    body = b"".join(pieces)
    content: Content = body
    if len(body) > _MOST_IN_MEMORY:
        content = stem.with_name(stem.name + extension)
        content.write_bytes(body)
    height, width = image.shape[:2]
    cells = fingerprint(image, has_ink)
    return PageImage(
        page,
        content,
        extension,
        hashlib.sha256(body).hexdigest(),
        len(body),
        width,
        height,
        cells,
        words,
        words is not None,
        note,
    )


def fitting_scale(width: float, height: float, scale: float) -> float:
    """`scale`, or the largest below it at which an image of width by height times it has at most 100 million pixels and 65,000 a side.

    Beyond that browsers and JPEG give up, whatever the area.
    """
    pixels = max(width * height, 1e-9)
    longest = max(width, height, 1e-9)
    # A pixel less on each side, since sizes are rounded up.
    return float(min(scale, (LARGEST_IMAGE_PIXELS / pixels) ** 0.5 * 0.999, 65_000 / longest))
