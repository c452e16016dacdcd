"""The tree of files that a job leaves (contract section 6), on this machine or in S3: listed, read and written a file at a time."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol, Self

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import RequestError, StorageError
from groundtruth.storage import RemoteS3, S3Location

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

MANIFEST = "manifests/output/output.manifest"
RESPONSES = "annotations/worker-response"
REQUESTS = "annotations/consolidated-annotation/consolidation-request"
_PARTIAL = ".part"


class Tree(Protocol):
    """A job's tree. Paths are relative to it, with slashes. Every method raises StorageError when a file cannot be read or written."""

    @property
    def name(self) -> str:
        """The last part of its address: of a job's tree, the job's name."""

    def beside(self, *names: str) -> Self:
        """Another tree, by names from the folder that this one lies in."""

    def address(self, path: str = "") -> str:
        """What a file is called elsewhere: its path on this machine, or its S3 URI."""

    def paths(self, below: str) -> Iterator[str]:
        """The paths of all JSON files below a folder, sorted."""

    def exists(self, path: str) -> bool:
        """Whether the file is there."""

    def read(self, path: str) -> bytes:
        """A file's bytes."""

    def lines(self, path: str) -> Iterator[bytes]:
        """A file's lines without their ends, never holding it whole."""

    def write(self, path: str, body: bytes) -> None:
        """Write a file: a reader sees all of it or nothing."""

    def write_file(self, path: str, file: Path) -> None:
        """Write a file from one on this machine."""


class LocalTree:
    """A tree in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = folder.name

    def beside(self, *names: str) -> Self:
        """See `Tree.beside`."""
        return type(self)(self._folder.parent.joinpath(*names))

    def address(self, path: str = "") -> str:
        """See `Tree.address`."""
        return str(self._folder / path)

    def paths(self, below: str) -> Iterator[str]:
        """See `Tree.paths`."""
        root = self._folder / below
        for path in sorted(root.rglob("*.json")):
            yield f"{below}/{path.relative_to(root).as_posix()}"

    def exists(self, path: str) -> bool:
        """See `Tree.exists`."""
        return (self._folder / path).is_file()

    def read(self, path: str) -> bytes:
        """See `Tree.read`."""
        try:
            return (self._folder / path).read_bytes()
        except OSError as error:
            raise StorageError(f"{self._folder / path}: cannot be read ({error.strerror}).") from error

    def lines(self, path: str) -> Iterator[bytes]:
        """See `Tree.lines`."""
        try:
            with (self._folder / path).open("rb") as file:
                yield from (line.rstrip(b"\r\n") for line in file)
        except OSError as error:
            raise StorageError(f"{self._folder / path}: cannot be read ({error.strerror}).") from error

    def write(self, path: str, body: bytes) -> None:
        """See `Tree.write`."""
        target = self._folder / path
        partial = target.with_name(target.name + _PARTIAL)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(body)
            partial.replace(target)
        except OSError as error:
            raise StorageError(f"{target}: cannot be written ({error.strerror}).") from error

    def write_file(self, path: str, file: Path) -> None:
        """See `Tree.write_file`."""
        target = self._folder / path
        partial = target.with_name(target.name + _PARTIAL)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with file.open("rb") as source, partial.open("wb") as copy:
                while chunk := source.read(1 << 20):
                    copy.write(chunk)
            partial.replace(target)
        except OSError as error:
            raise StorageError(f"{target}: cannot be written ({error.strerror}).") from error


class RemoteTree:
    """A tree in S3."""

    def __init__(self, location: S3Location, endpoint_url: str | None = None) -> None:
        self.location = location
        self.name = PurePosixPath(location.key).name
        self._endpoint_url = endpoint_url
        self._client: S3Client = boto3.client("s3", endpoint_url=endpoint_url)
        self._storage = RemoteS3(endpoint_url, self._client)

    def beside(self, *names: str) -> Self:
        """See `Tree.beside`."""
        parent = self.location.key.rstrip("/").rpartition("/")[0]
        return type(self)(S3Location(self.location.bucket, parent).joined(*names), self._endpoint_url)

    def address(self, path: str = "") -> str:
        """See `Tree.address`."""
        return str(self.location.joined(path) if path else self.location)

    def paths(self, below: str) -> Iterator[str]:
        """See `Tree.paths`. S3 lists keys in order."""
        prefix = self.location.joined(below).key + "/"
        root = len(prefix) - len(below) - 1
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.location.bucket, Prefix=prefix
            ):
                yield from (entry["Key"][root:] for entry in page.get("Contents", ()) if entry["Key"].endswith(".json"))
        except (ClientError, BotoCoreError) as error:
            raise StorageError(f"s3://{self.location.bucket}/{prefix}: S3 would not list it: {error}") from error

    def exists(self, path: str) -> bool:
        """See `Tree.exists`."""
        return self._storage.exists(self.location.joined(path))

    def read(self, path: str) -> bytes:
        """See `Tree.read`."""
        return self._storage.get(self.location.joined(path))

    def lines(self, path: str) -> Iterator[bytes]:
        """See `Tree.lines`."""
        return self._storage.lines(self.location.joined(path))

    def write(self, path: str, body: bytes) -> None:
        """See `Tree.write`."""
        self._storage.put(self.location.joined(path), body)

    def write_file(self, path: str, file: Path) -> None:
        """See `Tree.write_file`."""
        self._storage.put_file(self.location.joined(path), file)


def job_tree(job_output: str, endpoint_url: str | None = None) -> LocalTree | RemoteTree:
    """The tree of a job, named by its folder or by the output manifest in it. Raises RequestError when there is no output manifest."""
    if job_output.startswith("s3://"):
        location = S3Location.parse(job_output.rstrip("/").removesuffix(f"/{MANIFEST}"))
        tree: LocalTree | RemoteTree = RemoteTree(location, endpoint_url)
    else:
        path = Path(job_output).resolve()
        tree = LocalTree(path.parents[2] if path.as_posix().endswith(f"/{MANIFEST}") else path)
    if not tree.exists(MANIFEST):
        raise RequestError(
            f"{job_output}: no job's output: there is no {MANIFEST} in it. Name the folder <S3OutputPath>/<job name>/ of a finished job."
        )
    return tree
