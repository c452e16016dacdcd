"""A job of a user's own: their functions, a folder as S3, and workers whose answers the test decides."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from groundtruth.functions import FunctionSpec, LocalFunctions
from groundtruth.jobs import EngineSettings, JobOutcome, JobRequest, LabelingJob
from groundtruth.storage import EmbeddedS3, S3Location
from groundtruth.storage.embedded import CREDENTIALS
from groundtruth.workforce import WorkerAnswer

PRE = """
def handler(event, context):
    return {"taskInput": {"line": event["dataObject"]}, "isHumanAnnotationRequired": True}
"""

POST = """
import json, os
import boto3

def handler(event, context):
    bucket, _, key = event["payload"]["s3Uri"].removeprefix("s3://").partition("/")
    body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return [entry(event, item) for item in json.loads(body)]

def entry(event, item):
    answers = [json.loads(a["annotationData"]["content"]) for a in item["annotations"]]
    content = {event["labelAttributeName"]: {"answers": answers}}
    return {"datasetObjectId": item["datasetObjectId"], "consolidatedAnnotation": {"content": content}}
"""


@dataclass
class Workers:
    """Answers every task with the object's id, `count` times, except where told otherwise."""

    silent: set[str] = field(default_factory=set)
    asked: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    def answers(
        self, dataset_object_id: str, data_object: Mapping[str, object], task_input: Mapping[str, object], count: int
    ) -> tuple[WorkerAnswer, ...]:
        self.asked.append((dataset_object_id, task_input))
        if dataset_object_id in self.silent:
            return ()
        return tuple(WorkerAnswer(f"private.local.{n}", {"id": dataset_object_id}, 12.5) for n in range(count))


@dataclass
class Ground:
    """Everything a test job needs, and what it left."""

    storage: EmbeddedS3
    run: Callable[..., JobOutcome]
    workers: Workers
    folder: Path

    def lines(self) -> list[dict[str, Any]]:
        text = (self.folder / "out/job-A/manifests/output/output.manifest").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def files(self, pattern: str) -> list[str]:
        root = self.folder / "out/job-A"
        return sorted(path.relative_to(root).as_posix() for path in root.rglob(pattern) if path.is_file())

    def json(self, name: str) -> Any:
        return json.loads((self.folder / "out/job-A" / name).read_bytes())


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    workers = Workers()

    with EmbeddedS3(tmp_path / "s3") as storage:
        storage.ensure_bucket("out")

        def run(
            lines: list[dict[str, object]],
            pre: str | None = PRE,
            post: str | None = POST,
            settings: EngineSettings | None = None,
            **request: Any,
        ) -> JobOutcome:
            specs = []
            for name, code in (("Pre", pre), ("Post", post)):
                if code is not None:
                    (tmp_path / name).mkdir(exist_ok=True)
                    (tmp_path / name / "app.py").write_text(code)
                    specs.append(FunctionSpec(name, name, tmp_path / name, "app.handler", 10))
            manifest = S3Location("out", "in.manifest")
            storage.put(manifest, "".join(json.dumps(line) + "\n" for line in lines).encode())
            job = JobRequest(
                name="job-A",
                label_attribute="Label",
                manifest=manifest,
                output=S3Location("out", ""),
                workers_per_object=request.pop("workers", 3),
                pre_annotation="arn:aws:lambda:us-east-1:123456789012:function:Pre" if pre else None,
                consolidation="arn:aws:lambda:us-east-1:123456789012:function:Post" if post else None,
                **request,
            )
            environment = CREDENTIALS | {"AWS_ENDPOINT_URL_S3": storage.endpoint_url}
            with LocalFunctions(specs, environment, tmp_path / "logs") as functions:
                return LabelingJob(job, storage, functions, workers, settings).run()

        yield Ground(storage, run, workers, tmp_path / "s3")
