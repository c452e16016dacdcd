"""The owner's pages: figures, the log, people; and what an owner can do there."""

import random
import re
import statistics
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from groundtruth.errors import RequestError
from groundtruth.service import journal
from groundtruth.service.portal.tallies import LEAST_DAYS, MOST_DAYS, chart, median_seconds
from groundtruth.service.records import answers, assignments, jobs, team_members

on_both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def test_jobs_are_shown_some_to_a_page_and_by_status(open_job, owner, database):
    for number in range(60):
        open_job(f"job-{number:02d}", objects=1)
    database.write(lambda c: c.execute(update(jobs).where(jobs.c.name == "job-07").values(status="Failed")))
    first, last = owner.get("/owner").text, owner.get("/owner?page=3").text
    assert "Page 1 of 3" in first
    assert first.count("/owner/jobs/job-") == 25
    assert last.count("/owner/jobs/job-") == 10
    failed = owner.get("/owner?status=Failed").text
    assert failed.count("/owner/jobs/job-") == 1
    for odd in ("0", "-1", "x", "99999999", "٣"):
        assert owner.ask("GET", f"/owner?page={odd.encode().hex() if not odd.isascii() else odd}").status == 200


def test_a_jobs_page_shows_progress_workers_and_what_went_wrong(open_job, owner, worker, database, clock):
    job_id = open_job(objects=4)
    ada = worker()
    for _ in range(3):
        task = ada.next()
        clock.turn(20)
        ada.call(f"/tasks/{task['id']}/submit", {"answer": {"total": "1"}})
    traceback = 'Traceback (most recent call last):\n  File "app.py"\nZeroDivisionError: <division>'
    database.write(lambda c: journal.note(c, job_id, clock.now, "error", "The function failed.", traceback))
    database.write(lambda c: c.execute(update(jobs).values(status="Failed", failure_reason="ClientError: <x>")))
    page = owner.get("/owner/jobs/invoices").text
    assert "ZeroDivisionError: &lt;division&gt;" in page
    assert "ClientError: &lt;x&gt;" in page
    assert "Ada" in page
    assert "20 s" in page
    assert "Stop the job" not in page


def test_an_unknown_job_is_said_to_be_unknown(owner):
    assert owner.get("/owner/jobs/nowhere").status == 404


def test_every_entry_of_a_long_log_is_found_page_by_page(open_job, owner, database):
    job_id = open_job()

    def fill(connection):
        for number in range(230):
            journal.note(connection, job_id, 1_800_000_000.0 + number, journal.INFO, f"entry {number}.")

    database.write(fill)
    found: list[str] = []
    address: str | None = "/owner/jobs/invoices"
    while address is not None:
        page = owner.get(address).text
        found += re.findall(r"entry (\d+)\.", page)
        older = re.search(r'href="(\?before=\d+)#log-title">Older', page)
        address = f"/owner/jobs/invoices{older[1]}" if older else None
    assert [int(number) for number in found] == list(range(229, -1, -1))
    assert "Nothing older" in owner.get("/owner/jobs/invoices?before=1").text
    assert "entry 229." in owner.get("/owner/jobs/invoices?before=nonsense").text


def test_an_owner_stops_a_job(open_job, owner, worker, database):
    open_job()
    ada = worker()
    task = ada.next()
    assert "Stop the job" in owner.get("/owner/jobs/invoices").text
    assert owner.call("/owner/jobs/invoices/stop").status == 200
    with database.reading() as connection:
        assert connection.execute(select(jobs.c.status)).scalar_one() == "Stopping"
    refused = ada.call(f"/tasks/{task['id']}/submit", {"answer": {"total": "1"}})
    assert (refused.status, refused.json["error"]) == (409, "closed")
    assert owner.call("/owner/jobs/nowhere/stop").status == 400


def test_an_owner_invites_and_the_link_signs_in(owner, stranger, teams):
    link = owner.call("/owner/workers", {"team": "clerks", "name": "Grace"}).json["link"]
    assert link.startswith(f"http://127.0.0.1:{owner.port}/portal/sign-in#")
    assert stranger.sign_in(link.partition("#")[2]).status == 200
    assert [member.name for member in teams.members("clerks")] == ["Grace"]


@pytest.mark.parametrize(("team", "name"), [("nowhere", "Grace"), ("clerks", " ")])
def test_who_cannot_be_invited_is_told_why(owner, team, name):
    refused = owner.call("/owner/workers", {"team": team, "name": name})
    assert (refused.status, refused.json["error"]) == (422, "unusable")


def test_an_owner_takes_a_link_back_signs_people_out_and_removes_them(owner, worker, accounts, stranger):
    ada = worker()
    ada_id = accounts.find("Ada").id
    token = owner.call(f"/owner/accounts/{ada_id}/invite").json["link"].partition("#")[2]
    assert owner.call(f"/owner/accounts/{ada_id}/revoke").status == 200
    assert stranger.sign_in(token).status == 403
    assert owner.call(f"/owner/accounts/{ada_id}/sign-out").status == 200
    assert ada.call("/jobs", method="GET").status == 401
    assert owner.call(f"/owner/accounts/{ada_id}/remove").status == 200
    with pytest.raises(RequestError):
        accounts.find("Ada")
    assert owner.call(f"/owner/accounts/{ada_id}/invite").status == 404


def test_an_owner_cannot_shut_themselves_out(owner, accounts):
    assert owner.call(f"/owner/accounts/{accounts.find('Olivia').id}/remove").status == 422
    assert owner.get("/owner").status == 200


def test_an_owner_can_work_on_tasks_under_their_own_name(open_job, owner, database):
    open_job()
    assert owner.call("/owner/work-in", {"team": "clerks"}).status == 200
    assert owner.next()["job"] == "invoices"
    with database.reading() as connection:
        assert len(connection.execute(select(team_members)).all()) == 1


def test_names_are_shown_as_text(owner):
    owner.call("/owner/workers", {"team": "clerks", "name": "<script>alert(1)</script>"})
    page = owner.get("/owner/people").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@on_both
@pytest.mark.parametrize("count", [1, 2, 5, 10])
def test_medians_are_those_of_the_statistics_module(open_job, teams, database, count):
    job_id = open_job(objects=20)
    chance = random.Random(count)
    seconds = [round(chance.uniform(1, 100), 3) for _ in range(count)]
    ada = teams.join("clerks", "Ada")
    taken = [
        {"id": str(number), "job_id": job_id, "number": number, "worker_id": ada.id, "state": "submitted"}
        | {"accepted_at": 0.0, "resumed_at": 0.0, "seconds": 0.0, "deadline": 0.0}
        for number in range(count)
    ]
    given = [
        {"assignment_id": str(number), "job_id": job_id, "number": number, "worker_id": ada.id, "content": "{}"}
        | {"accepted_at": 0.0, "submitted_at": 1.0, "seconds": value}
        for number, value in enumerate(seconds)
    ]
    database.write(lambda connection: connection.execute(insert(assignments), taken))
    database.write(lambda connection: connection.execute(insert(answers), given))
    assert median_seconds(database, "Invoices") == {ada.id: pytest.approx(statistics.median(seconds))}


def test_a_chart_shows_every_day_and_no_more_than_it_has_room_for():
    last = date(2026, 11, 20)
    assert chart(()) is None
    short = chart(((last, 7),))
    assert short is not None
    assert (len(short.bars), short.bars[-1].height, short.highest, short.total) == (LEAST_DAYS, short.height, 7, 7)
    long = chart(tuple((last - timedelta(days=back), 1) for back in range(400, -1, -1)))
    assert long is not None
    assert (len(long.bars), long.bars[-1].day) == (MOST_DAYS, last)
