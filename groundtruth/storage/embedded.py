"""An S3 in this process: moto's server, with every object kept as a file below one folder.

moto holds objects in memory; here each lies at `<folder>/<bucket>/<key>` instead, so that a job's tree can be read with
any tool, memory stays flat, and what was there is there again when the folder is opened next time. The engine writes through
moto's own backend without a detour over HTTP; functions, browsers and boto3 clients reach the same objects at `endpoint_url`.
Old versions of an object are not kept.
"""

import contextlib
import hashlib
import logging
import mimetypes
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import moto.s3.models as moto_s3
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer

from groundtruth.errors import StorageError
from groundtruth.storage.files import PARTIAL, object_path, stored_objects
from groundtruth.storage.location import S3Location

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "groundtruth",
    "AWS_SECRET_ACCESS_KEY": "groundtruth",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""Throw-away credentials: moto accepts any, but a client will not sign without some."""


class StoredKey(moto_s3.FakeKey):
    """moto's S3 object with its bytes in a file. Made with a Path as its value it adopts that file as it is."""

    folder: ClassVar[Path]

    @property
    def value(self) -> bytes:
        """The object's bytes."""
        return self.path.read_bytes()

    @value.setter
    def value(self, new_value: bytes | str | Path) -> None:
        if isinstance(new_value, Path):
            self.path = new_value
            self.contentsize = new_value.stat().st_size
            return
        body = new_value.encode() if isinstance(new_value, str) else new_value
        self.contentsize = len(body)
        self.path = object_path(self.folder, S3Location(self.bucket_name or "", self.name))
        partial = self.path.with_name(self.path.name + PARTIAL)
        partial.write_bytes(body)
        partial.replace(self.path)

    @property
    def etag(self) -> str:
        """The MD5 of the bytes, quoted, as S3 gives it for objects put whole."""
        if self._etag is None:
            self._etag = hashlib.md5(self.value, usedforsecurity=False).hexdigest()
        return f'"{self._etag}"'


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
        self._patch(moto_s3.S3Backend, "delete_object", _deletes_file(moto_s3.S3Backend.delete_object))
        self._backend.reset()
        for location, path in stored_objects(self.folder):
            self._adopt(location, path)
        try:
            self._server.start()
        except SystemExit as error:  # werkzeug leaves this way when it cannot bind
            raise StorageError("The embedded S3 cannot listen: the port is taken. Choose another.") from error
        host, port = self._server.get_host_and_port()
        self._endpoint_url = f"http://{host}:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
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

    def put(self, location: S3Location, body: bytes, content_type: str = "application/json") -> None:
        """Write an object."""
        try:
            stored = self._backend.put_object(location.bucket, location.key, body)
        except ServiceException as error:
            raise StorageError(f"{location}: S3 would not write it: {error}") from error
        stored.set_metadata({"Content-Type": content_type})

    def put_file(self, location: S3Location, path: Path) -> None:
        """Write an object from a file, copied without passing through memory."""
        self.ensure_bucket(location.bucket)
        stored = object_path(self.folder, location)
        shutil.copyfile(path, stored)
        self._adopt(location, stored)

    def get(self, location: S3Location) -> bytes:
        """Read an object whole."""
        return self._path(location).read_bytes()

    def lines(self, location: S3Location) -> Iterator[bytes]:
        """Read an object line by line, never holding it whole."""
        with self._path(location).open("rb") as file:
            yield from (line.rstrip(b"\r\n") for line in file)

    def exists(self, location: S3Location) -> bool:
        """Whether the object is there."""
        bucket = self._backend.buckets.get(location.bucket)
        return bucket is not None and location.key in bucket.keys

    def _path(self, location: S3Location) -> Path:
        if not self.exists(location):
            raise StorageError(f"{location}: there is no such object in the embedded S3 ({self.folder}).")
        path: Path = self._backend.buckets[location.bucket].keys[location.key].path
        return path

    def _adopt(self, location: S3Location, path: Path) -> None:
        """Enter an existing file as an object without reading it."""
        self.ensure_bucket(location.bucket)
        stored = self._backend.put_object(location.bucket, location.key, path)
        stored.last_modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        content_type = mimetypes.guess_type(location.key)[0] or "binary/octet-stream"
        stored.set_metadata({"Content-Type": content_type})


def _deletes_file(delete_object: Any) -> Any:
    """moto's `delete_object`, which also removes the file of an object that is gone for good."""

    def delete(backend: Any, bucket_name: str, key_name: str, *args: Any, **kwargs: Any) -> Any:
        stored = backend.get_bucket(bucket_name).keys.get(key_name)
        answer = delete_object(backend, bucket_name, key_name, *args, **kwargs)
        if isinstance(stored, StoredKey) and key_name not in backend.get_bucket(bucket_name).keys:
            stored.path.unlink(missing_ok=True)
        return answer

    return delete
