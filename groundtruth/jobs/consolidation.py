"""Consolidates one payload by its function, outside of a job."""

import json

from groundtruth.errors import ContractError
from groundtruth.functions import Functions
from groundtruth.jobs.contract import read_consolidation
from groundtruth.jobs.messages import EVENT_VERSION
from groundtruth.jobs.simulated import BUCKET, functions_of_task
from groundtruth.storage import S3Location, Storage

_OUTPUT = S3Location(BUCKET, "consolidate/annotations")


def consolidate_payload(
    storage: Storage,
    functions: Functions,
    task_type: str,
    payload: list[dict[str, object]],
    label_attribute: str,
    label_categories: tuple[str, ...],
) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    """Put the payload into S3 and invoke the task type's consolidation function on it.

    Returns its entries and what Ground Truth would reject about them. Raises FunctionError when the function fails, ContractError when it answers no array.
    """
    location = _OUTPUT.joined("consolidated-annotation", "consolidation-request", "iteration-1", "payload.json")
    storage.put(location, json.dumps(payload).encode())
    event = {
        "version": EVENT_VERSION,
        "labelingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:labeling-job/consolidate",
        "labelCategories": list(label_categories),
        "labelAttributeName": label_attribute,
        "roleArn": "arn:aws:iam::123456789012:role/groundtruth-local",
        "payload": {"s3Uri": str(location)},
        "outputConfig": str(_OUTPUT),
        "vpcEnabled": False,
    }
    response = functions.invoke(functions_of_task(task_type)[1], event)
    requested = [str(entry["datasetObjectId"]) for entry in payload if "datasetObjectId" in entry]
    answer = read_consolidation(response, requested, label_attribute)
    if not isinstance(response, list):
        raise ContractError("The consolidation function answered no array.")
    return response, answer.warnings


def has_label(entry: dict[str, object], label_attribute: str) -> bool:
    """Whether a response entry carries a label: one without is an `error`, a `no_answer`, or an unresolved tie."""
    annotation = entry.get("consolidatedAnnotation")
    content = annotation.get("content") if isinstance(annotation, dict) else None
    value = content.get(label_attribute) if isinstance(content, dict) else None
    if not isinstance(value, dict):
        return value is not None
    return value.get("status") not in {"error", "no_answer"} and value.get("class-name", "") is not None
