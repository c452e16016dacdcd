import json
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import insert

from groundtruth.service.database import Database
from groundtruth.service.records import data_objects, jobs, work_teams
from groundtruth.service.tasks import Tasks
from groundtruth.service.teams import Teams
from groundtruth.storage import EmbeddedS3, S3Location
from tests.service.living import Life
from tests.service.postgres import Cluster, cluster

TEMPLATE = '<crowd-form><crowd-input name="total" label="{{ task.input.source }}"></crowd-input></crowd-form>'


class Clock:
    """A clock that a test turns by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    with cluster(is_durable=False) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path) -> Iterator[Database]:
    """Every promise holds on both."""
    is_shared = request.param == "postgresql"
    url = (
        request.getfixturevalue("postgres").new_database() if is_shared else f"sqlite:///{tmp_path / 'groundtruth.db'}"
    )
    database = Database.open(url)
    yield database
    database.close()


@pytest.fixture
def teams(database, clock) -> Teams:
    team = {"name": "clerks", "arn": "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/clerks"}
    values = team | {"request": "{}", "created_at": clock.now, "modified_at": clock.now}
    database.write(lambda connection: connection.execute(insert(work_teams).values(values)))
    return Teams(database, clock)


@pytest.fixture
def tasks(database, clock) -> Tasks:
    return Tasks(database, clock=clock)


type OpenJob = Callable[..., int]


@pytest.fixture
def open_job(database, teams, clock) -> OpenJob:
    """Enters a job of the team "clerks" whose objects are all open, as the background work would leave it."""

    def enter(name="invoices", objects=3, workers=2, time_limit=600, availability=86_400, team="clerks") -> int:
        task = {
            "TaskTitle": "Type the total",
            "TaskDescription": "What is to pay",
            "TaskKeywords": ["invoice"],
            "NumberOfHumanWorkersPerDataObject": workers,
            "TaskTimeLimitInSeconds": time_limit,
            "TaskAvailabilityLifetimeInSeconds": availability,
        }
        job = {
            "name": name,
            "unique_name": name.lower(),
            "arn": f"arn:aws:sagemaker:us-east-1:123456789012:labeling-job/{name}",
            "team": team,
            "request": json.dumps({"LabelingJobName": name, "HumanTaskConfig": task}),
            "status": "InProgress",
            "template": TEMPLATE,
            "objects": objects,
            "iteration": 1,
            "created_at": clock.now,
            "modified_at": clock.now,
        }

        def work(connection) -> int:
            job_id = connection.execute(insert(jobs).values(job)).inserted_primary_key[0]
            rows = [
                {
                    "job_id": job_id,
                    "number": number,
                    "line": json.dumps({"source": f"invoice {number}"}),
                    "state": "open",
                    "iteration": 1,
                    "wanted": workers,
                    "expires_at": clock.now + availability,
                }
                for number in range(objects)
            ]
            connection.execute(insert(data_objects), rows)
            return job_id

        return database.write(work)

    return enter


@pytest.fixture
def life(database, tmp_path, clock, teams) -> Iterator[Life]:
    with EmbeddedS3(tmp_path / "s3") as storage:
        storage.ensure_bucket("data")
        storage.put(S3Location("data", "template.html"), b"<crowd-form></crowd-form>")
        yield Life(database, storage, clock, teams)
