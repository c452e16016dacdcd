"""The places at a data object that workers take, give back and fill with answers.

Every function here works inside its caller's transaction and locks the object's row first, so that the count of places is right whoever
else is at it.
"""

from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from groundtruth.service.records import IS_LIVE, assignments, data_objects
from groundtruth.service.statements import LOCKED_OBJECT, change

type ObjectKey = tuple[int, int]
"""A job's id and a data object's number."""


def is_object(key: ObjectKey) -> Any:
    """The condition that a row of `data_objects` is this object."""
    return and_(data_objects.c.job_id == key[0], data_objects.c.number == key[1])


def lock_object(connection: Connection, key: ObjectKey) -> Row[Any]:
    """The object's row, locked until the transaction ends."""
    return connection.execute(LOCKED_OBJECT, {"job_id": key[0], "number": key[1]}).one()


def take_place(connection: Connection, row: Row[Any]) -> None:
    """One more worker has the object."""
    _change(connection, row, taken=row.taken + 1)


def fill_place(connection: Connection, row: Row[Any], now: float) -> None:
    """A worker who had the object has answered."""
    _settle(connection, row, now, answers=row.answers + 1)


def give_back_place(connection: Connection, row: Row[Any], now: float, *, declined: bool = False) -> None:
    """A worker who had the object has it no more."""
    _settle(connection, row, now, taken=row.taken - 1, declines=row.declines + declined)


def expire_assignments(connection: Connection, job_id: int, now: float, most: int = 500) -> int:
    """Give back the places of assignments whose time is over, at most so many; returns how many there were."""
    late = (
        select(assignments.c.id, assignments.c.number)
        .where(assignments.c.job_id == job_id, IS_LIVE, assignments.c.deadline < now)
        .order_by(assignments.c.number)
        .limit(most)
    )
    rows = connection.execute(late).all()
    for row in rows:
        expire(connection, row.id, (job_id, row.number), now)
    return len(rows)


def expire(connection: Connection, assignment_id: str, key: ObjectKey, now: float) -> None:
    """Give back the place of one assignment whose time is over, unless it has been given back or filled meanwhile."""
    row = lock_object(connection, key)
    late = (update(assignments).where(assignments.c.id == assignment_id, IS_LIVE, assignments.c.deadline < now)).values(
        state="expired"
    )
    if connection.execute(late).rowcount:
        give_back_place(connection, row, now)


def close_expired_objects(connection: Connection, job_id: int, now: float, most: int = 500) -> int:
    """Take objects that were on offer for long enough off it, at most so many; returns how many there were."""
    query = (
        select(data_objects)
        .where(data_objects.c.job_id == job_id, data_objects.c.state == "open", data_objects.c.expires_at <= now)
        .order_by(data_objects.c.number)
        .limit(most)
        .with_for_update()
    )
    rows = connection.execute(query).all()
    for row in rows:
        _settle(connection, row, now)
    return len(rows)


def withdraw(connection: Connection, job_id: int) -> None:
    """End every live assignment of the job: its workers' answers are not asked for any more."""
    live = update(assignments).where(assignments.c.job_id == job_id, IS_LIVE)
    connection.execute(live.values(state="withdrawn"))


def _settle(connection: Connection, row: Row[Any], now: float, **changes: Any) -> None:
    after = row._asdict() | changes
    if row.state in {"open", "closing"}:
        is_over = row.state == "closing" or row.expires_at <= now or after["declines"] >= row.wanted
        if after["answers"] >= row.wanted or (is_over and after["taken"] == after["answers"]):
            changes |= {"state": "answered", "completed_at": now}
        elif is_over:
            changes |= {"state": "closing"}
    _change(connection, row, **changes)


def _change(connection: Connection, row: Row[Any], **changes: Any) -> None:
    if changes:
        change(connection, data_objects, {"job_id": row.job_id, "number": row.number}, changes)
