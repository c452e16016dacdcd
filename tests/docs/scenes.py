"""What each page takes for granted before its first block (documents, manifests, a job's output), and what must have come of it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image

from tests.docs.blocks import ROOT, Block
from tests.docs.people import OVERLOOKED, PRINTED
from tests.docs.stage import Stage
from tests.service.serving import wait_for

INVOICES = ROOT.parent / "shared/data/invoices"


def draw_pdf(path: Path, *lines: str) -> None:
    """A page with these lines on it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=14)
    for line in lines:
        page.cell(0, 12, line, new_x="LMARGIN", new_y="NEXT")
    page.output(str(path))


def real_invoices(stage: Stage) -> None:
    """The five PDFs."""
    if not INVOICES.is_dir():
        missing = "the five invoices are missing: ../shared/data/invoices"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    (stage.folder / "invoices").mkdir()
    for path in INVOICES.glob("*.pdf"):
        shutil.copy(path, stage.folder / "invoices")


def things_to_check(stage: Stage) -> None:
    """A manifest and a request that are as they should be."""
    (stage.folder / "invoices.manifest").write_text(
        json.dumps({"source-ref": "s3://acme-groundtruth/pages/1.png"}) + "\n"
    )
    functions = "arn:aws:lambda:eu-west-1:123456789012:function:SageMaker-InvoiceBoxes"
    request = {
        "LabelingJobName": "invoices-q3",
        "LabelAttributeName": "invoice-boxes",
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://acme-groundtruth/invoices.manifest"}}},
        "OutputConfig": {"S3OutputPath": "s3://acme-groundtruth/out/"},
        "RoleArn": "arn:aws:iam::123456789012:role/groundtruth-execution",
        "HumanTaskConfig": {
            "WorkteamArn": "arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/clerks",
            "UiConfig": {"UiTemplateS3Uri": "s3://acme-groundtruth/templates/invoice-boxes.liquid.html"},
            "PreHumanTaskLambdaArn": f"{functions}-PreAnnotation",
            "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": f"{functions}-Consolidation"},
            "TaskTitle": "Boxes",
            "TaskDescription": "Draw boxes",
            "NumberOfHumanWorkersPerDataObject": 3,
            "TaskTimeLimitInSeconds": 900,
        },
    }
    (stage.folder / "request.json").write_text(json.dumps(request))


def folder_of_pdfs(stage: Stage) -> None:
    """Documents of two vendors, one of them empty, and a bucket."""
    draw_pdf(stage.folder / "invoices/acme/INV-10442.pdf", "Acme Paper Ltd", "Total 1,204.50 EUR")
    draw_pdf(stage.folder / "invoices/globex/INV-7.pdf", "Globex", "Total 9.00 EUR")
    (stage.folder / "invoices/empty.tif").write_bytes(b"")
    stage.client("s3").create_bucket(Bucket="acme-groundtruth")


def output_of_a_job(stage: Stage) -> None:
    """A boxes job's output manifest, its images in S3."""
    demo(stage)
    tree = stage.folder / "out/demo/s3/groundtruth-local"
    manifest = tree / "demo-invoice-boxes/manifests/output/output.manifest"
    shutil.copy(manifest, stage.folder / "output.manifest")
    stage.client("s3").create_bucket(Bucket="acme-invoices")
    stage.client("s3").create_bucket(Bucket="groundtruth-local")
    stage.client("s3").upload_file(str(manifest), "acme-invoices", "q3/output.manifest")
    for line in map(json.loads, manifest.read_text(encoding="utf-8").splitlines()):
        bucket, _, key = line["source-ref"].removeprefix("s3://").partition("/")
        stage.client("s3").create_bucket(Bucket=bucket)
        stage.client("s3").upload_file(str(stage.folder / "out/demo/s3" / bucket / key), bucket, key)


def small_demo(stage: Stage) -> None:
    """What `groundtruth demo` leaves: made once, for all pages that begin with it or run it."""
    if not stage.demo.exists():
        command = [sys.executable, "-m", "groundtruth", "demo", "--count", "4", "--workers", "3", "--out", stage.demo]
        subprocess.run(command, cwd=ROOT, env=stage.environment, capture_output=True, timeout=300, check=True)


def demo(stage: Stage) -> None:
    """The same, under the name that the pages use."""
    small_demo(stage)
    shutil.copytree(stage.demo, stage.folder / "out/demo")


def report_in_python(stage: Stage) -> None:
    """A demo, and the variable that the page's Python begins with."""
    small_demo(stage)
    manifest = "out/demo/s3/groundtruth-local/demo-invoice-boxes/manifests/output/output.manifest"
    stage.prelude = f'manifest = "{manifest}"\n'


def a_first_job(stage: Stage) -> None:
    """What the page asks its reader to upload."""
    stage.prelude = f"""
import boto3 as _boto3, json as _json
_s3 = _boto3.client("s3")
_s3.create_bucket(Bucket="invoices")
_s3.put_object(Bucket="invoices", Key="q3.manifest", Body=_json.dumps({{"source": "INVOICE 10442 TOTAL 9.00"}}))
_s3.upload_file("{ROOT}/crowd_templates/document-type.liquid.html", "invoices", "document-type.liquid.html")
"""


def a_team(stage: Stage) -> None:
    """A service with the work team that the page invites people into."""
    stage.play(Block("docs/portal.md", 0, "sh", "groundtruth serve"))
    members = [{"OidcMemberDefinition": {"Groups": ["clerks"]}}]
    stage.client("sagemaker").create_workteam(WorkteamName="clerks", Description="AP", MemberDefinitions=members)


def a_task_to_render(stage: Stage) -> None:
    """A task input, its page's image, and the names that the page's Python uses."""
    task = {
        "taskType": "invoice-fields",
        "image": "s3://acme-invoices/INV-10442.png",
        "initialValue": None,
        "labels": [
            {"label": "total", "displayName": "Total", "type": "amount", "description": "To pay.", "required": True}
        ],
        "displayNames": ["Total"],
        "details": {},
    }
    (stage.folder / "task.json").write_text(json.dumps(task))
    (stage.folder / "pages").mkdir()
    Image.new("RGB", (620, 877), "white").save(stage.folder / "pages/INV-10442.png")
    stage.prelude = f"import boto3, json\nfrom pathlib import Path\ntask_input = json.loads('''{json.dumps(task)}''')\n"


def job_is_in_progress(stage: Stage) -> None:
    """The job of the page has tasks for people."""
    sagemaker = stage.client("sagemaker")
    wait_for(
        lambda: sagemaker.describe_labeling_job(LabelingJobName="invoices-q3")["LabelingJobStatus"] == "InProgress"
    )


def labels_are_what_is_printed(stage: Stage) -> None:
    """Every page of the final manifest has a box around each value that is printed on it, and training data has them all."""
    lines = [json.loads(line) for line in (stage.folder / "final.manifest").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == len(PRINTED)
    reviewed = []
    for line in lines:
        page = line["source-ref"].rpartition("/")[2].removesuffix(".png")
        label = line["invoice-boxes"]
        drawn = {label["class-map"][str(box["class_id"])] for box in label["annotations"]}
        names = ("invoice_number", "invoice_date", "total_amount")
        assert drawn == {name for name, text in zip(names, PRINTED[page], strict=True) if text is not None}, page
        reviewed += [page] if label.get("reviewed") else []
    assert reviewed == [OVERLOOKED[1]]
    coco = [json.loads(path.read_text()) for path in (stage.folder / "coco/annotations").glob("*.json")]
    assert sum(len(part["annotations"]) for part in coco) == sum(
        text is not None for page in PRINTED.values() for text in page
    )
    assert (stage.folder / "layoutlm/all.jsonl").read_text(encoding="utf-8").count("B-") >= len(PRINTED)
    assert "Ada Byron" not in (stage.folder / "report.html").read_text(encoding="utf-8")


SCENES: dict[str, Callable[[Stage], None]] = {
    "docs/check.md": things_to_check,
    "docs/export.md": output_of_a_job,
    "docs/portal.md": a_team,
    "docs/prepare.md": folder_of_pdfs,
    "docs/report.md": report_in_python,
    "docs/review.md": demo,
    "docs/serve.md": a_first_job,
    "docs/templates.md": a_task_to_render,
    "docs/walk-through-local.md": real_invoices,
}
"""By page: what is there before its first block."""

OUTCOMES: dict[str, Callable[[Stage], None]] = {
    "docs/serve.md": job_is_in_progress,
    "docs/walk-through-local.md": labels_are_what_is_printed,
}
"""By page: what must be there after its last one."""
