"""Tags of work teams and jobs."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, func, insert, select

from groundtruth.errors import ApiError
from groundtruth.service.database import Database
from groundtruth.service.records import jobs, tags, work_teams

MOST_TAGS = 50
"""Of one resource (API reference, AddTags)."""


class Tagging:
    """Tags by the ARN of what they are on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, arn: str, entries: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
        """Add tags, the value of a known key anew; returns all of the resource's. Raises ApiError when there is no such resource, or too many tags."""
        given = {entry["Key"]: entry["Value"] for entry in entries}

        def work(connection: Connection) -> None:
            _check_resource(connection, arn)
            connection.execute(delete(tags).where(tags.c.arn == arn, tags.c.key.in_(given)))
            if given:
                connection.execute(
                    insert(tags), [{"arn": arn, "key": key, "value": value} for key, value in given.items()]
                )
            count = select(func.count()).select_from(tags).where(tags.c.arn == arn)
            if connection.execute(count).scalar_one() > MOST_TAGS:
                raise ApiError(
                    "ResourceLimitExceeded", f"A resource has at most {MOST_TAGS} tags. Remove some with DeleteTags."
                )

        self._database.write(work)
        return self.list(arn)

    def remove(self, arn: str, keys: Iterable[str]) -> None:
        """Remove the tags with these keys, if they are there."""
        gone = delete(tags).where(tags.c.arn == arn, tags.c.key.in_(list(keys)))
        self._database.write(lambda connection: connection.execute(gone) and None)

    def list(self, arn: str) -> list[dict[str, str]]:
        """The resource's tags, by key. Raises ApiError when there is no such resource."""
        with self._database.reading() as connection:
            _check_resource(connection, arn)
            rows = connection.execute(select(tags).where(tags.c.arn == arn).order_by(tags.c.key))
            return [{"Key": row.key, "Value": row.value} for row in rows]


def _check_resource(connection: Connection, arn: str) -> None:
    for table in (jobs, work_teams):
        if connection.execute(select(table.c.name).where(table.c.arn == arn)).first():
            return
    raise ApiError(
        "ResourceNotFound", f'There is nothing with the ARN "{arn}" here: only labeling jobs and work teams have tags.'
    )
