"""What a CreateLabelingJob request asks of the engine."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from groundtruth.errors import InputError
from groundtruth.jobs.request import LONGEST_AVAILABILITY, JobRequest
from groundtruth.storage import S3Location

_S3_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")


def job_request(request: Mapping[str, Any], label_categories: Sequence[str] | None, region: str) -> JobRequest:
    """The request as the engine takes it; it has been validated."""
    task = request["HumanTaskConfig"]
    consolidation = task.get("AnnotationConsolidationConfig", {}).get("AnnotationConsolidationLambdaArn")
    return JobRequest(
        name=request["LabelingJobName"],
        label_attribute=request["LabelAttributeName"],
        manifest=s3_location(request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"]),
        output=s3_location(request["OutputConfig"]["S3OutputPath"]),
        workers_per_object=task["NumberOfHumanWorkersPerDataObject"],
        pre_annotation=task.get("PreHumanTaskLambdaArn"),
        consolidation=consolidation,
        label_categories=None if label_categories is None else tuple(label_categories),
        max_concurrent_tasks=task.get("MaxConcurrentTaskCount", 1000),
        role_arn=request["RoleArn"],
        region=region,
    )


def availability(request: Mapping[str, Any]) -> int:
    """Seconds that a task of the job is on offer."""
    seconds: int = request["HumanTaskConfig"].get("TaskAvailabilityLifetimeInSeconds", LONGEST_AVAILABILITY)
    return seconds


def team_of_arn(arn: str) -> str:
    """The name of the work team that an ARN means: its last part, as local functions are found."""
    return arn.rsplit("/", 1)[-1]


def s3_location(uri: str) -> S3Location:
    """The place that an `s3://` URI or one of S3's https addresses names. Raises InputError when it is neither."""
    if not uri.startswith("https://"):
        return S3Location.parse(uri)
    parts = urlsplit(uri)
    host = _S3_HOST.fullmatch(parts.hostname or "")
    path = unquote(parts.path.removeprefix("/"))
    if host is None:
        raise InputError(f'"{uri}" is not an address of S3. Write s3://bucket/key.')
    return S3Location(host["bucket"], path) if host["bucket"] else S3Location.parse(f"s3://{path}")
