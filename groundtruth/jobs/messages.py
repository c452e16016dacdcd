"""What Ground Truth writes for functions and about answers: events, consolidation payloads, worker responses (contract sections 1, 2 and 6)."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from groundtruth.errors import ContractError, FunctionError
from groundtruth.jobs.output import timestamp
from groundtruth.jobs.request import JobRequest
from groundtruth.manifest import ManifestLine
from groundtruth.storage import S3Location

EVENT_VERSION = "2018-10-06"


def pre_annotation_event(request: JobRequest, data_object: Mapping[str, object]) -> dict[str, object]:
    """The event of a pre-annotation function."""
    return {"version": EVENT_VERSION, "labelingJobArn": request.arn, "dataObject": data_object}


def consolidation_event(request: JobRequest, payload: S3Location, annotations: S3Location) -> dict[str, object]:
    """The event of a consolidation function. annotations: the job's `annotations` folder."""
    categories = request.label_categories
    return {
        "version": EVENT_VERSION,
        "labelingJobArn": request.arn,
        "labelCategories": list(categories) if categories is not None else None,
        "labelAttributeName": request.label_attribute,
        "roleArn": request.role_arn,
        "payload": {"s3Uri": str(payload)},
        "outputConfig": str(annotations),
        "maxHumanWorkersPerDataObject": request.workers_per_object,
        "vpcEnabled": False,
    }


def payload_entry(line: ManifestLine, answers: Iterable[tuple[str, Mapping[str, object]]]) -> dict[str, object]:
    """One data object of a consolidation payload. answers: worker ids and what they answered."""
    reference = line.source_ref
    return {
        "datasetObjectId": line.dataset_object_id,
        "dataObject": {"s3Uri": reference} if reference else {"content": line.data_object["source"]},
        "annotations": [
            {"workerId": worker_id, "annotationData": {"content": json.dumps(content, separators=(",", ":"))}}
            for worker_id, content in answers
        ],
    }


def worker_response(
    worker_id: str, content: Mapping[str, object], accepted: datetime, submitted: datetime, seconds: float
) -> dict[str, object]:
    """One entry of a worker-response file. seconds: spent on the task, pauses left out."""
    subject = str(uuid5(NAMESPACE_URL, worker_id))
    identity = {"identityProviderType": "Oidc", "issuer": "urn:groundtruth:local", "sub": subject}
    return {
        "acceptanceTime": timestamp(accepted),
        "submissionTime": timestamp(submitted),
        "timeSpentInSeconds": seconds,
        "workerId": worker_id,
        "workerMetadata": {"identityData": identity},
        "answerContent": content,
    }


def failure_reason(error: FunctionError) -> str:
    """What Ground Truth tells of a function that failed, and what it keeps to the function's own log."""
    if isinstance(error, ContractError):
        return f"ClientError: {error}"
    return (
        f"ClientError: Exception invoking the Lambda function. LambdaErrorCode: Unhandled. {error} "
        "Check that the function exists, that the job's role may invoke it, and the function's log."
    )
