"""Any S3 that boto3 reaches: AWS, or another server at an endpoint of its own."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import StorageError
from groundtruth.storage.location import S3Location, content_type

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_WRITES_AT_ONCE = 6
"""Fewer than the connections that boto3 keeps (10), so that none is made for a single request."""

_MISSING = {"404", "NoSuchKey", "NotFound", "NoSuchBucket"}


def _refused(location: S3Location, action: str, error: Exception) -> StorageError:
    return StorageError(f"{location}: S3 would not {action} it: {error}")


def _split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in whole)
    if rest:
        yield rest.removesuffix(b"\r")


class RemoteS3:
    """S3 by boto3, with the usual AWS settings; `endpoint_url` points it at another server."""

    def __init__(self, endpoint_url: str | None = None, client: "S3Client | None" = None) -> None:
        self._client: S3Client = client or boto3.client("s3", endpoint_url=endpoint_url)
        self.endpoint_url = endpoint_url

    def ensure_bucket(self, bucket: str) -> None:
        """Make the bucket unless it is there."""
        if self.has_bucket(bucket):
            return
        try:
            self._client.create_bucket(Bucket=bucket)
        except (ClientError, BotoCoreError) as error:
            raise _refused(S3Location(bucket, ""), "create", error) from error

    def has_bucket(self, bucket: str) -> bool:
        """Whether the bucket is there."""
        try:
            self._client.head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _MISSING:
                raise _refused(S3Location(bucket, ""), "show", error) from error
            return False
        except BotoCoreError as error:
            raise _refused(S3Location(bucket, ""), "show", error) from error
        return True

    def put(self, location: S3Location, body: bytes) -> None:
        """Write an object."""
        try:
            self._client.put_object(
                Bucket=location.bucket, Key=location.key, Body=body, ContentType=content_type(location.key)
            )
        except (ClientError, BotoCoreError) as error:
            raise _refused(location, "write", error) from error

    def put_all(self, objects: Iterable[tuple[S3Location, bytes]]) -> None:
        """Write many objects, several at once: most of the time a write waits for the other side."""
        with ThreadPoolExecutor(_WRITES_AT_ONCE, "groundtruth-s3") as pool:
            for _ in pool.map(lambda entry: self.put(*entry), objects):
                pass

    def put_file(self, location: S3Location, path: Path) -> None:
        """Write an object from a file, in parts when it is large."""
        extra = {"ContentType": content_type(location.key)}
        try:
            self._client.upload_file(str(path), location.bucket, location.key, ExtraArgs=extra)
        except (ClientError, BotoCoreError, S3UploadFailedError) as error:
            raise _refused(location, "write", error) from error

    def get(self, location: S3Location) -> bytes:
        """Read an object whole."""
        try:
            return self._client.get_object(Bucket=location.bucket, Key=location.key)["Body"].read()
        except (ClientError, BotoCoreError) as error:
            raise _refused(location, "read", error) from error

    def lines(self, location: S3Location) -> Iterator[bytes]:
        """Read an object line by line, never holding it whole."""
        try:
            body = self._client.get_object(Bucket=location.bucket, Key=location.key)["Body"]
            yield from _split_lines(body.iter_chunks(1 << 16))
        except (ClientError, BotoCoreError) as error:
            raise _refused(location, "read", error) from error

    def exists(self, location: S3Location) -> bool:
        """Whether the object is there."""
        try:
            self._client.head_object(Bucket=location.bucket, Key=location.key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return False
            raise _refused(location, "show", error) from error
        except BotoCoreError as error:
            raise _refused(location, "show", error) from error
        return True
