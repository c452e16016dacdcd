"""A job's tree on disk: an output manifest, and beside it what each worker answered."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from groundtruth.report import Report, ReportSettings, read_report
from groundtruth.report.responses import job_folder

LABELS = [
    {"label": "vendor_name", "displayName": "Vendor name", "type": "text"},
    {"label": "due_date", "displayName": "Due date", "type": "date"},
    {"label": "total_amount", "displayName": "Total amount", "type": "amount"},
]


def answer(
    worker: str, content: Any, seconds: float = 30.0, submitted: str = "2026-11-03T09:00:00.000Z"
) -> dict[str, Any]:
    return {
        "workerId": f"private.local.{worker}",
        "answerContent": content,
        "timeSpentInSeconds": seconds,
        "acceptanceTime": submitted,
        "submissionTime": submitted,
        "workerMetadata": {
            "identityData": {"identityProviderType": "Cognito", "issuer": "i", "sub": "person-of-flesh"}
        },
    }


def field(value: str | None, confidence: float = 1.0, status: str = "agreed", **more: Any) -> dict[str, Any]:
    return {"value": value, "confidence": confidence, "workers": 3, "votes": 3, "status": status, **more}


def fields_label(fields: Mapping[str, Any], status: str = "agreed", confidence: float = 0.9) -> dict[str, Any]:
    return {"fields": dict(fields), "confidence": confidence, "workers": 3, "status": status}


@pytest.fixture
def make_job(tmp_path: Path) -> Callable[..., Path]:
    """Write a job of these (label value, answers) and give its output manifest; a label of None is a failed line."""

    def make_job(objects: Sequence[tuple[Any, Sequence[Any]]], attribute: str = "label", name: str = "job-1") -> Path:
        folder = tmp_path / "s3" / "acme" / name
        lines = []
        for number, (value, answers) in enumerate(objects):
            metadata: dict[str, Any] = {"job-name": name, "human-annotated": "yes", "type": "groundtruth/custom"}
            line: dict[str, Any] = {"source-ref": f"s3://acme/pages/p{number}.png", "document": f"INV-{number}"}
            if value is None:
                metadata = {"failure-reason": "ClientError: tasks expired", "human-annotated": "true"}
            else:
                line[attribute] = value
            lines.append(json.dumps({**line, f"{attribute}-metadata": metadata}, ensure_ascii=False))
            responses = folder / "annotations" / "worker-response" / "iteration-1" / str(number)
            responses.mkdir(parents=True)
            (responses / "2026-11-03_09:00:00.json").write_text(json.dumps({"answers": list(answers)}))
        manifest = folder / "manifests" / "output" / "output.manifest"
        manifest.parent.mkdir(parents=True)
        manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return manifest

    return make_job


@pytest.fixture
def read() -> Callable[..., Report]:
    def read(manifest: Path, **settings: Any) -> Report:
        made = ReportSettings(**{"labels": LABELS, **settings})
        with manifest.open("rb") as file:
            return read_report(file, str(manifest), job_folder(str(manifest)), made)

    return read
