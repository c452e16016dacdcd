"""What stays the same of a job once people work on it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from groundtruth.jobs.request import LONGEST_AVAILABILITY
from groundtruth.service.records import jobs


@dataclass(frozen=True)
class JobCard:
    """A job as its workers know it. Times are in seconds."""

    id: int
    name: str
    team: str
    title: str
    description: str
    keywords: tuple[str, ...]
    template: str
    time_limit: int
    availability: int
    workers_per_object: int
    created_at: float


class JobCards:
    """The cards of jobs, each read once."""

    def __init__(self) -> None:
        self._cards: dict[int, JobCard] = {}

    def card(self, connection: Connection, job_id: int) -> JobCard:
        """The card of a job that has started."""
        card = self._cards.get(job_id)
        if card is None:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one()
            card = self._cards[job_id] = _card(row._asdict())
        return card


def _card(row: Mapping[str, Any]) -> JobCard:
    request = json.loads(row["request"])
    task = request["HumanTaskConfig"]
    return JobCard(
        id=row["id"],
        name=row["name"],
        team=row["team"],
        title=task["TaskTitle"],
        description=task["TaskDescription"],
        keywords=tuple(task.get("TaskKeywords", ())),
        template=row["template"],
        time_limit=task["TaskTimeLimitInSeconds"],
        availability=task.get("TaskAvailabilityLifetimeInSeconds", LONGEST_AVAILABILITY),
        workers_per_object=task["NumberOfHumanWorkersPerDataObject"],
        created_at=row["created_at"],
    )
