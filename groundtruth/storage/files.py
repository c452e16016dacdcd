"""Which file keeps which S3 object.

An object lies at `<folder>/<bucket>/<key>` where its key can be a path. A key that cannot (an empty or dotted segment, one that is
too long, `a/b` beside an object `a`) lies aside at `<bucket>/.objects/<sha256 of the key>`, with the key's text in a `.key` file next to it. On file systems that
refuse colons, as Windows' do, the characters they refuse are percent-encoded.
"""

import hashlib
import os
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

from groundtruth.storage.location import S3Location

PARTIAL = ".part"
"""The ending of a file that is still being written."""

_ASIDE = ".objects"
_KEY_TEXT = ".key"
_LONGEST_SEGMENT = 200
_REFUSED = '%<>:"|?*\\' if os.name == "nt" else ""


def object_path(folder: Path, location: S3Location) -> Path:
    """The file that keeps an object; its folder is made. Stays below `folder` whatever the key is."""
    segments = location.key.split("/")
    bucket_folder = folder / location.bucket
    if all(_can_be_a_name(segment) for segment in segments):
        path = bucket_folder.joinpath(*map(_portable, segments))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            pass  # an object lies where this key needs a folder
        else:
            if not path.is_dir():
                return path
    aside = bucket_folder / _ASIDE / hashlib.sha256(location.key.encode()).hexdigest()
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.with_suffix(_KEY_TEXT).write_text(location.key, encoding="utf-8")
    return aside


def stored_objects(folder: Path) -> Iterator[tuple[S3Location, Path]]:
    """Every object that lies below the folder, with its file."""
    for bucket_folder in sorted(path for path in folder.iterdir() if path.is_dir()):
        for path in sorted(path for path in bucket_folder.rglob("*") if path.is_file()):
            if path.suffix in {PARTIAL, _KEY_TEXT} and (path.suffix == PARTIAL or path.parent.name == _ASIDE):
                continue
            relative = path.relative_to(bucket_folder)
            if relative.parts[0] == _ASIDE:
                key = path.with_suffix(_KEY_TEXT).read_text(encoding="utf-8")
            else:
                key = "/".join(urllib.parse.unquote(part) if _REFUSED else part for part in relative.parts)
            yield S3Location(bucket_folder.name, key), path


def _can_be_a_name(segment: str) -> bool:
    return (
        segment not in {"", ".", "..", _ASIDE}
        and "\0" not in segment
        and len(segment.encode()) <= _LONGEST_SEGMENT
        and not segment.endswith(PARTIAL)
    )


def _portable(segment: str) -> str:
    return "".join(urllib.parse.quote(c, safe="") if c in _REFUSED else c for c in segment)
