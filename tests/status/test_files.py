"""A job's files are read once each, whatever lies among them."""

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from groundtruth.errors import RequestError, ServiceError
from groundtruth.status import Connection, StatusReader
from groundtruth.status.files import JobFiles
from groundtruth.storage import S3Location

BUCKET = "acme"
JOB = "q3-boxes"


class Account(Connection):
    """An account in which only S3 is more than a table: SageMaker answers from `jobs`."""

    jobs: dict[str, dict[str, Any]]

    def sagemaker(self, operation: str, **parameters: Any) -> dict[str, Any] | None:
        if operation == "list_labeling_jobs":
            return {"LabelingJobSummaryList": list(self.jobs.values())}
        return self.jobs.get(parameters["LabelingJobName"])

    def put(self, key: str, content: object) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.client("s3").put_object(Bucket=BUCKET, Key=f"out/{JOB}/{key}", Body=body)

    def respond(self, batch: int, data_object: int, *workers: str, at: str = "10:00:00", seconds: float = 5) -> None:
        answers = [
            {
                "workerId": worker,
                "acceptanceTime": "2026-11-03T09:59:00.000Z",
                "submissionTime": f"2026-11-03T{at}.000Z",
                "timeSpentInSeconds": seconds,
                "answerContent": {},
            }
            for worker in workers
        ]
        folder = f"annotations/worker-response/iteration-{batch}/{data_object}"
        self.put(f"{folder}/2026-11-03_{at}.json", {"answers": answers})


@pytest.fixture
def account(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        made = Account(boto3.Session(), "us-east-1", None, None, False)
        object.__setattr__(made, "jobs", {JOB: described("InProgress")})
        made.client("s3").create_bucket(Bucket=BUCKET)
        yield made


def described(status: str, **more: Any) -> dict[str, Any]:
    at = datetime(2026, 11, 3, 9, tzinfo=UTC)
    return {
        "LabelingJobName": JOB,
        "LabelingJobArn": f"arn:aws:sagemaker:us-east-1:123456789012:labeling-job/{JOB}",
        "LabelingJobStatus": status,
        "LabelAttributeName": "boxes",
        "CreationTime": at,
        "LastModifiedTime": at,
        "LabelCounters": {"TotalLabeled": 3, "HumanLabeled": 3, "FailedNonRetryableError": 1, "Unlabeled": 6},
        "OutputConfig": {"S3OutputPath": f"s3://{BUCKET}/out/"},
        "HumanTaskConfig": {"NumberOfHumanWorkersPerDataObject": 3, "WorkteamArn": "arn"},
        **more,
    }


@pytest.fixture
def files(account) -> JobFiles:
    return JobFiles(account, S3Location(BUCKET, f"out/{JOB}"))


def read(files: JobFiles) -> int:
    """Look; returns how many files were fetched."""
    fetched: list[int] = []
    files.read_answers(fetched.append, lambda: None)
    return fetched[0]


def test_a_second_look_reads_only_what_is_new(account, files):
    account.respond(1, 0, "v", "w")
    account.respond(1, 1, "v")
    assert (read(files), len(files.answers)) == (2, 3)
    assert read(files) == 0
    account.respond(2, 2, "v")
    assert (read(files), len(files.answers)) == (1, 4)


def test_batches_that_are_over_are_not_listed_again(account, files, monkeypatch):
    for batch in range(1, 13):
        account.respond(batch, batch, "v")
    assert read(files) == 12
    listed = []
    page = files._page
    monkeypatch.setattr(files, "_page", lambda prefix, **more: listed.append(prefix) or page(prefix, **more))
    account.respond(12, 99, "v")
    assert read(files) == 1
    assert [prefix.rsplit("/", 2)[-2] for prefix in listed] == ["worker-response", "iteration-11", "iteration-12"]


def test_an_object_that_is_asked_again_has_each_workers_last_answer(account, files):
    account.respond(1, 7, "v", at="10:00:00", seconds=5)
    account.respond(2, 7, "v", "w", at="11:00:00", seconds=9)
    read(files)
    assert {key: answer.seconds for key, answer in files.answers.items()} == {("7", "v"): 9, ("7", "w"): 9}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"answers": 3}', b'{"answers": [3, {"workerId": 4}]}', b"\xff"])
def test_files_that_are_no_worker_responses_are_passed_over(account, files, body):
    account.respond(1, 0, "v")
    account.put("annotations/worker-response/iteration-1/1/2026.json", body)
    read(files)
    assert len(files.answers) == 1


def test_of_too_many_files_some_are_read_that_are_spread_over_all(account):
    for data_object in range(20):
        account.respond(1, data_object, "v", "w", at=f"10:{data_object:02d}:00")
    found = StatusReader(account, JOB, most=5).read()
    assert (found.answers, [worker.answers for worker in found.workers]) == (40, [5, 5])
    assert found.notes == ("Workers' figures are of 5 of 20 objects: see --most-files.",)
    assert found.pace.answers == pytest.approx(2 * found.pace.objects)
    nothing = StatusReader(account, JOB, most=0).read()
    assert (nothing.answers, nothing.workers) == (0, ())


def test_an_object_is_done_when_its_file_says(account, files):
    account.respond(1, 0, "v", at="10:00:00")
    account.respond(2, 0, "v", at="11:00:00")
    account.put("annotations/worker-response/iteration-1/5/of-another-name.json", {"answers": []})
    read(files)
    assert files.completed == {"0": datetime(2026, 11, 3, 11, tzinfo=UTC).timestamp()}


def line(source: str, **more: Any) -> dict[str, Any]:
    return {"source-ref": source, **more}


LINES = [
    line("s3://acme/0.png", boxes={"status": "agreed"}, **{"boxes-metadata": {}}),
    line("s3://acme/1.png", **{"boxes-metadata": {"failure-reason": "ClientError: Annotation tasks expired."}}),
    line("s3://acme/2.png", boxes={"status": "no_answer", "reason": "nobody drew a box"}),
    line("s3://acme/3.png", boxes={"status": "tie", "reason": "2 to 2"}),
    line("s3://acme/4.png"),
    line("s3://acme/5.png", boxes=["another", "shape"]),
]


def test_labels_and_objects_without_one_come_from_the_batches_while_the_job_is_under_way(account):
    body = b"".join(json.dumps(entry).encode() + b"\n" for entry in LINES) + b'{"source-ref": "s3://ac'
    account.put("annotations/intermediate/1/annotations.json", body)
    account.respond(1, 0, "v")
    found = StatusReader(account, JOB).read()
    assert found.statuses == {"agreed": 1, "failed": 1, "no_answer": 1, "tie": 1}
    assert [(failure.source, failure.reason, failure.line) for failure in found.failures] == [
        ("s3://acme/1.png", "ClientError: Annotation tasks expired.", None),
        ("s3://acme/2.png", "nobody drew a box", None),
    ]


def test_a_batch_that_has_not_changed_is_not_read_again(account, monkeypatch):
    for batch in (1, 2, 3):
        account.respond(batch, batch, "v")
        account.put(f"annotations/intermediate/{batch}/annotations.json", LINES[0])
    reader = StatusReader(account, JOB)
    assert reader.read().statuses == {"agreed": 3}
    account.put("annotations/intermediate/3/annotations.json", LINES[1])
    read_again = []
    monkeypatch.setattr(
        "groundtruth.status.watching.data_objects", lambda lines: read_again.append(lines) or map(json.loads, lines)
    )
    assert reader.read().statuses == {"agreed": 2, "failed": 1}
    assert len(read_again) == 1


def test_of_a_job_that_has_ended_they_come_from_its_output_manifest(account):
    account.put("manifests/output/output.manifest", b"".join(json.dumps(entry).encode() + b"\n" for entry in LINES))
    uri = f"s3://{BUCKET}/out/{JOB}/manifests/output/output.manifest"
    account.jobs[JOB] = described("Completed", LabelingJobOutput={"OutputDatasetS3Uri": uri})
    found = StatusReader(account, JOB).read()
    assert [failure.line for failure in found.failures] == [2, 3]
    assert found.exit_status == 1


@pytest.mark.parametrize(
    ("status", "failed", "exit_status"),
    [
        ("InProgress", 1, 0),
        ("Completed", 0, 0),
        ("Completed", 1, 1),
        ("Failed", 0, 1),
        ("Stopped", 0, 0),
        ("Stopped", 2, 1),
    ],
)
def test_the_exit_status_says_whether_something_has_no_label(account, status, failed, exit_status):
    counters = {"TotalLabeled": 1, "FailedNonRetryableError": failed, "Unlabeled": 0}
    account.jobs[JOB] = described(status, LabelCounters=counters)
    assert StatusReader(account, JOB).read().exit_status == exit_status


def test_what_s3_does_not_give_is_noted_and_the_description_is_told_all_the_same(account):
    account.client("s3").delete_bucket(Bucket=BUCKET)
    found = StatusReader(account, JOB).read()
    assert found.job.total_labeled == 3
    assert [note.split(":")[0] for note in found.notes] == [
        "Answers cannot be read, so that there is no pace",
        "Labels cannot be read",
    ]


def test_a_job_is_found_by_its_arn_whatever_the_case_of_its_letters(account):
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:labeling-job/{JOB}"
    account.jobs.clear()
    account.jobs["Q3-Boxes"] = described("InProgress") | {"LabelingJobName": "Q3-Boxes"}
    assert StatusReader(account, arn).read().job.name == "Q3-Boxes"


@pytest.mark.parametrize("job", ["nope", "arn:aws:sagemaker:us-east-1:123456789012:labeling-job/nope"])
def test_a_job_that_is_not_there_is_said_with_the_latest_that_are(account, job):
    with pytest.raises(RequestError, match=rf'There is no labeling job "nope" in us-east-1. The latest are: {JOB}.'):
        StatusReader(account, job).read()


def test_an_arn_of_something_else_is_refused(account):
    with pytest.raises(RequestError, match="is no labeling job's ARN"):
        StatusReader(account, "arn:aws:s3:::acme").read()


def test_services_that_cannot_be_asked_are_one_message(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    connection = Connection(boto3.Session(), "us-east-1", "http://127.0.0.1:9", None, True)
    object.__setattr__(connection, "_clients", {"sagemaker": _hasty()})
    with pytest.raises(ServiceError, match="SageMaker cannot be asked"):
        connection.sagemaker("describe_labeling_job", LabelingJobName="x")


def _hasty() -> Any:
    config = Config(connect_timeout=1, retries={"total_max_attempts": 1})
    return boto3.client("sagemaker", endpoint_url="http://127.0.0.1:9", region_name="us-east-1", config=config)
