"""The bucket that pages go to: what lies there, and putting there what does not."""

import base64
import threading
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import RequestError, StorageError
from groundtruth.prepare.model import Content, content_bytes
from groundtruth.storage import S3Location
from groundtruth.storage.location import content_type

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_CHECKSUM = "sha256"
"""The metadata that tells whether an object is the file; an ETag does not for encrypted objects."""

_MISSING = {"404", "NoSuchKey", "NotFound", "NoSuchBucket"}


class Bucket:
    """A place in S3, `destination`, whose keys are named from there on. endpoint_url: None for AWS, or what its settings name. connections: at once."""

    def __init__(self, destination: S3Location, endpoint_url: str | None, connections: int) -> None:
        self.destination = destination
        try:
            self._client: S3Client = boto3.client(
                "s3",
                endpoint_url=endpoint_url,
                config=Config(max_pool_connections=connections, retries={"mode": "standard", "max_attempts": 6}),
            )
        except (BotoCoreError, ValueError) as error:
            raise RequestError(f"S3 cannot be asked: {error}") from error
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()

    def location(self, name: str) -> S3Location:
        """Where the object of a name lies."""
        return self.destination.joined(name)

    def open(self, create: bool) -> None:
        """Look what lies there. Raises RequestError when there is no such bucket, StorageError when S3 refuses."""
        bucket = self.destination.bucket
        try:
            if create:
                self._create()
            prefix = f"{self.destination.key}/" if self.destination.key else ""
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
                for entry in page.get("Contents", []):
                    self._sizes[entry["Key"].removeprefix(prefix)] = entry["Size"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                remedy = f"Make it: aws s3 mb s3://{bucket}, or add --create-bucket."
                raise RequestError(f"s3://{bucket}: there is no such bucket. {remedy}") from error
            raise self._refused("", "list", error) from error
        except BotoCoreError as error:
            raise self._refused("", "list", error) from error

    def _create(self) -> None:
        bucket = self.destination.bucket
        try:
            self._client.head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _MISSING:
                raise
            region = self._client.meta.region_name
            where: Any = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            self._client.create_bucket(Bucket=bucket, **where)

    def size(self, name: str) -> int | None:
        """The object's size in bytes; None when it is not there."""
        return self._sizes.get(name)

    def put_content(self, name: str, content: Content, sha256: str) -> bool:
        """Put an object there unless it lies there already, as its size and checksum tell. Returns whether it was sent. sha256: of it, hexadecimal."""
        try:
            size = len(content) if isinstance(content, bytes) else content.stat().st_size
            if self.size(name) == size and self._checksum(name) == sha256:
                return False
            body = content_bytes(content)
        except OSError as error:
            raise StorageError(f"{content!s}: cannot be read: {error.strerror}.") from error
        self._put(name, body, sha256, size)
        return True

    def put(self, name: str, body: bytes, sha256: str) -> None:
        """Put an object there. sha256: what its metadata is to tell; of the body, or of what it was made from."""
        self._put(name, body, sha256, len(body), is_of_body=False)

    def _put(self, name: str, body: bytes, sha256: str, size: int, is_of_body: bool = True) -> None:
        # S3 compares what arrives with the checksum, so that a file that changes on the way is refused.
        checked: Any = {"ChecksumSHA256": base64.b64encode(bytes.fromhex(sha256)).decode()} if is_of_body else {}
        location = self.location(name)
        try:
            self._client.put_object(
                Bucket=location.bucket,
                Key=location.key,
                Body=body,
                ContentType=content_type(location.key),
                Metadata={_CHECKSUM: sha256},
                **checked,
            )
        except (ClientError, BotoCoreError) as error:
            raise self._refused(name, "write", error) from error
        with self._lock:
            self._sizes[name] = size

    def get(self, name: str, sha256: str) -> bytes | None:
        """The object; None when it is not there or its metadata tell another checksum."""
        if self.size(name) is None:
            return None
        location = self.location(name)
        try:
            answer = self._client.get_object(Bucket=location.bucket, Key=location.key)
            return answer["Body"].read() if answer["Metadata"].get(_CHECKSUM) == sha256 else None
        except (ClientError, BotoCoreError) as error:
            raise self._refused(name, "read", error) from error

    def _checksum(self, name: str) -> str | None:
        location = self.location(name)
        try:
            return self._client.head_object(Bucket=location.bucket, Key=location.key)["Metadata"].get(_CHECKSUM)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise self._refused(name, "show", error) from error
        except BotoCoreError as error:
            raise self._refused(name, "show", error) from error

    def _refused(self, name: str, action: str, error: Exception) -> StorageError:
        location = self.location(name) if name else self.destination
        return StorageError(f"{location}: S3 would not {action} it: {error}")
