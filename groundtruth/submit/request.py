"""The CreateLabelingJob request of a job (contract section 9)."""

from dataclasses import dataclass
from typing import Any

from groundtruth.storage import S3Location
from groundtruth.submit.asked import Asked, defaults_of
from groundtruth.submit.places import Places


@dataclass(frozen=True)
class Named:
    """What the request names of this job alone."""

    name: str
    label_attribute: str
    workteam: str
    manifest: S3Location
    template: S3Location
    label_categories: S3Location


def job_request(asked: Asked, named: Named, places: Places) -> dict[str, Any]:
    """The request, as boto3 takes it and as JSON; members that nobody asked for are left out."""
    output = {"S3OutputPath": asked.output or str(places.output)}
    if key := asked.kms_key or places.key:
        output["KmsKeyId"] = key
    request: dict[str, Any] = {
        "LabelingJobName": named.name,
        "LabelAttributeName": named.label_attribute,
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": str(named.manifest)}}},
        "OutputConfig": output,
        "RoleArn": asked.role or places.role,
        "LabelCategoryConfigS3Uri": str(named.label_categories),
        "HumanTaskConfig": _human_task(asked, named, places),
    }
    if asked.tags:
        request["Tags"] = [{"Key": key, "Value": value} for key, value in asked.tags.items()]
    return request


def _human_task(asked: Asked, named: Named, places: Places) -> dict[str, Any]:
    defaults = defaults_of(asked.task_type)
    task: dict[str, Any] = {
        "WorkteamArn": named.workteam,
        "UiConfig": {"UiTemplateS3Uri": str(named.template)},
        "PreHumanTaskLambdaArn": places.pre_annotation,
        "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": places.consolidation},
        "TaskTitle": asked.title or defaults.title,
        "TaskDescription": asked.description or defaults.description,
        "TaskKeywords": list(asked.keywords or defaults.keywords),
        "NumberOfHumanWorkersPerDataObject": asked.workers,
        "TaskTimeLimitInSeconds": asked.time_limit or defaults.time_limit,
    }
    if asked.availability is not None:
        task["TaskAvailabilityLifetimeInSeconds"] = asked.availability
    if asked.max_concurrent is not None:
        task["MaxConcurrentTaskCount"] = asked.max_concurrent
    return task
