"""Objects that have their answers get their labels: worker responses are written, answers consolidated, lines finished."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from groundtruth.jobs import lines
from groundtruth.jobs.contract import read_consolidation
from groundtruth.jobs.messages import consolidation_event, payload_entry, worker_response
from groundtruth.jobs.output import WorkerResponseFile
from groundtruth.manifest import ManifestLine
from groundtruth.service import journal
from groundtruth.service.lifecycle.means import Job, Means, moment
from groundtruth.service.lifecycle.questions import CONSOLIDATION_UNDER_WAY, WAITING_OBJECTS
from groundtruth.service.records import answers, consolidations, data_objects, jobs
from groundtruth.storage import S3Location


@dataclass(frozen=True)
class _Answered:
    """A data object with its answers, in the order they came."""

    line: ManifestLine
    iteration: int
    completed_at: float
    answers: tuple[Row[Any], ...]


@dataclass(frozen=True)
class _Result:
    """What an object's output line has over its input line."""

    number: int
    keys: Mapping[str, object]
    is_labeled: bool


def complete(means: Means, job: Job, *, at_once: bool) -> bool:
    """Finish objects that have all their answers; returns whether there were any.

    at_once: no others will come to fill a consolidation request with. Raises FunctionError and StorageError.
    """
    with means.database.reading() as connection:
        under_way = CONSOLIDATION_UNDER_WAY.row(connection, job_id=job.id)
        waiting = WAITING_OBJECTS.row(connection, job_id=job.id)
    if under_way is not None:
        _consolidate(means, job, under_way)
        return True
    if not waiting.objects:
        return False
    size = means.settings.engine.objects_per_consolidation
    is_time = waiting.since <= means.clock() - means.settings.longest_wait_for_consolidation
    if job.request.consolidation is None or waiting.unanswered:
        _finish_without_function(means, job, size)
        return True
    if not (at_once or is_time or waiting.objects >= size):
        return False
    means.database.write(lambda connection: _begin_consolidation(connection, means, job, size))
    return True


def write_intermediate(means: Means, job: Job, iteration: int) -> None:
    """Write the finished lines of a batch, as Ground Truth does while labels complete."""
    query = (
        select(data_objects.c.line, data_objects.c.result)
        .where(
            data_objects.c.job_id == job.id,
            data_objects.c.iteration == iteration,
            data_objects.c.state.in_(("labeled", "failed", "skipped")),
        )
        .order_by(data_objects.c.number)
    )
    with means.database.reading() as connection:
        finished = [output_line(line, result) for line, result in connection.execute(query)]
    job.tree(means).write_intermediate(iteration, finished)


def output_line(line: str, result: str | None) -> dict[str, object]:
    """An object's line of the output manifest: its input line and, when it has one, its result."""
    data_object: dict[str, object] = json.loads(line)
    return data_object if result is None else data_object | json.loads(result)


def _is_waiting(job: Job) -> Any:
    return (
        (data_objects.c.job_id == job.id)
        & (data_objects.c.state == "answered")
        & data_objects.c.consolidation.is_(None)
    )


def _begin_consolidation(connection: Connection, means: Means, job: Job, size: int) -> None:
    """Give the next chunk a name that no other has: files are named to the second."""
    mine = consolidations.c.job_id == job.id
    last = connection.execute(
        select(
            func.max(consolidations.c.sequence).label("sequence"), func.max(consolidations.c.requested_at).label("at")
        ).where(mine)
    ).one()
    sequence = (last.sequence or 0) + 1
    at = max(float(int(means.clock())), (last.at or 0.0) + 1)
    chunk = select(data_objects.c.number).where(_is_waiting(job)).order_by(data_objects.c.number).limit(size)
    numbers = connection.execute(chunk).scalars().all()
    values = {"job_id": job.id, "sequence": sequence, "iteration": job.iteration, "requested_at": at}
    connection.execute(insert(consolidations).values(values))
    change = update(data_objects).where(data_objects.c.job_id == job.id, data_objects.c.number.in_(numbers))
    connection.execute(change.values(consolidation=sequence))


def _consolidate(means: Means, job: Job, consolidation: Any) -> None:
    """Send one chunk to the consolidation function. Done again after a crash, it writes the same files."""
    assert job.request.consolidation is not None
    attribute, tree, iteration = job.request.label_attribute, job.tree(means), consolidation.iteration
    chunk = (data_objects.c.job_id == job.id) & (data_objects.c.consolidation == consolidation.sequence)
    objects = _read(means, job, chunk)
    _write_answers(means, job, objects)
    payload = [
        payload_entry(answered.line, [(row.worker_id, json.loads(row.content)) for row in answered.answers])
        for answered in objects
    ]
    location = tree.write_consolidation_request(iteration, payload, moment(consolidation.requested_at))
    event = consolidation_event(job.request, location, tree.annotations)
    response = means.functions.invoke(job.request.consolidation, event)
    tree.write_consolidation_response(iteration, location, response)
    requested = [answered.line.dataset_object_id for answered in objects]
    answer = read_consolidation(response, requested, attribute)
    results = [_result(means, job, answered, answer.values) for answered in objects]

    def work(connection: Connection) -> None:
        this = (consolidations.c.job_id == job.id) & (consolidations.c.sequence == consolidation.sequence)
        undone = update(consolidations).where(this, consolidations.c.answered_at.is_(None))
        if connection.execute(undone.values(answered_at=means.clock())).rowcount:
            _enter(connection, means, job, results)
            journal.warn_once(connection, job.id, means.clock(), answer.warnings)

    means.database.write(work)
    write_intermediate(means, job, iteration)


def _finish_without_function(means: Means, job: Job, size: int) -> None:
    """Finish objects whose answers are not consolidated: all of a job without a function, else those that nobody answered."""
    condition = _is_waiting(job)
    if job.request.consolidation is not None:
        condition &= data_objects.c.answers == 0
    objects = _read(means, job, condition, most=size)
    attribute, results = job.request.label_attribute, []
    with_answers = [answered for answered in objects if answered.answers]
    written = zip(with_answers, _write_answers(means, job, with_answers), strict=True)
    locations = {answered.line.number: location for answered, location in written}
    for answered in objects:
        if location := locations.get(answered.line.number):
            now = moment(means.clock())
            line = lines.referenced({}, attribute, location, job.request.name, now)
            results.append(_Result(answered.line.number - 1, line, True))
        else:
            line = lines.failed({}, attribute, lines.EXPIRED)
            results.append(_Result(answered.line.number - 1, line, False))
    means.database.write(lambda connection: _enter(connection, means, job, results))
    write_intermediate(means, job, job.iteration)


def _read(means: Means, job: Job, condition: Any, most: int | None = None) -> list[_Answered]:
    query = select(data_objects).where(condition).order_by(data_objects.c.number).limit(most)
    with means.database.reading() as connection:
        rows = connection.execute(query).all()
        numbers = [row.number for row in rows]
        given = select(answers).where(answers.c.job_id == job.id, answers.c.number.in_(numbers))
        by_number: dict[int, list[Row[Any]]] = {number: [] for number in numbers}
        for answer in connection.execute(given.order_by(answers.c.submitted_at, answers.c.assignment_id)):
            by_number[answer.number].append(answer)
    return [
        _Answered(
            ManifestLine(row.number + 1, json.loads(row.line)),
            row.iteration,
            row.completed_at,
            tuple(by_number[row.number]),
        )
        for row in rows
    ]


def _write_answers(means: Means, job: Job, objects: list[_Answered]) -> list[S3Location]:
    """Write the answers to each object; returns where they lie."""
    files = [
        WorkerResponseFile(
            answered.iteration,
            answered.line.dataset_object_id,
            [_entry(row) for row in answered.answers],
            moment(answered.completed_at),
        )
        for answered in objects
    ]
    return job.tree(means).write_worker_responses(files)


def _entry(row: Row[Any]) -> dict[str, object]:
    return worker_response(
        row.worker_id, json.loads(row.content), moment(row.accepted_at), moment(row.submitted_at), round(row.seconds, 3)
    )


def _result(means: Means, job: Job, answered: _Answered, values: Mapping[str, object]) -> _Result:
    attribute, name = job.request.label_attribute, answered.line.dataset_object_id
    if name not in values:
        return _Result(answered.line.number - 1, lines.failed({}, attribute, lines.UNUSABLE), False)
    line = lines.labeled({}, attribute, values[name], job.request.name, moment(means.clock()))
    return _Result(answered.line.number - 1, line, True)


def _enter(connection: Connection, means: Means, job: Job, results: list[_Result]) -> None:
    """Write the results of objects that have none yet, and count them."""
    labeled = _change_state(connection, job, "labeled", [result for result in results if result.is_labeled])
    failed = _change_state(connection, job, "failed", [result for result in results if not result.is_labeled])
    counters = {"human_labeled": jobs.c.human_labeled + labeled, "failed": jobs.c.failed + failed}
    connection.execute(update(jobs).where(jobs.c.id == job.id).values(**counters, modified_at=means.clock()))


def _change_state(connection: Connection, job: Job, state: str, results: list[_Result]) -> int:
    if not results:
        return 0
    mine = (data_objects.c.job_id == job.id) & (data_objects.c.number == bindparam("its_number"))
    change = update(data_objects).where(mine, data_objects.c.state == "answered")
    rows = [{"its_number": result.number, "its_result": json.dumps(result.keys)} for result in results]
    return connection.execute(change.values(state=state, result=bindparam("its_result")), rows).rowcount
