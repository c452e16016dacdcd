"""The document of one task: whom it is for, what it may load, and what it shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from groundtruth.service.portal import PREFIX
from groundtruth.service.portal.frames import frame_policy
from groundtruth.service.records import data_objects, events, jobs

SIGNED = "<img src='{{ task.input.source-ref | grant_read_access }}'>"


@pytest.fixture
def show(open_job, worker, stranger, database):
    """The frame's document for a task of this template and input, asked for without any cookie."""

    def show(template: str, line: str = '{"source": "x"}'):
        open_job()
        database.write(lambda connection: connection.execute(update(jobs).values(template=template)))
        database.write(lambda connection: connection.execute(update(data_objects).values(line=line)))
        return stranger.get(worker().next()["frame"].removeprefix(PREFIX))

    return show


def directive(policy: str, name: str) -> set[str]:
    (found,) = [part.split() for part in policy.split("; ") if part.split()[0] == name]
    return set(found[1:])


def test_a_frame_shows_its_task_without_a_session(show):
    shown = show("<p>{{ task.input.source }}</p>", '{"source": "a < b"}')
    assert (shown.status, shown.text) == (200, "<p>a &lt; b</p>")
    assert shown.headers["Set-Cookie"] is None
    assert shown.headers["Cache-Control"] == "no-store"


def test_a_frame_is_sandboxed_even_when_it_is_opened_by_itself(show):
    policy = show("x").headers["Content-Security-Policy"]
    assert directive(policy, "sandbox") == {"allow-scripts", "allow-forms"}
    assert directive(policy, "frame-ancestors") == {"'self'"}
    assert directive(policy, "default-src") == {"'none'"}
    assert directive(policy, "form-action") == {"'none'"}


def test_the_crowd_elements_come_from_the_portal_and_to_any_origin(show, stranger):
    shown = show('<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>')
    assert f'src="{PREFIX}/crowd/crowd-html-elements.js"' in shown.text
    script = stranger.get("/crowd/crowd-html-elements.js")
    assert script.headers["Access-Control-Allow-Origin"] == "*"
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_pictures_load_from_where_they_were_signed_for_and_from_nowhere_else(show):
    shown = show(SIGNED, '{"source-ref": "s3://acme/1.png"}')
    assert "http://s3.example:5555/acme/1.png?X-Amz-Signature=1" in shown.text
    policy = shown.headers["Content-Security-Policy"]
    assert "http://s3.example:5555" in directive(policy, "img-src")
    assert "http://s3.example:5555" not in directive(policy, "script-src")
    assert "https:" not in policy.replace("https://", "")


def test_what_the_template_names_may_run_and_what_a_document_says_may_not(show):
    shown = show('<script src="https://cdn.example/vue.js"></script>', '{"source": "Pay at https://evil.example now"}')
    policy = shown.headers["Content-Security-Policy"]
    assert "https://cdn.example" in directive(policy, "script-src")
    assert "evil.example" not in policy


def test_a_url_that_is_a_value_of_its_own_may_be_shown(show):
    policy = show("x", '{"source": "x", "page": "https://pictures.example/1.png"}').headers["Content-Security-Policy"]
    assert "https://pictures.example" in directive(policy, "img-src")
    assert "https://pictures.example" not in directive(policy, "script-src")


@given(st.lists(st.from_regex(r"https://[a-z]{1,8}\.example", fullmatch=True)))
def test_a_policy_has_each_directive_once(origins):
    names = [part.split()[0] for part in frame_policy(origins, origins).split("; ")]
    assert len(names) == len(set(names))


def test_a_guessed_frame_is_not_there(open_job, worker, stranger):
    open_job()
    frame = worker().next()["frame"].removeprefix(PREFIX)
    task_id, _, mac = frame.removeprefix("/frame/").rpartition(".")
    for guess in (
        f"{task_id}.{'0' * 64}",
        f"{task_id}.{mac[:-1]}",
        f"{task_id}.",
        task_id,
        f"x.{mac}",
        "%00",
        "%C3%A4.b",
    ):
        assert stranger.get(f"/frame/{guess}").status in {404, 400}, guess


def test_the_frame_of_one_task_does_not_open_another(open_job, worker, stranger):
    open_job()
    one, other = (worker(name).next()["frame"].removeprefix(f"{PREFIX}/frame/") for name in ("Ada", "Grace"))
    mixed = f"{one.rpartition('.')[0]}.{other.rpartition('.')[2]}"
    assert stranger.get(f"/frame/{mixed}").status == 404


def test_who_guesses_frames_has_to_wait(stranger):
    statuses = [stranger.get(f"/frame/guess.{number}").status for number in range(21)]
    assert statuses == [404] * 20 + [429]


@pytest.mark.parametrize("how", ["submit", "decline", "release"])
def test_a_frame_closes_with_its_task(open_job, worker, stranger, how):
    open_job()
    ada = worker()
    task = ada.next()
    assert ada.call(f"/tasks/{task['id']}/{how}", {"answer": {"total": "1"}}).status == 200
    assert stranger.get(task["frame"].removeprefix(PREFIX)).status == 410


def test_a_frame_closes_when_the_time_is_over(open_job, worker, stranger, clock):
    open_job(time_limit=60)
    task = worker().next()
    clock.turn(61)
    assert stranger.get(task["frame"].removeprefix(PREFIX)).status == 410


def test_a_template_that_cannot_be_rendered_is_told_to_worker_and_owner(show, database):
    shown = show("{{ task.input.source | grant_read_access | times: 'x' | divided_by: 0 }}")
    assert shown.status == 422
    assert "This task cannot be shown" in shown.text
    with database.reading() as connection:
        (entry,) = connection.execute(select(events)).all()
    assert (entry.level, "template" in entry.message) == ("warning", True)
