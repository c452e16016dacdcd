"""A labeling job as DescribeLabelingJob tells of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from groundtruth.errors import RequestError, ServiceError
from groundtruth.status.connection import Connection
from groundtruth.storage import S3Location

ENDED = ("Completed", "Failed", "Stopped")

_ARN = re.compile(r"arn:[a-z-]+:sagemaker:(?P<region>[a-z0-9-]+):\d{12}:labeling-job/(?P<name>[^/]+)")
_NAMED = 5
"""Jobs that a message names."""


@dataclass(frozen=True)
class JobDescription:
    """What is known of a job without its files. Counts are of data objects; failure_reason is empty unless the job failed."""

    name: str
    arn: str
    status: str
    label_attribute: str
    created: datetime
    modified: datetime
    human_labeled: int
    total_labeled: int
    failed: int
    unlabeled: int
    workers_per_object: int
    workteam: str
    folder: S3Location
    output_manifest: S3Location | None
    failure_reason: str = ""

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status in ENDED

    @property
    def objects(self) -> int:
        """Data objects of the job; 0 until its manifest is read."""
        return self.total_labeled + self.failed + self.unlabeled

    @property
    def standing(self) -> str:
        """In a few words: status and how much is labeled."""
        reason = f": {self.failure_reason}" if self.failure_reason else ""
        return (
            f"{self.status}, {self.total_labeled:,} of {self.objects:,} objects labeled, {self.failed:,} failed{reason}"
        )


def region_of(job: str) -> str | None:
    """The region that a job's ARN names; None for a bare name."""
    found = _ARN.fullmatch(job)
    return found["region"] if found else None


def find_job(connection: Connection, job: str) -> JobDescription | None:
    """A job by its name or ARN, whatever the case of its letters; None when there is none. Raises RequestError and ServiceError."""
    name = _name_of(job)
    answer = connection.sagemaker("describe_labeling_job", LabelingJobName=name)
    if answer is None and (known := _in_other_letters(connection, name)) is not None:
        answer = connection.sagemaker("describe_labeling_job", LabelingJobName=known)
    return None if answer is None else description(answer)


def job(connection: Connection, name_or_arn: str) -> JobDescription:
    """A job that must be there. Raises RequestError that names the latest jobs when it is not."""
    found = find_job(connection, name_or_arn)
    if found is not None:
        return found
    latest = [str(entry["LabelingJobName"]) for entry in islice(all_jobs(connection), _NAMED)]
    known = f"The latest are: {', '.join(latest)}." if latest else "There is none at all."
    place = "on the local service" if connection.is_local else f"in {connection.region}"
    raise RequestError(f'There is no labeling job "{_name_of(name_or_arn)}" {place}. {known}')


def all_jobs(connection: Connection, **which: Any) -> Iterator[Mapping[str, Any]]:
    """The jobs' summaries as ListLabelingJobs gives them, the latest first. which: its filters."""
    token: dict[str, str] = {}
    while True:
        page = connection.sagemaker(
            "list_labeling_jobs", SortBy="CreationTime", SortOrder="Descending", MaxResults=100, **which, **token
        )
        yield from (page or {}).get("LabelingJobSummaryList", ())
        if not page or "NextToken" not in page:
            return
        token = {"NextToken": page["NextToken"]}


def description(answer: Mapping[str, Any]) -> JobDescription:
    """Read DescribeLabelingJob's answer."""
    counters = answer.get("LabelCounters", {})
    output = S3Location.parse(answer["OutputConfig"]["S3OutputPath"])
    manifest = answer.get("LabelingJobOutput", {}).get("OutputDatasetS3Uri")
    return JobDescription(
        name=answer["LabelingJobName"],
        arn=answer["LabelingJobArn"],
        status=answer["LabelingJobStatus"],
        label_attribute=answer.get("LabelAttributeName", answer["LabelingJobName"]),
        created=answer["CreationTime"],
        modified=answer["LastModifiedTime"],
        human_labeled=counters.get("HumanLabeled", 0),
        total_labeled=counters.get("TotalLabeled", 0),
        failed=counters.get("FailedNonRetryableError", 0),
        unlabeled=counters.get("Unlabeled", 0),
        workers_per_object=answer["HumanTaskConfig"]["NumberOfHumanWorkersPerDataObject"],
        workteam=answer["HumanTaskConfig"]["WorkteamArn"],
        folder=output.joined(answer["LabelingJobName"]),
        output_manifest=S3Location.parse(manifest) if manifest else None,
        failure_reason=answer.get("FailureReason", ""),
    )


def _name_of(job: str) -> str:
    found = _ARN.fullmatch(job)
    if found is None and job.startswith("arn:"):
        raise RequestError(
            f'"{job}" is no labeling job\'s ARN. Write arn:aws:sagemaker:REGION:ACCOUNT:labeling-job/NAME, or the name alone.'
        )
    return found["name"] if found else job


def _in_other_letters(connection: Connection, name: str) -> str | None:
    """The job's name as it was given, when an ARN has it in lower case; None also when one may not look."""
    try:
        names = (str(entry["LabelingJobName"]) for entry in all_jobs(connection, NameContains=name))
        return next((known for known in names if known != name and known.lower() == name.lower()), None)
    except ServiceError:
        return None
