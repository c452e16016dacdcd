"""What a worker is given, and what becomes of it."""

import threading

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from groundtruth.errors import ClosedTaskError, LateAnswerError, NoSuchTaskError, UnusableAnswerError
from groundtruth.service.records import answers, data_objects, workers


def states(database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(data_objects.c.state).order_by(data_objects.c.number)).scalars())


def count_answers(database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(answers)).scalar_one()


def test_a_worker_gets_each_object_once_and_then_nothing(open_job, teams, tasks):
    open_job(objects=3)
    ann = teams.join("clerks", "Ann")
    seen = []
    while task := tasks.next_task(ann.id, "invoices"):
        seen.append(task.dataset_object_id)
        tasks.submit(task.assignment_id, ann.id, {"total": "1"})
    assert seen == ["0", "1", "2"]


def test_a_task_shows_the_template_its_input_and_its_time(open_job, teams, tasks, clock):
    open_job(time_limit=600)
    task = tasks.next_task(teams.join("clerks", "Ann").id, "invoices")
    assert task.task_input == {"source": "invoice 0"}
    assert "task.input.source" in task.template
    assert task.seconds_left(clock.now + 10) == 590


def test_an_unfinished_task_comes_back_before_another(open_job, teams, tasks):
    open_job()
    ann = teams.join("clerks", "Ann")
    first = tasks.next_task(ann.id, "invoices")
    tasks.save_draft(first.assignment_id, ann.id, '{"total": "12"}')
    again = tasks.next_task(ann.id, "invoices")
    assert again.assignment_id == first.assignment_id
    assert again.draft == '{"total": "12"}'


def test_an_object_has_no_more_workers_than_the_job_asks_for(open_job, teams, tasks):
    open_job(objects=1, workers=2)
    ann, bob, eve = (teams.join("clerks", name).id for name in ("Ann", "Bob", "Eve"))
    assert tasks.next_task(ann, "invoices")
    assert tasks.next_task(bob, "invoices")
    assert tasks.next_task(eve, "invoices") is None


def test_an_object_is_answered_when_enough_workers_answered(open_job, teams, tasks, database):
    open_job(objects=2, workers=2)
    for name in ("Ann", "Bob"):
        worker = teams.join("clerks", name).id
        task = tasks.next_task(worker, "invoices")
        tasks.submit(task.assignment_id, worker, {"total": name})
    assert states(database) == ["answered", "open"]


def test_submitting_twice_keeps_the_first_answer(open_job, teams, tasks, database):
    open_job()
    ann = teams.join("clerks", "Ann").id
    task = tasks.next_task(ann, "invoices")
    first = tasks.submit(task.assignment_id, ann, {"total": "1"})
    second = tasks.submit(task.assignment_id, ann, {"total": "2"})
    assert not first.repeated
    assert second.repeated
    assert second.submitted_at == first.submitted_at
    with database.reading() as connection:
        assert connection.execute(select(answers.c.content)).scalars().all() == ['{"total":"1"}']


def test_a_late_answer_is_refused_and_its_content_comes_back_as_a_draft(open_job, teams, tasks, clock, database):
    open_job(time_limit=600)
    ann = teams.join("clerks", "Ann").id
    task = tasks.next_task(ann, "invoices")
    clock.turn(601)
    with pytest.raises(LateAnswerError, match="10 minutes.*take the task again") as late:
        tasks.submit(task.assignment_id, ann, {"total": "1"})
    assert late.value.may_take_again
    assert count_answers(database) == 0
    again = tasks.take_again(task.assignment_id, ann)
    assert again.assignment_id != task.assignment_id
    assert again.dataset_object_id == task.dataset_object_id
    assert again.draft == '{"total":"1"}'
    assert not tasks.submit(again.assignment_id, ann, {"total": "1"}).repeated


def test_a_late_answer_to_an_object_that_others_answered_cannot_be_taken_again(open_job, teams, tasks, clock):
    open_job(objects=1, workers=1, time_limit=600)
    ann, bob = (teams.join("clerks", name).id for name in ("Ann", "Bob"))
    task = tasks.next_task(ann, "invoices")
    clock.turn(601)
    with pytest.raises(LateAnswerError):
        tasks.submit(task.assignment_id, ann, {})
    others = tasks.next_task(bob, "invoices")
    tasks.submit(others.assignment_id, bob, {"total": "1"})
    with pytest.raises(LateAnswerError, match="no more answers") as late:
        tasks.submit(task.assignment_id, ann, {"total": "1"})
    assert not late.value.may_take_again
    with pytest.raises(NoSuchTaskError):
        tasks.take_again(task.assignment_id, ann)


def test_a_declined_object_is_not_given_to_the_same_worker_again(open_job, teams, tasks):
    open_job(objects=2, workers=2)
    ann = teams.join("clerks", "Ann").id
    declined = tasks.next_task(ann, "invoices")
    tasks.decline(declined.assignment_id, ann)
    task = tasks.next_task(ann, "invoices")
    assert task.dataset_object_id == "1"
    tasks.submit(task.assignment_id, ann, {})
    assert tasks.next_task(ann, "invoices") is None


def test_as_many_declines_as_workers_wanted_end_an_object(open_job, teams, tasks, database):
    open_job(objects=1, workers=2)
    for name in ("Ann", "Bob"):
        worker = teams.join("clerks", name).id
        tasks.decline(tasks.next_task(worker, "invoices").assignment_id, worker)
    assert states(database) == ["answered"]
    assert tasks.next_task(teams.join("clerks", "Eve").id, "invoices") is None


def test_a_released_task_is_free_for_others_and_comes_back_last(open_job, teams, tasks):
    open_job(objects=2, workers=1)
    ann, bob = (teams.join("clerks", name).id for name in ("Ann", "Bob"))
    released = tasks.next_task(ann, "invoices")
    tasks.release(released.assignment_id, ann)
    other = tasks.next_task(ann, "invoices")
    assert other.dataset_object_id == "1"
    tasks.submit(other.assignment_id, ann, {})
    assert tasks.next_task(ann, "invoices").dataset_object_id == "0"
    assert tasks.next_task(bob, "invoices") is None


def test_a_paused_task_keeps_its_place_and_its_time(open_job, teams, tasks, clock):
    open_job(objects=1, workers=1, time_limit=600)
    ann, bob = (teams.join("clerks", name).id for name in ("Ann", "Bob"))
    task = tasks.next_task(ann, "invoices")
    clock.turn(100)
    tasks.pause(task.assignment_id, ann)
    clock.turn(3600)
    assert tasks.next_task(bob, "invoices") is None
    resumed = tasks.next_task(ann, "invoices")
    assert resumed.assignment_id == task.assignment_id
    assert resumed.seconds_left(clock.now) == 500


def test_time_spent_leaves_pauses_out(open_job, teams, tasks, clock, database):
    open_job(time_limit=600)
    ann = teams.join("clerks", "Ann").id
    task = tasks.next_task(ann, "invoices")
    clock.turn(30)
    tasks.pause(task.assignment_id, ann)
    clock.turn(1000)
    tasks.resume(task.assignment_id, ann)
    clock.turn(12)
    tasks.submit(task.assignment_id, ann, {})
    with database.reading() as connection:
        assert connection.execute(select(answers.c.seconds)).scalar_one() == 42


@pytest.mark.parametrize("call", ["task", "decline", "release", "pause", "resume", "take_again"])
def test_another_workers_task_is_no_task(open_job, teams, tasks, call):
    open_job()
    ann, bob = (teams.join("clerks", name).id for name in ("Ann", "Bob"))
    task = tasks.next_task(ann, "invoices")
    with pytest.raises(NoSuchTaskError):
        getattr(tasks, call)(task.assignment_id, bob)
    with pytest.raises(NoSuchTaskError):
        tasks.submit(task.assignment_id, bob, {})


def test_another_teams_job_is_no_job(open_job, teams, tasks):
    open_job()
    ann = teams.join("clerks", "Ann")
    teams.leave("clerks", ann.id)
    assert tasks.open_jobs(ann.id) == ()
    with pytest.raises(NoSuchTaskError):
        tasks.next_task(ann.id, "invoices")


def test_open_jobs_say_what_is_there_to_do(open_job, teams, tasks):
    open_job("one", objects=3)
    open_job("two", objects=5)
    ann = teams.join("clerks", "Ann").id
    tasks.next_task(ann, "one")
    assert [(job.name, job.available, job.unfinished) for job in tasks.open_jobs(ann)] == [
        ("one", 2, True),
        ("two", 5, False),
    ]


def test_declining_after_submitting_says_that_the_answer_is_kept(open_job, teams, tasks):
    open_job()
    ann = teams.join("clerks", "Ann").id
    task = tasks.next_task(ann, "invoices")
    tasks.submit(task.assignment_id, ann, {})
    with pytest.raises(ClosedTaskError, match="your answer is kept"):
        tasks.decline(task.assignment_id, ann)


@pytest.mark.parametrize("answer", [[], "text", None, {"total": float("nan")}, {"total": "x" * 5_000_001}])
def test_what_is_no_answer_is_refused_and_the_task_stays(open_job, teams, tasks, answer):
    open_job()
    ann = teams.join("clerks", "Ann").id
    task = tasks.next_task(ann, "invoices")
    with pytest.raises(UnusableAnswerError):
        tasks.submit(task.assignment_id, ann, answer)
    assert tasks.task(task.assignment_id, ann) == task


def test_an_answer_may_hold_half_a_surrogate_pair(open_job, teams, tasks, database):
    open_job()
    ann = teams.join("clerks", "Ann").id
    task = tasks.next_task(ann, "invoices")
    tasks.submit(task.assignment_id, ann, {"total": "a\ud800\0ü"})
    with database.reading() as connection:
        assert connection.execute(select(answers.c.content)).scalar_one() == '{"total":"a\ufffd\\u0000ü"}'


def test_many_workers_at_once_leave_one_answer_each_and_no_object_over_full(open_job, teams, tasks, database):
    open_job(objects=40, workers=3)
    ids = [teams.join("clerks", f"worker {n}").id for n in range(8)]

    def work(worker: str) -> None:
        while task := tasks.next_task(worker, "invoices"):
            tasks.submit(task.assignment_id, worker, {"by": worker})

    threads = [threading.Thread(target=work, args=(worker,)) for worker in ids for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count_answers(database) == 120
    assert set(states(database)) == {"answered"}


def test_one_refused_write_among_many_undoes_itself_alone(database):
    """Writes that come at the same time share a commit; each is as if it were alone."""
    barrier = threading.Barrier(8)
    outcomes: dict[int, object] = {}

    def write(number: int) -> None:
        def work(connection) -> int:
            row = {"id": str(number % 7), "name": f"worker {number}", "created_at": 0.0}
            connection.execute(insert(workers).values(row))
            return number

        barrier.wait()
        try:
            outcomes[number] = database.write(work)
        except IntegrityError as error:
            outcomes[number] = error

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [number for number, outcome in outcomes.items() if isinstance(outcome, IntegrityError)]
    assert len(refused) == 1
    assert refused[0] in {0, 7}
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(workers)).scalar_one() == 7
