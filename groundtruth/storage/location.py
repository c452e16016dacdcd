"""An S3 URI in its two parts."""

import mimetypes
from dataclasses import dataclass
from typing import Self

from groundtruth.errors import InputError


@dataclass(frozen=True)
class S3Location:
    """A bucket and a key; `str()` gives the `s3://` URI back."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, uri: str) -> Self:
        """Take an `s3://bucket/key` URI apart. Raises InputError when it is none; the key may be empty."""
        scheme, _, rest = uri.partition("://")
        bucket, _, key = rest.partition("/")
        if scheme != "s3" or not bucket:
            raise InputError(f'"{uri}" is not an S3 URI. Write s3://bucket/key.')
        return cls(bucket, key)

    def joined(self, *parts: str) -> Self:
        """The location below this one, with exactly one slash between the parts."""
        prefix = self.key.rstrip("/")
        return type(self)(self.bucket, "/".join([prefix, *parts] if prefix else parts))

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def content_type(key: str) -> str:
    """The media type that a key's ending says; what S3 itself assumes when it says none."""
    return mimetypes.guess_type(key)[0] or "binary/octet-stream"
