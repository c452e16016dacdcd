"""The tasks of workers: what the portal stands on.

A worker takes tasks of a job one after another. Taking one holds a place at its data object, for the job's task time limit; submitting fills the
place with an answer that is on disk when `submit` returns. Nobody gets an object twice that they answered or declined, and an object never has more
workers than the job asks for. All of it holds with many threads, and over PostgreSQL with many processes.
"""

import secrets
from collections.abc import Callable, Mapping
from time import time
from typing import Any

from sqlalchemy import Connection, select

from groundtruth.errors import ClosedTaskError, LateAnswerError, NoSuchTaskError, UnusableAnswerError
from groundtruth.service.database import Database
from groundtruth.service.job_card import JobCards
from groundtruth.service.places import (
    ObjectKey,
    expire,
    fill_place,
    give_back_place,
)
from groundtruth.service.prepared import change
from groundtruth.service.records import assignments, jobs, team_members
from groundtruth.service.settings import ServiceSettings
from groundtruth.service.statements import (
    ADD_ANSWER,
    ADD_ASSIGNMENT,
    ASSIGNMENT,
    EARLIER_DRAFT,
    JOB_OF_WORKER,
    LOCKED_ASSIGNMENT,
    OBJECT,
    SUBMITTED_AT,
    TASK,
)
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
from groundtruth.service.vacancies import TAKES_ANSWERS, count_vacant, own_assignment, take_next, take_this


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
        return self._task_in_hand(assignment_id, worker_id)

    def task_of_frame(self, assignment_id: str) -> Task:
        """The task of whichever worker has it in hand: for who knows its frame's secret address. Raises as `task` does."""
        return self._task_in_hand(assignment_id, None)

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
                expires_at = self._object(connection, row).expires_at
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
            self._job_of(connection, worker_id, self._cards.card(connection, row.job_id).name)
            self._expire_if_late(connection, row)
            taken = take_this(connection, worker_id, row, self._clock())
            if taken is None:
                raise NoSuchTaskError("The task needs no more answers. Thank you; take the next one.")
            return self._take(connection, taken, worker_id, had_before=True)

        return self._database.write(work)

    def _task_in_hand(self, assignment_id: str, worker_id: str | None) -> Task:
        with self._database.reading() as connection:
            row = TASK.row(connection, id=assignment_id)
            if row is None or worker_id not in {None, row.worker_id}:
                raise NoSuchTaskError(_NOT_YOURS)
            self._check_in_hand(connection, row)
            return shown(self._cards.card(connection, row.job_id), row._asdict(), row)

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
        while (own := own_assignment(connection, worker_id, job_id)) is not None:
            if own.deadline >= self._clock():
                return self._resumed(connection, own)
            expire(connection, own.id, _key(own), self._clock())
        row, had_before = take_next(connection, worker_id, job_id, self._clock())
        return self._take(connection, row, worker_id, had_before=had_before) if row else None

    def _job_of(self, connection: Connection, worker_id: str, job_name: str) -> int:
        row = JOB_OF_WORKER.row(connection, unique_name=job_name.lower(), worker_id=worker_id)
        if row is None:
            raise NoSuchTaskError(f'None of your teams has a job "{job_name}".')
        if row.status not in TAKES_ANSWERS:
            raise ClosedTaskError(f'The job "{job_name}" takes no answers now: its status is {row.status}.')
        job_id: int = row.id
        return job_id

    def _take(self, connection: Connection, row: Any, worker_id: str, *, had_before: bool) -> Task:
        now = self._clock()
        card = self._cards.card(connection, row.job_id)
        mine = {"job_id": row.job_id, "number": row.number, "worker_id": worker_id}
        values = {
            "id": secrets.token_urlsafe(16),
            **mine,
            "state": "working",
            "accepted_at": now,
            "resumed_at": now,
            "seconds": 0.0,
            "deadline": now + card.time_limit,
            "draft": EARLIER_DRAFT.value(connection, **mine) if had_before else None,
        }
        ADD_ASSIGNMENT.run(connection, **values)
        return shown(card, values, row)

    def _resumed(self, connection: Connection, row: Any) -> Task:
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
            row = self._assignment(connection, row.id, row.worker_id)
        return self._task(connection, row)

    def _submit(
        self, connection: Connection, assignment_id: str, worker_id: str, content: str
    ) -> Submission | LateAnswerError:
        """A late answer is returned, not raised: the draft it becomes must be kept."""
        row = self._assignment(connection, assignment_id, worker_id, locked=True)
        card = self._cards.card(connection, row.job_id)
        if row.state == "submitted":
            submitted_at = SUBMITTED_AT.value(connection, assignment_id=assignment_id)
            return Submission(assignment_id, card.name, submitted_at, repeated=True)
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
        ADD_ANSWER.run(connection, **values)
        _set(connection, row.id, state="submitted", seconds=worked, draft=None)
        fill_place(connection, _key(row), now)
        return Submission(assignment_id, card.name, now, repeated=False)

    def _end(self, assignment_id: str, worker_id: str, state: str) -> None:
        def work(connection: Connection) -> None:
            row = self._assignment(connection, assignment_id, worker_id, locked=True)
            if row.state == state:
                return
            self._check_in_hand(connection, row)
            _set(connection, row.id, state=state)
            give_back_place(connection, _key(row), self._clock(), declined=state == "declined")

        self._database.write(work)

    def _in_hand(self, connection: Connection, assignment_id: str, worker_id: str) -> Any:
        row = self._assignment(connection, assignment_id, worker_id, locked=True)
        self._check_in_hand(connection, row)
        return row

    def _assignment(self, connection: Connection, assignment_id: str, worker_id: str, *, locked: bool = False) -> Any:
        statement = LOCKED_ASSIGNMENT if locked else ASSIGNMENT
        row = statement.row(connection, id=assignment_id, worker_id=worker_id)
        if row is None:
            raise NoSuchTaskError(_NOT_YOURS)
        return row

    def _check_in_hand(self, connection: Connection, row: Any) -> None:
        if row.state in {"working", "paused"}:
            if row.deadline < self._clock():
                raise self._late(connection, row)
            if row.job_status in TAKES_ANSWERS:
                return
            raise ClosedTaskError(_CLOSED["withdrawn"])
        if row.state == "expired":
            raise self._late(connection, row)
        raise ClosedTaskError(_CLOSED[row.state])

    def _expire_if_late(self, connection: Connection, row: Any) -> bool:
        is_late: bool = row.state in {"working", "paused"} and row.deadline < self._clock()
        if is_late:
            expire(connection, row.id, _key(row), self._clock())
        return is_late

    def _late(self, connection: Connection, row: Any) -> LateAnswerError:
        data_object = self._object(connection, row)
        if row.state in {"working", "paused"}:
            # Its place is about to be given back; until then it looks taken.
            still_open = data_object.state == "open"
        else:
            is_vacant = data_object.state == "open" and data_object.taken < data_object.wanted
            still_open = is_vacant and row.job_status in TAKES_ANSWERS and data_object.expires_at > self._clock()
        limit = duration_text(self._cards.card(connection, row.job_id).time_limit)
        remedy = (
            "You may take the task again and go on where you were."
            if still_open
            else "It needs no more answers: take the next one."
        )
        return LateAnswerError(
            f"The time for this task ({limit}) was over, so it could not be accepted. {remedy}", still_open
        )

    def _task(self, connection: Connection, row: Any) -> Task:
        data_object = self._object(connection, row)
        return shown(self._cards.card(connection, row.job_id), row._asdict(), data_object)

    def _object(self, connection: Connection, row: Any) -> Any:
        return OBJECT.row(connection, job_id=row.job_id, number=row.number)


_NOT_YOURS = "There is no such task of yours."

_CLOSED = {
    "submitted": "You have submitted this task already; your answer is kept.",
    "declined": "You declined this task.",
    "released": "You gave this task back.",
    "withdrawn": "The job of this task takes no more answers.",
}


def _key(row: Any) -> ObjectKey:
    return row.job_id, row.number


def _set(connection: Connection, assignment_id: str, **values: Any) -> None:
    change(connection, assignments, {"id": assignment_id}, values)
