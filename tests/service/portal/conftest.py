"""The portal behind a real server, and visitors who speak HTTP to it."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from sqlalchemy import insert
from starlette.applications import Starlette
from starlette.routing import Mount

from groundtruth.service.database import Database
from groundtruth.service.jobs import LabelingJobs
from groundtruth.service.portal import PREFIX, Accounts, PortalSettings, portal_app
from groundtruth.service.records import work_teams


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """Somebody with a browser: keeps cookies, and sends what a page of the portal would send."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """One request, with nothing but what is given and the cookies."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        content = None
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        connection.request(method, PREFIX + path, content, sent | (headers or {}))
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read().decode())
        connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def call(self, path: str, body: Any = None, method: str = "POST", **headers: str) -> Answer:
        """What a page asks, with the token of its session."""
        own = {"X-CSRF-Token": self.csrf, "Origin": f"http://127.0.0.1:{self.port}", "Sec-Fetch-Site": "same-origin"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(method, f"/api{path}", {} if body is None else body, own | given)

    def load_token(self) -> None:
        self.csrf = self.get("/api/session").json["csrfToken"]

    def sign_in(self, token: str) -> Answer:
        answer = self.call("/sign-in", {"token": token})
        self.load_token()
        return answer

    def next(self, job: str = "invoices") -> dict[str, Any]:
        task = self.call(f"/jobs/{job}/next").json["task"]
        assert task is not None
        return task


@pytest.fixture
def database(request, tmp_path) -> Iterator[Database]:
    """SQLite; where the portal asks the database something of its own, tests ask both (`on_both`)."""
    is_shared = getattr(request, "param", "sqlite") == "postgresql"
    url = (
        request.getfixturevalue("postgres").new_database() if is_shared else f"sqlite:///{tmp_path / 'groundtruth.db'}"
    )
    database = Database.open(url)
    yield database
    database.close()


@pytest.fixture
def accounts(database, teams, clock) -> Accounts:
    return Accounts(database, teams, clock)


@pytest.fixture
def settings() -> PortalSettings:
    return PortalSettings()


@pytest.fixture
def port(database, teams, tasks, clock, settings) -> Iterator[int]:
    """The port of a portal over the test's database. It is asked for by name after what must be there before it starts."""
    app = portal_app(
        database,
        tasks,
        teams,
        sign=lambda uri: uri.replace("s3://", "http://s3.example:5555/") + "?X-Amz-Signature=1",
        stop_job=LabelingJobs(database, clock).stop,
        settings=settings,
        clock=clock,
    )
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=[Mount(PREFIX, app)]), log_level="error", access_log=False))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def stranger(port) -> Visitor:
    return Visitor(port)


@pytest.fixture
def worker(port, accounts) -> Callable[..., Visitor]:
    """Somebody who is signed in as a worker of a team."""

    def sign_in(name: str = "Ada", team: str = "clerks") -> Visitor:
        visitor = Visitor(port)
        assert visitor.sign_in(accounts.invite(accounts.add_worker(team, name).id)).status == 200
        return visitor

    return sign_in


@pytest.fixture
def owner(port, accounts) -> Visitor:
    """Somebody who is signed in as an owner."""
    visitor = Visitor(port)
    assert visitor.sign_in(accounts.invite(accounts.add_owner("Olivia").id)).status == 200
    return visitor


@pytest.fixture
def add_team(database, teams) -> Callable[[str], None]:
    def add(name: str) -> None:
        values = {"name": name, "arn": f"arn:{name}", "request": "{}", "created_at": 0.0, "modified_at": 0.0}
        database.write(lambda connection: connection.execute(insert(work_teams).values(values)))

    return add
