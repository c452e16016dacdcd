"""Reads what lies in S3 (the payload, answers, label category configs) and writes results there. The only module that speaks to S3."""

import json
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from consolidation.errors import PayloadError
from consolidation.label_categories import LabelCategories, from_config

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CACHED_SECONDS = 60.0
MOST_BYTES = 256 * 1024 * 1024
"""Of one S3 object: far above any payload, below a function's memory."""

_REMEDIES = {
    "NoSuchKey": "Check that the object still exists.",
    "NoSuchBucket": "Check the bucket's name.",
    "AccessDenied": (
        "Give the function's role s3:GetObject on it (and kms:Decrypt on its key), or set ASSUME_JOB_ROLE=true and let the job's "
        "execution role trust the function's role."
    ),
}
_NOT_THERE = frozenset({"NoSuchKey", "404", "NoSuchBucket"})
_REFUSED = frozenset({"AccessDenied", "403"})


class ObjectReader:
    """Reads S3 objects, as the function itself or as another role."""

    def __init__(self, role_arn: str | None = None) -> None:
        self._role_arn = role_arn
        self._client: S3Client | None = None

    def __call__(self, uri: str) -> bytes:
        """The bytes at `uri`. Raises PayloadError naming the URI and the remedy."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with the first client

        bucket, _, key = uri.removeprefix("s3://").partition("/")
        if not uri.startswith("s3://") or not bucket or not key:
            raise PayloadError(f'"{uri}" is not an S3 URI. It must be s3://bucket/key.')
        try:
            response = self._s3().get_object(Bucket=bucket, Key=key)
            if response["ContentLength"] > MOST_BYTES:
                raise PayloadError(f"{uri} has {response['ContentLength']:,} bytes; at most {MOST_BYTES:,} are read.")
            return response["Body"].read()
        except ClientError as error:
            raise _payload_error(uri, error.response["Error"].get("Code", ""), error) from error
        except BotoCoreError as error:
            raise PayloadError(f"{uri} could not be read: {error}") from error

    def _s3(self) -> "S3Client":
        if self._client is None:
            self._client = _s3_client(self._role_arn)
        return self._client


def put_object(uri: str, body: bytes) -> None:
    """Writes an S3 object as the function itself. Raises PayloadError naming the URI and the remedy."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with the first client

    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket or not key:
        raise PayloadError(f'"{uri}" is not an S3 URI. It must be s3://bucket/key.')
    try:
        _own_client().put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
    except (ClientError, BotoCoreError) as error:
        raise PayloadError(
            f"{uri} could not be written: {error}. Give the function's role s3:PutObject on it (and kms:GenerateDataKey on its key)."
        ) from error


@cache
def _own_client() -> "S3Client":
    return _s3_client(None)


def _payload_error(uri: str, code: str, error: Exception) -> PayloadError:
    return PayloadError(f"{uri} could not be read: {code or error}. {_REMEDIES.get(code, str(error))}")


def _s3_client(role_arn: str | None) -> "S3Client":
    """A client of the function's own role, or of a role it assumes (contract, section 3.3)."""
    import boto3  # noqa: PLC0415 - takes as long to import as everything else together
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        retries={"mode": "standard", "max_attempts": 4}, connect_timeout=5, read_timeout=60, max_pool_connections=16
    )
    if role_arn is None:
        return boto3.client("s3", config=config)
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        assumed = boto3.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="consolidation")["Credentials"]
    except (BotoCoreError, ClientError) as error:
        raise PayloadError(
            f"The job's role {role_arn} could not be assumed: {error}. Let its trust policy list the function's role, and the function's role "
            "sts:AssumeRole it, or set ASSUME_JOB_ROLE=false."
        ) from error
    return boto3.client(
        "s3",
        config=config,
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )


class CategoryConfigs:
    """Label category configs under one S3 prefix, each kept for about a minute."""

    def __init__(
        self, read: Callable[[str], bytes], prefix: str, task_type: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._prefix = prefix
        self._task_type = task_type
        self._clock = clock
        self._kept: dict[str, tuple[float, LabelCategories]] = {}

    def of_job(self, job_name: str) -> LabelCategories:
        """The config of the job's name when there is one, else that of the task type; without any, no categories and a note.

        A label whose config cannot be read is still a label, so nothing raises here.
        """
        kept = self._kept.get(job_name)
        if kept is not None and self._clock() - kept[0] < CACHED_SECONDS:
            return kept[1]
        categories = self._found(job_name)
        self._kept[job_name] = (self._clock(), categories)
        return categories

    def _found(self, job_name: str) -> LabelCategories:
        if not self._prefix:
            return LabelCategories(notes=("LABEL_CATEGORIES_URI is not set",))
        problems = []
        for name in dict.fromkeys((job_name, self._task_type)):
            if not name:
                continue
            uri = f"{self._prefix}{name}.json"
            try:
                return from_config(_parsed(self._read(uri)))
            except PayloadError as error:
                problems.append(str(error))
            except ValueError:
                return LabelCategories(notes=(f"label category config {uri} is not JSON",))
        return LabelCategories(notes=(f"no label category config: {' '.join(problems)}",))


def _parsed(body: bytes) -> Any:
    return json.loads(body.decode("utf-8-sig"))
