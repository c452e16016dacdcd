"""Finds the documents that a manifest names, and puts those that lie in a folder into S3."""

from collections.abc import Iterable
from pathlib import Path

from groundtruth.errors import ManifestError
from groundtruth.manifest import ManifestLine
from groundtruth.storage import S3Location, Storage


def upload_sources(objects: Iterable[ManifestLine], storage: Storage, folder: Path, name: str) -> int:
    """Make every `source-ref` of the manifest called `name` readable in the storage; returns the number of data objects.

    What S3 does not hold yet is looked for in `folder`, by its key or the end of it: `s3://bucket/scans/1.png` is `folder/scans/1.png`, or else
    `folder/1.png`. Raises ManifestError naming the line when it is in neither place.
    """
    count = 0
    for line in objects:
        count += 1
        if line.source_ref is None:
            continue
        location = S3Location.parse(line.source_ref)
        if storage.exists(location):
            continue
        path = _file_of(location, folder)
        if path is None:
            raise ManifestError(
                f"{name}, line {line.number}: {location} is not in S3, and {folder} has no file {location.key} "
                f"or {Path(location.key).name}. Put the file there, or name its folder with --source."
            )
        storage.ensure_bucket(location.bucket)
        storage.put_file(location, path)
    return count


def _file_of(location: S3Location, folder: Path) -> Path | None:
    parts = [part for part in location.key.split("/") if part]
    if ".." in parts:
        return None
    candidates = (folder.joinpath(*parts[start:]) for start in range(len(parts)))
    return next((path for path in candidates if path.is_file()), None)
