"""Reads what lies in S3 (the payload, answers, label category configs) and writes results there. The only module that speaks to S3."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from consolidation.errors import PayloadError
from consolidation.gold import GoldTruths, gold_truths
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


class KeptFiles[File](ABC):
    """One file for each job under an S3 prefix, each kept for about a minute: that of the job's name when there is one, else that of the task type."""

    def __init__(
        self, read: Callable[[str], bytes], prefix: str, task_type: str, ending: str, clock: Callable[[], float]
    ) -> None:
        self._read = read
        self._prefix = prefix
        self._names = (task_type,)
        self._ending = ending
        self._clock = clock
        self._kept: dict[str, tuple[float, File]] = {}

    @abstractmethod
    def _parse(self, body: bytes, uri: str) -> File:
        """What a file says."""

    @abstractmethod
    def _without(self, problems: Sequence[str]) -> File:
        """What holds where no file can be read, and why none can."""

    def of_job(self, job_name: str) -> File:
        """The job's file. A label whose file cannot be read is still a label, so nothing raises here."""
        kept = self._kept.get(job_name)
        if kept is not None and self._clock() - kept[0] < CACHED_SECONDS:
            return kept[1]
        found = self._found(job_name)
        self._kept[job_name] = (self._clock(), found)
        return found

    def _found(self, job_name: str) -> File:
        if not self._prefix:
            return self._without([])
        problems = []
        for name in dict.fromkeys((job_name, *self._names)):
            if not name:
                continue
            uri = f"{self._prefix}{name}{self._ending}"
            try:
                return self._parse(self._read(uri), uri)
            except PayloadError as error:
                problems.append(str(error))
        return self._without(problems)


class CategoryConfigs(KeptFiles[LabelCategories]):
    """The label category configs under a prefix; where a job has none, no categories and a note."""

    def __init__(
        self, read: Callable[[str], bytes], prefix: str, task_type: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(read, prefix, task_type, ".json", clock)

    def _parse(self, body: bytes, uri: str) -> LabelCategories:
        try:
            return from_config(json.loads(body.decode("utf-8-sig")))
        except ValueError:
            return LabelCategories(notes=(f"label category config {uri} is not JSON",))

    def _without(self, problems: Sequence[str]) -> LabelCategories:
        if not problems:
            return LabelCategories(notes=("LABEL_CATEGORIES_URI is not set",))
        return LabelCategories(notes=(f"no label category config: {' '.join(problems)}",))


class GoldFiles(KeptFiles[GoldTruths]):
    """The gold files beside the label category configs; where a job has none, no object is gold. A file that is there but cannot be read is noted."""

    def __init__(
        self, read: Callable[[str], bytes], prefix: str, task_type: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(read, prefix, task_type, ".gold.jsonl", clock)

    def _parse(self, body: bytes, uri: str) -> GoldTruths:
        return gold_truths(body, uri)

    def _without(self, problems: Sequence[str]) -> GoldTruths:
        is_missing = [any(code in problem for code in _NOT_THERE) for problem in problems]
        return GoldTruths(notes=tuple(told for told, gone in zip(problems, is_missing, strict=True) if not gone))
