"""What a job has done so far, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from groundtruth.storage import S3Location


class WorkerResponse(Protocol):
    """One worker's answer to one task."""

    @property
    def worker_id(self) -> str:
        """Ground Truth's id of the worker."""

    @property
    def content(self) -> Mapping[str, object]:
        """The answer, keyed by the names of the template's elements."""

    @property
    def seconds(self) -> float:
        """Seconds the worker spent on the task."""


class Workforce(Protocol):
    """Who answers tasks."""

    def answers(
        self, dataset_object_id: str, data_object: Mapping[str, object], task_input: Mapping[str, object], count: int
    ) -> tuple[WorkerResponse, ...]:
        """Up to `count` workers' answers to one task; fewer, or none, where an answer never came."""


@dataclass
class Counters:
    """How many data objects went which way; names as in LabelCounters where there is one. Grows while the job runs."""

    objects: int = 0
    human_labeled: int = 0
    failed: int = 0
    without_human: int = 0
    already_labeled: int = 0
    answers: int = 0
    seconds: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys(("pre_annotation", "answers", "consolidation"), 0.0)
    )


@dataclass(frozen=True)
class JobOutcome:
    """How a job ended. `status` is `Completed` or `Failed`; the output manifest holds every line that was finished in either case."""

    status: str
    counters: Counters
    output_manifest: S3Location
    warnings: tuple[str, ...] = ()
    failure_reason: str = ""
    function_traceback: str = ""
    elapsed: float = 0.0
