"""What a job needs of S3."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from groundtruth.storage.location import S3Location


class Storage(Protocol):
    """S3 as the engine sees it. Every method raises StorageError, naming the URI, when S3 refuses or lacks the object."""

    @property
    def endpoint_url(self) -> str | None:
        """The address functions reach this S3 at; None for AWS's own."""

    def ensure_bucket(self, bucket: str) -> None:
        """Make the bucket unless it is there."""

    def has_bucket(self, bucket: str) -> bool:
        """Whether the bucket is there."""

    def put(self, location: S3Location, body: bytes) -> None:
        """Write an object."""

    def put_all(self, objects: Iterable[tuple[S3Location, bytes]]) -> None:
        """Write many objects, in any order. When one is refused, others may be written or not."""

    def put_file(self, location: S3Location, path: Path) -> None:
        """Write an object from a file."""

    def get(self, location: S3Location) -> bytes:
        """Read an object whole."""

    def lines(self, location: S3Location) -> Iterator[bytes]:
        """Read an object line by line, without its line ends, never holding it whole."""

    def exists(self, location: S3Location) -> bool:
        """Whether the object is there."""
