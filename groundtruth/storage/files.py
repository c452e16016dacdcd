"""Which file keeps which S3 object.

An object lies at `<folder>/<bucket>/<key>` where its key can be a path. A key that cannot (an empty or dotted segment, one
that is too long, `a/b` beside an object `a`) lies aside at `<bucket>/.objects/<sha256 of the key>`, with its text in a `.key`
file next to it. What a client said of an object lies there too, in a `.metadata` file, when the key's ending does not say the
same. On file systems that refuse colons, as Windows' do, the characters they refuse are percent-encoded.
"""

import hashlib
import json
import os
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path

from groundtruth.storage.location import S3Location

PARTIAL = ".part"
"""The ending of a file that is still being written."""

_ASIDE = ".objects"
_KEY_TEXT = ".key"
_METADATA = ".metadata"
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
    aside = _aside(bucket_folder, location.key)
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.with_suffix(_KEY_TEXT).write_bytes(location.key.encode())
    return aside


def write_object(folder: Path, location: S3Location, body: bytes) -> Path:
    """Write an object's file in one step: a reader sees the old bytes or the new ones, never a part."""
    path = object_path(folder, location)
    partial = path.with_name(path.name + PARTIAL)
    partial.write_bytes(body)
    partial.replace(path)
    return path


def write_metadata(folder: Path, location: S3Location, metadata: Mapping[str, str]) -> None:
    """Keep what a client said of an object over its bytes (its content type, its own metadata); nothing takes away what was kept."""
    path = _aside(folder / location.bucket, location.key).with_suffix(_METADATA)
    if not metadata:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    partial.write_text(json.dumps(dict(metadata)), encoding="utf-8")
    partial.replace(path)


def read_metadata(folder: Path, location: S3Location) -> dict[str, str]:
    """What `write_metadata` kept of an object; empty when it kept nothing."""
    try:
        text = _aside(folder / location.bucket, location.key).with_suffix(_METADATA).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    metadata: dict[str, str] = json.loads(text)
    return metadata


def existing_path(folder: Path, location: S3Location) -> Path | None:
    """The file that keeps an object; None when there is no such object."""
    segments = location.key.split("/")
    if all(_can_be_a_name(segment) for segment in segments):
        path = folder.joinpath(location.bucket, *map(_portable, segments))
        if path.is_file():
            return path
    aside = _aside(folder / location.bucket, location.key)
    return aside if aside.is_file() else None


def stored_keys(folder: Path, bucket: str) -> Iterator[str]:
    """The key of every object that lies in the bucket's folder."""
    bucket_folder = folder / bucket
    for path in bucket_folder.rglob("*"):
        if not path.is_file() or path.suffix == PARTIAL:
            continue
        relative = path.relative_to(bucket_folder)
        if relative.parts[0] != _ASIDE:
            yield "/".join(urllib.parse.unquote(part) if _REFUSED else part for part in relative.parts)
        elif path.suffix not in {_KEY_TEXT, _METADATA}:
            yield path.with_suffix(_KEY_TEXT).read_bytes().decode()


def _aside(bucket_folder: Path, key: str) -> Path:
    return bucket_folder / _ASIDE / hashlib.sha256(key.encode()).hexdigest()


def _can_be_a_name(segment: str) -> bool:
    return (
        segment not in {"", ".", "..", _ASIDE}
        and "\0" not in segment
        and len(segment.encode()) <= _LONGEST_SEGMENT
        and not segment.endswith(PARTIAL)
    )


def _portable(segment: str) -> str:
    return "".join(urllib.parse.quote(c, safe="") if c in _REFUSED else c for c in segment)
