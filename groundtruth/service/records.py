"""The tables that the service keeps everything in: work teams, jobs, data objects, tasks and answers.

Times are seconds since the epoch, UTC. JSON is kept as text, as it was given. A data object is known by its job and its
number, the zero-based line of the manifest. Every step of its life is a change of `data_objects.state`:

    pending → open → (closing) → answered → labeled | failed
    pending → skipped                           labeled before, or no human needed
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect

METADATA = MetaData()


class ApiTime(TypeDecorator[float]):
    """Seconds since the epoch in whole milliseconds: a time that clients are told and give back to compare with.

    A client reads a time into microseconds. One kept more finely than it is told would come before itself.
    """

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> float | None:  # noqa: ARG002 SQLAlchemy's signature
        """What the database is given for a time."""
        return None if value is None else round(value, 3)


work_teams = Table(
    "work_teams",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("arn", Text, nullable=False, unique=True),
    Column("request", Text, nullable=False),
    Column("created_at", ApiTime, nullable=False),
    Column("modified_at", ApiTime, nullable=False),
)

workers = Table(
    "workers",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Double, nullable=False),
)

team_members = Table(
    "team_members",
    METADATA,
    Column("team", Text, ForeignKey("work_teams.name", ondelete="CASCADE"), primary_key=True),
    Column("worker_id", Text, ForeignKey("workers.id", ondelete="CASCADE"), primary_key=True, index=True),
)

jobs = Table(
    "labeling_jobs",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("unique_name", Text, nullable=False, unique=True),  # in lower case: names are unique ignoring it
    Column("arn", Text, nullable=False),
    Column("team", Text, nullable=False, index=True),
    Column("request", Text, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("failure_reason", Text),
    Column("function_traceback", Text),
    Column("template", Text),  # as it was when the job started: what is edited later changes no task
    Column("label_categories", Text),
    Column("iteration", Integer, nullable=False, server_default=text("0")),
    Column("objects", Integer, nullable=False, server_default=text("0")),
    Column("human_labeled", Integer, nullable=False, server_default=text("0")),
    Column("failed", Integer, nullable=False, server_default=text("0")),
    Column("already_labeled", Integer, nullable=False, server_default=text("0")),
    Column("without_human", Integer, nullable=False, server_default=text("0")),
    Column("created_at", ApiTime, nullable=False, index=True),
    Column("modified_at", ApiTime, nullable=False),
    Column("ended_at", Double),
)

tags = Table(
    "tags",
    METADATA,
    Column("arn", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

IS_VACANT = text("state = 'open' AND taken < wanted")
"""A worker may take the data object. Written out, not bound: only so do both databases see that an index fits."""

data_objects = Table(
    "data_objects",
    METADATA,
    Column("job_id", Integer, ForeignKey("labeling_jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("line", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("iteration", Integer),
    Column("task_input", Text),
    Column("wanted", Integer, nullable=False, server_default=text("0")),
    Column("taken", Integer, nullable=False, server_default=text("0")),  # live assignments and answers
    Column("answers", Integer, nullable=False, server_default=text("0")),
    Column("declines", Integer, nullable=False, server_default=text("0")),
    Column("expires_at", Double),
    Column("completed_at", Double),
    Column("consolidation", Integer),
    Column("result", Text),  # the keys that the output line has over the input line
    Index("data_objects_by_state", "job_id", "state", "number"),
    Index("vacant_data_objects", "job_id", "number", sqlite_where=IS_VACANT, postgresql_where=IS_VACANT),
)

IS_LIVE = text("state IN ('working', 'paused')")
"""The assignment holds a place at its data object."""

HAS_HAD = text("state IN ('working', 'paused', 'submitted', 'declined')")
"""The worker is not given the assignment's data object another time."""

assignments = Table(
    "assignments",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("job_id", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("worker_id", Text, ForeignKey("workers.id"), nullable=False),
    Column("state", Text, nullable=False),  # working, paused, submitted, declined, released, expired, withdrawn
    Column("accepted_at", Double, nullable=False),
    Column("resumed_at", Double, nullable=False),
    Column("seconds", Double, nullable=False),  # worked before `resumed_at`
    Column("deadline", Double, nullable=False),
    Column("draft", Text),
    ForeignKeyConstraint(["job_id", "number"], ["data_objects.job_id", "data_objects.number"], ondelete="CASCADE"),
    Index("assignments_of_worker", "worker_id", "job_id", "number"),
    Index("live_assignments_of_worker", "worker_id", "job_id", sqlite_where=IS_LIVE, postgresql_where=IS_LIVE),
    Index("live_assignments_by_deadline", "job_id", "deadline", sqlite_where=IS_LIVE, postgresql_where=IS_LIVE),
    Index(
        "one_assignment_of_an_object",
        "job_id",
        "number",
        "worker_id",
        unique=True,
        sqlite_where=HAS_HAD,
        postgresql_where=HAS_HAD,
    ),
)

answers = Table(
    "answers",
    METADATA,
    Column("assignment_id", Text, ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True),
    Column("job_id", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("worker_id", Text, nullable=False, index=True),
    Column("content", Text, nullable=False),
    Column("accepted_at", Double, nullable=False),
    Column("submitted_at", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    UniqueConstraint("job_id", "number", "worker_id"),
    Index("answers_by_time", "job_id", "submitted_at"),
)

consolidations = Table(
    "consolidations",
    METADATA,
    Column("job_id", Integer, ForeignKey("labeling_jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("iteration", Integer, nullable=False),
    Column("requested_at", Double, nullable=False),  # names its files; unique in the job, to the second
    Column("answered_at", Double),
)

events = Table(
    "job_events",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("job_id", Integer, ForeignKey("labeling_jobs.id", ondelete="CASCADE"), nullable=False),
    Column("at", Double, nullable=False),
    Column("level", Text, nullable=False),  # info, warning, error
    Column("message", Text, nullable=False),
    Column("detail", Text),  # a function's traceback
    Index("job_events_by_job", "job_id", "id"),
)
