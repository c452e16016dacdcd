"""The lines of an output manifest (contract sections 2.4, 2.5 and 6.2)."""

from collections.abc import Mapping
from datetime import datetime

from groundtruth.storage import S3Location

EXPIRED = (
    "ClientError: Annotation tasks expired. No worker answered in time: the task was available too briefly, its template or data "
    "did not load, or every worker declined it."
)
UNUSABLE = "ClientError: The consolidation function returned no usable annotation for this object."

type Line = dict[str, object]


def labeled(
    data_object: Mapping[str, object], label_attribute: str, value: object, job_name: str, at: datetime
) -> Line:
    """The object with its label and the metadata that Ground Truth itself adds to a custom job's."""
    metadata = _metadata(job_name, at)
    return {**data_object, label_attribute: value, f"{label_attribute}-metadata": metadata}


def referenced(
    data_object: Mapping[str, object], label_attribute: str, answers: S3Location, job_name: str, at: datetime
) -> Line:
    """The object of a job without a consolidation function: an empty label, and where the answers lie."""
    metadata = {"worker-response-ref": str(answers), **_metadata(job_name, at)}
    return {**data_object, label_attribute: {}, f"{label_attribute}-metadata": metadata}


def failed(data_object: Mapping[str, object], label_attribute: str, reason: str) -> Line:
    """The object without a label, and why: the label attribute itself is missing."""
    metadata = {"retry-count": 1, "failure-reason": reason, "human-annotated": "true"}
    kept = {key: value for key, value in data_object.items() if key != label_attribute}
    return {**kept, f"{label_attribute}-metadata": metadata}


def _metadata(job_name: str, at: datetime) -> Line:
    return {
        "type": "groundtruth/custom",
        "job-name": job_name,
        "human-annotated": "yes",
        "creation-date": at.strftime("%Y-%m-%dT%H:%M:%S.%f"),
    }
