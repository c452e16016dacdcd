"""What the served Ground Truth holds: answers a second and waiting times through the HTTP portal, memory, and long manifests.

    python benchmarks/service.py                     10,000 objects, 3 answers each, 50 workers at once, SQLite
    python benchmarks/service.py --shared            the same over PostgreSQL, with two processes of the service
    python benchmarks/service.py --objects 1000      quicker

The service runs as a user runs it, in processes of its own, with the project's own functions and template. Workers are threads of this
process, each with one connection: they fetch a task (the call, and the page in its frame), submit an answer, and go on, together as often
as `--pace` says (by default somewhat more than the answers a second that are promised), or later where the service is slower. Waiting times
are what a worker waits for; they include this process's own share of the machine. Answers are counted in the database at the end.
"""

import argparse
import contextlib
import http.client
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))

from groundtruth.storage import EmbeddedS3
from tests.service.postgres import cluster
from tests.service.serving import Person, Served, make_job, make_team, output_manifest, status, wait_for

ANSWERS = 3
PACE = 165
PEOPLE = 50
LONG_MANIFEST = 100_000
GOALS = {
    "answers lost": "at most 0",
    "answers doubled": "at most 0",
    "objects without a label": "at most 0",
    "answers a second": "at least 150",
    "fetching a task, p95 (ms)": "at most 150",
    "submitting, p95 (ms)": "at most 150",
    "memory, most (MB)": "at most 500",
    "memory, growth from the 2nd to the last quarter (MB)": "at most 50",
    "first task of the service's first job, 1,000 lines (s)": "at most 2",
    "first task of 1,000 lines (s)": "at most 2",
    "first task of 100,000 lines (s)": "at most 2",
    "100,000 lines accepted (s)": "at most 60",
}
"""What is promised, of 10,000 objects on 2 cores with nothing else running."""


class LoadWorker(threading.Thread):
    """One worker, as quick as the service."""

    def __init__(self, person: Person, job: str, is_over: threading.Event, cycle: float) -> None:
        """cycle: seconds from one task to the next."""
        super().__init__()
        self._cycle = cycle
        self._person = person
        self._job = job
        self._is_over = is_over
        self._connection = http.client.HTTPConnection(urlsplit(person.address).netloc, timeout=60)
        self.fetching: list[float] = []
        self.submitting: list[float] = []

    def run(self) -> None:
        """Work until the job is over."""
        due = time.perf_counter() + random.uniform(0, self._cycle)
        while not self._is_over.is_set():
            time.sleep(max(0.0, due - time.perf_counter()))
            due = max(due + self._cycle, time.perf_counter())
            started = time.perf_counter()
            task = self._ask("POST", f"/portal/api/jobs/{self._job}/next").get("task")
            if task is None:
                due = time.perf_counter() + 0.5
                continue
            self._ask("GET", task["frame"])
            fetched = time.perf_counter()
            answer = {"documentType": {"label": "Invoice"}}
            self._ask("POST", f"/portal/api/tasks/{task['id']}/submit", {"answer": answer})
            self.fetching.append(fetched - started)
            self.submitting.append(time.perf_counter() - fetched)

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = self._person.headers | {"Content-Type": "application/json"}
        self._connection.request(method, path, json.dumps(body or {}) if method == "POST" else None, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status == 409:
            return {}
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
        return json.loads(content) if method == "POST" else {}


class Memory(threading.Thread):
    """Samples the resident memory of processes, every second."""

    def __init__(self, services: list[Served], is_over: threading.Event) -> None:
        super().__init__()
        self._services = services
        self._is_over = is_over
        self.samples: list[int] = []

    def run(self) -> None:
        """Sample until the job is over."""
        while not self._is_over.wait(1):
            self.samples.append(max(service.resident_bytes() for service in self._services))


@contextlib.contextmanager
def running(folder: Path, is_shared: bool) -> Iterator[tuple[list[Served], str | None]]:
    """The service: one process over SQLite, or two over PostgreSQL."""
    if not is_shared:
        with Served(folder / "data") as served:
            yield [served], None
        return
    with cluster() as postgres, EmbeddedS3(folder / "s3") as s3:
        url = postgres.new_database()
        shared = ("--s3", s3.endpoint_url, "--database", url)
        with Served(folder / "one", *shared) as one, Served(folder / "two", *shared) as two:
            one.s3_address = two.s3_address = s3.endpoint_url
            yield [one, two], url


def count_answers(folder: Path, url: str | None) -> tuple[int, int]:
    """Answers, and different pairs of object and worker among them."""
    query = "SELECT count(*), count(DISTINCT number || ' ' || worker_id) FROM answers"
    if url is not None:
        with psycopg.connect(url) as shared:
            return shared.execute(query).fetchone()  # type: ignore[return-value]
    with contextlib.closing(sqlite3.connect(folder / "data/groundtruth.db")) as database:
        answers: tuple[int, int] = database.execute(query).fetchone()
        return answers


def label(services: list[Served], folder: Path, url: str | None, objects: int, pace: float) -> dict[str, float]:
    """Let everybody work on one job until it is done."""
    lines = [{"source-ref": f"s3://acme/pages/{number}.png", "page": number} for number in range(objects)]
    make_job(services[0], "Load", "document-type", lines, workers=ANSWERS)
    people = [services[number % len(services)].person(f"Worker {number}") for number in range(PEOPLE)]
    is_over = threading.Event()
    workers = [LoadWorker(person, "Load", is_over, PEOPLE / pace) for person in people]
    memory = Memory(services, is_over)
    started = time.perf_counter()
    used = sum(service.processor_seconds() for service in services), time.process_time()
    for thread in (*workers, memory):
        thread.start()
    wait_for(lambda: status(services[0], "Load") not in {"Initializing", "InProgress"}, 3600)
    elapsed = time.perf_counter() - started
    used = sum(service.processor_seconds() for service in services) - used[0], time.process_time() - used[1]
    is_over.set()
    for thread in (*workers, memory):
        thread.join()
    answers, distinct = count_answers(folder, url)
    labels = sum("document-type" in line for line in output_manifest(services[0], "Load"))
    fetching = sorted(seconds for worker in workers for seconds in worker.fetching)
    submitting = sorted(seconds for worker in workers for seconds in worker.submitting)
    quarter = max(1, len(memory.samples) // 4)
    return {
        "objects": objects,
        "answers lost": objects * ANSWERS - answers,
        "answers doubled": answers - distinct,
        "objects without a label": objects - labels,
        "seconds": elapsed,
        "answers a second": answers / elapsed,
        "processor time of the service, an answer (ms)": used[0] / answers * 1000,
        "processor time of these workers, an answer (ms)": used[1] / answers * 1000,
        "fetching a task, median (ms)": statistics.median(fetching) * 1000,
        "fetching a task, p95 (ms)": fetching[int(len(fetching) * 0.95)] * 1000,
        "submitting, median (ms)": statistics.median(submitting) * 1000,
        "submitting, p95 (ms)": submitting[int(len(submitting) * 0.95)] * 1000,
        "memory, most (MB)": max(memory.samples) / 1e6,
        "memory, growth from the 2nd to the last quarter (MB)": (
            max(memory.samples[-quarter:]) - max(memory.samples[quarter : 2 * quarter] or memory.samples)
        )
        / 1e6,
    }


def first_tasks(service: Served) -> dict[str, float]:
    """How soon a job's manifest is accepted and its first task there, right after the service has started and later on."""
    lines = [
        {"source-ref": f"s3://acme/pages/INV-{number:06}-p1.png", "page": number} for number in range(LONG_MANIFEST)
    ]
    make_team(service)
    ann = service.person("Ann of the long manifest")
    _, cold = time_to_work(service, ann, "Cold", lines[:1000])
    _, warm = time_to_work(service, ann, "Warm", lines[:1000])
    accepted, long = time_to_work(service, ann, "Long", lines)
    return {
        "first task of the service's first job, 1,000 lines (s)": cold,
        "first task of 1,000 lines (s)": warm,
        "first task of 100,000 lines (s)": long,
        "100,000 lines accepted (s)": accepted,
    }


def time_to_work(service: Served, worker: Person, job: str, lines: list[dict[str, Any]]) -> tuple[float, float]:
    """Seconds from creating a job until its manifest is accepted, and until its first task is there."""
    make_job(service, job, "document-type", lines, workers=ANSWERS)
    created = service.client("sagemaker").describe_labeling_job(LabelingJobName=job)["CreationTime"].timestamp()
    wait_for(lambda: status(service, job) != "Initializing", 120)
    accepted = time.time() - created
    wait_for(lambda: worker.next(job), 120)
    started = time.time() - created
    service.client("sagemaker").stop_labeling_job(LabelingJobName=job)
    wait_for(lambda: status(service, job) == "Stopped", 120)
    return accepted, started


def is_met(value: float, goal: str) -> bool:
    """Whether a figure is as promised."""
    kind, limit = goal.rsplit(" ", 1)
    return value >= float(limit) if kind == "at least" else value <= float(limit)


def main() -> None:
    """Measure, print, and fail when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument(
        "--pace", type=float, default=PACE, help="answers a second that the workers would give together"
    )
    parser.add_argument("--shared", action="store_true", help="PostgreSQL and two processes of the service")
    parser.add_argument("--no-manifest", action="store_true", help="leave the long manifest out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(folder, options.shared) as (services, url):
            figures = {} if options.no_manifest else first_tasks(services[0])
            figures |= label(services, folder, url, options.objects, options.pace)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for figure, value in figures.items():
        goal = GOALS.get(figure, "")
        missed = "" if not goal or is_met(value, goal) else "  MISSED"
        print(f"{figure:58}{value:12,.1f}   {goal:14}{missed}".rstrip())
    broken = [name for name, goal in GOALS.items() if name in figures and not is_met(figures[name], goal)]
    if broken:
        sys.exit(f"Not as promised: {', '.join(broken)}.")


if __name__ == "__main__":
    main()
