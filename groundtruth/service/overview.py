"""Jobs as their owner sees them: progress, throughput, who answered, what went wrong. Reads only."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, cast, func, select

from groundtruth.errors import NoSuchTaskError
from groundtruth.service.database import Database
from groundtruth.service.journal import JobEvent, log_of
from groundtruth.service.records import IS_LIVE, answers, assignments, jobs, workers
from groundtruth.service.status import told

_DAY = 86_400


@dataclass(frozen=True)
class JobProgress:
    """How far a job is. Times are seconds since the epoch.

    objects: lines of the manifest, 0 until it is read. human_labeled, failed, already_labeled, without_human: objects that are done, by how.
    workers_per_object: answers an object needs. answers: answers so far; in_hand: tasks that workers have now.
    """

    name: str
    title: str
    team: str
    status: str
    objects: int
    human_labeled: int
    failed: int
    already_labeled: int
    without_human: int
    workers_per_object: int
    answers: int
    in_hand: int
    created_at: float
    modified_at: float
    ended_at: float | None
    failure_reason: str | None
    function_traceback: str | None

    @property
    def done(self) -> int:
        """Objects whose output line is decided."""
        return self.human_labeled + self.failed + self.already_labeled + self.without_human


@dataclass(frozen=True)
class WorkerTally:
    """What one worker did in a job. `seconds`: time spent on their answers."""

    worker_id: str
    name: str
    answers: int
    seconds: float


class Overview:
    """What the owner's page shows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def jobs(self) -> tuple[JobProgress, ...]:
        """Every job, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_progress().order_by(jobs.c.created_at.desc(), jobs.c.id.desc()))
            return tuple(map(_job_progress, rows))

    def job(self, job_name: str) -> JobProgress:
        """One job. Raises NoSuchTaskError when there is none of this name."""
        with self._database.reading() as connection:
            row = connection.execute(_progress().where(jobs.c.unique_name == job_name.lower())).one_or_none()
        if row is None:
            raise NoSuchTaskError(f'There is no job "{job_name}".')
        return _job_progress(row)

    def answers_by_day(self, job_name: str) -> tuple[tuple[date, int], ...]:
        """Days (UTC) on which answers came, and how many."""
        day = cast(func.floor(answers.c.submitted_at / _DAY), Integer).label("day")
        with self._database.reading() as connection:
            mine = answers.c.job_id == _job_id(connection, job_name)
            query = select(day, func.count().label("answers")).where(mine).group_by(day).order_by(day)
            return tuple(
                (datetime.fromtimestamp(row.day * _DAY, UTC).date(), row.answers) for row in connection.execute(query)
            )

    def answers_by_worker(self, job_name: str) -> tuple[WorkerTally, ...]:
        """Who answered, the one with the most answers first."""
        with self._database.reading() as connection:
            count = func.count().label("answers")
            query = (
                select(workers.c.id, workers.c.name, count, func.sum(answers.c.seconds).label("seconds"))
                .join(workers, workers.c.id == answers.c.worker_id)
                .where(answers.c.job_id == _job_id(connection, job_name))
                .group_by(workers.c.id, workers.c.name)
                .order_by(count.desc(), workers.c.name)
            )
            return tuple(WorkerTally(row.id, row.name, row.answers, row.seconds) for row in connection.execute(query))

    def log(self, job_name: str, most: int = 100, before: int | None = None) -> tuple[JobEvent, ...]:
        """The latest entries of the job's log, the latest first. before: of those that are older than the entry with this id."""
        with self._database.reading() as connection:
            return log_of(connection, _job_id(connection, job_name), most, before)


def _progress() -> Select[Any]:
    answered = select(func.count()).where(answers.c.job_id == jobs.c.id).scalar_subquery().label("answers")
    in_hand = select(func.count()).where(assignments.c.job_id == jobs.c.id, IS_LIVE).correlate(jobs)
    return select(jobs, answered, in_hand.scalar_subquery().label("in_hand"))


def _job_progress(row: Row[Any]) -> JobProgress:
    task = json.loads(row.request)["HumanTaskConfig"]
    return JobProgress(
        name=row.name,
        title=task["TaskTitle"],
        team=row.team,
        status=told(row.status),
        objects=row.objects,
        human_labeled=row.human_labeled,
        failed=row.failed,
        already_labeled=row.already_labeled,
        without_human=row.without_human,
        workers_per_object=task["NumberOfHumanWorkersPerDataObject"],
        answers=row.answers,
        in_hand=row.in_hand,
        created_at=row.created_at,
        modified_at=row.modified_at,
        ended_at=row.ended_at,
        failure_reason=row.failure_reason,
        function_traceback=row.function_traceback,
    )


def _job_id(connection: Connection, job_name: str) -> int:
    job_id = connection.execute(select(jobs.c.id).where(jobs.c.unique_name == job_name.lower())).scalar_one_or_none()
    if job_id is None:
        raise NoSuchTaskError(f'There is no job "{job_name}".')
    return int(job_id)
