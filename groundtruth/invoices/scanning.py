"""From the PDF to the picture a worker sees, and to the exact pixels that each value covers in it."""

import io
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from groundtruth.invoices.canvas import Canvas, Printed

DOTS_PER_INCH = 150

_LEAST_CONTRAST = 0.25
"""A pixel is ink when it differs from the paper at least by this share of the strongest difference."""
_FIXED_TIME = time.gmtime(1_767_225_600)
"""When every PDF says that it was made, or the same seed would give other bytes."""


@dataclass(frozen=True, slots=True)
class ValueBox:
    """The smallest rectangle of whole pixels around the writing of a field's value."""

    label: str
    left: int
    top: int
    width: int
    height: int


def render(pdf: bytes) -> NDArray[np.uint8]:
    """The first page at 150 dots per inch: (height, width, 3), red green blue."""
    document = pypdfium2.PdfDocument(pdf)  # type: ignore[no-untyped-call]
    try:
        bitmap = document[0].render(scale=DOTS_PER_INCH / 72, rev_byteorder=True)
        return np.array(bitmap.to_numpy(), dtype=np.uint8)
    finally:
        document.close()  # type: ignore[no-untyped-call]


def locate(image: NDArray[np.uint8], canvas: Canvas) -> tuple[ValueBox, ...]:
    """Where each printed value lies in the rendered page, tight around its ink; `image` as `render` gave it."""
    height, width = image.shape[:2]
    scale = width / canvas.width, height / canvas.height
    return tuple(_tighten(image, printed, scale) for printed in canvas.printed)


def _tighten(image: NDArray[np.uint8], printed: Printed, scale: tuple[float, float]) -> ValueBox:
    left, right = max(int(printed.left * scale[0]), 0), int(printed.right * scale[0]) + 1
    top, bottom = max(int(printed.top * scale[1]), 0), int(printed.bottom * scale[1]) + 1
    room = image[top:bottom, left:right].astype(np.int16)
    paper = np.median(room.reshape(-1, 3), axis=0)
    difference = np.abs(room - paper).max(axis=2)
    ink = difference >= max(difference.max() * _LEAST_CONTRAST, 1)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ValueBox(
        printed.field,
        left + int(columns[0]),
        top + int(rows[0]),
        int(columns[-1] - columns[0]) + 1,
        int(rows[-1] - rows[0]) + 1,
    )


def scan(image: NDArray[np.uint8], chance: random.Random) -> Image.Image:
    """The page as it arrives: as it was sent, or from a scanner, or from a copier. Nothing moves, so boxes stay exact."""
    kind = chance.random()
    if kind < 0.5:
        return Image.fromarray(image)
    light = np.asarray(Image.fromarray(image).convert("L"), dtype=np.float32)
    if kind < 0.8:
        paper, ink = chance.uniform(232, 250), chance.uniform(20, 60)
        shade = np.linspace(0, chance.uniform(-9, 9), light.shape[1], dtype=np.float32)
        light = ink + light * ((paper - ink) / 255) + shade
    else:
        # A copier lifts light grey to white and makes the rest darker.
        light = (light - 90) * 1.9
    grey: NDArray[np.uint8] = np.clip(light, 0, 255).astype(np.uint8)
    _speckle(grey, np.random.default_rng(chance.getrandbits(64)), count=chance.randint(60, 500))
    return Image.fromarray(grey)


def _speckle(grey: NDArray[np.uint8], rng: np.random.Generator, count: int) -> None:
    """Dust: single pixels a little darker than the paper, too faint to be taken for writing."""
    rows, columns = rng.integers(0, grey.shape[0], count), rng.integers(0, grey.shape[1], count)
    dust = rng.integers(150, 225, count).astype(np.uint8)
    grey[rows, columns] = np.minimum(grey[rows, columns], dust)


def ruin(image: NDArray[np.uint8], chance: random.Random) -> Image.Image:
    """The page as a failed photograph: dark and so blurred that nobody can read a word."""
    blurred = Image.fromarray(image).convert("L").filter(ImageFilter.GaussianBlur(chance.uniform(11, 15)))
    grey = np.asarray(blurred, dtype=np.float32)
    light = np.linspace(chance.uniform(0.25, 0.4), chance.uniform(0.5, 0.7), grey.shape[0], dtype=np.float32)[:, None]
    # Steps of four grey levels: a blur of smooth gradients would not compress.
    return Image.fromarray(((grey * light).astype(np.uint8) >> 2) << 2)


def as_pdf(image: Image.Image) -> bytes:
    """A PDF that holds nothing but the picture, as scanners make them; the same bytes for the same picture."""
    file = io.BytesIO()
    image.save(file, "PDF", resolution=DOTS_PER_INCH, creationDate=_FIXED_TIME, modDate=_FIXED_TIME)
    return file.getvalue()


def boxes_of(boxes: Sequence[ValueBox]) -> list[dict[str, str | int]]:
    """Boxes as a truth file holds them."""
    return [
        {"label": box.label, "left": box.left, "top": box.top, "width": box.width, "height": box.height}
        for box in boxes
    ]
