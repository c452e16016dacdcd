"""Work teams and the workers in them.

A CreateWorkteam request names groups of an identity provider, which there is none of here: workers are put into teams by `join`.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from time import time

from sqlalchemy import Connection, delete, insert, select

from groundtruth.errors import RequestError
from groundtruth.service.database import Database
from groundtruth.service.records import team_members, work_teams, workers


@dataclass(frozen=True)
class Worker:
    """A person who works on tasks. `id` is what answers carry, as `private.us-east-1.4f1c9be2a7d03c55`."""

    id: str
    name: str


@dataclass(frozen=True)
class WorkTeam:
    """A work team by its name and ARN."""

    name: str
    arn: str


class Teams:
    """Who is in which work team."""

    def __init__(self, database: Database, clock: Callable[[], float] = time) -> None:
        self._database = database
        self._clock = clock

    def teams(self) -> tuple[WorkTeam, ...]:
        """Every work team, by name."""
        query = select(work_teams.c.name, work_teams.c.arn).order_by(work_teams.c.name)
        with self._database.reading() as connection:
            return tuple(WorkTeam(row.name, row.arn) for row in connection.execute(query))

    def join(self, team: str, worker_name: str) -> Worker:
        """Put the worker of this name into the team; a new name is a new worker. Raises RequestError when there is no such team."""
        if not worker_name.strip():
            raise RequestError("A worker needs a name.")
        return self._database.write(lambda connection: self._join(connection, team, worker_name.strip()))

    def leave(self, team: str, worker_id: str) -> None:
        """Take the worker out of the team. What they have answered stays."""
        member = (team_members.c.team == team) & (team_members.c.worker_id == worker_id)
        self._database.write(lambda connection: connection.execute(delete(team_members).where(member)) and None)

    def members(self, team: str) -> tuple[Worker, ...]:
        """The team's workers, by name."""
        query = select(workers).join(team_members).where(team_members.c.team == team).order_by(workers.c.name)
        with self._database.reading() as connection:
            return tuple(Worker(row.id, row.name) for row in connection.execute(query))

    def worker(self, worker_id: str) -> Worker | None:
        """The worker with this id; None when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(workers).where(workers.c.id == worker_id)).one_or_none()
        return Worker(row.id, row.name) if row else None

    def teams_of(self, worker_id: str) -> tuple[str, ...]:
        """The names of the teams the worker is in."""
        query = select(team_members.c.team).where(team_members.c.worker_id == worker_id).order_by(team_members.c.team)
        with self._database.reading() as connection:
            return tuple(connection.execute(query).scalars())

    def _join(self, connection: Connection, team: str, name: str) -> Worker:
        if connection.execute(select(work_teams.c.name).where(work_teams.c.name == team)).one_or_none() is None:
            raise RequestError(f'There is no work team "{team}". Make it first, with CreateWorkteam.')
        row = connection.execute(select(workers).where(workers.c.name == name)).one_or_none()
        worker = Worker(row.id, row.name) if row else Worker(f"private.us-east-1.{uuid.uuid4().hex[:16]}", name)
        if row is None:
            values = {"id": worker.id, "name": worker.name, "created_at": self._clock()}
            connection.execute(insert(workers).values(values))
        member = {"team": team, "worker_id": worker.id}
        known = select(team_members).filter_by(**member)
        if connection.execute(known).one_or_none() is None:
            connection.execute(insert(team_members).values(member))
        return worker
