"""The function as Lambda runs it: `app.handler` in a process of its own, its log and its metrics on standard output."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTION = Path(__file__).parents[2] / "functions" / "pre_annotation"
ARN = "arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/Invoices-Q3"
PAGE = "s3://acme-invoices/pages/INV-10442-p1.png"
SECRET = "ACME PAPER LTD 1,204.50"

# Writes one JSON line for each event: the answer, or the error's type and message.
RUNNER = """
import json, sys, types
from app import handler
context = types.SimpleNamespace(
    function_name="pre", memory_limit_in_mb=128, invoked_function_arn="arn:aws:lambda:x", aws_request_id="1")
with open(sys.argv[1], "w") as answers:
    for event in json.load(sys.stdin):
        try:
            answer = {"answer": handler(event, context)}
        except Exception as error:
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
        answers.write(json.dumps(answer) + "\\n")
"""


@pytest.fixture
def invoke(s3, upload, tmp_path):
    """Invokes the function with events; gives the answers and what it wrote to standard output."""

    def run(*events, task_type="invoice-fields", config=None, **environment):
        if config is not None:
            upload(f"categories/{task_type}.json", config)
        answers = tmp_path / "answers.jsonl"
        variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith("POWERTOOLS_")},
            "TASK_TYPE": task_type,
            "LABEL_CATEGORIES_URI": "s3://acme-invoices/categories/",
            "POWERTOOLS_SERVICE_NAME": "pre",
            "POWERTOOLS_METRICS_NAMESPACE": "Invoices",
            **environment,
        }
        process = subprocess.run(
            [sys.executable, "-c", RUNNER, answers],
            input=json.dumps(events),
            env=variables,
            cwd=FUNCTION,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return [json.loads(line) for line in answers.read_text().splitlines()], process.stdout + process.stderr

    return run


CONFIG = {
    "labels": [{"label": "total_amount", "displayName": "Total amount", "type": "amount"}],
    "task": {"initialValueAttribute": "ocr"},
}


def event(data_object, **changes):
    return {"version": "2018-10-06", "labelingJobArn": ARN, "dataObject": data_object} | changes


def logged(output):
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def metric(output, name):
    return sum(value for line in logged(output) if "_aws" in line for value in line.get(name, []))


def test_events_of_the_contract_are_answered(invoke):
    agreed = {"fields": {"total_amount": {"value": "1"}}, "status": "agreed"}
    answers, output = invoke(
        event({"source-ref": PAGE, "supplier": "Acme Paper Ltd", "ocr-ref": "s3://b/ocr.json"}),
        event({"source": SECRET}, version="2018-10-16", humanTaskUiArn="later"),
        event({"source-ref": PAGE, "$label-attribute-name-object-id": "INV-1", "$sequencer": "7"}),
        event(json.dumps({"source-ref": PAGE})),
        event({"source-ref": PAGE, "ocr": agreed, "ocr-metadata": {"human-annotated": "yes"}}),
        config=CONFIG,
    )
    responses = [answer["answer"] for answer in answers]
    assert [set(response) for response in responses] == [{"taskInput", "isHumanAnnotationRequired"}] * 5
    assert [response["isHumanAnnotationRequired"] for response in responses] == [True, True, True, True, False]
    assert responses[0]["taskInput"]["image"] == PAGE
    assert responses[1]["taskInput"]["text"] == SECRET
    assert (metric(output, "Objects"), metric(output, "Skipped"), metric(output, "Refused")) == (5, 1, 0)


def test_one_function_serves_several_jobs(invoke, upload):
    upload("categories/invoices-q3.json", {"labels": [{"label": "freight"}]})
    answers, _ = invoke(
        event({"source-ref": PAGE}),
        event({"source-ref": PAGE}, labelingJobArn=f"{ARN}-other"),
        config=CONFIG,
    )
    assert [answer["answer"]["taskInput"]["displayNames"] for answer in answers] == [["freight"], ["Total amount"]]


def test_a_refused_line_is_one_error_that_the_log_tells(invoke):
    answers, output = invoke(event({"source-ref": "pages/17.png"}), event({"source-ref": PAGE}), config=CONFIG)
    message = 'object "pages/17.png": "source-ref" is not the S3 URI of an object. Write s3://bucket/key.'
    assert answers[0] == {"errorType": "PreAnnotationError", "errorMessage": message}
    assert "answer" in answers[1]
    errors = [line for line in logged(output) if line.get("level") == "ERROR"]
    assert [(line["message"], line["labeling_job"]) for line in errors] == [(message, "invoices-q3")]
    assert (metric(output, "Objects"), metric(output, "Refused")) == (1, 1)


@pytest.mark.parametrize("broken", [{}, {"labelingJobArn": ARN}, {"dataObject": {"source-ref": PAGE}}])
def test_an_event_that_is_not_ground_truths_is_the_same_error(invoke, broken):
    answers, _ = invoke(broken, config=CONFIG)
    assert answers[0]["errorType"] == "PreAnnotationError"
    assert 'event key "' in answers[0]["errorMessage"]


def test_a_wrong_environment_is_told_at_every_invocation(invoke):
    answers, output = invoke(event({"source-ref": PAGE}), event({"source-ref": PAGE}), TASK_TYPE="boxes")
    assert [answer["errorType"] for answer in answers] == ["PreAnnotationError"] * 2
    assert 'TASK_TYPE is "boxes"' in answers[1]["errorMessage"]
    assert metric(output, "Refused") == 2


def test_the_log_never_holds_a_documents_text(invoke):
    _, output = invoke(
        event({"source": SECRET, "ocr": {"total_amount": [SECRET], SECRET: 1}}),
        event({"source": SECRET, "source-ref": SECRET}),
        event({"source-ref": SECRET}),
        event({"source": [SECRET]}),
        event({"source": SECRET, "ocr": SECRET}),
        event(SECRET),
        config=CONFIG,
        POWERTOOLS_LOG_LEVEL="DEBUG",
        POWERTOOLS_LOGGER_LOG_EVENT="true",
    )
    assert "ACME" not in output
    assert "1,204.50" not in output
    notes = [line["notes"] for line in logged(output) if line.get("message") == "initial value left out"]
    assert len(notes) == 2, "what was left out of a prediction is told"


def test_a_trace_never_holds_a_documents_text(invoke):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(30)
        answers, _ = invoke(
            event({"source": SECRET, "ocr": {"total_amount": SECRET}}),
            config=CONFIG,
            AWS_XRAY_DAEMON_ADDRESS=f"127.0.0.1:{daemon.getsockname()[1]}",
            LAMBDA_TASK_ROOT=str(FUNCTION),
            _X_AMZN_TRACE_ID="Root=1-5f84c7a1-e7d1852db8c4fd35d88bf49a;Parent=53995c3f42cd8ad8;Sampled=1",
        )
        trace = ""
        while "## handler" not in trace:  # the S3 calls come first, each in a datagram of its own
            trace += daemon.recv(65_535).decode()
    assert answers[0]["answer"]["taskInput"]["initialValue"] == {"total_amount": {"value": SECRET}}
    assert "GetObject" in trace, "S3 calls are traced"
    assert "ACME" not in trace


def test_loading_the_function_loads_nothing_heavy():
    code = "import app, sys; print([name for name in ('numpy', 'boto3', 'aws_xray_sdk.core') if name in sys.modules])"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    output = subprocess.run(
        [sys.executable, "-c", code], cwd=FUNCTION, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert output.strip() == "[]"
