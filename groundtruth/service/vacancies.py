"""Which data object a worker may take next. Each search is a few steps in an index, however large the job is."""

from typing import Any

from sqlalchemy import Connection, Row

from groundtruth.service.statements import (
    COUNT_VACANT,
    LAST_NUMBER,
    OWN,
    VACANT_LOCKED,
    VACANT_UNLOCKED,
    one_or_none,
)
from groundtruth.service.status import IN_PROGRESS

TAKES_ANSWERS = (IN_PROGRESS,)
"""The statuses of a job that workers work on."""

_LAST = 2**31 - 1


def own_assignment(connection: Connection, worker_id: str, job_id: int) -> Row[Any] | None:
    """The assignment that the worker has in hand: one they work on before one they paused."""
    return one_or_none(connection, OWN, worker_id=worker_id, job_id=job_id)


def find_vacant(connection: Connection, worker_id: str, job_id: int, now: float) -> tuple[Row[Any] | None, bool]:
    """The next vacant object after the worker's last one, else the first; its row is locked. And whether they may have had it before.

    Going on from the last one keeps a search from walking over all that the worker did, and brings back a released task only after the rest.
    """
    mine = {"worker_id": worker_id, "job_id": job_id}
    last = connection.execute(LAST_NUMBER, mine).scalar_one_or_none()
    after = -1 if last is None else last
    # Objects that other processes are just giving out are passed over at first, and waited for when there is nothing else.
    searches = [(VACANT_UNLOCKED, after + 1), (VACANT_UNLOCKED, 0), (VACANT_LOCKED, 0)]
    if connection.dialect.name == "sqlite":
        searches.pop()
    if after < 0:
        searches.pop(0)
    for statement, first in searches:
        parameters = mine | {"now": now, "first": first, "last": _LAST}
        if row := connection.execute(statement, parameters).one_or_none():
            return row, row.number <= after
    return None, False


def count_vacant(connection: Connection, worker_id: str, job_id: int, now: float) -> int:
    """How many objects of the job the worker may take."""
    parameters = {"worker_id": worker_id, "job_id": job_id, "now": now, "first": 0, "last": _LAST}
    count: int = connection.execute(COUNT_VACANT, parameters).scalar_one()
    return count


def may_take(connection: Connection, row: Row[Any], worker_id: str, now: float) -> bool:
    """Whether the worker may take this object of a job that takes answers."""
    this = {"first": row.number, "last": row.number}
    parameters = {"worker_id": worker_id, "job_id": row.job_id, "now": now} | this
    return bool(connection.execute(COUNT_VACANT, parameters).scalar_one())
