"""A job's life when functions, S3, or the process itself fail."""

from collections.abc import Mapping
from typing import Any

import pytest

from groundtruth.errors import ClosedTaskError, FunctionError, NoSuchTaskError, StorageError
from groundtruth.jobs import EngineSettings
from groundtruth.service.lifecycle import Background, Means
from groundtruth.service.settings import ServiceSettings
from groundtruth.storage import EmbeddedS3
from tests.service.living import POST, PRE, lines


def test_a_function_that_raises_fails_the_job_and_its_traceback_is_told(life):
    def fails(function: str, event: Mapping[str, Any]) -> None:
        if function == PRE and event["dataObject"]["page"] == 11:
            raise FunctionError("Pre raised KeyError: 'supplier'", "Traceback\n  line 3, in handler\n")

    life.functions.fails = fails
    life.create(lines(12), workers=1)
    life.work("Ann")
    described = life.jobs.describe("Job-A")
    assert described["LabelingJobStatus"] == "Failed"
    assert described["FailureReason"].startswith("ClientError: Exception invoking the Lambda function")
    assert "KeyError" in described["FailureReason"]
    assert life.reports[0][0] == "Job-A"
    assert "line 3, in handler" in life.reports[0][2]
    assert any(event.level == "error" and "line 3" in event.detail for event in life.overview.log("Job-A"))
    assert sum("Label" in line for line in life.output()) == 10
    with pytest.raises(ClosedTaskError):
        life.tasks.next_task(life.teams.join("clerks", "Ann").id, "Job-A")


def test_a_consolidation_that_raises_fails_the_job_and_keeps_the_answers(life):
    def fails(function: str, event: Mapping[str, Any]) -> None:
        if function == POST:
            raise FunctionError("Post raised ZeroDivisionError: division by zero", "Traceback")

    life.functions.fails = fails
    life.create(lines(2), workers=1)
    life.work("Ann")
    assert life.status == "Failed"
    assert life.overview.job("Job-A").answers == 2
    assert len(life.files("worker-response/*/*/*.json")) == 2


def test_a_manifest_that_cannot_be_used_fails_the_job_with_the_line(life):
    life.create([{"source": "fine"}, {"neither": 1}])
    described = life.jobs.describe("Job-A")
    assert described["LabelingJobStatus"] == "Failed"
    assert "s3://data/in.manifest, line 2" in described["FailureReason"]


def test_s3_that_is_away_for_a_while_costs_nothing(life, monkeypatch):
    life.create(lines(1), workers=1)
    put = EmbeddedS3.put
    monkeypatch.setattr(EmbeddedS3, "put", lambda *_: (_ for _ in ()).throw(StorageError("s3://data: away")))
    monkeypatch.setattr("threading.Event.wait", lambda *_: True)
    life.work("Ann")
    assert life.status == "InProgress"
    monkeypatch.setattr(EmbeddedS3, "put", put)
    life.run()
    assert life.status == "Completed"


def test_s3_that_stays_away_fails_the_job(life, monkeypatch):
    life.create(lines(1), workers=1)
    background = Background(Means(life.database, life.storage, life.functions, life.settings, life.clock))
    ann = life.teams.join("clerks", "Ann").id
    life.tasks.submit(life.tasks.next_task(ann, "Job-A").assignment_id, ann, {})
    monkeypatch.setattr(EmbeddedS3, "put", lambda *_: (_ for _ in ()).throw(StorageError("s3://data: away")))
    monkeypatch.setattr("threading.Event.wait", lambda *_: True)
    background.run_once()
    life.clock.turn(121)
    background.run_once()
    monkeypatch.undo()
    life.run()
    assert life.status == "Failed"
    assert "s3://data: away" in life.jobs.describe("Job-A")["FailureReason"]


def test_a_response_without_an_object_fails_that_object_alone(life):
    invoke = life.functions.invoke
    life.functions.invoke = lambda function, event: (
        invoke(function, event) if function == PRE else invoke(function, event)[1:]
    )
    life.create(lines(2), workers=1)
    life.work("Ann")
    assert life.status == "Completed"
    assert life.counters["FailedNonRetryableError"] == 1
    assert any("no usable entry for 1 object(s): 0" in event.message for event in life.overview.log("Job-A"))


def test_a_team_smaller_than_the_job_asks_for_is_told_in_the_log(life):
    life.teams.join("clerks", "Ann")
    life.create(lines(1), workers=3)
    assert any("has 1 worker(s), and each object asks for 3" in event.message for event in life.overview.log("Job-A"))


class Crash(BaseException):
    """Stands for the process being killed."""


@pytest.mark.parametrize("method", ["write", "storage"])
def test_a_crash_at_any_step_loses_and_doubles_nothing(life, monkeypatch, method):
    """The process is killed before the first, the second, … write to the database or S3 after the answers came, and goes on."""
    life.settings = ServiceSettings(engine=EngineSettings(first_batch=4, objects_per_consolidation=3))
    life.create(lines(9), workers=2)
    crashes = 0
    for survived in range(40):
        left = [survived]

        def counted(work, left=left):
            def call(*args, **kwargs):
                left[0] -= 1
                if left[0] < 0:
                    raise Crash
                return work(*args, **kwargs)

            return call

        for name in ("Ann", "Bob"):
            worker = life.teams.join("clerks", name).id
            try:
                while task := life.tasks.next_task(worker, "Job-A"):
                    life.clock.turn(1)
                    life.tasks.submit(task.assignment_id, worker, {"by": name})
            except (ClosedTaskError, NoSuchTaskError):
                pass
        target, names = (life.database, ["write"]) if method == "write" else (life.storage, ["put", "put_file"])
        with monkeypatch.context() as patch:
            for name in names:
                patch.setattr(target, name, counted(getattr(target, name)))
            try:
                life.run()
            except Crash:
                crashes += 1
        if life.status == "Completed":
            break
    assert life.status == "Completed"
    assert crashes >= 3
    assert life.counters["HumanLabeled"] == 9
    assert [line["Label"] for line in life.output()] == [[{"by": "Ann"}, {"by": "Bob"}]] * 9
