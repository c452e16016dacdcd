"""What a labeling job is asked to do."""

from dataclasses import dataclass

from groundtruth.storage.location import S3Location

LONGEST_AVAILABILITY = 2_592_000
"""Seconds (30 days) that a task is on offer at most, and by default, for private teams."""


@dataclass(frozen=True)
class JobRequest:
    """The members of a CreateLabelingJob request that the engine works by; names as there.

    No `pre_annotation`: the manifest line itself is the task input. No `consolidation`: no label, only a reference to the workers' answers
    (developer guide, sms-custom-templates-step2).
    """

    name: str
    label_attribute: str
    manifest: S3Location
    output: S3Location
    workers_per_object: int
    pre_annotation: str | None = None
    consolidation: str | None = None
    label_categories: tuple[str, ...] | None = None
    max_concurrent_tasks: int = 1000
    role_arn: str = "arn:aws:iam::123456789012:role/groundtruth-local"
    region: str = "us-east-1"

    @property
    def arn(self) -> str:
        """The job's ARN; Ground Truth lower-cases the name in it when it calls a function."""
        return f"arn:aws:sagemaker:{self.region}:123456789012:labeling-job/{self.name.lower()}"


@dataclass(frozen=True)
class EngineSettings:
    """What the contract marks as unknown, each with our choice as the default.

    first_batch: objects in the first batch. objects_per_consolidation: data objects in one consolidation request.
    Not documented by AWS: an object that needs no human keeps its line as it was, an object that a consolidation response leaves out fails, and a second
    entry for one id is ignored with a warning.
    """

    first_batch: int = 10
    objects_per_consolidation: int = 200
