"""An S3 in this process: moto's server, with every object kept as a file below one folder.

moto holds objects in memory; here each lies at `<folder>/<bucket>/<key>` instead, so that a job's tree can be read with
any tool, memory stays flat, and what was there is there again when the folder is opened next time. The engine writes the
same files without a detour over HTTP; functions, browsers and boto3 clients reach the same objects at `endpoint_url`.
Old versions of an object are not kept.
"""

import contextlib
import hashlib
import logging
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import moto.s3.models as moto_s3
import moto.s3.responses  # noqa: F401 - first imported while the embedded S3 stands in for moto's, it would keep its classes
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.utils import _VersionedKeyStore
from moto.server import ThreadedMotoServer

from groundtruth.errors import StorageError
from groundtruth.storage.files import (
    PARTIAL,
    existing_path,
    object_path,
    read_metadata,
    stored_keys,
    write_metadata,
    write_object,
)
from groundtruth.storage.location import S3Location, content_type

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "groundtruth",
    "AWS_SECRET_ACCESS_KEY": "groundtruth",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""Throw-away credentials: moto accepts any, but a client will not sign without some."""


class StoredKey(moto_s3.FakeKey):
    """moto's S3 object with its bytes in a file. Made with a Path as its value it stands for that file as it is."""

    folder: ClassVar[Path]
    _part: bytes | None = None  # of an upload in parts, which moto names by a number: it is no object yet

    @property
    def value(self) -> bytes:
        """The object's bytes."""
        return self._part if self._part is not None else self.path.read_bytes()

    @value.setter
    def value(self, new_value: bytes | str | Path) -> None:
        if isinstance(new_value, Path):
            self.path = new_value
            self.contentsize = new_value.stat().st_size
            self._is_on_disk = True
            return
        body = new_value.encode() if isinstance(new_value, str) else new_value
        self.contentsize = len(body)
        self._is_on_disk = False
        name: object = self.name
        if isinstance(name, int):
            self._part = body
            return
        self.path = write_object(self.folder, self._location, body)
        write_metadata(self.folder, self._location, {})

    @property
    def _location(self) -> S3Location:
        return S3Location(self.bucket_name or "", self.name)

    def set_metadata(self, metadata: Any, replace: bool = False) -> None:
        """Take over what a client says of the object, and keep it with the file."""
        super().set_metadata(metadata, replace)
        if not self._is_on_disk:
            told = {name.lower(): str(value) for name, value in self.metadata.items() if _is_of_object(name.lower())}
            as_expected = {"content-type": content_type(self.name)}
            write_metadata(self.folder, self._location, {} if told == as_expected else told)

    @property
    def etag(self) -> str:
        """The MD5 of the bytes, quoted, as S3 gives it for objects put whole."""
        if self._etag is None:
            self._etag = hashlib.md5(self.value, usedforsecurity=False).hexdigest()
        return f'"{self._etag}"'


def _is_of_object(header: str) -> bool:
    """Whether a header of a request describes the object, not the request."""
    return header.startswith("x-amz-meta-") or not header.startswith("x-amz-")


class FolderKeys(_VersionedKeyStore):
    """moto's index of a bucket's objects, filled from the folder as objects are asked for.

    The files are the truth; the index holds what a client has touched or listed, so that a job's hundred thousand files cost no memory.
    """

    def __init__(self, folder: Path, bucket: str) -> None:
        super().__init__()
        self._folder = folder
        self._bucket = bucket

    def __sgetitem__(self, key: str) -> list[Any]:
        if not super().__contains__(key):
            path = existing_path(self._folder, S3Location(self._bucket, key))
            if path is None:
                raise KeyError(key)
            dict.__setitem__(self, key, [self._stored(key, path)])
        versions: list[Any] = super().__sgetitem__(key)
        return versions

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.getlist(key) is not None

    def pop(self, key: str) -> None:  # type: ignore[override]
        """Forget the object and remove its file."""
        super().pop(key)
        if path := existing_path(self._folder, S3Location(self._bucket, key)):
            path.unlink()
            write_metadata(self._folder, S3Location(self._bucket, key), {})

    def forget(self, key: str) -> None:
        """Read the object's file anew when it is asked for next."""
        dict.pop(self, key, None)

    def _self_iterable(self) -> dict[str, Any]:
        for key in stored_keys(self._folder, self._bucket):
            self.getlist(key)
        return dict(self)

    def _stored(self, key: str, path: Path) -> StoredKey:
        as_it_is: Any = path
        stored = StoredKey(key, as_it_is, DEFAULT_ACCOUNT_ID, "us-east-1", bucket_name=self._bucket)
        stored.last_modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        kept = read_metadata(self._folder, S3Location(self._bucket, key))
        stored.set_metadata(kept or {"Content-Type": content_type(key)})
        return stored


class StoredBucket(moto_s3.FakeBucket):
    """moto's bucket over a folder."""

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(name, *args, **kwargs)
        (StoredKey.folder / name).mkdir(parents=True, exist_ok=True)
        self.keys = FolderKeys(StoredKey.folder, name)


class EmbeddedS3:
    """moto's S3 server in this process over a folder. Use as a context manager; one at a time in a process."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        self.folder = folder
        self._server = ThreadedMotoServer(ip_address=host, port=port, verbose=False)
        self._endpoint_url: str | None = None
        self._restore = contextlib.ExitStack()

    def __enter__(self) -> Self:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.folder.mkdir(parents=True, exist_ok=True)
        StoredKey.folder = self.folder
        self._patch(moto_s3, "FakeKey", StoredKey)
        self._patch(moto_s3, "FakeBucket", StoredBucket)
        self._backend.reset()
        for bucket in sorted(path.name for path in self.folder.iterdir() if path.is_dir()):
            self.ensure_bucket(bucket)
        try:
            self._server.start()
        except SystemExit as error:  # werkzeug leaves this way when it cannot bind
            raise StorageError("The embedded S3 cannot listen: the port is taken. Choose another.") from error
        host, port = self._server.get_host_and_port()
        self._endpoint_url = f"http://{host}:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        for bucket in self._backend.buckets.values():
            bucket.keys = {}  # the reset would look at every object once more
        self._backend.reset()
        self._restore.close()

    def _patch(self, owner: Any, name: str, replacement: object) -> None:
        self._restore.callback(setattr, owner, name, getattr(owner, name))
        setattr(owner, name, replacement)

    @property
    def endpoint_url(self) -> str:
        """The address boto3 clients and functions reach this S3 at. Known once the server runs."""
        if self._endpoint_url is None:
            raise StorageError("The embedded S3 is not running. Use it in a `with` statement.")
        return self._endpoint_url

    @property
    def _backend(self) -> Any:
        return moto_s3.s3_backends[DEFAULT_ACCOUNT_ID]["aws"]

    def ensure_bucket(self, bucket: str) -> None:
        """Make the bucket unless it is there."""
        if bucket in self._backend.buckets:
            return
        try:
            self._backend.create_bucket(bucket, "us-east-1")
        except ServiceException as error:
            raise StorageError(f's3://{bucket}/: "{bucket}" cannot be a bucket: {error}') from error

    def has_bucket(self, bucket: str) -> bool:
        """Whether the bucket is there."""
        return bucket in self._backend.buckets

    def put(self, location: S3Location, body: bytes) -> None:
        """Write an object; a client is told the content type that its key's ending says."""
        bucket = self._backend.buckets.get(location.bucket)
        if bucket is None:
            raise StorageError(f"{location}: S3 would not write it: there is no such bucket.")
        write_object(self.folder, location, body)
        write_metadata(self.folder, location, {})
        bucket.keys.forget(location.key)

    def put_all(self, objects: Iterable[tuple[S3Location, bytes]]) -> None:
        """Write many objects."""
        for location, body in objects:
            self.put(location, body)

    def put_file(self, location: S3Location, path: Path) -> None:
        """Write an object from a file, copied without passing through memory."""
        self.ensure_bucket(location.bucket)
        stored = object_path(self.folder, location)
        partial = stored.with_name(stored.name + PARTIAL)
        shutil.copyfile(path, partial)
        partial.replace(stored)
        write_metadata(self.folder, location, {})
        self._backend.buckets[location.bucket].keys.forget(location.key)

    def get(self, location: S3Location) -> bytes:
        """Read an object whole."""
        return self._path(location).read_bytes()

    def lines(self, location: S3Location) -> Iterator[bytes]:
        """Read an object line by line, never holding it whole."""
        with self._path(location).open("rb") as file:
            yield from (line.rstrip(b"\r\n") for line in file)

    def exists(self, location: S3Location) -> bool:
        """Whether the object is there."""
        return location.bucket in self._backend.buckets and existing_path(self.folder, location) is not None

    def _path(self, location: S3Location) -> Path:
        path = existing_path(self.folder, location) if location.bucket in self._backend.buckets else None
        if path is None:
            raise StorageError(f"{location}: there is no such object in the embedded S3 ({self.folder}).")
        return path
