"""An answer is kept once, and the worker is told what became of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from groundtruth.service.records import answers


@pytest.fixture
def kept(database):
    def kept() -> list[str]:
        with database.reading() as connection:
            return list(connection.execute(select(answers.c.content).order_by(answers.c.submitted_at)).scalars())

    return kept


def test_a_repeated_submission_is_kept_once(open_job, worker, kept):
    open_job()
    ada = worker()
    path = f"/tasks/{ada.next()['id']}/submit"
    assert ada.call(path, {"answer": {"total": "1"}}).json == {"saved": True, "repeated": False}
    assert ada.call(path, {"answer": {"total": "2"}}).json == {"saved": True, "repeated": True}
    assert kept() == ['{"total":"1"}']


def test_submissions_at_the_same_moment_are_kept_once(open_job, worker, kept):
    open_job()
    ada = worker()
    path = f"/tasks/{ada.next()['id']}/submit"
    with ThreadPoolExecutor(8) as executor:
        said = list(executor.map(lambda number: ada.call(path, {"answer": {"total": str(number)}}).json, range(8)))
    assert sorted(answer["repeated"] for answer in said) == [False] + [True] * 7
    assert len(kept()) == 1


def test_two_tabs_show_the_same_task(open_job, worker):
    open_job()
    ada = worker()
    assert ada.next()["id"] == ada.next()["id"]


def test_a_late_answer_is_refused_and_not_lost(open_job, worker, clock, kept):
    open_job(objects=1, time_limit=60)
    ada = worker()
    task = ada.next()
    clock.turn(61)
    refused = ada.call(f"/tasks/{task['id']}/submit", {"answer": {"total": "1"}})
    assert (refused.status, refused.json["error"], refused.json["mayTakeAgain"]) == (409, "late", True)
    assert kept() == []
    again = ada.call(f"/tasks/{task['id']}/take-again").json["task"]
    assert again["draft"] == {"total": "1"}
    assert ada.call(f"/tasks/{again['id']}/submit", {"answer": again["draft"]}).json["saved"]
    assert kept() == ['{"total":"1"}']


def test_a_stopped_task_is_resumed_with_its_draft_and_the_time_that_was_left(open_job, worker, clock):
    open_job(time_limit=600)
    ada = worker()
    task = ada.next()
    clock.turn(200)
    ada.call(f"/tasks/{task['id']}/draft", {"answer": {"total": "12"}}, "PUT")
    ada.call(f"/tasks/{task['id']}/pause")
    clock.turn(3_000)
    assert ada.call("/jobs", method="GET").json["jobs"][0]["unfinished"]
    resumed = ada.next()
    assert (resumed["id"], resumed["draft"], resumed["secondsLeft"]) == (task["id"], {"total": "12"}, 400)


def test_a_declined_task_does_not_come_back(open_job, worker):
    open_job(objects=1)
    ada = worker()
    task = ada.next()
    assert ada.call(f"/tasks/{task['id']}/decline").status == 200
    assert ada.call("/jobs/invoices/next").json == {"task": None}


def test_the_open_jobs_say_what_is_left_for_this_worker(open_job, worker):
    open_job(objects=3)
    ada = worker()
    ada.call(f"/tasks/{ada.next()['id']}/submit", {"answer": {"total": "1"}})
    (job,) = ada.call("/jobs", method="GET").json["jobs"]
    assert (job["name"], job["available"], job["unfinished"]) == ("invoices", 2, False)


@pytest.mark.parametrize("text", ["\u0000", "\ud800", "é" * 1000, "\u202e"])
def test_whatever_a_worker_types_can_be_kept(open_job, worker, kept, text):
    open_job()
    ada = worker()
    path = f"/tasks/{ada.next()['id']}"
    assert ada.call(f"{path}/draft", {"answer": {"total": text}}, "PUT").status == 200
    assert ada.next()["draft"] is not None
    assert ada.call(f"{path}/submit", {"answer": {"total": text}}).status == 200
    assert len(kept()) == 1
