"""Finds a job's label category config in S3 and keeps it for a minute.

A job's own file, named after it, comes before the file of the task type. Only a config that could be read is kept:
after a correction in S3 the next object finds it.
"""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pre_annotation.errors import PreAnnotationError
from pre_annotation.label_categories import LabelCategories, read_label_categories
from pre_annotation.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = ("NoSuchKey", "404")
_FORBIDDEN = ("AccessDenied", "403")
_LARGEST = 1_000_000  # bytes of a config; a larger file is something else


def s3_client() -> "S3Client":
    """An S3 client. With an endpoint of one's own (moto, MinIO) the bucket is in the path, as such servers need."""
    own_endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    config = Config(
        connect_timeout=5,
        read_timeout=10,
        retries={"mode": "standard", "max_attempts": 4},
        s3={"addressing_style": "path" if own_endpoint else "auto"},
    )
    return boto3.client("s3", config=config)


class CategoryStore:
    """The label category configs under one S3 prefix, for one task type."""

    def __init__(
        self,
        s3: "S3Client",
        settings: Settings,
        warn: Callable[[str], None],
        seconds: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._s3 = s3
        self._settings = settings
        self._warn = warn
        self._seconds = seconds
        self._clock = clock
        self._kept: dict[str, tuple[float, LabelCategories]] = {}

    def of_job(self, job_name: str) -> LabelCategories:
        """The config for a job, named in lower case. Raises PreAnnotationError when there is none or it is unusable."""
        now = self._clock()
        self._kept = {name: kept for name, kept in self._kept.items() if kept[0] > now}
        if job_name not in self._kept:
            categories = self._read(job_name)
            for warning in categories.warnings:
                self._warn(warning)
            self._kept[job_name] = (now + self._seconds, categories)
        return self._kept[job_name][1]

    def _read(self, job_name: str) -> LabelCategories:
        settings = self._settings
        keys = list(dict.fromkeys(f"{settings.prefix}{name}.json" for name in (job_name, settings.task_type)))
        for key in keys:
            document = self._document(key)
            if document is not None:
                return read_label_categories(document, f"s3://{settings.bucket}/{key}", settings.task_type)
        looked = " nor ".join(f"s3://{settings.bucket}/{key}" for key in keys)
        raise PreAnnotationError(
            f"no label category config: neither {looked} exists. Upload one (docs/label-categories.md)."
        )

    def _document(self, key: str) -> bytes | None:
        uri = f"s3://{self._settings.bucket}/{key}"
        try:
            body = self._s3.get_object(Bucket=self._settings.bucket, Key=key)["Body"].read(_LARGEST + 1)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            if code in _MISSING:
                return None
            if code in _FORBIDDEN:
                # Without s3:ListBucket S3 says so of a missing file too; falling back could ask the wrong thing.
                raise PreAnnotationError(
                    f"{uri}: access denied. Allow this function's role s3:GetObject on it, and s3:ListBucket on the "
                    "bucket so that a missing file can be told from a forbidden one; with a KMS key, kms:Decrypt."
                ) from error
            raise PreAnnotationError(
                f"{uri}: S3 answered {code}. Check LABEL_CATEGORIES_URI and the bucket."
            ) from error
        except BotoCoreError as error:
            raise PreAnnotationError(
                f"{uri}: S3 cannot be reached ({error}). Check the endpoint and credentials."
            ) from error
        if len(body) > _LARGEST:
            raise PreAnnotationError(
                f"{uri}: larger than {_LARGEST} bytes, so no label category config. Upload the right file."
            )
        return body
