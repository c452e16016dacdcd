"""What a job's owner sees."""

from datetime import date

import pytest

from groundtruth.errors import NoSuchTaskError
from groundtruth.service.journal import warn_once
from groundtruth.service.overview import Overview


@pytest.fixture
def overview(database) -> Overview:
    return Overview(database)


def answer(tasks, worker: str, count: int) -> None:
    for _ in range(count):
        task = tasks.next_task(worker, "invoices")
        tasks.submit(task.assignment_id, worker, {})


def test_progress_counts_answers_and_tasks_in_hand(open_job, teams, tasks, overview):
    open_job(objects=5, workers=2)
    ann = teams.join("clerks", "Ann").id
    answer(tasks, ann, 3)
    tasks.next_task(ann, "invoices")
    job = overview.job("invoices")
    assert (job.objects, job.answers, job.in_hand, job.workers_per_object) == (5, 3, 1, 2)
    assert [job.name for job in overview.jobs()] == ["invoices"]


def test_the_in_hand_count_of_a_job_leaves_other_jobs_out(open_job, teams, tasks, overview):
    open_job("invoices")
    open_job("others")
    tasks.next_task(teams.join("clerks", "Ann").id, "others")
    assert overview.job("invoices").in_hand == 0


def test_throughput_is_counted_by_day(open_job, teams, tasks, overview, clock):
    open_job(objects=5, availability=864_000)
    ann = teams.join("clerks", "Ann").id
    answer(tasks, ann, 2)
    clock.turn(86_400)
    answer(tasks, ann, 1)
    assert overview.answers_by_day("invoices") == ((date(2027, 1, 15), 2), (date(2027, 1, 16), 1))


def test_answers_are_counted_by_worker_and_time_spent(open_job, teams, tasks, overview, clock):
    open_job(objects=3)
    ann, bob = (teams.join("clerks", name).id for name in ("Ann", "Bob"))
    answer(tasks, bob, 1)
    task = tasks.next_task(ann, "invoices")
    clock.turn(20)
    tasks.submit(task.assignment_id, ann, {})
    answer(tasks, ann, 1)
    assert [(tally.name, tally.answers, tally.seconds) for tally in overview.answers_by_worker("invoices")] == [
        ("Ann", 2, 20),
        ("Bob", 1, 0),
    ]


def test_a_warning_stands_in_the_log_once(open_job, database, overview):
    job_id = open_job()
    for _ in range(3):
        database.write(lambda connection: warn_once(connection, job_id, 1.0, ("odd flag", "odd flag")))
    assert [event.message for event in overview.log("invoices")] == ["odd flag"]


def test_an_unknown_job_is_named(overview):
    with pytest.raises(NoSuchTaskError, match='"nothing"'):
        overview.job("nothing")
