"""What the background work asks of each job several times a second: statements that are compiled once."""

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from groundtruth.service.prepared import Prepared
from groundtruth.service.records import IS_LIVE, IS_VACANT, assignments, consolidations, data_objects, jobs
from groundtruth.service.status import UNDER_WAY

_OF_JOB = data_objects.c.job_id == bindparam("job_id")


def is_one_of(column: ColumnElement[str], values: tuple[str, ...]) -> ColumnElement[bool]:
    """The condition that the column has one of these values."""
    return or_(*(column == value for value in values))


def _object_in(*states: str) -> Prepared:
    return Prepared(select(data_objects.c.number).where(_OF_JOB, is_one_of(data_objects.c.state, states)).limit(1))


JOBS_UNDER_WAY = Prepared(select(jobs.c.id).where(is_one_of(jobs.c.status, UNDER_WAY)).order_by(jobs.c.id))

JOB = Prepared(select(jobs).where(jobs.c.id == bindparam("job_id")))

LATE_ASSIGNMENT = Prepared(
    select(assignments.c.id)
    .where(assignments.c.job_id == bindparam("job_id"), IS_LIVE, assignments.c.deadline < bindparam("now"))
    .limit(1)
)

EXPIRED_OBJECT = Prepared(
    select(data_objects.c.number)
    .where(_OF_JOB, data_objects.c.state == "open", data_objects.c.expires_at <= bindparam("now"))
    .limit(1)
)

PENDING_OBJECT = _object_in("pending")

UNFINISHED_OBJECT = _object_in("chosen", "open", "closing", "answered")
"""An object that was chosen for a batch and has no result yet."""

UNANSWERED_OBJECT = _object_in("chosen", "open", "closing")
"""An object that was chosen for a batch and gets more answers."""

CHOSEN_OBJECTS = Prepared(
    select(data_objects.c.number, data_objects.c.line)
    .where(_OF_JOB, data_objects.c.state == "chosen")
    .order_by(data_objects.c.number)
    .limit(bindparam("most"))
)

VACANT_OBJECTS = Prepared(
    select(data_objects.c.number)
    .with_hint(data_objects, "INDEXED BY vacant_data_objects", "sqlite")
    .where(_OF_JOB, IS_VACANT)
    .limit(bindparam("most"))
)

CONSOLIDATION_UNDER_WAY = Prepared(
    select(consolidations)
    .where(consolidations.c.job_id == bindparam("job_id"), consolidations.c.answered_at.is_(None))
    .order_by(consolidations.c.sequence)
    .limit(1)
)

WAITING_OBJECTS = Prepared(
    select(
        func.count().label("objects"),
        func.min(data_objects.c.completed_at).label("since"),
        func.count().filter(data_objects.c.answers == 0).label("unanswered"),
    ).where(_OF_JOB, data_objects.c.state == "answered", data_objects.c.consolidation.is_(None))
)
"""How many objects wait for their consolidation, since when, and how many of them nobody answered."""
