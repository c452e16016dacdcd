"""A job's life, step by step, under a clock that the test turns."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from groundtruth.errors import ApiError, ClosedTaskError, FunctionError, NoSuchTaskError, StorageError
from groundtruth.jobs import EngineSettings
from groundtruth.service.jobs import LabelingJobs
from groundtruth.service.lifecycle import Background, Means
from groundtruth.service.overview import Overview
from groundtruth.service.settings import ServiceSettings
from groundtruth.service.tasks import Tasks
from groundtruth.storage import EmbeddedS3, S3Location

PRE = "arn:aws:lambda:us-east-1:123456789012:function:Pre"
POST = "arn:aws:lambda:us-east-1:123456789012:function:Post"


@dataclass
class Functions:
    """A pre-annotation function that gives the line as it is, and a consolidation function that collects the answers."""

    storage: EmbeddedS3
    events: list[dict[str, Any]] = field(default_factory=list)
    payloads: list[list[dict[str, Any]]] = field(default_factory=list)
    fails: Callable[[str, Mapping[str, Any]], None] = lambda function, event: None
    needs_human: Callable[[Mapping[str, Any]], bool] = lambda line: True

    def invoke(self, function: str, event: Mapping[str, Any]) -> object:
        self.events.append(json.loads(json.dumps(event)))
        self.fails(function, event)
        if function == PRE:
            line = event["dataObject"]
            return {"taskInput": {"line": line}, "isHumanAnnotationRequired": self.needs_human(line)}
        payload = json.loads(self.storage.get(S3Location.parse(event["payload"]["s3Uri"])))
        self.payloads.append(payload)
        return [
            {
                "datasetObjectId": item["datasetObjectId"],
                "consolidatedAnnotation": {
                    "content": {
                        event["labelAttributeName"]: [
                            json.loads(entry["annotationData"]["content"]) for entry in item["annotations"]
                        ]
                    }
                },
            }
            for item in payload
        ]

    def check(self, function: str) -> None:
        pass


class Life:
    """The service's parts around one job, without threads."""

    def __init__(self, database, storage, clock, teams) -> None:
        self.database, self.storage, self.clock, self.teams = database, storage, clock, teams
        self.functions = Functions(storage)
        self.reports: list[tuple[str, str, str]] = []
        self.settings = ServiceSettings()
        self.jobs = LabelingJobs(database, clock)
        self.overview = Overview(database)

    @property
    def tasks(self) -> Tasks:
        return Tasks(self.database, self.settings, self.clock)

    def create(self, lines: list[dict[str, Any]], workers=2, pre=PRE, post=POST, task=(), **members: Any) -> None:
        self.storage.put(S3Location("data", "in.manifest"), "".join(json.dumps(line) + "\n" for line in lines).encode())
        config: dict[str, Any] = {
            "WorkteamArn": "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/clerks",
            "UiConfig": {"UiTemplateS3Uri": "s3://data/template.html"},
            "TaskTitle": "Totals",
            "TaskDescription": "Type the total",
            "NumberOfHumanWorkersPerDataObject": workers,
            "TaskTimeLimitInSeconds": 600,
        }
        if pre:
            config["PreHumanTaskLambdaArn"] = pre
        if post:
            config["AnnotationConsolidationConfig"] = {"AnnotationConsolidationLambdaArn": post}
        request = {
            "LabelingJobName": "Job-A",
            "LabelAttributeName": "Label",
            "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://data/in.manifest"}}},
            "OutputConfig": {"S3OutputPath": "s3://data/out/"},
            "RoleArn": "arn:aws:iam::123456789012:role/groundtruth",
            "HumanTaskConfig": config | dict(task),
        }
        self.jobs.create(request | members, "eu-west-1")
        self.run()

    def run(self) -> None:
        means = Means(
            self.database,
            self.storage,
            self.functions,
            self.settings,
            self.clock,
            lambda *report: self.reports.append(report),
        )
        Background(means).run_once()

    def work(self, *names: str, most: int = 10**6) -> int:
        """Let these workers answer what they can get, each at most so many; returns the number of answers."""
        count = 0
        for name in names:
            worker = self.teams.join("clerks", name).id
            for _ in range(most):
                try:
                    task = self.tasks.next_task(worker, "Job-A")
                except ClosedTaskError:
                    break
                if task is None:
                    break
                self.clock.turn(1)
                self.tasks.submit(task.assignment_id, worker, {"by": name})
                count += 1
        self.run()
        return count

    @property
    def status(self) -> str:
        return self.jobs.describe("Job-A")["LabelingJobStatus"]

    @property
    def counters(self) -> dict[str, int]:
        return self.jobs.describe("Job-A")["LabelCounters"]

    def output(self) -> list[dict[str, Any]]:
        text = self.storage.get(S3Location("data", "out/Job-A/manifests/output/output.manifest"))
        return [json.loads(line) for line in text.splitlines()]

    def files(self, pattern: str) -> list[str]:
        root = self.storage.folder / "data/out/Job-A/annotations"
        return sorted(path.relative_to(root).as_posix() for path in root.glob(pattern))


@pytest.fixture
def life(database, tmp_path, clock, teams) -> Iterator[Life]:
    with EmbeddedS3(tmp_path / "s3") as storage:
        storage.ensure_bucket("data")
        storage.put(S3Location("data", "template.html"), b"<crowd-form></crowd-form>")
        yield Life(database, storage, clock, teams)


def lines(count: int) -> list[dict[str, Any]]:
    return [{"source": f"invoice {number}", "page": number} for number in range(count)]


def test_a_job_goes_from_its_manifest_to_its_output_manifest(life):
    life.create(lines(12))
    assert life.status == "InProgress"
    assert life.counters["Unlabeled"] == 12
    while life.work("Ann", "Bob"):
        pass
    assert life.status == "Completed"
    assert life.counters == {
        "TotalLabeled": 12,
        "HumanLabeled": 12,
        "MachineLabeled": 0,
        "FailedNonRetryableError": 0,
        "Unlabeled": 0,
    }
    output = life.output()
    assert [line["page"] for line in output] == list(range(12))
    assert all(line["Label"] == [{"by": "Ann"}, {"by": "Bob"}] for line in output)
    metadata = output[0]["Label-metadata"]
    assert (metadata["type"], metadata["job-name"], metadata["human-annotated"]) == (
        "groundtruth/custom",
        "Job-A",
        "yes",
    )
    described = life.jobs.describe("Job-A")
    assert (
        described["LabelingJobOutput"]["OutputDatasetS3Uri"] == "s3://data/out/Job-A/manifests/output/output.manifest"
    )


def test_the_first_batch_is_small_and_the_next_one_waits_for_it(life):
    life.create(lines(30), workers=1, task={"MaxConcurrentTaskCount": 15})
    ann = life.teams.join("clerks", "Ann").id

    def available() -> int:
        return life.tasks.open_jobs(ann)[0].available

    assert available() == 10
    life.work("Ann", most=9)
    assert available() == 1
    life.work("Ann")
    assert available() == 15
    life.work("Ann")
    assert available() == 5


def test_functions_are_told_what_ground_truth_tells_them(life):
    life.storage.put(S3Location("data", "labels.json"), b'{"labels": [{"label": "total"}]}')
    life.create(lines(1), workers=1, LabelCategoryConfigS3Uri="s3://data/labels.json")
    life.work("Ann")
    pre, post = life.functions.events
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/job-a"
    assert pre == {"version": "2018-10-06", "labelingJobArn": arn, "dataObject": lines(1)[0]}
    assert post["labelCategories"] == ["total"]
    assert post["labelingJobArn"] == arn
    assert post["outputConfig"] == "s3://data/out/Job-A/annotations"
    assert post["maxHumanWorkersPerDataObject"] == 1
    assert life.functions.payloads[0][0]["dataObject"] == {"content": "invoice 0"}


def test_the_tree_has_ground_truths_files(life):
    life.settings = ServiceSettings(engine=EngineSettings(objects_per_consolidation=4))
    life.create(lines(12), workers=1)
    while life.work("Ann"):
        pass
    assert len(life.files("worker-response/iteration-1/*/*.json")) == 10
    assert len(life.files("worker-response/iteration-2/*/*.json")) == 2
    requests = life.files("consolidated-annotation/consolidation-request/*/*.json")
    responses = life.files("consolidated-annotation/consolidation-response/*/*.json")
    assert len(requests) == len(responses) == 4
    assert len(life.files("intermediate/*/annotations.json")) == 2


def test_answers_that_wait_too_long_are_consolidated_by_themselves(life):
    life.create(lines(10), workers=1)
    life.work("Ann", most=3)
    assert life.counters["HumanLabeled"] == 0
    life.clock.turn(61)
    life.run()
    assert life.counters["HumanLabeled"] == 3


def test_an_object_whose_time_on_offer_is_over_is_labeled_with_what_there_is_or_fails(life):
    life.create(lines(3), workers=2, task={"TaskAvailabilityLifetimeInSeconds": 3600})
    life.work("Ann", most=2)
    life.clock.turn(3601)
    life.run()
    assert life.status == "Completed"
    assert life.counters["FailedNonRetryableError"] == 1
    first, _, last = life.output()
    assert first["Label"] == [{"by": "Ann"}]
    assert "Label" not in last
    assert last["Label-metadata"]["failure-reason"].startswith("ClientError: Annotation tasks expired.")
    assert last["Label-metadata"]["human-annotated"] == "true"


def test_who_works_when_the_time_on_offer_ends_may_finish(life):
    life.create(lines(1), workers=2, task={"TaskAvailabilityLifetimeInSeconds": 3600})
    ann = life.teams.join("clerks", "Ann").id
    life.clock.turn(3500)
    task = life.tasks.next_task(ann, "Job-A")
    life.clock.turn(200)
    life.run()
    assert life.status == "InProgress"
    assert life.tasks.next_task(life.teams.join("clerks", "Bob").id, "Job-A") is None
    life.tasks.submit(task.assignment_id, ann, {"by": "Ann"})
    life.run()
    assert life.status == "Completed"
    assert life.output()[0]["Label"] == [{"by": "Ann"}]


def test_an_object_that_as_many_decline_as_should_answer_fails(life):
    life.create(lines(1), workers=2)
    for name in ("Ann", "Bob"):
        worker = life.teams.join("clerks", name).id
        life.tasks.decline(life.tasks.next_task(worker, "Job-A").assignment_id, worker)
    life.run()
    assert life.status == "Completed"
    assert life.counters["FailedNonRetryableError"] == 1


def test_a_task_whose_time_is_over_goes_to_somebody_else(life):
    life.create(lines(1), workers=1)
    ann, bob = (life.teams.join("clerks", name).id for name in ("Ann", "Bob"))
    assert life.tasks.next_task(ann, "Job-A")
    assert life.tasks.next_task(bob, "Job-A") is None
    life.clock.turn(601)
    life.run()
    assert life.tasks.next_task(bob, "Job-A")


def test_lines_that_have_the_label_go_to_nobody(life):
    given = lines(3)
    given[1] |= {"Label": "as it was", "Label-metadata": {"job-name": "earlier"}}
    life.create(given, workers=1)
    life.work("Ann")
    assert life.status == "Completed"
    output = life.output()
    assert output[1] == given[1]
    assert output[0]["Label"] == [{"by": "Ann"}]
    assert life.counters["TotalLabeled"] == 3
    assert life.counters["HumanLabeled"] == 2


def test_a_line_that_failed_before_is_tried_again(life):
    given = lines(1)
    given[0] |= {"Label-metadata": {"failure-reason": "ClientError: earlier"}}
    life.create(given, workers=1)
    life.work("Ann")
    (line,) = life.output()
    assert line["Label"] == [{"by": "Ann"}]
    assert "failure-reason" not in line["Label-metadata"]


def test_an_object_that_needs_no_human_keeps_its_line(life):
    life.functions.needs_human = lambda line: line["page"] != 1
    life.create(lines(3), workers=1)
    assert life.work("Ann") == 2
    assert life.status == "Completed"
    assert life.output()[1] == lines(3)[1]


def test_without_a_pre_annotation_function_the_line_is_the_task(life):
    life.create(lines(1), workers=1, pre=None)
    task = life.tasks.next_task(life.teams.join("clerks", "Ann").id, "Job-A")
    assert task.task_input == lines(1)[0]


def test_without_a_consolidation_function_the_label_refers_to_the_answers(life):
    life.create(lines(1), workers=2, post=None)
    life.work("Ann", "Bob")
    (line,) = life.output()
    assert line["Label"] == {}
    location = S3Location.parse(line["Label-metadata"]["worker-response-ref"])
    answers = json.loads(life.storage.get(location))["answers"]
    assert [answer["answerContent"] for answer in answers] == [{"by": "Ann"}, {"by": "Bob"}]
    assert answers[0]["workerId"].startswith("private.us-east-1.")


@pytest.mark.parametrize(
    ("conditions", "labeled"),
    [({"MaxHumanLabeledObjectCount": 12}, 12), ({"MaxPercentageOfInputDatasetLabeled": 50}, 15)],
)
def test_a_stopping_condition_ends_the_job_and_keeps_the_rest_for_the_next(life, conditions, labeled):
    life.create(lines(30), workers=1, StoppingConditions=conditions)
    while life.work("Ann"):
        pass
    assert life.status == "Stopped"
    assert life.counters["HumanLabeled"] == labeled
    output = life.output()
    assert len(output) == 30
    assert sum("Label" in line for line in output) == labeled


def test_a_stopped_job_labels_what_is_answered_and_refuses_the_rest(life):
    life.create(lines(5), workers=2)
    life.work("Ann", "Bob", most=2)
    eve = life.teams.join("clerks", "Eve").id
    task = life.tasks.next_task(eve, "Job-A")
    life.jobs.stop("Job-A")
    assert life.status == "Stopping"
    with pytest.raises(ClosedTaskError, match="no more answers"):
        life.tasks.submit(task.assignment_id, eve, {})
    life.run()
    assert life.status == "Stopped"
    assert ["Label" in line for line in life.output()] == [True, True, False, False, False]
    with pytest.raises(ApiError, match="cannot be stopped: its status is Stopped"):
        life.jobs.stop("Job-A")


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


def test_a_job_that_is_too_old_ends(life):
    life.create(lines(2), workers=1)
    life.work("Ann", most=1)
    life.clock.turn(30 * 86_400 + 1)
    life.run()
    assert life.status == "Failed"
    assert "expired after 30 days" in life.jobs.describe("Job-A")["FailureReason"]


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
