"""Which data object a worker may take next. Each search is a few steps in an index, however large the job is."""

from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from groundtruth.service.records import HAS_HAD, IS_LIVE, IS_VACANT, assignments, data_objects, jobs

TAKES_ANSWERS = ("InProgress",)
"""The statuses of a job that workers work on."""


def own_assignment(connection: Connection, worker_id: str, job_id: int) -> Row[Any] | None:
    """The assignment that the worker has in hand: one they work on before one they paused."""
    query = (
        select(assignments)
        .where(assignments.c.worker_id == worker_id, assignments.c.job_id == job_id, IS_LIVE)
        .order_by(assignments.c.state.desc(), assignments.c.accepted_at)
        .limit(1)
    )
    return connection.execute(query).one_or_none()


def find_vacant(connection: Connection, worker_id: str, job_id: int, now: float) -> Row[Any] | None:
    """The next vacant object after the worker's last one, else the first; its row is locked.

    Going on from the last one keeps a search from walking over all that the worker did, and brings back a released task only after the rest.
    """
    mine = (assignments.c.worker_id == worker_id) & (assignments.c.job_id == job_id)
    last = connection.execute(select(func.max(assignments.c.number)).where(mine)).scalar_one_or_none()
    query = select(data_objects).where(*_vacant(job_id, worker_id, now)).order_by(data_objects.c.number).limit(1)
    after = query.where(data_objects.c.number > (-1 if last is None else last))
    # Objects that other processes are just giving out are passed over at first, and waited for when there is nothing else.
    candidates = (
        after.with_for_update(skip_locked=True),
        query.with_for_update(skip_locked=True),
        query.with_for_update(),
    )
    return next((row for candidate in candidates if (row := connection.execute(candidate).one_or_none())), None)


def count_vacant(connection: Connection, worker_id: str, job_id: int, now: float) -> int:
    """How many objects of the job the worker may take."""
    query = select(func.count()).select_from(data_objects).where(*_vacant(job_id, worker_id, now))
    return connection.execute(query).scalar_one()


def may_take(connection: Connection, row: Row[Any], worker_id: str, now: float) -> bool:
    """Whether the worker may take this object."""
    status = connection.execute(select(jobs.c.status).where(jobs.c.id == row.job_id)).scalar_one()
    this = select(data_objects.c.number).where(
        *_vacant(row.job_id, worker_id, now), data_objects.c.number == row.number
    )
    return status in TAKES_ANSWERS and connection.execute(this).one_or_none() is not None


def _vacant(job_id: int, worker_id: str, now: float) -> tuple[Any, ...]:
    had = exists().where(
        assignments.c.job_id == data_objects.c.job_id,
        assignments.c.number == data_objects.c.number,
        assignments.c.worker_id == worker_id,
        HAS_HAD,
    )
    return (data_objects.c.job_id == job_id, IS_VACANT, data_objects.c.expires_at > now, ~had)
