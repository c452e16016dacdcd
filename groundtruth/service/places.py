"""The places at a data object that workers take, give back and fill with answers.

Each change is one statement, so that the count is right whoever else is at it. Whoever changes an assignment and its object changes the
assignment first: so nobody waits for each other.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, or_, select, update

from groundtruth.service.prepared import Prepared
from groundtruth.service.records import IS_LIVE, assignments, data_objects

type ObjectKey = tuple[int, int]
"""A job's id and a data object's number."""


def is_object(key: ObjectKey) -> ColumnElement[bool]:
    """The condition that a row of `data_objects` is this object."""
    return and_(data_objects.c.job_id == key[0], data_objects.c.number == key[1])


def fill_place(connection: Connection, key: ObjectKey, now: float) -> None:
    """A worker who had the object has answered."""
    _change(connection, key, now, answers=1)


def give_back_place(connection: Connection, key: ObjectKey, now: float, *, declined: bool = False) -> None:
    """A worker who had the object has it no more."""
    _change(connection, key, now, taken=-1, declines=int(declined))


def expire_assignments(connection: Connection, job_id: int, now: float, most: int = 500) -> int:
    """Give back the places of assignments whose time is over, at most so many; returns how many there were."""
    late = (
        select(assignments.c.id, assignments.c.number)
        .where(assignments.c.job_id == job_id, IS_LIVE, assignments.c.deadline < now)
        .order_by(assignments.c.id)
        .limit(most)
    )
    rows = connection.execute(late).all()
    for row in rows:
        expire(connection, row.id, (job_id, row.number), now)
    return len(rows)


def expire(connection: Connection, assignment_id: str, key: ObjectKey, now: float) -> None:
    """Give back the place of one assignment whose time is over, unless it has been given back or filled meanwhile."""
    late = update(assignments).where(assignments.c.id == assignment_id, IS_LIVE, assignments.c.deadline < now)
    if connection.execute(late.values(state="expired")).rowcount:
        give_back_place(connection, key, now)


def close_expired_objects(connection: Connection, job_id: int, now: float) -> None:
    """Take objects that were on offer for long enough off it."""
    over = and_(data_objects.c.job_id == job_id, data_objects.c.state == "open", data_objects.c.expires_at <= now)
    connection.execute(_SETTLE.where(over), _parameters(now))


def withdraw(connection: Connection, job_id: int) -> None:
    """End every live assignment of the job: its workers' answers are not asked for any more."""
    live = update(assignments).where(assignments.c.job_id == job_id, IS_LIVE)
    connection.execute(live.values(state="withdrawn"))


def _settling() -> Any:
    """The change of an object's counts, and of its state when it has all the answers it will get."""
    columns = data_objects.c
    taken, answers = columns.taken + bindparam("more_taken"), columns.answers + bindparam("more_answers")
    declines = columns.declines + bindparam("more_declines")
    is_asked = or_(columns.state == "open", columns.state == "closing")
    is_over = or_(columns.state == "closing", columns.expires_at <= bindparam("now"), declines >= columns.wanted)
    is_answered = and_(is_asked, or_(answers >= columns.wanted, and_(is_over, taken == answers)))
    return update(data_objects).values(
        taken=taken,
        answers=answers,
        declines=declines,
        state=case((is_answered, "answered"), (and_(is_asked, is_over), "closing"), else_=columns.state),
        completed_at=case((is_answered, bindparam("now")), else_=columns.completed_at),
    )


_SETTLE = _settling()
_SETTLE_ONE = Prepared(
    _SETTLE.where(data_objects.c.job_id == bindparam("its_job_id"), data_objects.c.number == bindparam("its_number"))
)


def _change(connection: Connection, key: ObjectKey, now: float, **more: int) -> None:
    _SETTLE_ONE.run(connection, its_job_id=key[0], its_number=key[1], **_parameters(now, **more))


def _parameters(now: float, taken: int = 0, answers: int = 0, declines: int = 0) -> dict[str, Any]:
    return {"now": now, "more_taken": taken, "more_answers": answers, "more_declines": declines}
