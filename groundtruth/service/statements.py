"""Statements that workers' requests are made of, each built once: SQLAlchemy takes longer to build one than a database to run it.

Parameters carry the name of their column; in changes, the columns that find the row are `its_…`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, Update, bindparam, exists, func, insert, select, update

from groundtruth.service.records import (
    HAS_HAD,
    IS_LIVE,
    IS_VACANT,
    answers,
    assignments,
    data_objects,
    jobs,
    team_members,
    workers,
)

JOB_OF_TEAM = (
    select(jobs.c.id, jobs.c.status)
    .join(team_members, team_members.c.team == jobs.c.team)
    .where(jobs.c.unique_name == bindparam("unique_name"), team_members.c.worker_id == bindparam("worker_id"))
)

LOCK_WORKER = select(workers.c.id).where(workers.c.id == bindparam("worker_id")).with_for_update()

OWN = (
    select(assignments)
    .where(assignments.c.worker_id == bindparam("worker_id"), assignments.c.job_id == bindparam("job_id"), IS_LIVE)
    .order_by(assignments.c.state.desc(), assignments.c.accepted_at)
    .limit(1)
)
"""The assignment that the worker has in hand: one they work on before one they paused."""

LAST_NUMBER = select(func.max(assignments.c.number)).where(
    assignments.c.worker_id == bindparam("worker_id"), assignments.c.job_id == bindparam("job_id")
)

EARLIER_DRAFT = (
    select(assignments.c.draft)
    .where(
        assignments.c.job_id == bindparam("job_id"),
        assignments.c.number == bindparam("number"),
        assignments.c.worker_id == bindparam("worker_id"),
    )
    .order_by(assignments.c.accepted_at.desc())
    .limit(1)
)

ASSIGNMENT = (
    select(assignments, jobs.c.status.label("job_status"))
    .join(jobs, jobs.c.id == assignments.c.job_id)
    .where(assignments.c.id == bindparam("id"), assignments.c.worker_id == bindparam("worker_id"))
)

LOCKED_ASSIGNMENT = ASSIGNMENT.with_for_update(of=assignments)

OBJECT = select(data_objects).where(
    data_objects.c.job_id == bindparam("job_id"), data_objects.c.number == bindparam("number")
)

LOCKED_OBJECT = OBJECT.with_for_update()

SUBMITTED_AT = select(answers.c.submitted_at).where(answers.c.assignment_id == bindparam("assignment_id"))

ADD_ASSIGNMENT = insert(assignments)

ADD_ANSWER = insert(answers)

_HAD = exists().where(
    assignments.c.job_id == data_objects.c.job_id,
    assignments.c.number == data_objects.c.number,
    assignments.c.worker_id == bindparam("worker_id"),
    HAS_HAD,
)
_FOR_WORKER = (
    data_objects.c.job_id == bindparam("job_id"),
    IS_VACANT,
    data_objects.c.expires_at > bindparam("now"),
    ~_HAD,
    data_objects.c.number >= bindparam("first"),
    data_objects.c.number <= bindparam("last"),
)

COUNT_VACANT = select(func.count()).select_from(data_objects).where(*_FOR_WORKER)
"""Objects from `first` to `last` that a worker may take."""

_VACANT: Select[Any] = (
    select(data_objects)
    .with_hint(data_objects, "INDEXED BY vacant_data_objects", "sqlite")  # else it walks over all that are taken
    .where(*_FOR_WORKER)
    .order_by(data_objects.c.number)
    .limit(1)
)

VACANT_LOCKED = _VACANT.with_for_update()
"""The first such object; waits for it when another process is just giving it out."""

VACANT_UNLOCKED = _VACANT.with_for_update(skip_locked=True)
"""The first such object that no other process is just giving out."""


@cache
def change_of(table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> Update:
    """The statement that changes these columns of the row with these keys."""
    found = [table.c[key] == bindparam(f"its_{key}") for key in keys]
    return update(table).where(*found).values({column: bindparam(column) for column in columns})


def change(connection: Connection, table: Table, keys: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Change one row."""
    parameters = {f"its_{key}": value for key, value in keys.items()} | dict(changes)
    connection.execute(change_of(table, tuple(keys), tuple(sorted(changes))), parameters)


def one_or_none(connection: Connection, statement: Any, **parameters: Any) -> Row[Any] | None:
    """The statement's row; None when there is none."""
    row: Row[Any] | None = connection.execute(statement, parameters).one_or_none()
    return row
