"""The commands as a user runs them: what they leave, their exit status, and one clear message for bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from groundtruth.command.main import COMMANDS

ROOT = Path(__file__).parents[2]
TRUTH = {
    "width": 620,
    "height": 877,
    "document_type": "invoice",
    "boxes": [{"label": "total_amount", "left": 400, "top": 700, "width": 80, "height": 20}],
    "fields": {"total_amount": "1,204.50", "invoice_number": "INV-10442"},
}


def groundtruth(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "groundtruth", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder of six page images, their manifest and their truth."""
    folder = tmp_path / "documents"
    (folder / "scans").mkdir(parents=True)
    manifest, truth = [], []
    for number in range(6):
        (folder / f"scans/{number}.png").write_bytes(b"png")
        manifest.append({"source-ref": f"s3://invoices/q3/scans/{number}.png", "page": number})
        truth.append({"image": f"scans/{number}.png", **TRUTH})
    (folder / "q3.manifest").write_text("".join(json.dumps(line) + "\n" for line in manifest))
    (folder / "truth.jsonl").write_text("".join(json.dumps(line) + "\n" for line in truth))
    return folder


def run_job(documents: Path, *more: object, task: str = "invoice-fields", out: str = "out") -> Any:
    return groundtruth(
        *("run", documents / "q3.manifest", "--task", task, "--truth", documents / "truth.jsonl"),
        *("--out", documents / out, *more),
    )


@pytest.mark.parametrize("task", ["document-type", "invoice-boxes", "invoice-fields"])
def test_run_leaves_an_output_manifest_and_prints_its_path(documents: Path, task: str):
    done = run_job(documents, "--workers", 5, task=task)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in Path(done.stdout.strip()).read_text().splitlines()]
    assert [line["page"] for line in lines] == list(range(6))
    assert all(line[task]["workers"] <= 5 and 0 <= line[task]["confidence"] <= 1 for line in lines)
    assert done.stdout.strip().startswith(str(documents / "out"))


def test_the_same_seed_gives_the_same_labels_and_another_one_other_answers(documents: Path):
    def labels(out: str, seed: int) -> list[object]:
        done = run_job(documents, "--seed", seed, "--set", "accuracy=0.7", out=out)
        return [json.loads(line)["invoice-fields"] for line in Path(done.stdout.strip()).read_text().splitlines()]

    first = labels("a", 1)
    assert labels("b", 1) == first
    assert labels("c", 2) != first


def test_run_prints_json_for_scripts(documents: Path):
    done = run_job(documents, "--json")
    summary = json.loads(done.stdout)
    assert (summary["status"], summary["objects"], summary["answers"]) == ("Completed", 6, 18)
    assert summary["accuracy"] > 0.8


@pytest.mark.parametrize(
    ("break_it", "arguments", "said"),
    [
        (lambda d: (d / "q3.manifest").write_text("{'source': 1}\n"), (), "q3.manifest, line 1: not JSON"),
        (lambda d: (d / "scans/4.png").unlink(), (), "q3.manifest, line 5: s3://invoices/q3/scans/4.png is not in S3"),
        (lambda d: (d / "q3.manifest").unlink(), (), "there is no file"),
        (lambda d: (d / "truth.jsonl").write_text("[]\n"), (), "truth.jsonl"),
        (
            lambda d: (d / "truth.jsonl").write_text(json.dumps({"image": "scans/0.png", **TRUTH})),
            (),
            "no line for object 1",
        ),
        (
            lambda d: None,
            ("--task", "invoice-stamps"),
            "Known task types: document-type, invoice-boxes, invoice-fields",
        ),
        (lambda d: None, ("--workers", "9", "--team", "2"), "2 people cannot give 9 answers"),
        (lambda d: None, ("--job-name", "q3 boxes"), "is no job name"),
        (lambda d: None, ("--set", "skill=1"), 'no setting "skill"'),
        (lambda d: None, ("--set", "accuracy=2"), "accuracy"),
        (lambda d: None, ("--template-file", "nowhere.yaml"), "nowhere.yaml"),
        (lambda d: (d / "c.json").write_text("{}"), ("--label-categories", "{documents}/c.json"), 'a list "labels"'),
    ],
)
def test_bad_input_ends_in_one_clear_message(documents: Path, break_it: Any, arguments: tuple[str, ...], said: str):
    break_it(documents)
    done = run_job(documents, *(argument.format(documents=documents) for argument in arguments))
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_job_name_that_was_used_there_is_refused(documents: Path):
    run_job(documents)
    again = run_job(documents)
    assert again.returncode == 2
    assert "has run there already" in again.stderr


def test_a_users_own_functions_run_unchanged_and_one_that_raises_is_explained(documents: Path):
    own = documents / "own"
    (own / "code").mkdir(parents=True)
    (own / "code/app.py").write_text(
        "def pre(event, context):\n"
        "    if event['dataObject']['page'] == 3: raise KeyError('supplier')\n"
        "    return {'taskInput': {}, 'isHumanAnnotationRequired': False}\n"
        "def post(event, context): return []\n"
    )
    (own / "template.yaml").write_text(
        "Resources:\n"
        "  InvoiceFieldsPreAnnotation:\n"
        "    {Type: 'AWS::Serverless::Function', Properties: {CodeUri: code, Handler: app.pre}}\n"
        "  InvoiceFieldsConsolidation:\n"
        "    {Type: 'AWS::Serverless::Function', Properties: {CodeUri: code, Handler: app.post}}\n"
    )
    categories = ROOT / "label_categories/invoice-fields.json"
    done = run_job(documents, "--template-file", own / "template.yaml", "--label-categories", categories)
    assert done.returncode == 1
    assert "The job failed: ClientError: Exception invoking the Lambda function" in done.stderr
    assert "KeyError" in done.stderr
    assert "Traceback" not in done.stderr
    log = (documents / "out/logs/InvoiceFieldsPreAnnotation.log").read_text()
    assert "KeyError: 'supplier'" in log
    assert Path(done.stdout.strip()).exists()


def payload(tmp_path: Path, *contents: str) -> Path:
    path = tmp_path / "payload.json"
    entries = [
        {
            "datasetObjectId": str(number),
            "dataObject": {"s3Uri": f"s3://invoices/{number}.png"},
            "annotations": [{"workerId": "a", "annotationData": {"content": content}}],
        }
        for number, content in enumerate(contents)
    ]
    path.write_text(json.dumps(entries))
    return path


def test_consolidate_prints_the_functions_answer_and_its_status_says_whether_all_have_a_label(tmp_path: Path):
    good, empty = json.dumps({"x": {"label": "Invoice"}}), "{}"
    done = groundtruth("consolidate", payload(tmp_path, good), "--task", "document-type", "--label-attribute", "Type")
    assert done.returncode == 0, done.stderr
    (entry,) = json.loads(done.stdout)
    assert entry["consolidatedAnnotation"]["content"]["Type"]["class-name"] == "invoice"
    mixed = groundtruth("consolidate", payload(tmp_path, good, empty), "--task", "document-type")
    assert mixed.returncode == 1
    assert "1 of 2 objects have no label: 1" in mixed.stderr
    assert len(json.loads(mixed.stdout)) == 2


@pytest.mark.parametrize(("text", "said"), [("{", "is not JSON"), ("{}", "a JSON array"), (None, "cannot be read")])
def test_consolidate_refuses_what_is_no_payload(tmp_path: Path, text: str | None, said: str):
    path = tmp_path / "payload.json"
    if text is not None:
        path.write_text(text)
    done = groundtruth("consolidate", path, "--task", "document-type")
    assert done.returncode == 2
    assert said in done.stderr


def test_an_unknown_command_and_a_missing_option_are_usage_errors():
    assert groundtruth("label").returncode == 2
    missing = groundtruth("run", "x.manifest")
    assert missing.returncode == 2
    assert "Missing option" in missing.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_commands_help_shows_an_example(command: str):
    shown = groundtruth(command, "--help")
    assert shown.returncode == 0
    assert f"groundtruth {command} " in shown.stdout.split("Example")[1]


def test_s3_serves_what_it_was_filled_with_until_it_is_ended(tmp_path: Path):
    (tmp_path / "invoices/pages").mkdir(parents=True)
    (tmp_path / "invoices/pages/1.txt").write_text("INVOICE")
    serve = [sys.executable, "-m", "groundtruth", "s3", "--load", str(tmp_path), "--port", "0", "--host", "127.0.0.1"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        lines = [server.stdout.readline().removeprefix("export ").strip() for _ in range(4)]
        settings = dict(line.split("=", 1) for line in lines)
        s3 = boto3.client(
            "s3",
            endpoint_url=settings["AWS_ENDPOINT_URL_S3"],
            aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
            region_name=settings["AWS_DEFAULT_REGION"],
        )
        assert s3.get_object(Bucket="invoices", Key="pages/1.txt")["Body"].read() == b"INVOICE"
        server.terminate()
    assert server.returncode == 0
