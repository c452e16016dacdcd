"""Gold documents from `prepare` to `export`, by the commands that a user types: known to the consolidation function, never to workers."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from fpdf import FPDF

from groundtruth.jobs.categories import read_label_categories
from groundtruth.jobs.simulated import CATEGORIES, functions_of_task, local_stack
from groundtruth.storage import EmbeddedS3

ROOT = Path(__file__).parents[2]
TASKS = ("document-type", "invoice-boxes", "invoice-fields")
NAMES = ("acme", "blue", "cobalt", "delta")
GOLD = ("blue", "delta")
ERRORS = (
    *("accuracy_spread", "box_jitter", "box_jitter_pixels", "captions", "misses", "spurious_boxes", "typing_errors"),
    *("restyling", "blanks", "empty_answers", "spam_workers"),
)
TRUTH: dict[str, Any] = {
    "width": 620,
    "height": 877,
    "document_type": "invoice",
    "boxes": [{"label": "total_amount", "left": 400, "top": 700, "width": 80, "height": 20}],
    "fields": {"total_amount": "1,204.50", "invoice_number": "INV-10442"},
}
KNOWN: dict[str, dict[str, Any]] = {
    "document-type": {"document_type": "receipt"},
    "invoice-boxes": {"boxes": [{"label": "invoice_date", "left": 10, "top": 10, "width": 30, "height": 9}]},
    "invoice-fields": {"fields": {"total_amount": "9.99", "invoice_number": "INV-10442"}},
}
"""What the gold file says of the document `delta`, against what its workers see: so its label must come out wrong."""


def groundtruth(*arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "groundtruth", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `q3.manifest`, `q3.gold.jsonl` and, under `s3`, the pages, as `groundtruth prepare --gold-truth` leaves them."""
    folder = tmp_path_factory.mktemp("gold")
    (folder / "invoices").mkdir()
    for name in NAMES:
        pdf = FPDF(format="A4")
        pdf.set_font("Helvetica", size=24)
        pdf.add_page()
        pdf.text(20, 50, f"INVOICE {name}")
        (folder / "invoices" / f"{name}.pdf").write_bytes(bytes(pdf.output()))
    lines = [{"image": f"{name}.png", **TRUTH} for name in NAMES]
    (folder / "workers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    known = [line | (_all_known() if line["image"] == "delta.png" else {}) for line in lines[1::2]]
    (folder / "known.jsonl").write_text("".join(json.dumps(line) + "\n" for line in known))
    with pytest.MonkeyPatch.context() as environment, EmbeddedS3(folder / "s3") as s3:
        _credentials(environment, s3)
        s3.ensure_bucket("acme")
        groundtruth(
            *("prepare", folder / "invoices", "s3://acme/q3", "--manifest", folder / "q3.manifest"),
            *("--gold-truth", folder / "known.jsonl"),
        )
    return folder


def _all_known() -> dict[str, Any]:
    return {key: value for known in KNOWN.values() for key, value in known.items()}


def _credentials(environment: pytest.MonkeyPatch, s3: EmbeddedS3) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        environment.delenv(name, raising=False)
    environment.setenv("AWS_ACCESS_KEY_ID", "testing")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
    environment.setenv("AWS_ENDPOINT_URL_S3", s3.endpoint_url)


@pytest.fixture(scope="module", params=TASKS)
def job(request: pytest.FixtureRequest, prepared: Path) -> tuple[str, Path]:
    """The task type and the output manifest of a job over the prepared pages, whose workers never err."""
    task: str = request.param
    truth = prepared / f"{task}.truth.jsonl"
    pages = jsonl(prepared / "q3.manifest")
    truth.write_text("".join(json.dumps({"source-ref": page["source-ref"], **_seen(page)}) + "\n" for page in pages))
    perfect = [f"--set={name}=0" for name in ERRORS]
    out = groundtruth(
        *("run", prepared / "q3.manifest", "--task", task, "--truth", truth, "--source", prepared / "s3" / "acme"),
        *("--job-name", f"Q3-{task}", "--out", prepared / task, "--set=accuracy=1", *perfect),
    )
    return task, Path(out.strip())


def _seen(page: Mapping[str, Any]) -> dict[str, Any]:
    """The truth that simulated workers read, in pixels of the prepared image."""
    boxes = [{**box, **{side: box[side] * 2 for side in ("left", "top", "width", "height")}} for box in TRUTH["boxes"]]
    return {**TRUTH, "image": page["source-ref"].rpartition("/")[2], "width": 1240, "height": 1754, "boxes": boxes}


def test_prepare_marks_gold_on_the_manifest_and_leaves_its_truth_beside_it(prepared: Path):
    pages = {page["document"]: page for page in jsonl(prepared / "q3.manifest")}
    assert [name for name in NAMES if pages[f"{name}.pdf"].get("gold") is True] == list(GOLD)
    assert [line["document_type"] for line in jsonl(prepared / "q3.gold.jsonl")] == ["invoice", "receipt"]
    assert not any(set(page) & {"document_type", "boxes", "fields"} for page in pages.values())


def test_the_label_of_a_gold_page_says_whether_it_is_right(job: tuple[str, Path]):
    task, manifest = job
    values = {line["document"].removesuffix(".pdf"): line[task] for line in jsonl(manifest)}
    assert {name: value["gold"]["correct"] for name, value in values.items() if "gold" in value} == {
        "blue": True,
        "delta": False,
    }


def test_gold_is_counted_in_the_functions_metrics(job: tuple[str, Path]):
    task, manifest = job
    name = "".join(part.capitalize() for part in task.split("-")) + "Consolidation"
    log = (manifest.parents[5] / "logs" / f"{name}.log").read_text().replace(" ", "")
    assert '"GoldObjects":[2' in log
    assert '"GoldCorrect":[1' in log


def test_workers_are_never_told(job: tuple[str, Path], prepared: Path):
    task, _ = job
    categories = read_label_categories(ROOT / "label_categories" / f"{task}.json")
    gold = [page for page in jsonl(prepared / "q3.manifest") if page.get("gold")]
    with local_stack(prepared / f"asked-{task}", ROOT / "template.yaml", task, categories) as (storage, functions):
        storage.put(CATEGORIES.joined(f"{task}.gold.jsonl"), (prepared / "q3.gold.jsonl").read_bytes())
        _upload(storage.endpoint_url, prepared)
        asked = [functions.invoke(functions_of_task(task)[0], _event(page)) for page in gold]
    assert len(asked) == len(GOLD)
    for answer in asked:
        shown = json.dumps(answer)
        assert '"gold"' not in shown
        assert not any(told in shown for told in ("9.99", "INV-10442", '"left": 10'))


def _upload(endpoint: str, prepared: Path) -> None:
    s3 = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    s3.create_bucket(Bucket="acme")
    for page in jsonl(prepared / "q3.manifest"):
        key = page["source-ref"].removeprefix("s3://acme/")
        s3.upload_file(str(prepared / "s3" / "acme" / key), "acme", key)


def _event(page: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": "2018-10-16",
        "labelingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:labeling-job/q3",
        "dataObject": page,
    }


def test_export_leaves_gold_out_unless_asked(job: tuple[str, Path], tmp_path: Path):
    _, manifest = job
    groundtruth("export", manifest, "--to", "csv", "--out", tmp_path / "without")
    groundtruth("export", manifest, "--to", "csv", "--out", tmp_path / "with", "--gold")
    without, everything = (json.loads((tmp_path / name / "summary.json").read_text()) for name in ("without", "with"))
    assert (without["pages"], everything["pages"]) == (2, 4)
    left_out = jsonl(tmp_path / "without" / "left-out.jsonl")
    assert [entry["reason"] for entry in left_out] == ["gold", "gold"]
