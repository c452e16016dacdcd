"""A finished job on disk: its output manifest, consolidation requests and worker responses."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"
REQUESTS = "annotations/consolidated-annotation/consolidation-request/iteration-1"
MANIFEST = "manifests/output/output.manifest"
CATEGORIES = {
    "document-type": ["invoice", "receipt", "credit_note"],
    "invoice-boxes": ["vendor_name", "total_amount"],
    "invoice-fields": ["vendor_name", "total_amount"],
}


@dataclass(frozen=True)
class Job:
    """A finished job. answers: of each object by worker."""

    folder: Path
    task_type: str
    categories: Path
    answers: list[dict[str, Any]]

    @property
    def config(self) -> dict[str, Any]:
        """The label category config."""
        config: dict[str, Any] = json.loads(self.categories.read_text())
        return config

    def files(self) -> dict[str, bytes]:
        """Every file of the job."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }


def answer(task_type: str, number: int, chance: random.Random) -> dict[str, Any]:
    """An answer to one object; one in five is another than the rest's."""
    off = chance.random() < 0.2
    if task_type == "document-type":
        return {"documentType": {"label": CATEGORIES[task_type][(number + off) % 3]}}
    if task_type == "invoice-boxes":
        box = {"label": "total_amount", "left": 10 + 300 * off, "top": 20 + number, "width": 80, "height": 30}
        return {"boxes": {"boundingBoxes": [box], "inputImageProperties": {"width": 1240, "height": 1754}}}
    return {"vendor_name": f"Vendor {number + 100 * off}", "total_amount": f"{number + off}.50"}


Make = Callable[..., Job]


@pytest.fixture
def make_job(tmp_path: Path) -> Make:
    """Writes a job: make_job(task_type, objects, per_request=..., without=folder of the tree that is left out)."""

    def made(task_type: str = "document-type", objects: int = 12, per_request: int = 5, without: str = "") -> Job:
        chance = random.Random(7)
        folder = tmp_path / "out" / "invoices-q3"
        answers = [
            {worker: answer(task_type, number, chance) for worker in ("ann", "ben", "cleo")}
            for number in range(objects)
        ]
        files = {MANIFEST: manifest(objects)}
        for start in range(0, objects, per_request):
            payload = [entry(number, answers[number]) for number in range(start, min(start + per_request, objects))]
            chance.shuffle(payload)
            files[f"{REQUESTS}/2026-11-03_09:{start:02}:00.json"] = json.dumps(payload)
        for number, of_object in enumerate(answers):
            response = {"answers": [{"workerId": w, "answerContent": one} for w, one in of_object.items()]}
            files[f"annotations/worker-response/iteration-1/{number}/2026-11-03_09:00:00.json"] = json.dumps(response)
        for path, text in files.items():
            if not without or not path.startswith(without):
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
        categories = tmp_path / "categories.json"
        categories.write_text(json.dumps({"labels": [{"label": label} for label in CATEGORIES[task_type]]}))
        return Job(folder, task_type, categories, answers)

    return made


def manifest(objects: int) -> str:
    """The output manifest, with labels that a new run would not make."""
    metadata = {"type": "groundtruth/custom", "job-name": "invoices-q3", "human-annotated": "yes"}
    lines = (
        {
            "source-ref": f"s3://acme/pages/{number}.png",
            "large": 10**30,
            "Old": "kept",
            "Doc": {"old": True},
            "Doc-metadata": metadata,
        }
        for number in range(objects)
    )
    return "".join(json.dumps(line) + "\n" for line in lines)


def entry(number: int, answers: dict[str, Any]) -> dict[str, Any]:
    """One object of a consolidation request."""
    return {
        "datasetObjectId": str(number),
        "dataObject": {"s3Uri": f"s3://acme/pages/{number}.png"},
        "annotations": [
            {"workerId": worker, "annotationData": {"content": json.dumps(one)}} for worker, one in answers.items()
        ],
    }


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a manifest."""
    return [json.loads(line) for line in path.read_text().splitlines()]
