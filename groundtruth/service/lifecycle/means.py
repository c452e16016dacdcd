"""What the steps of a job work with."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import sleep, time
from typing import Any

from sqlalchemy import Connection, select, update

from groundtruth.functions import Functions
from groundtruth.jobs import JobRequest
from groundtruth.jobs.output import OutputTree
from groundtruth.service import journal, places
from groundtruth.service.database import Database
from groundtruth.service.lifecycle.questions import JOB
from groundtruth.service.records import jobs
from groundtruth.service.requests import availability, job_request
from groundtruth.service.settings import ServiceSettings
from groundtruth.service.status import FAILING, IN_PROGRESS, INITIALIZING
from groundtruth.storage import Storage

_LONGEST_REASON = 1024

type Report = Callable[[str, str, str], None]
"""Told the job's name, why it failed, and the function's traceback, empty when there is none."""


def unheard(_name: str, _reason: str, _traceback: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Means:
    """The service's parts that the background work needs. `rest`: waits so many seconds, to leave the machine to people."""

    database: Database
    storage: Storage
    functions: Functions
    settings: ServiceSettings = field(default_factory=ServiceSettings)
    clock: Callable[[], float] = time
    report: Report = unheard
    rest: Callable[[float], None] = sleep


@dataclass(frozen=True)
class Job:
    """A job as a step finds it. `asked`: the CreateLabelingJob request itself."""

    id: int
    status: str
    iteration: int
    objects: int
    human_labeled: int
    already_labeled: int
    created_at: float
    asked: Mapping[str, Any]
    request: JobRequest

    @property
    def availability(self) -> int:
        """Seconds that a task is on offer."""
        return availability(self.asked)

    def tree(self, means: Means) -> OutputTree:
        """Where the job's files go."""
        return OutputTree(means.storage, self.request.output, self.request.name)


def load(means: Means, job_id: int) -> Job:
    """The job as it is now."""
    with means.database.reading() as connection:
        return _job(JOB.row(connection, job_id=job_id))


def set_status(
    connection: Connection, job_id: int, now: float, status: str, *, only_from: tuple[str, ...], **values: Any
) -> bool:
    """Change the job's status, unless it is none of `only_from` any more; returns whether it was changed."""
    change = update(jobs).where(jobs.c.id == job_id, jobs.c.status.in_(only_from))
    return bool(connection.execute(change.values(status=status, modified_at=now, **values)).rowcount)


def fail(means: Means, job_id: int, reason: str, traceback: str = "") -> None:
    """Let the job fail: workers are refused from now on, and what is finished is written out next."""
    now = means.clock()

    def work(connection: Connection) -> str | None:
        details = {"failure_reason": reason[:_LONGEST_REASON], "function_traceback": traceback or None}
        under_way = (INITIALIZING, IN_PROGRESS, "Stopping", "Finishing")
        if not set_status(connection, job_id, now, FAILING, only_from=under_way, **details):
            return None
        places.withdraw(connection, job_id)
        journal.note(connection, job_id, now, journal.ERROR, reason, traceback or None)
        name: str = connection.execute(select(jobs.c.name).where(jobs.c.id == job_id)).scalar_one()
        return name

    if (name := means.database.write(work)) is not None:
        means.report(name, reason, traceback)


def moment(seconds: float) -> datetime:
    """A time of the records as a date and time."""
    return datetime.fromtimestamp(seconds, UTC)


def _job(row: Any) -> Job:
    asked = json.loads(row.request)
    categories = None if row.label_categories is None else json.loads(row.label_categories)
    return Job(
        id=row.id,
        status=row.status,
        iteration=row.iteration,
        objects=row.objects,
        human_labeled=row.human_labeled,
        already_labeled=row.already_labeled,
        created_at=row.created_at,
        asked=asked,
        request=job_request(asked, categories, row.arn.split(":")[3]),
    )
