"""Brings the page images into an export, and knows their sizes."""

import io
import os
from enum import StrEnum
from pathlib import Path

from PIL import Image

from groundtruth.errors import StorageError
from groundtruth.export.folder import PARTIAL
from groundtruth.export.model import ImageSize
from groundtruth.export.sources import Sources


class ImageMode(StrEnum):
    """What becomes of the page images."""

    COPY = "copy"
    LINK = "link"
    NONE = "none"


def bring(uri: str, target: Path, mode: ImageMode, sources: Sources) -> ImageSize | None:
    """Put the image at `target`, unless it is there from an earlier start, and tell its size.

    link: a symbolic link to the file in the source folder. Returns None when the file is no image that Pillow reads. Raises StorageError or InputError
    when it is not to be had.
    """
    if mode is ImageMode.LINK:
        source = sources.file(uri).resolve()
        if not (target.is_symlink() and target.readlink() == source):
            target.unlink(missing_ok=True)
            target.symlink_to(source)
        return size_of(source.read_bytes())
    if target.is_file() and not target.is_symlink():
        return size_of(target.read_bytes())
    body = sources.read(uri)
    partial = target.with_name(target.name + PARTIAL)
    try:
        partial.write_bytes(body)
        os.replace(partial, target)
    except OSError as error:
        raise StorageError(f"{target}: cannot be written ({error.strerror}).") from error
    return size_of(body)


def size_of(body: bytes) -> ImageSize | None:
    """The size that an image file states; None when it is none that Pillow reads."""
    try:
        with Image.open(io.BytesIO(body)) as image:
            return ImageSize(*image.size)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
