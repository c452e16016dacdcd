"""`groundtruth reconsolidate --on aws`: the state machine of template.yaml runs in moto's interpreter, its function in a process of its own.

moto's interpreter (5.2) reads a map's items from one S3 object, as here, but lists one page of keys only; it never fails a map for its failed items, so
what the tolerated share does is not tested here; and it writes the result writer's manifest without result files, which nothing here needs.
"""

import json
import threading
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import click
import pytest
from click.testing import CliRunner
from moto.awslambda.models import LambdaFunction
from moto.core.config import default_user_config
from moto.server import ThreadedMotoServer
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from groundtruth.command.main import cli
from groundtruth.errors import FunctionError, GroundTruthError, RequestError
from groundtruth.functions import LocalFunctions
from groundtruth.reconsolidate import on_aws
from groundtruth.reconsolidate.on_this_machine import function_spec

ROOT = Path(__file__).parents[2]
BUCKET = "acme-groundtruth"
MANIFEST = "manifests/output/output.manifest"
STACK = "invoice-labeling"

Make = Callable[..., Any]


@dataclass
class Function:
    """The deployed function: events go to a process of its own. fails: by the end of a request's name, how often it raises first, and what."""

    functions: LocalFunctions
    fails: dict[str, tuple[int, str]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, body: str | dict[str, Any]) -> tuple[str, bool, str]:
        """What Lambda returns: the payload, whether it is an error, the log."""
        event = json.loads(body) if isinstance(body, str) else body
        name = event.get("part", {}).get("request", "agreement").rpartition("/")[2]
        with self.lock:
            self.calls[name] += 1
            times, kind = self.fails.get(name, (0, ""))
            if self.calls[name] <= times:
                return json.dumps({"errorMessage": "on purpose", "errorType": kind}), True, ""
        try:
            return json.dumps(self.functions.invoke("Reconsolidation", event)), False, ""
        except FunctionError as error:
            return json.dumps({"errorMessage": str(error), "errorType": "Error"}), True, ""


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """An account with the bucket, the stack's outputs, the function and the state machine."""
    monkeypatch.setitem(default_user_config, "stepfunctions", {"execute_state_machine": True})
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/moto-api/reset", method="POST"), timeout=10)
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in {**environment, "MOTO_PORT": str(port)}.items():
        monkeypatch.setenv(name, value)
    own = {**environment, "AWS_ENDPOINT_URL_S3": environment["AWS_ENDPOINT_URL"], "LABEL_CATEGORIES_URI": ""}
    with LocalFunctions([function_spec(ROOT / "template.yaml")], own, tmp_path / "logs") as functions:
        function = Function(functions)
        monkeypatch.setattr(LambdaFunction, "_invoke_lambda", lambda _, event=None: function.answer(event))
        never = threading.Event()
        monkeypatch.setattr("time.sleep", lambda _: never.wait(0.02))
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        deploy()
        yield function
    server.stop()


def deploy() -> None:
    """The state machine as the template declares it, the function's name, and a stack with the outputs that the command reads."""
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = boto3.client("iam").create_role(RoleName="reconsolidation", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    code = {"ZipFile": b"never run"}
    arn = boto3.client("lambda").create_function(
        FunctionName="Reconsolidation", Runtime="python3.13", Role=role, Handler="app.reconsolidate", Code=code
    )["FunctionArn"]
    machine = boto3.client("stepfunctions").create_state_machine(
        name=f"reconsolidation-{uuid.uuid4().hex}", definition=definition(arn), roleArn=role
    )["stateMachineArn"]
    outputs = {"ReconsolidationStateMachineArn": machine, "OutputUri": f"s3://{BUCKET}/output/"}
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(StackName=STACK, TemplateBody=json.dumps(template))


def definition(function: str) -> str:
    """The definition of template.yaml after the SAM transform, its substitution made."""
    source = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    for resource in source["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://artifacts/code.zip"
    defaults = {name: parameter["Default"] for name, parameter in source["Parameters"].items()}
    properties = Translator({}, Parser()).translate(source, defaults)["Resources"]["ReconsolidationStateMachine"][
        "Properties"
    ]
    assert set(properties["DefinitionSubstitutions"]) == {"Function"}
    separator, pieces = properties["DefinitionString"]["Fn::Join"]
    text: str = separator.join(pieces)
    return text.replace("${Function}", function)


def upload(job: Any) -> str:
    """Puts the job's files into S3, under the stack's output."""
    s3 = boto3.client("s3")
    for path, body in job.files().items():
        s3.put_object(Bucket=BUCKET, Key=f"output/invoices-q3/{path}", Body=body)
    return f"s3://{BUCKET}/output/invoices-q3"


def stored() -> dict[str, bytes]:
    """Every object of the bucket."""
    s3 = boto3.client("s3")
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def run(output: str, job: Any, *options: str) -> tuple[int, dict[str, Any]]:
    """The command's exit status and what it printed."""
    command = ["reconsolidate", output, "--task", job.task_type, "--label-categories", str(job.categories), "--json"]
    result = CliRunner().invoke(cli, [*command, *options], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.return_value, json.loads(result.stdout)


def without_dates(manifest: str | bytes) -> list[dict[str, Any]]:
    """A manifest's lines but for when their labels were made."""
    lines = [json.loads(line) for line in manifest.splitlines()]
    for line in lines:
        assert line["Doc-metadata"].pop("creation-date")
    return lines


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_aws_and_this_machine_make_the_same_manifest_and_agreement(
    aws: Function, make_job: Make, task_type: str
) -> None:
    job = make_job(task_type)
    settings = ("--method", "weighted", "--objects-at-once", "3", "--box-iou", "0.6")
    before = set(job.files())
    output = upload(job)
    status, there = run(output, job, "--on", "aws", "--stack", STACK, *settings)
    _, here = run(str(job.folder), job, *settings)
    objects = stored()
    target = "output/reconsolidated/invoices-q3"
    assert status == 0
    assert there["manifest"] == f"s3://{BUCKET}/{target}/{MANIFEST}"
    assert without_dates(objects[f"{target}/{MANIFEST}"]) == without_dates(Path(here["manifest"]).read_text())
    assert there["agreement"] == here["agreement"] == json.loads(objects[f"{target}/agreement.json"])
    assert there["statuses"] == here["statuses"]
    assert {key for key in objects if not key.startswith(target)} == {f"output/invoices-q3/{path}" for path in before}
    assert any(key.startswith(f"{target}/map-results/") for key in objects)


def test_a_job_without_requests_gets_them_from_its_worker_responses(aws: Function, make_job: Make) -> None:
    job = make_job(without="annotations/consolidated-annotation")
    _, there = run(upload(job), job, "--on", "aws", "--stack", STACK)
    _, here = run(str(job.folder), job)
    assert without_dates(stored()[f"output/reconsolidated/invoices-q3/{MANIFEST}"]) == without_dates(
        Path(here["manifest"]).read_text()
    )
    assert there["agreement"] == here["agreement"]


def test_a_call_that_fails_is_tried_again(aws: Function, make_job: Make) -> None:
    job = make_job()
    aws.fails = {"2026-11-03_09:05:00.json": (2, "PayloadError"), "agreement": (1, "Lambda.ServiceException")}
    status, told = run(upload(job), job, "--on", "aws", "--stack", STACK)
    assert (status, told["failed"]) == (0, 0)
    assert aws.calls == {
        "2026-11-03_09:00:00.json": 1,
        "2026-11-03_09:05:00.json": 3,
        "2026-11-03_09:10:00.json": 1,
        "agreement": 2,
    }


def test_a_part_that_keeps_failing_costs_only_its_objects_and_is_done_by_the_next_run(
    aws: Function, make_job: Make
) -> None:
    job = make_job()
    output = upload(job)
    aws.fails = {"2026-11-03_09:10:00.json": (1, "TypeError")}
    status, first = run(output, job, "--on", "aws", "--stack", STACK)
    assert (status, first["failed"], first["lines"]) == (1, 2, 12)
    assert first["agreement"]["objects"] == 10
    aws.calls["2026-11-03_09:10:00.json"] = 1
    status, second = run(output, job, "--on", "aws", "--stack", STACK)
    assert (status, second["failed"]) == (0, 0)
    assert aws.calls["2026-11-03_09:00:00.json"] == 1, "what was done is not done again"
    assert second["agreement"]["objects"] == 12


def test_an_execution_that_is_still_going_is_watched(
    aws: Function, make_job: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job()
    output = upload(job)
    watched = on_aws._watched

    def interrupted(*arguments: Any) -> Any:
        raise KeyboardInterrupt

    gate = threading.Event()
    answer = aws.answer
    monkeypatch.setattr(aws, "answer", lambda body: (gate.wait(20), answer(body))[1])
    monkeypatch.setattr(on_aws, "_watched", interrupted)
    with pytest.raises(click.Abort):
        run(output, job, "--on", "aws", "--stack", STACK)
    monkeypatch.setattr(on_aws, "_watched", lambda *arguments: (gate.set(), watched(*arguments))[1])
    status, told = run(output, job, "--on", "aws", "--stack", STACK)
    assert (status, told["failed"]) == (0, 0)
    (stack,) = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    (machine,) = [one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"].endswith("StateMachineArn")]
    assert len(boto3.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--on", "aws"), "--stack"),
        (("--on", "aws", "--stack", "other"), "cannot be described"),
    ],
)
def test_a_stack_that_is_not_there_is_named(aws: Function, make_job: Make, options: tuple[str, ...], said: str) -> None:
    job = make_job()
    with pytest.raises(RequestError, match=said):
        run(upload(job), job, *options)


def test_a_job_elsewhere_is_refused_before_anything_is_started(aws: Function, make_job: Make) -> None:
    job = make_job()
    boto3.client("s3").put_object(Bucket=BUCKET, Key=f"elsewhere/job/{MANIFEST}", Body=job.files()[MANIFEST])
    with pytest.raises(RequestError, match="below s3://acme-groundtruth/output/ only"):
        run(f"s3://{BUCKET}/elsewhere/job", job, "--on", "aws", "--stack", STACK)
    with pytest.raises(GroundTruthError, match="in S3"):
        run(str(job.folder), job, "--on", "aws", "--stack", STACK)
