"""The tasks of workers: what the portal stands on.

A worker takes tasks of a job one after another. Taking one holds a place at its data object, for the job's task time limit; submitting fills the
place with an answer that is on disk when `submit` returns. Nobody gets an object twice that they answered or declined, and an object never has more
workers than the job asks for. All of it holds with many threads, and over PostgreSQL with many processes.
"""

import secrets
from collections.abc import Callable, Mapping
from time import time
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from groundtruth.errors import ClosedTaskError, LateAnswerError, NoSuchTaskError, UnusableAnswerError
from groundtruth.service.database import Database
from groundtruth.service.job_card import JobCards
from groundtruth.service.places import (
    ObjectKey,
    expire,
    fill_place,
    give_back_place,
    is_object,
    lock_object,
    take_place,
)
from groundtruth.service.records import (
    answers,
    assignments,
    data_objects,
    jobs,
    team_members,
    workers,
)
from groundtruth.service.settings import ServiceSettings
from groundtruth.service.task import (
    LONGEST_ANSWER,
    OpenJob,
    Submission,
    Task,
    answer_text,
    duration_text,
    shown,
    storable,
)
from groundtruth.service.vacancies import TAKES_ANSWERS, count_vacant, find_vacant, may_take, own_assignment


class Tasks:
    """Gives tasks to workers and takes their answers."""

    def __init__(
        self,
        database: Database,
        settings: ServiceSettings | None = None,
        clock: Callable[[], float] = time,
        on_answer: Callable[[], None] = lambda: None,
    ) -> None:
        """on_answer: told after each answer that is kept."""
        self._database = database
        self._settings = settings or ServiceSettings()
        self._clock = clock
        self._on_answer = on_answer
        self._cards = JobCards()

    def open_jobs(self, worker_id: str) -> tuple[OpenJob, ...]:
        """The jobs of the worker's teams that are in progress, the oldest first."""
        query = (
            select(jobs.c.id)
            .join(team_members, team_members.c.team == jobs.c.team)
            .where(team_members.c.worker_id == worker_id, jobs.c.status.in_(TAKES_ANSWERS))
            .order_by(jobs.c.created_at)
        )
        with self._database.reading() as connection:
            return tuple(
                self._open_job(connection, worker_id, job_id) for job_id in connection.execute(query).scalars()
            )

    def next_task(self, worker_id: str, job_name: str) -> Task | None:
        """The task the worker has in hand, or else one they can take; None when there is none now.

        Raises NoSuchTaskError when no team of the worker has such a job, ClosedTaskError when the job is not in progress.
        """
        return self._database.write(lambda connection: self._next(connection, worker_id, job_name))

    def task(self, assignment_id: str, worker_id: str) -> Task:
        """The worker's task in hand. Does not start the clock of one that is paused.

        Raises NoSuchTaskError, LateAnswerError or ClosedTaskError when it is in hand no more.
        """
        with self._database.reading() as connection:
            row = self._assignment(connection, assignment_id, worker_id)
            self._check_in_hand(connection, row)
            return self._task(connection, row)

    def save_draft(self, assignment_id: str, worker_id: str, draft: str) -> None:
        """Keep what the worker has so far, as the portal likes to write it. Raises as `task` does."""
        if len(draft) > LONGEST_ANSWER:
            raise UnusableAnswerError(f"The draft has more than {LONGEST_ANSWER:,} characters.")

        def work(connection: Connection) -> None:
            row = self._in_hand(connection, assignment_id, worker_id)
            _set(connection, row.id, draft=storable(draft))

        self._database.write(work)

    def submit(self, assignment_id: str, worker_id: str, answer: Mapping[str, Any]) -> Submission:
        """Keep the worker's answer: on disk when this returns, and once only, however often it is called.

        Raises LateAnswerError after the task's time (the answer is kept as a draft for whoever takes it again), ClosedTaskError when the task was
        given back or its job is over, NoSuchTaskError, or UnusableAnswerError.
        """
        content = answer_text(answer)
        outcome = self._database.write(lambda connection: self._submit(connection, assignment_id, worker_id, content))
        if isinstance(outcome, LateAnswerError):
            raise outcome
        self._on_answer()
        return outcome

    def decline(self, assignment_id: str, worker_id: str) -> None:
        """The worker will not do this task; they do not get its object again. Declining twice is no error. Raises as `task` does."""
        self._end(assignment_id, worker_id, "declined")
        self._on_answer()

    def release(self, assignment_id: str, worker_id: str) -> None:
        """Give the task back undone: others may take it, and so may this worker later. Raises as `task` does."""
        self._end(assignment_id, worker_id, "released")

    def pause(self, assignment_id: str, worker_id: str) -> None:
        """Stop, and resume later by `next_task` or `resume`: the place and the draft are kept and the clock stands still. Raises as `task` does.

        A task that nobody resumes goes back to the team after the setting `longest_pause`, or when its object is on offer no more.
        """

        def work(connection: Connection) -> None:
            row = self._in_hand(connection, assignment_id, worker_id)
            if row.state == "working":
                now = self._clock()
                expires_at = connection.execute(
                    select(data_objects.c.expires_at).where(is_object(_key(row)))
                ).scalar_one()
                deadline = max(now, min(now + self._settings.longest_pause, expires_at))
                seconds = row.seconds + now - row.resumed_at
                _set(connection, row.id, state="paused", deadline=deadline, seconds=seconds)

        self._database.write(work)

    def resume(self, assignment_id: str, worker_id: str) -> Task:
        """Go on with a paused task; one that is in hand already stays as it is. Raises as `task` does."""

        def work(connection: Connection) -> Task:
            return self._resumed(connection, self._in_hand(connection, assignment_id, worker_id))

        return self._database.write(work)

    def take_again(self, assignment_id: str, worker_id: str) -> Task:
        """Take the object of a task whose time was over or that was released, with its draft. Raises NoSuchTaskError when nobody may take it any more."""

        def work(connection: Connection) -> Task:
            row = self._assignment(connection, assignment_id, worker_id)
            _lock_worker(connection, worker_id)
            self._expire_if_late(connection, row)
            locked = lock_object(connection, _key(row))
            if not may_take(connection, locked, worker_id, self._clock()):
                raise NoSuchTaskError("The task needs no more answers. Thank you; take the next one.")
            return self._take(connection, locked, worker_id)

        return self._database.write(work)

    def _open_job(self, connection: Connection, worker_id: str, job_id: int) -> OpenJob:
        card = self._cards.card(connection, job_id)
        return OpenJob(
            name=card.name,
            title=card.title,
            description=card.description,
            keywords=card.keywords,
            time_limit=card.time_limit,
            created_at=card.created_at,
            available=count_vacant(connection, worker_id, job_id, self._clock()),
            unfinished=own_assignment(connection, worker_id, job_id) is not None,
        )

    def _next(self, connection: Connection, worker_id: str, job_name: str) -> Task | None:
        job_id = self._job_of(connection, worker_id, job_name)
        _lock_worker(connection, worker_id)
        while (own := own_assignment(connection, worker_id, job_id)) is not None:
            if own.deadline >= self._clock():
                return self._resumed(connection, own)
            expire(connection, own.id, _key(own), self._clock())
        row = find_vacant(connection, worker_id, job_id, self._clock())
        return self._take(connection, row, worker_id) if row else None

    def _job_of(self, connection: Connection, worker_id: str, job_name: str) -> int:
        query = (
            select(jobs.c.id, jobs.c.status)
            .join(team_members, team_members.c.team == jobs.c.team)
            .where(jobs.c.unique_name == job_name.lower(), team_members.c.worker_id == worker_id)
        )
        row = connection.execute(query).one_or_none()
        if row is None:
            raise NoSuchTaskError(f'None of your teams has a job "{job_name}".')
        if row.status not in TAKES_ANSWERS:
            raise ClosedTaskError(f'The job "{job_name}" takes no answers now: its status is {row.status}.')
        job_id: int = row.id
        return job_id

    def _take(self, connection: Connection, row: Row[Any], worker_id: str) -> Task:
        now = self._clock()
        card = self._cards.card(connection, row.job_id)
        mine = and_(
            assignments.c.job_id == row.job_id, assignments.c.number == row.number, assignments.c.worker_id == worker_id
        )
        earlier = select(assignments.c.draft).where(mine).order_by(assignments.c.accepted_at.desc()).limit(1)
        values = {
            "id": secrets.token_urlsafe(16),
            "job_id": row.job_id,
            "number": row.number,
            "worker_id": worker_id,
            "state": "working",
            "accepted_at": now,
            "resumed_at": now,
            "seconds": 0.0,
            "deadline": now + card.time_limit,
            "draft": connection.execute(earlier).scalar_one_or_none(),
        }
        take_place(connection, row)
        connection.execute(insert(assignments).values(values))
        return shown(card, values, row)

    def _resumed(self, connection: Connection, row: Row[Any]) -> Task:
        if row.state == "paused":
            now = self._clock()
            card = self._cards.card(connection, row.job_id)
            _set(
                connection,
                row.id,
                state="working",
                resumed_at=now,
                deadline=now + max(0.0, card.time_limit - row.seconds),
            )
            row = connection.execute(select(assignments).where(assignments.c.id == row.id)).one()
        return self._task(connection, row)

    def _submit(
        self, connection: Connection, assignment_id: str, worker_id: str, content: str
    ) -> Submission | LateAnswerError:
        """A late answer is returned, not raised: the draft it becomes must be kept."""
        row = self._assignment(connection, assignment_id, worker_id)
        locked = lock_object(connection, _key(row))
        row = self._assignment(connection, assignment_id, worker_id)
        card = self._cards.card(connection, row.job_id)
        if row.state == "submitted":
            kept = select(answers.c.submitted_at).where(answers.c.assignment_id == assignment_id)
            return Submission(assignment_id, card.name, connection.execute(kept).scalar_one(), repeated=True)
        now = self._clock()
        if self._expire_if_late(connection, row) or row.state == "expired":
            _set(connection, row.id, draft=content)
            return self._late(connection, row)
        self._check_in_hand(connection, row)
        worked = row.seconds + (now - row.resumed_at if row.state == "working" else 0.0)
        values = {
            "assignment_id": assignment_id,
            "job_id": row.job_id,
            "number": row.number,
            "worker_id": worker_id,
            "content": content,
            "accepted_at": row.accepted_at,
            "submitted_at": now,
            "seconds": worked,
        }
        connection.execute(insert(answers).values(values))
        _set(connection, row.id, state="submitted", seconds=worked, draft=None)
        fill_place(connection, locked, now)
        return Submission(assignment_id, card.name, now, repeated=False)

    def _end(self, assignment_id: str, worker_id: str, state: str) -> None:
        def work(connection: Connection) -> None:
            row = self._assignment(connection, assignment_id, worker_id)
            locked = lock_object(connection, _key(row))
            row = self._assignment(connection, assignment_id, worker_id)
            if row.state == state:
                return
            self._check_in_hand(connection, row)
            _set(connection, row.id, state=state)
            give_back_place(connection, locked, self._clock(), declined=state == "declined")

        self._database.write(work)

    def _in_hand(self, connection: Connection, assignment_id: str, worker_id: str) -> Row[Any]:
        row = self._assignment(connection, assignment_id, worker_id, locked=True)
        self._check_in_hand(connection, row)
        return row

    def _assignment(
        self, connection: Connection, assignment_id: str, worker_id: str, *, locked: bool = False
    ) -> Row[Any]:
        query = select(assignments).where(assignments.c.id == assignment_id, assignments.c.worker_id == worker_id)
        row = connection.execute(query.with_for_update() if locked else query).one_or_none()
        if row is None:
            raise NoSuchTaskError("There is no such task of yours.")
        return row

    def _check_in_hand(self, connection: Connection, row: Row[Any]) -> None:
        if row.state in {"working", "paused"}:
            if row.deadline < self._clock():
                raise self._late(connection, row)
            if connection.execute(select(jobs.c.status).where(jobs.c.id == row.job_id)).scalar_one() in TAKES_ANSWERS:
                return
            raise ClosedTaskError(_CLOSED["withdrawn"])
        if row.state == "expired":
            raise self._late(connection, row)
        raise ClosedTaskError(_CLOSED[row.state])

    def _expire_if_late(self, connection: Connection, row: Row[Any]) -> bool:
        is_late: bool = row.state in {"working", "paused"} and row.deadline < self._clock()
        if is_late:
            expire(connection, row.id, _key(row), self._clock())
        return is_late

    def _late(self, connection: Connection, row: Row[Any]) -> LateAnswerError:
        if row.state in {"working", "paused"}:
            # Its place is about to be given back; until then it looks taken.
            still_open = (
                connection.execute(select(data_objects.c.state).where(is_object(_key(row)))).scalar_one() == "open"
            )
        else:
            locked = connection.execute(select(data_objects).where(is_object(_key(row)))).one()
            still_open = may_take(connection, locked, row.worker_id, self._clock())
        limit = duration_text(self._cards.card(connection, row.job_id).time_limit)
        remedy = (
            "You may take the task again and go on where you were."
            if still_open
            else "It needs no more answers: take the next one."
        )
        return LateAnswerError(
            f"The time for this task ({limit}) was over, so it could not be accepted. {remedy}", still_open
        )

    def _task(self, connection: Connection, row: Row[Any]) -> Task:
        locked = connection.execute(select(data_objects).where(is_object(_key(row)))).one()
        return shown(self._cards.card(connection, row.job_id), row._asdict(), locked)


_CLOSED = {
    "submitted": "You have submitted this task already; your answer is kept.",
    "declined": "You declined this task.",
    "released": "You gave this task back.",
    "withdrawn": "The job of this task takes no more answers.",
}


def _key(row: Row[Any]) -> ObjectKey:
    return row.job_id, row.number


def _set(connection: Connection, assignment_id: str, **values: Any) -> None:
    connection.execute(update(assignments).where(assignments.c.id == assignment_id).values(values))


def _lock_worker(connection: Connection, worker_id: str) -> None:
    """One request of a worker at a time: two tabs do not take two tasks."""
    connection.execute(select(workers.c.id).where(workers.c.id == worker_id).with_for_update()).one_or_none()
