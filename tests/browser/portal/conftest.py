"""A portal over a database and an S3 of its own, and browsers in front of it.

Playwright's sync API allows one instance a thread, and other test folders have their own. So tests run in a thread of
their own here, together with the fixtures that touch the browser.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
import uvicorn
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import insert, select, update
from starlette.applications import Starlette
from starlette.routing import Mount

from groundtruth.service.database import Database
from groundtruth.service.jobs import LabelingJobs
from groundtruth.service.portal import PREFIX, Accounts, PortalSettings, portal_app
from groundtruth.service.records import answers, data_objects, jobs, work_teams
from groundtruth.service.tasks import Tasks
from groundtruth.service.teams import Teams
from groundtruth.storage import EmbeddedS3, S3Location
from groundtruth.storage.embedded import CREDENTIALS
from groundtruth.templates import signer

TEMPLATES = Path(__file__).parents[3] / "crowd_templates"
ARGUMENTS = (
    "--no-sandbox --headless --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
SIMPLE = """<!doctype html><html lang="en"><head><title>Task</title>
<script src="https://assets.crowd.aws/crowd-html-elements.js"></script></head><body>
<crowd-form><h1>{{ task.input.source }}</h1><crowd-input name="total" label="Total" required></crowd-input></crowd-form>
</body></html>"""
TYPES = ["Invoice", "Credit note", "Receipt"]
FIELDS = [
    ("vendor_name", "Vendor name", "text"),
    ("invoice_date", "Invoice date", "date"),
    ("total", "Total", "amount"),
]
IMAGE = "s3://acme-invoices/pages/INV-10442.png"


def _draw_page() -> bytes:
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    for index, line in enumerate(["Acme Paper Ltd", "Invoice INV-10442", "Date 05/02/2026", "Total 1,204.50"]):
        draw.text((100, 120 + 110 * index), line, fill="black", font_size=44)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def task_input(task_type: str) -> dict[str, Any]:
    """What the project's pre-annotation functions make of an invoice's page."""
    names = (
        [(name.lower().replace(" ", "_"), name, "text") for name in TYPES] if task_type == "document-type" else FIELDS
    )
    labels = [
        {"label": label, "displayName": name, "type": kind, "description": f"The {name.lower()}.", "required": True}
        for label, name, kind in names
    ]
    return {
        "taskType": task_type,
        "image": IMAGE,
        "labels": labels,
        "displayNames": [label["displayName"] for label in labels],
        "initialValue": None,
        "details": {"document": "INV-10442", "page": 1},
    }


class Clock:
    """The time, which a test may put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Portal:
    """The portal under test, and what is behind it."""

    def __init__(self, folder: Path, s3: EmbeddedS3, settings: PortalSettings | None = None) -> None:
        self.clock = Clock()
        self.database = Database.in_file(folder / "groundtruth.db")
        self.teams = Teams(self.database, self.clock)
        self.tasks = Tasks(self.database, clock=self.clock)
        self.accounts = Accounts(self.database, self.teams, self.clock)
        client = boto3.client(
            "s3",
            endpoint_url=s3.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )
        app = portal_app(
            self.database,
            self.tasks,
            self.teams,
            sign=signer(client, 600),
            stop_job=LabelingJobs(self.database, self.clock).stop,
            settings=settings,
            clock=self.clock,
        )
        self.server = uvicorn.Server(
            uvicorn.Config(Starlette(routes=[Mount(PREFIX, app)]), log_level="error", access_log=False)
        )
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.database.close()

    def team(self, name: str = "clerks") -> None:
        arn = f"arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/{name}"
        values = {"name": name, "arn": arn, "request": "{}", "created_at": 0.0, "modified_at": 0.0}
        with self.database.reading() as connection:
            is_known = connection.execute(select(work_teams).filter_by(name=name)).one_or_none() is not None
        if not is_known:
            self.database.write(lambda connection: connection.execute(insert(work_teams).values(values)))

    def job(
        self,
        name: str,
        *,
        template: str = SIMPLE,
        inputs: list[Any] | None = None,
        workers: int = 1,
        time_limit: int = 600,
        team: str = "clerks",
        title: str = "Type the total",
    ) -> None:
        """Enter a job whose objects are all open, as the background work would leave it."""
        self.team(team)
        objects = inputs if inputs is not None else [{"source": f"Invoice {number}"} for number in range(3)]
        now = self.clock()
        task = {
            "TaskTitle": title,
            "TaskDescription": "Type what is to pay, as it is printed.",
            "NumberOfHumanWorkersPerDataObject": workers,
            "TaskTimeLimitInSeconds": time_limit,
        }
        job = {
            "name": name,
            "unique_name": name.lower(),
            "arn": f"arn:aws:sagemaker:us-east-1:123456789012:labeling-job/{name}",
            "team": team,
            "request": json.dumps({"LabelingJobName": name, "HumanTaskConfig": task}),
            "status": "InProgress",
            "template": template,
            "objects": len(objects),
            "iteration": 1,
            "created_at": now,
            "modified_at": now,
        }
        rows = [
            {
                "number": number,
                "line": "{}",
                "task_input": json.dumps(task_input),
                "state": "open",
                "iteration": 1,
                "wanted": workers,
                "expires_at": now + 86_400,
            }
            for number, task_input in enumerate(objects)
        ]

        def work(connection: Any) -> None:
            job_id = connection.execute(insert(jobs).values(job)).inserted_primary_key[0]
            if rows:
                connection.execute(insert(data_objects), [row | {"job_id": job_id} for row in rows])

        self.database.write(work)

    def add_object(self, name: str, number: int, task_input: Any) -> None:
        """Put one more data object on offer."""
        row = {
            "number": number,
            "line": "{}",
            "task_input": json.dumps(task_input),
            "state": "open",
            "iteration": 1,
            "wanted": 1,
            "expires_at": self.clock() + 86_400,
        }

        def work(connection: Any) -> None:
            job_id = connection.execute(select(jobs.c.id).where(jobs.c.name == name)).scalar_one()
            connection.execute(insert(data_objects), [row | {"job_id": job_id}])

        self.database.write(work)

    def end(self, name: str, status: str) -> None:
        self.database.write(
            lambda connection: connection.execute(update(jobs).where(jobs.c.name == name).values(status=status))
        )

    def answers(self, name: str) -> list[tuple[int, str, Any]]:
        """Number of the object, worker and answer, in the order they came."""
        query = (select(answers).join(jobs, jobs.c.id == answers.c.job_id).where(jobs.c.name == name)).order_by(
            answers.c.submitted_at
        )
        with self.database.reading() as connection:
            return [(row.number, row.worker_id, json.loads(row.content)) for row in connection.execute(query)]

    def invite(self, name: str, team: str = "clerks") -> str:
        """The path of an invitation link."""
        self.team(team)
        token = self.accounts.invite(self.accounts.add_worker(team, name).id)
        return f"{self.address}{PREFIX}/sign-in#{token}"


@pytest.fixture(scope="module")  # while it is open it stands in for moto's S3, which other modules use
def s3(tmp_path_factory) -> Iterator[EmbeddedS3]:
    with EmbeddedS3(tmp_path_factory.mktemp("s3")) as server:
        server.ensure_bucket("acme-invoices")
        server.put(S3Location("acme-invoices", "pages/INV-10442.png"), _draw_page())
        yield server


@pytest.fixture(scope="session")
def project_task() -> Callable[[str], tuple[str, dict[str, Any]]]:
    """One of the project's templates, and a task input for it."""
    return lambda task_type: ((TEMPLATES / f"{task_type}.liquid.html").read_text(), task_input(task_type))


@pytest.fixture(scope="module")
def portal(tmp_path_factory, s3) -> Iterator[Portal]:
    """One for all tests: each has jobs and workers of its own."""
    made = Portal(tmp_path_factory.mktemp("portal"), s3)
    made.team()
    yield made
    made.close()


@pytest.fixture(scope="session")
def portal_thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture(scope="session")
def portal_browser(portal_thread) -> Iterator[Browser]:
    playwright = portal_thread.submit(lambda: sync_playwright().start()).result()
    browser = portal_thread.submit(
        lambda: playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS.split())
    ).result()
    yield browser
    portal_thread.submit(browser.close).result()
    portal_thread.submit(playwright.stop).result()


@pytest.fixture
def context(portal_browser, portal_thread) -> Iterator[BrowserContext]:
    """A browser of somebody's own. What its pages complain of fails the test."""
    problems: list[str] = []

    def make() -> BrowserContext:
        made = portal_browser.new_context(viewport={"width": 1366, "height": 768}, bypass_csp=False)
        made.set_default_timeout(10_000)
        made.on("weberror", lambda error: problems.append(str(error.error)))
        return made

    made = portal_thread.submit(make).result()
    yield made
    portal_thread.submit(made.close).result()
    assert problems == []


@pytest.fixture
def sign_in(portal, context) -> Callable[..., Page]:
    """Follow an invitation link, as the person invited."""

    def sign_in(name: str, team: str = "clerks") -> Page:
        page = context.new_page()
        page.goto(portal.invite(name, team))
        page.get_by_role("heading", name=f"Welcome, {name}").wait_for()
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Your tasks").wait_for()
        return page

    return sign_in


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    executor = pyfuncitem._request.getfixturevalue("portal_thread")
    executor.submit(pyfuncitem.obj, **arguments).result()
    return True
