"""Batches: which objects go to workers next, and what the pre-annotation function makes of them."""

import json
from concurrent.futures import Executor
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from groundtruth.jobs.contract import read_pre_annotation
from groundtruth.jobs.messages import pre_annotation_event
from groundtruth.service import journal
from groundtruth.service.lifecycle.means import Job, Means
from groundtruth.service.lifecycle.questions import CHOSEN_OBJECTS, VACANT_OBJECTS
from groundtruth.service.places import is_object
from groundtruth.service.records import data_objects, jobs

_AT_ONCE = 16
"""Objects that are opened in one transaction: few, so that the first is there soon, and that nobody's answer waits long for it."""

_ENOUGH = 100
"""Vacant objects with which nobody runs out of work before the next few are opened."""

_REST = 2.0
"""How long to rest after opening a few objects when there are enough, as a multiple of the time that it took."""


@dataclass(frozen=True)
class _Opened:
    number: int
    needs_human: bool
    task_input: str | None
    warnings: tuple[str, ...]


def choose_batch(means: Means, job: Job) -> bool:
    """Choose the next batch; returns false when there are no objects left to choose."""
    first = min(means.settings.engine.first_batch, job.request.max_concurrent_tasks)
    size = first if job.iteration == 0 else job.request.max_concurrent_tasks
    size = min(size, objects_to_go(job))
    iteration = job.iteration + 1

    def work(connection: Connection) -> bool:
        pending = (
            select(data_objects.c.number)
            .where(data_objects.c.job_id == job.id, data_objects.c.state == "pending")
            .order_by(data_objects.c.number)
            .limit(size)
        )
        numbers = connection.execute(pending).scalars().all()
        if not numbers:
            return False
        now = means.clock()
        change = update(jobs).where(jobs.c.id == job.id, jobs.c.iteration == job.iteration)
        if not connection.execute(change.values(iteration=iteration, modified_at=now)).rowcount:
            return True
        chosen = update(data_objects).where(
            data_objects.c.job_id == job.id, data_objects.c.state == "pending", data_objects.c.number <= numbers[-1]
        )
        connection.execute(chosen.values(state="chosen", iteration=iteration))
        journal.note(connection, job.id, now, journal.INFO, f"Batch {iteration}: {len(numbers):,} data objects.")
        return True

    return means.database.write(work)


def objects_to_go(job: Job) -> int:
    """How many more objects people may label before a stopping condition is met."""
    conditions = job.asked.get("StoppingConditions", {})
    left = [job.objects]
    if (most := conditions.get("MaxHumanLabeledObjectCount")) is not None:
        left.append(most - job.human_labeled)
    if (percentage := conditions.get("MaxPercentageOfInputDatasetLabeled")) is not None:
        enough = -(-percentage * job.objects // 100)
        left.append(enough - job.human_labeled - job.already_labeled)
    return max(0, min(left))


def open_some(means: Means, job: Job, pool: Executor) -> bool:
    """Open a few of the chosen objects to workers; returns whether there were any. Raises FunctionError.

    As long as people have enough to do it leaves them most of the machine: opening a large batch at once would keep them waiting.
    """
    started = perf_counter()
    with means.database.reading() as connection:
        rows = CHOSEN_OBJECTS.rows(connection, job_id=job.id, most=_AT_ONCE)
    if not rows:
        return False
    opened = list(pool.map(lambda row: _ask(means, job, row), rows))
    means.database.write(lambda connection: _open(connection, means, job, opened))
    with means.database.reading() as connection:
        vacant = len(VACANT_OBJECTS.rows(connection, job_id=job.id, most=_ENOUGH))
    if vacant == _ENOUGH:
        means.rest(_REST * (perf_counter() - started))
    return True


def _ask(means: Means, job: Job, row: Any) -> _Opened:
    function = job.request.pre_annotation
    if function is None:
        return _Opened(row.number, True, None, ())
    event = pre_annotation_event(job.request, json.loads(row.line))
    answer = read_pre_annotation(means.functions.invoke(function, event))
    task_input = answer.task_input if isinstance(answer.task_input, dict) else {"taskInput": answer.task_input}
    return _Opened(row.number, answer.needs_human, json.dumps(task_input), answer.warnings)


def _open(connection: Connection, means: Means, job: Job, opened: list[_Opened]) -> None:
    now = means.clock()
    mine = data_objects.c.number == bindparam("its_number")
    chosen = update(data_objects).where(data_objects.c.job_id == job.id, mine, data_objects.c.state == "chosen")
    if asked := [entry for entry in opened if entry.needs_human]:
        values = {"state": "open", "wanted": job.request.workers_per_object, "expires_at": now + job.availability}
        inputs = [{"its_number": entry.number, "its_input": entry.task_input} for entry in asked]
        connection.execute(chosen.values(**values, task_input=bindparam("its_input")), inputs)
    spared = 0
    for entry in opened:
        if not entry.needs_human:
            this = update(data_objects).where(is_object((job.id, entry.number)), data_objects.c.state == "chosen")
            spared += connection.execute(this.values(state="skipped")).rowcount
    if spared:
        more = jobs.c.without_human + spared
        connection.execute(update(jobs).where(jobs.c.id == job.id).values(without_human=more, modified_at=now))
    journal.warn_once(connection, job.id, now, tuple(text for entry in opened for text in entry.warnings))
