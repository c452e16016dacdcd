"""The service in a process of its own, and people who work on it over HTTP as the portal's pages do."""

import functools
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import requests

ROOT = Path(__file__).parents[2]
FUNCTIONS = "arn:aws:lambda:us-east-1:123456789012:function:"
TEAM_ARN = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/clerks"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Served:
    """`groundtruth serve` over a folder, at the same address after every start."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self.address = f"http://127.0.0.1:{free_port()}"
        self.s3_address = f"http://127.0.0.1:{free_port()}"
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self.printed: list[str] = []

    def __enter__(self) -> "Served":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.stop()

    def start(self) -> None:
        """Start it, and wait until it says where it is."""
        ports = ["--port", self.address.rsplit(":", 1)[1], "--s3-port", self.s3_address.rsplit(":", 1)[1]]
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "stderr.txt").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "groundtruth", "serve", "--data", self.data, *ports, *self._arguments],
                cwd=ROOT,
                env=os.environ | {"COLUMNS": "200"},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        self.printed = []
        for line in self._process.stdout:
            self.printed.append(line.strip())
            if line.startswith("# Portal"):
                return
        raise AssertionError(f"The service did not start: {self.log()}")

    def log(self) -> str:
        return (self.data / "stderr.txt").read_text()

    def kill(self) -> None:
        """As the machine's kernel would: at once."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As a person would; returns the exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        status = self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        return status

    def resident_bytes(self) -> int:
        """Memory of the service's own process."""
        assert self._process is not None
        text = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(text.split("VmRSS:")[1].split()[0]) * 1024

    def processor_seconds(self) -> float:
        """Processor time of the service's own process so far."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def client(self, service: str, address: str | None = None, region: str = "us-east-1") -> Any:
        """An unmodified boto3 client with the settings that the service prints."""
        default = {"sagemaker": self.address, "s3": self.s3_address}[service]
        return _client(service, address or default, region)

    def person(self, name: str, team: str = "clerks", address: str | None = None) -> "Person":
        """Somebody who is invited into the team and signed in."""
        return Person(address or self.address, name, team)


@functools.cache
def _client(service: Any, address: str, region: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=address,
        region_name=region,
        aws_access_key_id="groundtruth",
        aws_secret_access_key="groundtruth",
    )


class Person:
    """A signed-in worker. Calls are tried again while the service is away, as the portal's page does."""

    def __init__(self, address: str, name: str, team: str) -> None:
        self.name = name
        self.address = address
        self._api = f"{address}/portal/api"
        owner = requests.Session()
        token = owner.get(f"{self._api}/session", timeout=60).json()["csrfToken"]
        invited = owner.post(
            f"{self._api}/owner/workers", json={"team": team, "name": name}, headers={"X-CSRF-Token": token}, timeout=60
        )
        assert invited.ok, invited.text
        self._http = requests.Session()
        link = invited.json()["link"].split("#")[1]
        signed_in = self._http.post(f"{self._api}/sign-in", json={"token": link}, timeout=60)
        assert signed_in.ok, signed_in.text
        self._token = self._http.get(f"{self._api}/session", timeout=60).json()["csrfToken"]

    @property
    def headers(self) -> dict[str, str]:
        """What a request of this person carries."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._http.cookies)
        return {"Cookie": cookies, "X-CSRF-Token": self._token}

    def at(self, address: str) -> "Person":
        """The same person and session at another process of the service."""
        self.address = address
        self._api = f"{address}/portal/api"
        port = address.rsplit(":", 1)[1]
        for cookie in list(self._http.cookies):
            self._http.cookies.set(f"groundtruth-{port}", cookie.value)
        return self

    def call(self, path: str, body: dict[str, Any] | None = None, patience: float = 60) -> requests.Response:
        """Call the portal; a connection that breaks is tried again."""
        until = time.monotonic() + patience
        while True:
            try:
                return self._http.post(
                    f"{self._api}/{path}", json=body or {}, headers={"X-CSRF-Token": self._token}, timeout=30
                )
            except requests.RequestException:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def next(self, job: str) -> dict[str, Any] | None:
        """The next task; None when there is none, or the job takes no answers."""
        response = self.call(f"jobs/{job}/next")
        if response.status_code == 409:
            return None
        assert response.ok, response.text
        task: dict[str, Any] | None = response.json()["task"]
        return task

    def submit(self, task_id: str, answer: dict[str, Any]) -> dict[str, Any]:
        """Submit an answer; returns only when the service says that it is kept."""
        response = self.call(f"tasks/{task_id}/submit", {"answer": answer})
        assert response.ok, response.text
        kept: dict[str, Any] = response.json()
        return kept


class Crowd:
    """People who work as fast as the test permits, and remember what they were told is kept."""

    def __init__(self, people: list[Person], job: str) -> None:
        self.permits = threading.Semaphore(0)
        self.told_kept: dict[str, dict[str, Any]] = {}
        self.repeated = 0
        self.failures: list[Exception] = []
        self.is_over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, args=(person, job)) for person in people]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _work(self, person: Person, job: str) -> None:
        try:
            while not self.is_over.is_set():
                task = person.next(job)
                if task is None:
                    time.sleep(0.05)
                    continue
                self.permits.acquire()
                answer = {"documentType": {"label": "Invoice"}, "token": uuid.uuid4().hex}
                kept = person.submit(task["id"], answer)
                with self._lock:
                    self.told_kept[task["id"]] = answer
                    self.repeated += kept["repeated"]
        except Exception as error:  # noqa: BLE001 (the test raises it)
            self.failures.append(error)


def make_job(served: Served, name: str, task_type: str, lines: list[dict[str, Any]], **options: Any) -> str:
    """Create a job with the project's functions and template of a task type, as a user would in the cloud; returns its ARN."""
    s3, sagemaker = served.client("s3"), served.client("sagemaker")
    s3.create_bucket(Bucket="acme")
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    s3.put_object(Bucket="acme", Key=f"manifests/{name}.manifest", Body=body)
    s3.upload_file(str(ROOT / f"crowd_templates/{task_type}.liquid.html"), "acme", f"templates/{task_type}.liquid.html")
    make_team(served)
    arn: str = sagemaker.create_labeling_job(**job_request(name, task_type, **options))["LabelingJobArn"]
    return arn


def make_team(served: Served) -> None:
    """Make the work team "clerks" unless it is there."""
    sagemaker = served.client("sagemaker")
    if not sagemaker.list_workteams(NameContains="clerks")["Workteams"]:
        members = [{"OidcMemberDefinition": {"Groups": ["clerks"]}}]
        sagemaker.create_workteam(WorkteamName="clerks", Description="Accounts payable", MemberDefinitions=members)


def job_request(name: str, task_type: str, workers: int = 3, **task: Any) -> dict[str, Any]:
    """A CreateLabelingJob request for the project's functions."""
    function = FUNCTIONS + "".join(part.capitalize() for part in task_type.split("-"))
    return {
        "LabelingJobName": name,
        "LabelAttributeName": task_type,
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": f"s3://acme/manifests/{name}.manifest"}}},
        "OutputConfig": {"S3OutputPath": "s3://acme/output/"},
        "RoleArn": "arn:aws:iam::123456789012:role/groundtruth-execution",
        "HumanTaskConfig": {
            "WorkteamArn": TEAM_ARN,
            "UiConfig": {"UiTemplateS3Uri": f"s3://acme/templates/{task_type}.liquid.html"},
            "PreHumanTaskLambdaArn": f"{function}PreAnnotation",
            "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": f"{function}Consolidation"},
            "TaskTitle": "Label invoices",
            "TaskDescription": "Say what the page shows",
            "NumberOfHumanWorkersPerDataObject": workers,
            "TaskTimeLimitInSeconds": 3600,
            **task,
        },
    }


def wait_for(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait until the condition gives something; returns it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("It did not come about in time.")


def status(served: Served, job: str) -> str:
    found: str = served.client("sagemaker").describe_labeling_job(LabelingJobName=job)["LabelingJobStatus"]
    return found


def output_manifest(served: Served, job: str) -> list[dict[str, Any]]:
    key = f"output/{job}/manifests/output/output.manifest"
    body = served.client("s3").get_object(Bucket="acme", Key=key)["Body"].read()
    return [json.loads(line) for line in body.splitlines()]


def work_until_done(
    people: list[Person], job: str, answer: Callable[[Person, str], dict[str, Any]], is_over: Callable[[], bool]
) -> list[tuple[str, str]]:
    """Let everybody work at once until the job is over; returns who was told that an answer to which task is kept."""
    kept: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()

    def work(person: Person) -> None:
        while not is_over():
            task = person.next(job)
            if task is None:
                time.sleep(0.1)
                continue
            person.submit(task["id"], answer(person, task["id"]))
            kept.put((person.name, task["id"]))

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [kept.get() for _ in range(kept.qsize())]
