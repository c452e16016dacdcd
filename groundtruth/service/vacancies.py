"""Which data object a worker may take next. Each search is a few steps in an index, however large the job is."""

from typing import Any

from sqlalchemy import Connection

from groundtruth.service.statements import (
    COUNT_VACANT,
    OWN,
    TAKE_AFTER_LAST,
    TAKE_FIRST,
    TAKE_THIS,
    WAIT_AND_TAKE_FIRST,
)
from groundtruth.service.status import IN_PROGRESS

TAKES_ANSWERS = (IN_PROGRESS,)
"""The statuses of a job that workers work on."""


def own_assignment(connection: Connection, worker_id: str, job_id: int) -> Any:
    """The assignment that the worker has in hand: one they work on before one they paused; None when there is none."""
    return OWN.row(connection, worker_id=worker_id, job_id=job_id)


def take_next(connection: Connection, worker_id: str, job_id: int, now: float) -> tuple[Any, bool]:
    """Take a place at the next vacant object after the worker's last one, else at the first; and whether they may have had it before.

    Going on from the last one keeps a search from walking over all that the worker did, and brings back a released task only after the rest.
    """
    mine = {"by_worker": worker_id, "of_job": job_id, "now": now}
    if row := TAKE_AFTER_LAST.row(connection, **mine):
        return row, False
    row = TAKE_FIRST.row(connection, **mine)
    if row is None and connection.dialect.name != "sqlite":
        # Objects that other processes are just giving out were passed over: wait for them when there is nothing else.
        row = WAIT_AND_TAKE_FIRST.row(connection, **mine)
    return row, True


def take_this(connection: Connection, worker_id: str, row: Any, now: float) -> Any:
    """Take a place at the object of an earlier assignment, if the worker still may."""
    return TAKE_THIS.row(connection, by_worker=worker_id, of_job=row.job_id, now=now, this=row.number)


def count_vacant(connection: Connection, worker_id: str, job_id: int, now: float) -> int:
    """How many objects of the job the worker may take."""
    count: int = COUNT_VACANT.value(connection, by_worker=worker_id, of_job=job_id, now=now)
    return count
