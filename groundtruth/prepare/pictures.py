"""Pages of TIFF, HEIC, PNG and JPEG files as images that browsers show the right way up (Pillow, and libheif through pillow-heif)."""

import contextlib
import functools
import warnings

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from groundtruth.prepare.limits import LARGEST_IMAGE_BYTES, LARGEST_IMAGE_PIXELS
from groundtruth.prepare.model import PageImage, Part, PartRequest, Problem
from groundtruth.prepare.png import Scanlines
from groundtruth.prepare.saving import keep_original, save_jpeg, save_png

_FORMATS = ("JPEG", "PNG", "TIFF", "HEIF")
_KEPT = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png"}
_PHOTOGRAPHS = {"JPEG", "MPO", "HEIF"}
_SHOWN_MODES = {"L", "RGB", "P", "1"}
"""What every browser shows alike: no transparency, no inks, 8 bits."""

_TOO_MANY_PIXELS = f"more than {LARGEST_IMAGE_PIXELS:,} pixels, the most Ground Truth takes. Scale it down."

_ORIENTATION, _SUBFILE_TYPE = 0x0112, 0x00FE
_REDUCED_OR_MASK = 0b101
"""TIFF 6.0, NewSubfileType: a smaller copy of another page, or a mask, is no page."""

_FAX_SHAPE = 1.05
"""Ratio of the two resolutions above which an image is squashed, as faxes are (204 by 98 dots an inch)."""


_DECODING_ERRORS = (OSError, ValueError, SyntaxError, EOFError)
"""What Pillow raises on damaged files."""


class _TooLargeError(Exception):
    """The image has more pixels than Ground Truth takes."""


@functools.cache
def _read_heic() -> None:
    pillow_heif.register_heif_opener(thumbnails=False)


def make_part(request: PartRequest) -> Part:
    """Save the pages asked for: each frame of a TIFF, the one picture of anything else."""
    _read_heic()
    name = request.document.name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on damaged metadata, which a page does not need
            with Image.open(request.document.path, formats=_FORMATS) as image:
                return _part(image, request)
    except Image.DecompressionBombError:
        return Part(0, problems=(Problem(name, "too-large", _TOO_MANY_PIXELS),))
    except UnidentifiedImageError:
        return Part(0, problems=(Problem(name, "broken", "not an image that can be opened: damaged or cut off."),))
    except _DECODING_ERRORS as error:
        return Part(0, problems=(Problem(name, "broken", f"cannot be opened: {_first_line(error)}."),))


def _part(image: Image.Image, request: PartRequest) -> Part:
    frames = _frames(image)
    pages, problems = [], []
    for number in range(request.first, min(request.first + request.most, len(frames) + 1)):
        page = number if len(frames) > 1 else None
        try:
            image.seek(frames[number - 1])
            pages.append(_page(image, number, request))
        except (_TooLargeError, Image.DecompressionBombError) as error:
            problems.append(Problem(request.document.name, "too-large", str(error), page))
        except _DECODING_ERRORS as error:
            reason = f"cannot be decoded: {_first_line(error)}."
            problems.append(Problem(request.document.name, "broken", reason, page))
    return Part(len(frames), tuple(pages), tuple(problems))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".")


def _frames(image: Image.Image) -> list[int]:
    """The indices of the frames that are pages."""
    if image.format != "TIFF":
        return [0]
    pages = []
    for index in range(getattr(image, "n_frames", 1)):
        with contextlib.suppress(*_DECODING_ERRORS):
            image.seek(index)
            if getattr(image, "tag_v2", {}).get(_SUBFILE_TYPE, 0) & _REDUCED_OR_MASK:
                continue
        pages.append(index)
    return pages or [0]


def _page(image: Image.Image, number: int, request: PartRequest) -> PageImage:
    if image.width * image.height > LARGEST_IMAGE_PIXELS:
        raise _TooLargeError(f"{image.width:,} x {image.height:,}: {_TOO_MANY_PIXELS}")
    dpi = _resolution(image)
    is_original = _is_fit(image, request)
    image.load()
    if is_original:
        pixels = np.asarray(image.convert("L") if image.mode in {"P", "1"} else image)
        return keep_original(request.document.path, _KEPT[image.format or ""], pixels, number)
    upright = ImageOps.exif_transpose(image)
    if dpi and not 1 / _FAX_SHAPE < dpi[0] / dpi[1] < _FAX_SHAPE:
        upright = _unsquashed(upright, dpi)
        dpi = (max(dpi), max(dpi))
    flat = _flat(upright)
    stem = request.stem(number)
    if image.format in _PHOTOGRAPHS:
        return save_jpeg(flat, stem, number)
    return save_png(Scanlines.of(np.asarray(flat)), stem, number, dpi[0] if dpi else None)


def _is_fit(image: Image.Image, request: PartRequest) -> bool:
    """Whether the file can go to S3 as it is."""
    if image.format not in _KEPT or image.mode not in _SHOWN_MODES or "transparency" in image.info:
        return False
    is_upright = image.getexif().get(_ORIENTATION, 1) in {0, 1}
    return is_upright and request.document.size <= LARGEST_IMAGE_BYTES


def _resolution(image: Image.Image) -> tuple[float, float] | None:
    """Dots an inch across and down; None when the file tells nothing usable."""
    told = image.info.get("dpi")
    try:
        across, down = (float(side) for side in told) if told else (0.0, 0.0)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 20 <= across <= 5000 and 20 <= down <= 5000 else None


def _unsquashed(image: Image.Image, dpi: tuple[float, float]) -> Image.Image:
    across, down = dpi
    best = max(dpi)
    size = round(image.width * best / across), round(image.height * best / down)
    if size[0] * size[1] > LARGEST_IMAGE_PIXELS:
        return image
    grey = image.convert("L") if image.mode == "1" else image
    return grey.resize(size, Image.Resampling.BILINEAR)


def _flat(image: Image.Image) -> Image.Image:
    """The image in 8 bits, grey or RGB, on white where it is transparent."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_eight_bits(np.asarray(image)))
    if image.mode in {"1", "L"} and "transparency" not in image.info:
        return image.convert("L")
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        see_through = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, see_through).convert("RGB")
    return image.convert("RGB")


def _eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey values of 16 or 32 bits, stretched from 0 to the largest a sample of their kind holds: 1, 255, 65535 or what is there."""
    numbers = np.nan_to_num(values.astype(np.float32))
    largest = float(numbers.max(initial=0.0))
    full = next((level for level in (1.0, 255.0, 65535.0) if largest <= level), largest)
    return (numbers.clip(0, full) * (255 / full)).round().astype(np.uint8)
