"""A job and everything around it, without threads, under a clock that the test turns."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundtruth.errors import ClosedTaskError
from groundtruth.service.jobs import LabelingJobs
from groundtruth.service.lifecycle import Background, Means
from groundtruth.service.overview import Overview
from groundtruth.service.settings import ServiceSettings
from groundtruth.service.tasks import Tasks
from groundtruth.storage import EmbeddedS3, S3Location

PRE = "arn:aws:lambda:us-east-1:123456789012:function:Pre"
POST = "arn:aws:lambda:us-east-1:123456789012:function:Post"


@dataclass
class Functions:
    """A pre-annotation function that gives the line as it is, and a consolidation function that collects the answers."""

    storage: EmbeddedS3
    events: list[dict[str, Any]] = field(default_factory=list)
    payloads: list[list[dict[str, Any]]] = field(default_factory=list)
    fails: Callable[[str, Mapping[str, Any]], None] = lambda function, event: None
    needs_human: Callable[[Mapping[str, Any]], bool] = lambda line: True

    def invoke(self, function: str, event: Mapping[str, Any]) -> object:
        self.events.append(json.loads(json.dumps(event)))
        self.fails(function, event)
        if function == PRE:
            line = event["dataObject"]
            return {"taskInput": {"line": line}, "isHumanAnnotationRequired": self.needs_human(line)}
        payload = json.loads(self.storage.get(S3Location.parse(event["payload"]["s3Uri"])))
        self.payloads.append(payload)
        return [
            {
                "datasetObjectId": item["datasetObjectId"],
                "consolidatedAnnotation": {
                    "content": {
                        event["labelAttributeName"]: [
                            json.loads(entry["annotationData"]["content"]) for entry in item["annotations"]
                        ]
                    }
                },
            }
            for item in payload
        ]

    def check(self, function: str) -> None:
        pass


class Life:
    """The service's parts around one job, without threads."""

    def __init__(self, database, storage, clock, teams) -> None:
        self.database, self.storage, self.clock, self.teams = database, storage, clock, teams
        self.functions = Functions(storage)
        self.reports: list[tuple[str, str, str]] = []
        self.rests: list[float] = []
        self.settings = ServiceSettings()
        self.jobs = LabelingJobs(database, clock)
        self.overview = Overview(database)

    @property
    def tasks(self) -> Tasks:
        return Tasks(self.database, self.settings, self.clock)

    def create(self, lines: list[dict[str, Any]], workers=2, pre=PRE, post=POST, task=(), **members: Any) -> None:
        self.storage.put(S3Location("data", "in.manifest"), "".join(json.dumps(line) + "\n" for line in lines).encode())
        config: dict[str, Any] = {
            "WorkteamArn": "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/clerks",
            "UiConfig": {"UiTemplateS3Uri": "s3://data/template.html"},
            "TaskTitle": "Totals",
            "TaskDescription": "Type the total",
            "NumberOfHumanWorkersPerDataObject": workers,
            "TaskTimeLimitInSeconds": 600,
        }
        if pre:
            config["PreHumanTaskLambdaArn"] = pre
        if post:
            config["AnnotationConsolidationConfig"] = {"AnnotationConsolidationLambdaArn": post}
        request = {
            "LabelingJobName": "Job-A",
            "LabelAttributeName": "Label",
            "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://data/in.manifest"}}},
            "OutputConfig": {"S3OutputPath": "s3://data/out/"},
            "RoleArn": "arn:aws:iam::123456789012:role/groundtruth",
            "HumanTaskConfig": config | dict(task),
        }
        self.jobs.create(request | members, "eu-west-1")
        self.run()

    def run(self) -> None:
        means = Means(
            self.database,
            self.storage,
            self.functions,
            self.settings,
            self.clock,
            lambda *report: self.reports.append(report),
            self.rests.append,
        )
        Background(means).run_once()

    def work(self, *names: str, most: int = 10**6) -> int:
        """Let these workers answer what they can get, each at most so many; returns the number of answers."""
        count = 0
        for name in names:
            worker = self.teams.join("clerks", name).id
            for _ in range(most):
                try:
                    task = self.tasks.next_task(worker, "Job-A")
                except ClosedTaskError:
                    break
                if task is None:
                    break
                self.clock.turn(1)
                self.tasks.submit(task.assignment_id, worker, {"by": name})
                count += 1
        self.run()
        return count

    @property
    def status(self) -> str:
        return self.jobs.describe("Job-A")["LabelingJobStatus"]

    @property
    def counters(self) -> dict[str, int]:
        return self.jobs.describe("Job-A")["LabelCounters"]

    def output(self) -> list[dict[str, Any]]:
        text = self.storage.get(S3Location("data", "out/Job-A/manifests/output/output.manifest"))
        return [json.loads(line) for line in text.splitlines()]

    def files(self, pattern: str) -> list[str]:
        root = self.storage.folder / "data/out/Job-A/annotations"
        return sorted(path.relative_to(root).as_posix() for path in root.glob(pattern))


def lines(count: int) -> list[dict[str, Any]]:
    return [{"source": f"invoice {number}", "page": number} for number in range(count)]
