"""SageMaker as far as `groundtruth submit` speaks to it, over HTTP: keeps jobs, refuses as its model does, remembers every call."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from groundtruth.check import Severity, request_findings

ACCOUNT = "123456789012"


class RefusalError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class SageMaker:
    """Use as a context manager; the address is `url`. created: every job request that was taken, as it came over the wire."""

    def __init__(self, region: str, teams: tuple[str, ...] = ("ap-clerks",)) -> None:
        self.region = region
        self.teams = list(teams)
        self.jobs: dict[str, dict[str, Any]] = {}
        self.created: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.refuse: dict[str, RefusalError] = {}
        handler = type("Handler", (_Handler,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "SageMaker":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def team_arn(self, name: str) -> str:
        return f"arn:aws:sagemaker:{self.region}:{ACCOUNT}:workteam/private-crowd/{name}"

    def add_job(self, request: dict[str, Any], status: str = "InProgress", **more: Any) -> None:
        name = request["LabelingJobName"]
        self.jobs[name] = {
            **request,
            "LabelingJobArn": f"arn:aws:sagemaker:{self.region}:{ACCOUNT}:labeling-job/{name.lower()}",
            "LabelingJobStatus": status,
            "LabelCounters": {"TotalLabeled": 0, "HumanLabeled": 0, "FailedNonRetryableError": 0, "Unlabeled": 3},
            "JobReferenceCode": "1",
            "CreationTime": 1_700_000_000 + len(self.jobs),
            "LastModifiedTime": 1_700_000_000,
            **more,
        }

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(operation)
        if operation in self.refuse:
            raise self.refuse[operation]
        wrong = [found for found in request_findings(operation, request) if found.severity is Severity.ERROR]
        if wrong:
            raise RefusalError("ValidationException", wrong[0].message)
        operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "CreateLabelingJob": self._create,
            "DescribeLabelingJob": self._describe,
            "ListLabelingJobs": self._list,
            "DescribeWorkteam": self._team,
            "ListWorkteams": lambda _: {"Workteams": [self._team_of(name) for name in self.teams]},
        }
        return operations[operation](request)

    def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        if any(name.lower() == request["LabelingJobName"].lower() for name in self.jobs):
            raise RefusalError("ResourceInUse", "There is such a job.")
        self.created.append(request)
        self.add_job(request, "Initializing")
        return {"LabelingJobArn": self.jobs[request["LabelingJobName"]]["LabelingJobArn"]}

    def _describe(self, request: dict[str, Any]) -> dict[str, Any]:
        job = self.jobs.get(request["LabelingJobName"])
        if job is None:
            raise RefusalError("ResourceNotFound", "No such job.")
        return job

    def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        found = [
            {
                "LabelingJobName": name,
                "LabelingJobArn": job["LabelingJobArn"],
                "LabelingJobStatus": job["LabelingJobStatus"],
                "LabelCounters": job["LabelCounters"],
                "CreationTime": job["CreationTime"],
                "LastModifiedTime": job["LastModifiedTime"],
                "WorkteamArn": job["HumanTaskConfig"]["WorkteamArn"],
                "PreHumanTaskLambdaArn": job["HumanTaskConfig"]["PreHumanTaskLambdaArn"],
            }
            for name, job in self.jobs.items()
            if request.get("StatusEquals") in (None, job["LabelingJobStatus"])
        ]
        begin = int(request.get("NextToken", 0))
        page = {"LabelingJobSummaryList": found[begin : begin + 2]}
        return page | ({"NextToken": str(begin + 2)} if begin + 2 < len(found) else {})

    def _team(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["WorkteamName"] not in self.teams:
            raise RefusalError("ValidationException", "The work team does not exist.")
        return {"Workteam": self._team_of(request["WorkteamName"])}

    def _team_of(self, name: str) -> dict[str, Any]:
        return {
            "WorkteamName": name,
            "WorkteamArn": self.team_arn(name),
            "MemberDefinitions": [],
            "Description": name,
            "SubDomain": "abc.labeling.eu-west-1.sagemaker.aws",
        }


class _Handler(BaseHTTPRequestHandler):
    service: SageMaker

    def do_POST(self) -> None:
        operation = self.headers["X-Amz-Target"].split(".")[1]
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            status, answer = 200, self.service.answer(operation, request)
        except RefusalError as error:
            status, answer = 400, {"__type": error.code, "message": str(error)}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
