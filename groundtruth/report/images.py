"""Where a report finds the page images: beside it on this machine, in S3 under signed links, or inside itself."""

import base64
import io
import os
import urllib.parse
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from groundtruth.errors import GroundTruthError, StorageError
from groundtruth.export.sources import Sources
from groundtruth.storage import S3Location
from groundtruth.storage.files import existing_path

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

type Address = Callable[[str], str]
"""Gives the address of an object's page image by its S3 URI, or an empty string when there is none to show."""

LONGEST_SIGNATURE_HOURS = 7 * 24
_QUALITY = 70
_ANCESTORS = 8


def no_images(_: str) -> str:
    """No image is shown."""
    return ""


def linked_files(find: Callable[[str], Path | None], report: Path) -> Address:
    """Links to files of this machine, relative to the report, so that both can be moved together."""
    folder = report.resolve().parent

    def address(uri: str) -> str:
        path = find(uri)
        if path is None:
            return ""
        resolved = path.resolve()
        try:
            relative = os.path.relpath(resolved, folder)
        except ValueError:  # another drive
            return resolved.as_uri()
        return urllib.parse.quote(relative.replace(os.sep, "/"))

    return address


def in_folder(sources: Sources) -> Callable[[str], Path | None]:
    """Finds images in a folder that holds what S3 does."""

    def find(uri: str) -> Path | None:
        try:
            return sources.file(uri)
        except StorageError:
            return None

    return find


def beside_manifest(manifest: Path) -> Callable[[str], Path | None]:
    """Finds images in the folder of an embedded S3 that the manifest lies in: `<folder>/<bucket>/<key>`."""
    ancestors = manifest.resolve().parents[:_ANCESTORS]

    @cache
    def folders(bucket: str) -> list[Path]:
        return [folder for folder in ancestors if (folder / bucket).is_dir()]

    def find(uri: str) -> Path | None:
        try:
            location = S3Location.parse(uri)
        except GroundTruthError:
            return None
        held = folders(location.bucket) if location.bucket not in {".", ".."} else []
        return next((path for folder in held if (path := existing_path(folder, location)) is not None), None)

    return find


def signed_links(client: "S3Client", hours: int) -> Address:
    """Links to S3 that end after some hours."""

    def address(uri: str) -> str:
        try:
            location = S3Location.parse(uri)
        except GroundTruthError:
            return ""
        return client.generate_presigned_url(
            "get_object", Params={"Bucket": location.bucket, "Key": location.key}, ExpiresIn=hours * 3600
        )

    return address


def inlined(read: Callable[[str], bytes | None], longest_side: int) -> Address:
    """The images themselves as data URLs, made no larger than `longest_side` pixels."""

    def address(uri: str) -> str:
        body = read(uri)
        if body is None:
            return ""
        try:
            with Image.open(io.BytesIO(body)) as image:
                image.draft("RGB", (longest_side, longest_side))
                small = image.convert("RGB")
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            return ""
        small.thumbnail((longest_side, longest_side))
        file = io.BytesIO()
        small.save(file, "WEBP", quality=_QUALITY, method=2)
        return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()

    return address
