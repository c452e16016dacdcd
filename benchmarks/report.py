"""How long a report over many documents takes, and how much memory.

    .venv/bin/python benchmarks/report.py [--documents 10000] [--workers 5] [--task boxes|fields]

Makes a job's tree on disk (output manifest, one worker-response file a document, truth), then runs `groundtruth report` over it in a process of its
own. Prints seconds, the process's peak memory and the page's size, and fails when the issue's bar for 10,000 documents (20 s, 500 MB) is missed in
proportion to the documents. On a busy machine the seconds say little; those of the processor do.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FIELDS = (
    "vendor_name",
    "invoice_number",
    "invoice_date",
    "due_date",
    "purchase_order",
    "currency",
    "subtotal",
    "tax_amount",
    "total_amount",
)
BAR_SECONDS, BAR_MEGABYTES, BAR_DOCUMENTS = 20.0, 500.0, 10_000
_MEASURED = """
import json, resource, sys
from groundtruth.command.main import cli
status = cli.main(sys.argv[1:], standalone_mode=False)
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([used.ru_maxrss / 1024, used.ru_utime + used.ru_stime]))
sys.exit(status)
"""


def main() -> int:
    """Run the benchmark; exit status 1 when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=BAR_DOCUMENTS)
    parser.add_argument("--workers", type=int, default=5)
    parser.add_argument("--task", choices=("boxes", "fields"), default="fields")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="groundtruth-report-") as folder:
        root = Path(folder)
        manifest = write_job(root, options.documents, options.workers, options.task)
        out = root / "report.html"
        command = ["report", str(manifest), "-o", str(out), "--truth", str(root / "truth.jsonl")]
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-c", _MEASURED, *command], check=True, capture_output=True, text=True)
        seconds = time.monotonic() - began
        megabytes, processor_seconds = json.loads(done.stdout.splitlines()[-1])
        print(
            f"{options.documents:,} documents, {options.workers} answers each ({options.task}): {seconds:.1f} s "
            f"({processor_seconds:.1f} s of a processor), {megabytes:.0f} MB at most, page of {out.stat().st_size / 1e6:.1f} MB"
        )
    share = max(1.0, options.documents / BAR_DOCUMENTS)
    is_met = seconds <= BAR_SECONDS * share and megabytes <= BAR_MEGABYTES * share
    print(f"Bar: {BAR_SECONDS * share:.0f} s and {BAR_MEGABYTES * share:.0f} MB: {'met' if is_met else 'missed'}")
    return 0 if is_met else 1


def write_job(root: Path, documents: int, workers: int, task: str) -> Path:
    """A job's tree with answers of which one in ten differs; gives its output manifest."""
    chance = random.Random(0)
    job = root / "s3" / "bucket" / "job"
    manifest = job / "manifests" / "output" / "output.manifest"
    manifest.parent.mkdir(parents=True)
    with manifest.open("w") as lines, (root / "truth.jsonl").open("w") as truths:
        for number in range(documents):
            source = f"pages/invoice-{number:06}.png"
            true = _boxes(chance) if task == "boxes" else _fields(chance, number)
            truth = {"image": source, "width": 1240, "height": 1754, "boxes" if task == "boxes" else "fields": true}
            truths.write(json.dumps(truth) + "\n")
            value = _boxes_value(true) if task == "boxes" else _fields_value(true)
            line = {
                "source-ref": f"s3://bucket/{source}",
                "document": f"INV-{number}",
                "vendor": f"Vendor {number % 500} Ltd",
            }
            metadata = {"type": "groundtruth/custom", "job-name": "job", "human-annotated": "yes"}
            lines.write(json.dumps(line | {"label": value, "label-metadata": metadata}) + "\n")
            _write_answers(job, number, true, workers, task, chance)
    return manifest


def _fields(chance: random.Random, number: int) -> dict[str, str]:
    amount = chance.randint(1_000, 10_000_000) / 100
    values = (
        f"Vendor {number % 500} Ltd",
        f"RE-2026-{number:06}",
        "29-09-2026",
        "13-10-2026",
        f"PO-{chance.randint(1, 10**6)}",
        "EUR",
    )
    return dict(zip(FIELDS, (*values, f"{amount:,.2f}", f"{amount / 5:,.2f}", f"{amount * 1.2:,.2f}"), strict=True))


def _boxes(chance: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "label": name,
            "left": chance.randint(0, 1000),
            "top": 180 * at,
            "width": chance.randint(40, 200),
            "height": 30,
        }
        for at, name in enumerate(FIELDS)
    ]


def _fields_value(true: dict[str, str]) -> dict[str, Any]:
    fields = {
        name: {"value": value, "normalized": value, "votes": 4, "confidence": 0.8, "workers": 5, "status": "agreed"}
        for name, value in true.items()
    }
    return {"fields": fields, "confidence": 0.8, "workers": 5, "status": "agreed"}


def _boxes_value(true: list[dict[str, Any]]) -> dict[str, Any]:
    annotations = [
        {"class_id": at, **{side: box[side] for side in ("left", "top", "width", "height")}}
        for at, box in enumerate(true)
    ]
    return {
        "image_size": [{"width": 1240, "height": 1754, "depth": 3}],
        "annotations": annotations,
        "class-map": {str(at): name for at, name in enumerate(FIELDS)},
        "objects": [{"confidence": 0.8, "votes": 4, "workers": 5} for _ in annotations],
        "confidence": 0.8,
        "workers": 5,
        "status": "agreed",
    }


def _write_answers(job: Path, number: int, true: Any, workers: int, task: str, chance: random.Random) -> None:
    folder = job / "annotations" / "worker-response" / "iteration-1" / str(number)
    folder.mkdir(parents=True)
    answers = [
        {
            "workerId": f"private.local.{(number + worker) % 40:016x}",
            "acceptanceTime": "2026-11-03T09:00:00.000Z",
            "submissionTime": f"2026-11-{1 + number % 28:02}T09:01:00.000Z",
            "timeSpentInSeconds": round(chance.uniform(20, 200), 3),
            "answerContent": _answer(true, task, chance),
        }
        for worker in range(workers)
    ]
    (folder / "2026-11-03_09:01:00.json").write_text(json.dumps({"answers": answers}))


def _answer(true: Any, task: str, chance: random.Random) -> dict[str, Any]:
    if task == "fields":
        return {name: value if chance.random() < 0.9 else value + "7" for name, value in true.items()}
    boxes = [
        box | {"left": box["left"] + chance.randint(-3, 3) + (400 if chance.random() < 0.1 else 0)} for box in true
    ]
    return {"invoiceBoxes": {"boundingBoxes": boxes, "inputImageProperties": {"width": 1240, "height": 1754}}}


if __name__ == "__main__":
    sys.exit(main())
