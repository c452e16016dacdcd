"""`sam local` runs every function in Docker on the sample events, with the committed settings and no AWS account.

The six sample events go through `sam local invoke`, as the README of events/ says; the other events through
`sam local start-lambda`, where containers stay warm.
"""

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from samtranslator.yaml_helper import yaml_parse

pytestmark = [pytest.mark.sam, pytest.mark.docker]

ROOT = Path(__file__).parents[2]
TASKS = {"document-type": "DocumentType", "invoice-boxes": "InvoiceBoxes", "invoice-fields": "InvoiceFields"}
ATTRIBUTES = {"document-type": "Document-Type", "invoice-boxes": "Invoice-Boxes", "invoice-fields": "Invoice-Fields"}
STATUSES = {"agreed", "tie", "low_agreement", "no_answer", "error"}
AWKWARD_IDS = ["31", "7", "103", "5", "0", "8", "44", "12", "13"]
WITHOUT_LABEL = {"103", "0"}
WITHOUT_SAMPLES = {"GoldObjects", "GoldCorrect", "StatisticsUnavailable"}
"""Metrics of calls with gold objects or a table of worker statistics (tests/consolidation/test_gold.py)."""

Invoke = Callable[[str, str], Any]


def event(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / f"events/{name}.json").read_text(encoding="utf-8"))
    return loaded


def values(answer: list[dict[str, Any]], task: str) -> dict[str, dict[str, Any]]:
    """Label values by object id; every entry has the label attribute and nothing else."""
    for entry in answer:
        assert set(entry["consolidatedAnnotation"]["content"]) == {ATTRIBUTES[task]}
    return {entry["datasetObjectId"]: entry["consolidatedAnnotation"]["content"][ATTRIBUTES[task]] for entry in answer}


def function_of(event: str) -> str:
    """The logical id of the function that a sample event is for."""
    if event == "reconsolidation":
        return "Reconsolidation"
    task = next(task for task in TASKS if event.startswith(task))
    return TASKS[task] + ("PreAnnotation" if "pre-annotation" in event else "Consolidation")


@pytest.fixture(scope="session")
def invocations(sam: Any, built: Path, docker: list[str], sample_s3: Path) -> Callable[[str], tuple[Any, str]]:
    """`sam local invoke` of a sample event: the function's answer, and what it logged. Each once."""
    done: dict[str, tuple[Any, str]] = {}

    def invoked(name: str) -> tuple[Any, str]:
        if name not in done:
            function = function_of(name)
            for _ in range(3):  # on a busy machine the container is gone before Docker has passed on its last lines
                run = sam(
                    *("local", "invoke", function, "-e", f"events/{name}.json"),
                    *("--template", built / "template.yaml", "--config-file", ROOT / "samconfig.toml"),
                    *("--env-vars", sample_s3, *docker),
                )
                done[name] = json.loads(run.stdout), run.stderr
                if '{"_aws"' in run.stderr:
                    break
        return done[name]

    return invoked


@pytest.fixture(scope="session")
def invoke(
    environment: dict[str, str],
    built: Path,
    docker: list[str],
    sample_s3: Path,
    free_port: Callable[[str], int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Invoke]:
    """Invokes a function with an event by name through `sam local start-lambda`, as any Lambda client would."""
    log = tmp_path_factory.mktemp("start-lambda") / "log.txt"
    port = str(free_port("127.0.0.1"))
    command = [
        *(str(ROOT / ".venv-sam/bin/sam"), "local", "start-lambda", "--port", port, "--warm-containers", "LAZY"),
        *("--template", str(built / "template.yaml"), "--config-file", str(ROOT / "samconfig.toml")),
        *("--env-vars", str(sample_s3), *docker),
    ]
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output) as process,
    ):
        wait_for(f"http://127.0.0.1:{port}", process, log)
        client = boto3.client(
            "lambda",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="eu-west-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(read_timeout=120, retries={"max_attempts": 0}),
        )

        def answer(function: str, name: str) -> Any:
            reply = client.invoke(FunctionName=function, Payload=json.dumps(event(name)))
            return json.loads(reply["Payload"].read())

        yield answer
        process.terminate()


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns once the address answers anything at all."""
    for _ in range(120):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            urllib.request.urlopen(address, timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"sam local start-lambda does not answer:\n{log.read_text(encoding='utf-8')}")


@pytest.mark.parametrize("task", TASKS)
def test_a_pre_annotation_function_makes_a_task(invocations: Any, task: str) -> None:
    answer, _ = invocations(f"{task}-pre-annotation")
    assert answer["isHumanAnnotationRequired"] is True
    task_input = answer["taskInput"]
    assert task_input["taskType"] == task
    assert task_input["image"] == "s3://acme-groundtruth-invoices/pages/INV-10442-p1.png"
    assert task_input["displayNames"] == [label["displayName"] for label in task_input["labels"]]
    assert task_input["details"]["invoice-id"] == "INV-10442"
    assert "not shown to workers" not in json.dumps(answer)


def test_a_prediction_on_the_line_is_shown_first(invocations: Any) -> None:
    answer, _ = invocations("invoice-boxes-pre-annotation")
    assert answer["taskInput"]["initialValue"] == [
        {"label": "Total amount", "left": 909, "top": 1401, "width": 150, "height": 38}
    ]


@pytest.mark.parametrize("task", TASKS)
def test_a_consolidation_function_labels_every_object(invocations: Any, task: str) -> None:
    answer, _ = invocations(f"{task}-consolidation")
    labels = values(answer, task)
    assert sorted(labels) == ["0", "1", "2"]
    assert labels["0"]["status"] == "agreed"
    assert labels["1"]["status"] in {"tie", "low_agreement"}
    assert labels["1"]["reason"]
    assert all(label["workers"] == 3 for label in labels.values())


def test_two_of_three_decide(invocations: Any) -> None:
    answers = {task: values(invocations(f"{task}-consolidation")[0], task)["2"] for task in TASKS}
    assert answers["document-type"]["class-name"] == "credit_note"
    assert [box["votes"] for box in answers["invoice-boxes"]["objects"]] == [2]
    assert answers["invoice-boxes"]["class-map"] == {"3": "due_date"}
    assert answers["invoice-fields"]["fields"]["total_amount"]["normalized"] == "1234.50"
    assert answers["invoice-fields"]["fields"]["due_date"]["normalized"] == "2026-02-14"


def test_a_jobs_own_label_categories_come_before_those_of_the_task_type(invocations: Any) -> None:
    # Only the job's own file says day-first; without it 03/04/2026 could as well be in March.
    label = values(invocations("invoice-fields-consolidation")[0], "invoice-fields")["0"]
    assert label["fields"]["invoice_date"]["normalized"] == "2026-04-03"


def test_logs_hold_neither_answers_nor_a_documents_text(invocations: Any) -> None:
    logs = "".join(invocations(f"{task}-{kind}")[1] for task in TASKS for kind in ("pre-annotation", "consolidation"))
    for text in ("Müller", "1,204.50", "1.234,50", "R-2026/118", "credit_note", "boundingBoxes"):
        assert text not in logs


def test_alarms_and_dashboard_name_metrics_that_the_functions_write(invocations: Any) -> None:
    written: set[tuple[Any, ...]] = set()
    logs = chain.from_iterable(
        invocations(f"{task}-{kind}")[1].splitlines() for task in TASKS for kind in ("pre-annotation", "consolidation")
    )
    for line in logs:
        if not line.startswith('{"_aws"'):
            continue
        entry = json.loads(line)
        for group in entry["_aws"]["CloudWatchMetrics"]:
            for metric, names in (
                (metric["Name"], names) for metric in group["Metrics"] for names in group["Dimensions"]
            ):
                written.add((metric, *sorted((name, entry[name]) for name in names)))
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))["Resources"]
    alarm = [
        entry["MetricStat"]["Metric"]
        for entry in template["ObjectsWithoutLabel"]["Properties"]["Metrics"]
        if "MetricStat" in entry
    ]
    watched = {
        (metric["MetricName"], *sorted((dimension["Name"], dimension["Value"]) for dimension in metric["Dimensions"]))
        for metric in alarm
    }
    body = (
        template["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
        .replace("${LogGroups}", "")
        .replace("${Complaints}", "")
    )
    shown = set()
    for widget in json.loads(body)["widgets"]:
        for metric in widget["properties"].get("metrics", []):
            if metric[0].startswith("GroundTruth/"):
                dimensions = metric[2:-1]
                shown.add((metric[1], *sorted(zip(dimensions[::2], dimensions[1::2], strict=True))))
    assert len(watched) == len(TASKS)
    assert {name for name, *_ in shown} >= WITHOUT_SAMPLES
    assert {entry for entry in watched | shown if entry[0] not in WITHOUT_SAMPLES} <= written


@pytest.mark.parametrize("events", ["consolidation-awkward", "consolidation-documented-keys"])
@pytest.mark.parametrize("task", TASKS)
def test_every_object_of_the_awkward_payload_gets_its_entry_and_its_label(
    invoke: Invoke, task: str, events: str
) -> None:
    labels = values(invoke(f"{TASKS[task]}Consolidation", f"{task}-{events}"), task)
    assert sorted(labels) == sorted(AWKWARD_IDS)
    assert {label["status"] for label in labels.values()} <= STATUSES
    for number, label in labels.items():
        assert (label["status"] == "no_answer") == (number in WITHOUT_LABEL)
        assert label["status"] == "agreed" or label["reason"]
    for number in ("12", "7"):
        assert labels[number]["status"] == "agreed"
        assert labels[number]["workers"] == 3
    assert labels["5"]["workers"] == 1
    assert labels["31"]["workers"] == labels["8"]["workers"] == 2


def test_a_part_of_a_finished_job_is_consolidated_again(invoke: Invoke) -> None:
    answer = invoke("Reconsolidation", "reconsolidation")
    labels = values(answer["entries"], "invoice-boxes")
    assert len(labels) == 3
    assert all("class-map" in label for label in labels.values())
    assert answer["summary"]


def test_a_text_object_makes_a_task_too(invoke: Invoke) -> None:
    answer = invoke("DocumentTypePreAnnotation", "document-type-pre-annotation-text")
    assert answer["taskInput"]["text"].startswith("ACME PAPER LTD")
    assert "image" not in answer["taskInput"]


def test_a_line_without_a_source_fails_by_name(invoke: Invoke) -> None:
    answer = invoke("DocumentTypePreAnnotation", "document-type-pre-annotation-no-source")
    assert answer["errorType"] == "PreAnnotationError"
    assert "source-ref" in answer["errorMessage"]


def test_an_object_with_an_agreed_label_goes_to_nobody(invoke: Invoke) -> None:
    assert (
        invoke("InvoiceBoxesPreAnnotation", "invoice-boxes-pre-annotation-agreed")["isHumanAnnotationRequired"] is False
    )


def test_an_earlier_label_without_agreement_is_shown_first(invoke: Invoke) -> None:
    answer = invoke("InvoiceFieldsPreAnnotation", "invoice-fields-pre-annotation-earlier")
    assert answer["isHumanAnnotationRequired"] is True
    assert answer["taskInput"]["initialValue"]["total_amount"] == {"value": "1.204,50"}
    assert answer["taskInput"]["initialValue"]["due_date"] == {"absent": True}
