"""Which step a job takes next."""

from concurrent.futures import Executor

from sqlalchemy import Connection, select

from groundtruth.errors import ContractError, FunctionError, InputError
from groundtruth.jobs.messages import failure_reason
from groundtruth.service import journal, places
from groundtruth.service.lifecycle.completing import complete, write_intermediate
from groundtruth.service.lifecycle.finishing import finish
from groundtruth.service.lifecycle.initializing import forget_objects, initialize
from groundtruth.service.lifecycle.means import Job, Means, fail, load, set_status
from groundtruth.service.lifecycle.opening import choose_batch, objects_to_go, open_some
from groundtruth.service.lifecycle.questions import (
    EXPIRED_OBJECT,
    LATE_ASSIGNMENT,
    PENDING_OBJECT,
    UNANSWERED_OBJECT,
    UNFINISHED_OBJECT,
)
from groundtruth.service.prepared import Prepared
from groundtruth.service.records import team_members
from groundtruth.service.status import ENDED, FAILING, FINISHING, IN_PROGRESS, INITIALIZING, WAY_TO


def advance(means: Means, job_id: int, pool: Executor) -> bool:
    """Take the job's next step; returns whether there may be another at once.

    A function that fails, and input that cannot be used, fail the job. Raises StorageError.
    """
    job = load(means, job_id)
    if job.status in ENDED:
        return False
    try:
        return _step(means, job, pool)
    except FunctionError as error:
        trace = error.function_traceback
        fail(means, job.id, failure_reason(error), trace if not isinstance(error, ContractError) else "")
    except InputError as error:
        if job.status == INITIALIZING:
            forget_objects(means, job.id)
        fail(means, job.id, f"ClientError: {error}")
    return True


def _step(means: Means, job: Job, pool: Executor) -> bool:
    if job.status == INITIALIZING:
        initialize(means, job)
        means.database.write(lambda connection: _warn_of_small_team(connection, means, job))
        return True
    if job.status == IN_PROGRESS:
        return _work_on(means, job, pool)
    if job.status != FAILING and complete(means, job, at_once=True):
        return True
    finish(means, job)
    return False


def _work_on(means: Means, job: Job, pool: Executor) -> bool:
    _let_time_pass(means, job)
    if means.clock() > job.created_at + means.settings.job_lifetime:
        days = means.settings.job_lifetime / 86_400
        _end(
            means, job, WAY_TO[means.settings.status_when_too_old], f"ClientError: The job expired after {days:g} days."
        )
        return True
    done = not _has(means, job, UNFINISHED_OBJECT)
    if done and job.iteration:
        write_intermediate(means, job, job.iteration)
    if done and objects_to_go(job) == 0 and _has(means, job, PENDING_OBJECT):
        _end(means, job, WAY_TO[means.settings.status_when_stopping_condition_met], "A stopping condition is met.")
        return True
    if done and not choose_batch(means, job):
        _end(means, job, FINISHING, None)
        return True
    if done:
        return True
    opened = open_some(means, job, pool)
    return complete(means, job, at_once=not opened and not _has(means, job, UNANSWERED_OBJECT)) or opened


def _let_time_pass(means: Means, job: Job) -> None:
    """Tasks whose time is over go back, objects that were on offer for long enough go off it."""
    now = means.clock()
    with means.database.reading() as connection:
        is_late = LATE_ASSIGNMENT.row(connection, job_id=job.id, now=now) is not None
        is_over = EXPIRED_OBJECT.row(connection, job_id=job.id, now=now) is not None
    if is_late:
        while means.database.write(lambda connection: places.expire_assignments(connection, job.id, now)):
            pass
    if is_over:
        means.database.write(lambda connection: places.close_expired_objects(connection, job.id, now))


def _end(means: Means, job: Job, status: str, reason: str | None) -> None:
    def work(connection: Connection) -> None:
        now = means.clock()
        details = {"failure_reason": reason} if status == FAILING else {}
        if set_status(connection, job.id, now, status, only_from=(IN_PROGRESS,), **details):
            places.withdraw(connection, job.id)
            if reason:
                journal.note(connection, job.id, now, journal.WARNING, reason)

    means.database.write(work)


def _has(means: Means, job: Job, question: Prepared) -> bool:
    with means.database.reading() as connection:
        return question.row(connection, job_id=job.id) is not None


def _warn_of_small_team(connection: Connection, means: Means, job: Job) -> None:
    wanted = job.request.workers_per_object
    team = job.asked["HumanTaskConfig"]["WorkteamArn"].rsplit("/", 1)[-1]
    members = len(connection.execute(select(team_members.c.worker_id).where(team_members.c.team == team)).all())
    if members < wanted:
        text = (
            f'The work team "{team}" has {members} worker(s), and each object asks for {wanted}: objects get fewer answers, when '
            "their availability ends. Add workers to the team."
        )
        journal.note(connection, job.id, means.clock(), journal.WARNING, text)
