"""Read access for one object: an expiring URL, as `grant_read_access` puts it into a page."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import TemplateError

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_AWS_S3_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?", re.IGNORECASE
)
_LONGEST = 7 * 24 * 3600
_SIGNED = ("X-Amz-Signature", "Signature")


def signer(s3_client: Any, expires_in: int) -> Callable[[str], str]:
    """Make the function that turns an S3 URI into a URL which reads that object alone, for `expires_in` seconds.

    s3_client: a boto3 S3 client; its endpoint and credentials sign. The function takes `s3://bucket/key` and the https
    forms of S3 (bucket in the host or in the path, also at the client's own endpoint); any other https URL, and one
    that is signed already, passes as it is. It raises TemplateError for everything else. ValueError when `expires_in`
    is not within 1 second and 7 days.
    """
    if not 1 <= expires_in <= _LONGEST:
        raise ValueError(f"expires_in is {expires_in}; a signed URL lives 1 to {_LONGEST:,} seconds")
    s3_client.meta.events.register_first("choose-signer.s3.GetObject", _signature_4, unique_id="groundtruth-signer")
    own_endpoint = str(s3_client.meta.endpoint_url).rstrip("/")

    def sign(uri: str) -> str:
        place = _object_of(uri, own_endpoint)
        if place is None:
            return uri
        try:
            url: str = s3_client.generate_presigned_url("get_object", Params=place, ExpiresIn=expires_in)
        except (BotoCoreError, ClientError) as error:
            raise TemplateError(f'"{uri}" cannot be signed: {error} Give AWS credentials that may read it') from error
        return url

    return sign


def _signature_4(signature_version: str, **_: object) -> str | None:
    # boto3 signs URLs by version 2 in older regions unless told otherwise; S3 refuses those for KMS-encrypted objects.
    return "s3v4" if str(signature_version).endswith("-query") else None


def _object_of(uri: str, own_endpoint: str) -> dict[str, str] | None:
    """The object's parameters for get_object; None for a URL that needs no signature."""
    if uri.startswith("s3://"):
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return _checked(uri, bucket, key)
    if uri.startswith(f"{own_endpoint}/"):
        return _of_address(uri, None)
    if not uri.startswith("https://"):
        raise TemplateError(f'"{uri}" is neither an S3 URI nor an https URL. Write s3://bucket/key')
    try:
        host = urlsplit(uri).hostname or ""
    except ValueError as error:
        raise TemplateError(f'"{uri}" is not a URL ({error}). Write s3://bucket/key') from error
    at_aws = _AWS_S3_HOST.fullmatch(host)
    return None if at_aws is None else _of_address(uri, at_aws["bucket"])


def _of_address(url: str, bucket: str | None) -> dict[str, str] | None:
    """The object that an S3 address names: its bucket from the host or, when that has none, the path's first part."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if any(name in query for name in _SIGNED):
        return None
    path = unquote(parts.path.removeprefix("/"))
    if bucket is None:
        bucket, _, path = path.partition("/")
    place = _checked(url, bucket, path)
    if "versionId" in query:
        place["VersionId"] = query["versionId"][0]
    return place


def _checked(uri: str, bucket: str, key: str) -> dict[str, str]:
    if not _BUCKET.fullmatch(bucket):
        raise TemplateError(f'"{uri}" has no valid bucket name. Write s3://bucket/key')
    if not key:
        raise TemplateError(f'"{uri}" names no object. Write s3://bucket/key')
    return {"Bucket": bucket, "Key": key}
