"""`groundtruth worker` as a user runs it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert

from groundtruth.service.database import Database
from groundtruth.service.portal import Accounts
from groundtruth.service.records import work_teams
from groundtruth.service.teams import Teams


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a service with a work team."""
    values = {"name": "clerks", "arn": "arn:clerks", "request": "{}", "created_at": 0.0, "modified_at": 0.0}
    database = Database.in_file(tmp_path / "data" / "groundtruth.db")
    database.write(lambda connection: connection.execute(insert(work_teams).values(values)))
    database.close()
    return tmp_path / "data"


ROOT_COMMAND = [sys.executable, "-m", "groundtruth"]


@pytest.fixture
def worker(data):
    def worker(*arguments: object, folder: Path = data) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "groundtruth", "worker", *map(str, arguments), "--data", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    return worker


def test_adding_a_worker_prints_a_link_that_invites_them(worker, data):
    added = worker("add", "Ada Byron", "--team", "clerks", "--url", "https://labels.example/")
    address, _, token = added.stdout.strip().partition("#")
    assert (added.returncode, address) == (0, "https://labels.example/portal/sign-in")
    database = Database.in_file(data / "groundtruth.db")
    assert Accounts(database, Teams(database)).look_at(token).name == "Ada Byron"
    database.close()


def test_the_list_shows_roles_teams_and_links_and_removing_shortens_it(worker):
    worker("add", "Ada Byron", "--team", "clerks")
    worker("add", "Grace Hopper", "--owner")
    rows = [line.split("\t") for line in worker("list").stdout.splitlines()]
    assert rows == [["Grace Hopper", "owner", "-", "open", "never"], ["Ada Byron", "worker", "clerks", "open", "never"]]
    assert worker("remove", "Ada Byron").returncode == 0
    assert worker("list").stdout.count("\n") == 1


def test_a_new_link_differs_from_the_one_before(worker):
    first = worker("add", "Ada", "--team", "clerks").stdout
    second = worker("invite", "Ada").stdout
    assert first.startswith("http://127.0.0.1:8765/portal/sign-in#")
    assert first != second


def test_a_link_goes_where_the_service_served_last(worker, data):
    served = [*ROOT_COMMAND, "serve", "--data", str(data), "--port", "0", "--s3-port", "0"]
    with subprocess.Popen(served, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as service:
        try:
            portal = next(line for line in service.stdout if line.startswith("# Portal: ")).split()[-1]
            link = worker("add", "Ada", "--team", "clerks").stdout
        finally:
            service.terminate()
    assert not portal.startswith("http://127.0.0.1:8765")
    assert link.startswith(f"{portal}sign-in#")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("add", "Ada"), "--team"),
        (("add", "Ada", "--team", "nowhere"), 'There is no work team "nowhere"'),
        (("add", " ", "--owner"), "needs a name"),
        (("invite", "Nobody"), 'no account of the name "Nobody"'),
        (("remove", "Nobody"), "worker list"),
    ],
)
def test_what_cannot_be_done_gets_one_clear_message(worker, arguments, message):
    refused = worker(*arguments)
    assert refused.returncode == 2
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_wrong_folder_is_not_made_into_a_service(worker, tmp_path):
    refused = worker("list", folder=tmp_path / "typo")
    assert (refused.returncode, (tmp_path / "typo").exists()) == (2, False)
    assert "is no data folder" in refused.stderr
