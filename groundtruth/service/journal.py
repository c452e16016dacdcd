"""A job's log: what happened to it, and what went wrong."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from groundtruth.service.records import events

INFO, WARNING, ERROR = "info", "warning", "error"

_MOST_WARNINGS = 200
"""Of one job: a function that warns of each of 100,000 objects says the same thing long before."""


@dataclass(frozen=True)
class JobEvent:
    """An entry of a job's log. `id` grows from entry to entry; `at` is in seconds since the epoch; `detail` a function's traceback, or nothing."""

    id: int
    at: float
    level: str
    message: str
    detail: str | None


def note(connection: Connection, job_id: int, at: float, level: str, message: str, detail: str | None = None) -> None:
    """Enter something into a job's log."""
    values = {"job_id": job_id, "at": at, "level": level, "message": message, "detail": detail}
    connection.execute(insert(events).values(values))


def warn_once(connection: Connection, job_id: int, at: float, messages: tuple[str, ...]) -> None:
    """Enter warnings that the log does not have yet, as long as it does not have too many."""
    if not messages:
        return
    warnings = (events.c.job_id == job_id) & (events.c.level == WARNING)
    room = _MOST_WARNINGS - connection.execute(select(func.count()).select_from(events).where(warnings)).scalar_one()
    for message in dict.fromkeys(messages):
        known = select(events.c.id).where(warnings, events.c.message == message).limit(1)
        if room > 0 and connection.execute(known).one_or_none() is None:
            note(connection, job_id, at, WARNING, message)
            room -= 1


def log_of(connection: Connection, job_id: int, most: int, before: int | None = None) -> tuple[JobEvent, ...]:
    """The latest entries of a job's log, the latest first. before: of those that are older than the entry with this id."""
    query = select(events).where(events.c.job_id == job_id).order_by(events.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(events.c.id < before)
    return tuple(JobEvent(row.id, row.at, row.level, row.message, row.detail) for row in connection.execute(query))
