"""What is told of a job. All times are UTC."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from groundtruth.status.job import JobDescription


@dataclass(frozen=True)
class WorkerPace:
    """One worker's answers in the job. seconds: the median time of an answer; None when no file tells."""

    worker: str
    answers: int
    seconds: float | None
    last: datetime | None


@dataclass(frozen=True)
class Pace:
    """How fast the job goes. objects, answers: an hour, over the whole time; recent_…: over the latest hour. None before there is a pace.

    expected_end: when the rest is done at the latest day's pace, nights included.
    """

    objects: float | None = None
    answers: float | None = None
    recent_objects: float | None = None
    recent_answers: float | None = None
    expected_end: datetime | None = None


@dataclass(frozen=True)
class Failure:
    """An object without a label. line: counted from 1 in the output manifest, None while the job is under way. source: its URI, or how its text begins."""

    source: str
    reason: str
    line: int | None = None


@dataclass(frozen=True)
class JobStatus:
    """A job as it stands at a moment. failures: those that are listed; failed: how many there are. statuses: labels by their own status."""

    job: JobDescription
    at: datetime
    answers: int
    pace: Pace
    workers: tuple[WorkerPace, ...]
    statuses: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """1 when the job failed, or ended with objects that have no label; else 0."""
        job = self.job
        return 1 if job.status == "Failed" or (job.has_ended and job.failed) else 0

    def as_json(self) -> dict[str, object]:
        """For scripts; docs/status.md describes it."""
        job = self.job
        return {
            "job": job.name,
            "arn": job.arn,
            "status": job.status,
            "failure_reason": job.failure_reason or None,
            "created": job.created.isoformat(),
            "at": self.at.isoformat(),
            "objects": job.objects,
            "labeled": job.total_labeled,
            "failed": job.failed,
            "unlabeled": job.unlabeled,
            "answers": self.answers,
            "workers_per_object": job.workers_per_object,
            "objects_per_hour": self.pace.objects,
            "answers_per_hour": self.pace.answers,
            "recent_objects_per_hour": self.pace.recent_objects,
            "recent_answers_per_hour": self.pace.recent_answers,
            "expected_end": self.pace.expected_end.isoformat() if self.pace.expected_end else None,
            "statuses": dict(self.statuses),
            "workers": [
                dataclasses.asdict(worker) | {"last": worker.last.isoformat() if worker.last else None}
                for worker in self.workers
            ],
            "failures": [dataclasses.asdict(failure) for failure in self.failures],
            "output_manifest": str(job.output_manifest) if job.output_manifest else None,
            "notes": list(self.notes),
        }
