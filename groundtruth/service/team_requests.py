"""Work teams as a client of the API asks for them: created, told of, listed, changed, deleted."""

import json
from collections.abc import Callable, Mapping
from time import time
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from groundtruth.errors import ApiError
from groundtruth.service.database import Database
from groundtruth.service.jobs import ACCOUNT
from groundtruth.service.listing import Listing, Page, page_of
from groundtruth.service.records import jobs, work_teams
from groundtruth.service.status import ENDED

_CHANGEABLE = ("MemberDefinitions", "Description", "NotificationConfiguration", "WorkerAccessConfiguration")


class TeamRequests:
    """The work teams in the database; answers in the shapes of SageMaker's API."""

    def __init__(self, database: Database, clock: Callable[[], float] = time) -> None:
        self._database = database
        self._clock = clock

    def create(self, request: Mapping[str, Any], region: str) -> str:
        """Keep a work team; returns its ARN. Raises ApiError `ResourceInUse` when there is one of that name."""
        name, now = request["WorkteamName"], self._clock()
        arn = f"arn:aws:sagemaker:{region}:{ACCOUNT}:workteam/private-crowd/{name}"
        kept = {key: request[key] for key in _CHANGEABLE if key in request}
        values = {"name": name, "arn": arn, "request": json.dumps(kept), "created_at": now, "modified_at": now}
        try:
            self._database.write(lambda connection: connection.execute(insert(work_teams).values(values)) and None)
        except IntegrityError as error:
            message = (
                f'There is a work team "{name}" already ({arn}). Choose another WorkteamName, or update that team.'
            )
            raise ApiError("ResourceInUse", message) from error
        return arn

    def describe(self, name: str) -> dict[str, Any]:
        """One work team. Raises ApiError as AWS does: `ValidationException` when there is none."""
        with self._database.reading() as connection:
            return _told(_row(connection, name))

    def has(self, name: str) -> bool:
        """Whether there is a work team of this name."""
        with self._database.reading() as connection:
            query = select(work_teams.c.name).where(work_teams.c.name == name)
            return connection.execute(query).one_or_none() is not None

    def update(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Change what the request gives, and leave the rest; returns the team. Raises ApiError as `describe` does."""
        name = request["WorkteamName"]

        def work(connection: Connection) -> dict[str, Any]:
            row = _row(connection, name)
            kept = json.loads(row.request) | {key: request[key] for key in _CHANGEABLE if key in request}
            change = update(work_teams).where(work_teams.c.name == name)
            connection.execute(change.values(request=json.dumps(kept), modified_at=self._clock()))
            return _told(_row(connection, name))

        return self._database.write(work)

    def delete(self, name: str) -> None:
        """Delete a work team. Raises ApiError as `describe` does, and `ResourceInUse` while a job is with the team."""

        def work(connection: Connection) -> None:
            _row(connection, name)
            working = select(jobs.c.name).where(jobs.c.team == name, jobs.c.status.not_in(ENDED)).limit(1)
            if job := connection.execute(working).scalar_one_or_none():
                raise ApiError(
                    "ResourceInUse",
                    f'The work team "{name}" has the labeling job "{job}" to work on. Stop the job first, or wait until it is done.',
                )
            connection.execute(delete(work_teams).where(work_teams.c.name == name))

        self._database.write(work)

    def list(self, name_contains: str | None, listing: Listing) -> Page[dict[str, Any]]:
        """A page of ListWorkteams."""
        query = select(work_teams)
        if name_contains is not None:
            query = query.where(work_teams.c.name.icontains(name_contains, autoescape=True))
        with self._database.reading() as connection:
            page = page_of(connection, query, work_teams, listing)
        return Page(tuple(map(_told, page.entries)), page.next_token)


def _row(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(work_teams).where(work_teams.c.name == name)).one_or_none()
    if row is None:
        raise ApiError(
            "ValidationException", f'The work team "{name}" does not exist. ListWorkteams tells the names there are.'
        )
    return row


def _told(row: Row[Any]) -> dict[str, Any]:
    return {
        "WorkteamName": row.name,
        "WorkteamArn": row.arn,
        "SubDomain": "",
        "CreateDate": row.created_at,
        "LastUpdatedDate": row.modified_at,
        **json.loads(row.request),
    }
