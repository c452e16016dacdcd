"""Strangers, other workers, other teams and other sites get nothing, and change nothing."""

import pytest
from sqlalchemy import select

from groundtruth.service.portal import PREFIX
from groundtruth.service.records import answers, assignments

ON_A_TASK = [
    ("GET", "", None),
    ("POST", "/submit", {"answer": {"total": "1"}}),
    ("PUT", "/draft", {"answer": {"total": "1"}}),
    ("POST", "/decline", {}),
    ("POST", "/pause", {}),
    ("POST", "/release", {}),
    ("POST", "/take-again", {}),
]
CALLS_OF_WORKERS = [("GET", "/jobs", None), ("POST", "/jobs/invoices/next", {})]
CALLS_OF_OWNERS = [
    "/owner/jobs/invoices/stop",
    "/owner/workers",
    "/owner/work-in",
    "/owner/accounts/x/invite",
    "/owner/accounts/x/revoke",
    "/owner/accounts/x/sign-out",
    "/owner/accounts/x/remove",
]


@pytest.fixture
def state_of(database):
    def state_of(task_id: str) -> str:
        with database.reading() as connection:
            return connection.execute(select(assignments.c.state).where(assignments.c.id == task_id)).scalar_one()

    return state_of


@pytest.fixture
def number_of_answers(database):
    def count() -> int:
        with database.reading() as connection:
            return len(connection.execute(select(answers)).all())

    return count


@pytest.mark.parametrize(("method", "path", "body"), CALLS_OF_WORKERS)
def test_a_stranger_gets_no_tasks(open_job, stranger, method, path, body):
    open_job()
    assert stranger.call(path, body, method).status == 401


@pytest.mark.parametrize(("method", "path", "body"), ON_A_TASK)
def test_a_stranger_can_do_nothing_with_a_task(open_job, worker, stranger, state_of, method, path, body):
    open_job()
    task = worker().next()
    assert stranger.call(f"/tasks/{task['id']}{path}", body, method).status == 401
    assert state_of(task["id"]) == "working"


@pytest.mark.parametrize(("method", "path", "body"), ON_A_TASK)
def test_another_workers_task_is_not_there(open_job, worker, state_of, number_of_answers, method, path, body):
    open_job()
    task = worker("Ada").next()
    assert worker("Grace").call(f"/tasks/{task['id']}{path}", body, method).status == 404
    assert (state_of(task["id"]), number_of_answers()) == ("working", 0)


@pytest.mark.parametrize(("method", "path", "body"), ON_A_TASK)
def test_a_guessed_task_is_not_there(open_job, worker, method, path, body):
    open_job()
    ada = worker()
    ada.next()
    for guess in ("1", "0", "AAAAAAAAAAAAAAAAAAAAAA", "..%2f..%2fjobs", "%00"):
        assert ada.call(f"/tasks/{guess}{path}", body, method).status == 404


def test_another_teams_job_is_not_there(open_job, worker, add_team):
    add_team("auditors")
    open_job("audit", team="auditors")
    ada = worker("Ada", "clerks")
    assert ada.call("/jobs", method="GET").json == {"jobs": []}
    assert ada.call("/jobs/audit/next").status == 404
    assert ada.get("/tasks/audit").status == 404
    assert "audit" not in ada.get("/").text


def test_a_worker_does_not_learn_whether_another_teams_job_exists(open_job, worker, add_team):
    add_team("auditors")
    open_job("audit", team="auditors")
    ada = worker()
    there, not_there = ada.call("/jobs/audit/next"), ada.call("/jobs/nowhere/next")
    assert there.text.replace("audit", "") == not_there.text.replace("nowhere", "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_change_that_another_site_asks_for_is_refused(open_job, worker, number_of_answers, headers):
    open_job()
    ada = worker()
    task = ada.next()
    refused = ada.call(f"/tasks/{task['id']}/submit", {"answer": {"total": "1"}}, **headers)
    assert (refused.status, number_of_answers()) == (403, 0)


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_change_without_the_pages_token_is_refused(open_job, worker, number_of_answers, token):
    open_job()
    ada = worker()
    task = ada.next()
    refused = ada.call(f"/tasks/{task['id']}/submit", {"answer": {"total": "1"}}, X_CSRF_Token=token)
    assert (refused.status, number_of_answers()) == (403, 0)


def test_the_token_of_one_session_is_no_good_in_another(open_job, worker):
    open_job()
    ada, grace = worker("Ada"), worker("Grace")
    assert ada.call("/jobs/invoices/next", X_CSRF_Token=grace.csrf).status == 403


def test_signing_in_from_another_site_is_refused(accounts, stranger):
    token = accounts.invite(accounts.add_worker("clerks", "Ada").id)
    assert stranger.call("/sign-in", {"token": token}, Origin="https://evil.example").status == 403
    assert stranger.cookies == {}


def test_a_form_of_another_site_could_not_be_read_anyway(open_job, worker):
    open_job()
    ada = worker()
    assert ada.call("/jobs/invoices/next", {"a": 1}, Content_Type="text/plain").status == 422


@pytest.mark.parametrize(
    "path", ["/jobs/invoices/next", "/tasks/x/submit", "/tasks/x/decline", "/sign-out", "/sign-in"]
)
def test_nothing_changes_by_following_a_link(worker, path):
    assert worker().get(f"/api{path}").status in {404, 405}


@pytest.mark.parametrize("path", ["/owner", "/owner/people", "/owner/jobs/invoices"])
def test_the_owners_pages_are_for_owners(open_job, owner, worker, stranger, path):
    open_job()
    assert worker().get(path).status == 401
    assert stranger.get(path).status == 401
    assert owner.get(path).status == 200


@pytest.mark.parametrize("path", CALLS_OF_OWNERS)
def test_what_owners_do_is_for_owners(open_job, owner, worker, stranger, path):
    open_job()
    stranger.load_token()
    assert worker().call(path, {"team": "clerks", "name": "Eve"}).status == 401
    assert stranger.call(path, {"team": "clerks", "name": "Eve"}).status == 401


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"answer": NaN}', b'{"answer": "x"}', b"[" * 100_000, b"\xff", b"{}"])
def test_what_is_no_answer_is_refused_with_a_reason(open_job, worker, number_of_answers, body):
    open_job()
    ada = worker()
    refused = ada.call(f"/tasks/{ada.next()['id']}/submit", body)
    assert (refused.status, refused.json["error"], number_of_answers()) == (422, "unusable", 0)


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/owner", "/tasks/invoices", "/static/work.js", "/nowhere", "/api/jobs"]
)
def test_every_answer_carries_the_security_headers(worker, path):
    headers = worker().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/..%2fapp.py", "/crowd/%2e%2e/__init__.py"])
def test_no_other_file_is_served(stranger, path):
    assert stranger.get(path).status == 404


def test_nothing_of_a_document_or_an_answer_is_logged(open_job, worker, caplog):
    caplog.set_level("DEBUG")
    open_job()
    ada = worker()
    task = ada.next()
    assert "invoice 0" in ada.get(task["frame"].removeprefix(PREFIX)).text
    ada.call(f"/tasks/{task['id']}/draft", {"answer": {"total": "secret-total"}}, "PUT")
    ada.call(f"/tasks/{task['id']}/submit", {"answer": {"total": "secret-total"}})
    ada.call("/tasks/none/submit", {"answer": {"total": "secret-total"}})
    assert "secret-total" not in caplog.text
    assert "invoice 0" not in caplog.text
