"""`groundtruth serve` as a user meets it: an unmodified boto3 client, people in the portal, the same files in S3 at the end."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from tests.service.serving import (
    ROOT,
    Served,
    job_request,
    make_job,
    output_manifest,
    status,
    wait_for,
    work_until_done,
)


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("serve") / "data") as served:
        yield served


ANSWERS: dict[str, dict[str, Any]] = {
    "document-type": {"documentType": {"label": "Invoice"}},
    "invoice-boxes": {
        "invoiceBoxes": {
            "boundingBoxes": [{"label": "Total amount", "left": 10, "top": 20, "width": 30, "height": 40}],
            "inputImageProperties": {"width": 100, "height": 100},
        }
    },
    "invoice-fields": {"total_amount": "1,204.50"},
}


def label_of(task_type: str, value: dict[str, Any]) -> Any:
    if task_type == "document-type":
        return value["class-name"]
    if task_type == "invoice-boxes":
        return value["annotations"][0]["width"]
    return value["fields"]["total_amount"]["normalized"]


@pytest.mark.parametrize(
    ("task_type", "label"), [("document-type", "invoice"), ("invoice-boxes", 30), ("invoice-fields", "1204.50")]
)
def test_a_whole_job_of_each_of_the_projects_task_types(served, task_type, label):
    lines = [{"source-ref": f"s3://acme/pages/{number}.png", "page": number} for number in range(14)]
    arn = make_job(served, f"Whole-{task_type}", task_type, lines)
    assert arn == f"arn:aws:sagemaker:us-east-1:123456789012:labeling-job/whole-{task_type}"
    people = [served.person(f"{name} of {task_type}") for name in ("Ann", "Bob", "Cem", "Dee", "Eve")]
    job = f"Whole-{task_type}"
    kept = work_until_done(
        people, job, lambda person, task: ANSWERS[task_type], lambda: status(served, job) == "Completed"
    )
    assert len(kept) == 14 * 3
    described = served.client("sagemaker").describe_labeling_job(LabelingJobName=job)
    assert described["LabelCounters"]["HumanLabeled"] == 14
    uri = described["LabelingJobOutput"]["OutputDatasetS3Uri"]
    assert uri == f"s3://acme/output/{job}/manifests/output/output.manifest"
    output = output_manifest(served, job)
    assert [line["page"] for line in output] == list(range(14))
    for line in output:
        assert label_of(task_type, line[task_type]) == label
        assert line[task_type]["workers"] == 3
        assert line[f"{task_type}-metadata"]["type"] == "groundtruth/custom"
        assert line[f"{task_type}-metadata"]["job-name"] == job


def test_what_serve_prints_points_clients_at_it(served):
    assert f"export AWS_ENDPOINT_URL_SAGEMAKER={served.address}" in served.printed
    assert f"export AWS_ENDPOINT_URL_S3={served.s3_address}" in served.printed
    assert any(line.startswith("export AWS_ACCESS_KEY_ID=") for line in served.printed)
    assert f"# Portal: {served.address}/portal/" in served.printed


def test_the_aws_environment_alone_is_enough(served):
    settings = dict(line.removeprefix("export ").split("=", 1) for line in served.printed if line.startswith("export"))
    code = "import boto3; print(boto3.client('sagemaker').list_labeling_jobs()['LabelingJobSummaryList'] is not None)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "True"


def test_a_function_that_raises_fails_the_job_and_shows_its_traceback(served):
    lines = [{"source-ref": "s3://acme/pages/1.png"}]
    config = {"labels": [{"label": "a", "type": "nonsense"}]}
    served.client("s3").put_object(
        Bucket="groundtruth-local", Key="label-categories/broken-job.json", Body=json.dumps(config).encode()
    )
    make_job(served, "Broken-Job", "invoice-fields", lines)
    wait_for(lambda: status(served, "Broken-Job") == "Failed")
    described = served.client("sagemaker").describe_labeling_job(LabelingJobName="Broken-Job")
    assert described["FailureReason"].startswith("ClientError: Exception invoking the Lambda function")
    assert "Traceback (most recent call last)" in served.log()
    assert 'The job "Broken-Job" failed' in served.log()


def test_two_tabs_and_a_double_click_leave_one_answer(served):
    make_job(served, "Double", "document-type", [{"source-ref": "s3://acme/pages/1.png"}], workers=1)
    ann = served.person("Double Ann")
    task = wait_for(lambda: ann.next("Double"))
    assert ann.next("Double")["id"] == task["id"]
    replies: list[dict[str, Any]] = []
    clicks = [
        threading.Thread(target=lambda: replies.append(ann.submit(task["id"], ANSWERS["document-type"])))
        for _ in range(4)
    ]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert sorted(reply["repeated"] for reply in replies) == [False, True, True, True]
    wait_for(lambda: status(served, "Double") == "Completed")
    assert output_manifest(served, "Double")[0]["document-type"]["workers"] == 1


def test_a_page_of_another_site_cannot_call_the_api(served):
    headers = {"X-Amz-Target": "SageMaker.ListLabelingJobs", "Host": "attacker.example"}
    refused = requests.post(served.address, data="{}", headers=headers, timeout=10)
    assert refused.status_code == 403
    passed_on = {"X-Amz-Target": "SageMaker.ListLabelingJobs", "X-Forwarded-For": "203.0.113.7"}
    assert requests.post(served.address, data="{}", headers=passed_on, timeout=10).status_code == 403
    preflight = requests.options(served.address, headers={"Origin": "https://attacker.example"}, timeout=10)
    assert "access-control-allow-origin" not in preflight.headers


def test_a_signed_object_is_readable_at_its_address_alone(served):
    s3 = served.client("s3")
    s3.put_object(Bucket="acme", Key="pages/signed page.png", Body=b"png")
    sagemaker = served.client("sagemaker")
    rendered = sagemaker.render_ui_template(
        UiTemplate={"Content": "{{ task.input.uri | grant_read_access }}"},
        Task={"Input": json.dumps({"uri": "s3://acme/pages/signed page.png"})},
        RoleArn="arn:aws:iam::123456789012:role/groundtruth-execution",
    )
    assert rendered["Errors"] == []
    url = rendered["RenderedContent"].replace("&amp;", "&")
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"png")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert requests.get(url.replace("signed%20page", "other"), timeout=10).status_code == 403
    assert requests.get(url.replace("expires=", "expires=9"), timeout=10).status_code == 403


def test_only_one_service_has_a_folder(served):
    done = subprocess.run(
        [sys.executable, "-m", "groundtruth", "serve", "--data", served.data, "--port", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "is in use by another service" in done.stderr


def test_a_port_that_is_taken_is_said_at_once(served, tmp_path):
    taken = served.s3_address.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "groundtruth", "serve", "--data", tmp_path, "--port", "0", "--s3-port", taken]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert f"--s3-port {taken}: the embedded S3 cannot listen there" in done.stderr


def test_nobody_listens_to_others_without_an_owners_account(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "groundtruth", "serve", "--data", tmp_path, "--host", "0.0.0.0", "--port", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "--host 0.0.0.0" in done.stderr
    assert done.stdout == ""


def test_a_name_is_taken_whatever_its_case(served):
    make_job(served, "Taken", "document-type", [{"source-ref": "s3://acme/pages/1.png"}])
    with pytest.raises(ClientError, match="ResourceInUse.*already exists") as refused:
        served.client("sagemaker").create_labeling_job(
            **job_request("TAKEN", "document-type")
            | {"InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://acme/manifests/Taken.manifest"}}}}
        )
    assert refused.value.response["Error"]["Code"] == "ResourceInUse"


def test_a_stopped_service_keeps_everything_and_goes_on(tmp_path):
    data = tmp_path / "data"
    with Served(data) as first:
        make_job(first, "Kept", "document-type", [{"source-ref": "s3://acme/pages/1.png"}], workers=1)
        ann = first.person("Ann")
        task = wait_for(lambda: ann.next("Kept"))
        assert first.stop() == 0
        first.start()
        assert ann.next("Kept")["id"] == task["id"]
        ann.submit(task["id"], ANSWERS["document-type"])
        wait_for(lambda: status(first, "Kept") == "Completed")


def test_the_address_itself_leads_to_the_portal(served):
    for path in ("", "/", "/portal", "/portal/"):
        page = requests.get(served.address + path, timeout=10)
        assert page.status_code == 200
        assert page.url.startswith(f"{served.address}/portal/")
        assert page.headers["content-type"].startswith("text/html")
