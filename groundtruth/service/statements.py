"""The statements that workers' requests are made of."""

from typing import Any

from sqlalchemy import bindparam, exists, func, select, update

from groundtruth.service.prepared import Prepared, adding
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

JOB_OF_WORKER = Prepared(
    select(jobs.c.id, jobs.c.status)
    .join(team_members, team_members.c.team == jobs.c.team)
    .join(workers, workers.c.id == team_members.c.worker_id)
    .where(jobs.c.unique_name == bindparam("unique_name"), workers.c.id == bindparam("worker_id"))
    .with_for_update(of=workers)
)
"""The job of a team that the worker is in. Lets one request of a worker through at a time: two tabs do not take two tasks."""

OWN = Prepared(
    select(assignments)
    .where(assignments.c.worker_id == bindparam("worker_id"), assignments.c.job_id == bindparam("job_id"), IS_LIVE)
    .order_by(assignments.c.state.desc(), assignments.c.accepted_at)
    .limit(1)
)
"""The assignment that the worker has in hand: one they work on before one they paused."""

EARLIER_DRAFT = Prepared(
    select(assignments.c.draft)
    .where(
        assignments.c.job_id == bindparam("job_id"),
        assignments.c.number == bindparam("number"),
        assignments.c.worker_id == bindparam("worker_id"),
    )
    .order_by(assignments.c.accepted_at.desc())
    .limit(1)
)

_ASSIGNMENT = (
    select(assignments, jobs.c.status.label("job_status"))
    .join(jobs, jobs.c.id == assignments.c.job_id)
    .where(assignments.c.id == bindparam("id"), assignments.c.worker_id == bindparam("worker_id"))
)

ASSIGNMENT = Prepared(_ASSIGNMENT)

LOCKED_ASSIGNMENT = Prepared(_ASSIGNMENT.with_for_update(of=assignments))

TASK = Prepared(
    select(assignments, jobs.c.status.label("job_status"), data_objects.c.line, data_objects.c.task_input)
    .join(jobs, jobs.c.id == assignments.c.job_id)
    .join(
        data_objects,
        (data_objects.c.job_id == assignments.c.job_id) & (data_objects.c.number == assignments.c.number),
    )
    .where(assignments.c.id == bindparam("id"))
)
"""An assignment with what its worker is shown."""

OBJECT = Prepared(
    select(data_objects).where(
        data_objects.c.job_id == bindparam("job_id"), data_objects.c.number == bindparam("number")
    )
)

SUBMITTED_AT = Prepared(select(answers.c.submitted_at).where(answers.c.assignment_id == bindparam("assignment_id")))

ADD_ASSIGNMENT = adding(assignments)

ADD_ANSWER = adding(answers)

_HAD = exists().where(
    assignments.c.job_id == data_objects.c.job_id,
    assignments.c.number == data_objects.c.number,
    assignments.c.worker_id == bindparam("by_worker"),
    HAS_HAD,
)
_IS_FOR_WORKER = (
    data_objects.c.job_id == bindparam("of_job"),
    IS_VACANT,
    data_objects.c.expires_at > bindparam("now"),
    ~_HAD,
)
_LAST = (
    select(func.max(assignments.c.number))
    .where(assignments.c.worker_id == bindparam("by_worker"), assignments.c.job_id == bindparam("of_job"))
    .scalar_subquery()
)

COUNT_VACANT = Prepared(select(func.count()).select_from(data_objects).where(*_IS_FOR_WORKER))
"""Objects that the worker may take."""


def _taking(*conditions: Any, waits: bool = False) -> Prepared:
    """Take a place at the first object that the worker may take and that meets the conditions.

    waits: for an object that another process is just giving out, instead of passing it over.
    """
    vacant = (
        select(data_objects.c.number)
        .with_hint(data_objects, "INDEXED BY vacant_data_objects", "sqlite")  # else it walks over all that are taken
        .where(*_IS_FOR_WORKER, *conditions)
        .order_by(data_objects.c.number)
        .limit(1)
        .with_for_update(skip_locked=not waits)
        .correlate(None)
        .scalar_subquery()
    )
    this = update(data_objects).where(data_objects.c.job_id == bindparam("of_job"), data_objects.c.number == vacant)
    return Prepared(this.values(taken=data_objects.c.taken + 1).returning(data_objects))


TAKE_AFTER_LAST = _taking(data_objects.c.number > func.coalesce(_LAST, -1))
TAKE_FIRST = _taking()
WAIT_AND_TAKE_FIRST = _taking(waits=True)
TAKE_THIS = _taking(data_objects.c.number == bindparam("this"), waits=True)
