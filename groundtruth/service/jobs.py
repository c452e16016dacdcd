"""Labeling jobs as a client of the API asks for them: created, told of, listed, stopped."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import time
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from groundtruth.errors import ApiError
from groundtruth.jobs.output import OutputTree
from groundtruth.service import journal, places
from groundtruth.service.database import Database
from groundtruth.service.listing import Listing, Page, page_of
from groundtruth.service.records import answers, jobs
from groundtruth.service.requests import s3_location, team_of_arn
from groundtruth.service.status import ENDED, IN_PROGRESS, INITIALIZING, STOPPING, kept, told

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class JobFilter:
    """What ListLabelingJobs is asked to leave out; None leaves nothing out."""

    name_contains: str | None = None
    status: str | None = None
    team: str | None = None
    code_contains: str | None = None


class LabelingJobs:
    """The labeling jobs in the database; answers in the shapes of SageMaker's API."""

    def __init__(
        self, database: Database, clock: Callable[[], float] = time, on_change: Callable[[], None] = lambda: None
    ) -> None:
        """on_change: told of each job that is created or stopped."""
        self._database = database
        self._clock = clock
        self._on_change = on_change

    def create(self, request: Mapping[str, Any], region: str, warnings: tuple[str, ...] = ()) -> str:
        """Keep a job that the background work begins with; returns its ARN. The request has been validated; warnings go into the job's log.

        Raises ApiError `ResourceInUse` when there is a job of that name.
        """
        name = request["LabelingJobName"]
        arn = f"arn:aws:sagemaker:{region}:{ACCOUNT}:labeling-job/{name.lower()}"
        now = self._clock()
        values = {
            "name": name,
            "unique_name": name.lower(),
            "arn": arn,
            "team": team_of_arn(request["HumanTaskConfig"]["WorkteamArn"]),
            "request": json.dumps(request),
            "status": INITIALIZING,
            "created_at": now,
            "modified_at": now,
        }

        def work(connection: Connection) -> None:
            job_id = connection.execute(insert(jobs).values(values).returning(jobs.c.id)).scalar_one()
            journal.note(connection, job_id, now, journal.INFO, "The job is created.")
            journal.warn_once(connection, job_id, now, warnings)

        try:
            self._database.write(work)
        except IntegrityError as error:
            raise ApiError(
                "ResourceInUse",
                f'Labeling job name must be unique within an AWS account and region, and the labeling job with name "{name}" '
                f"already exists ({arn}); case makes no difference. Choose another LabelingJobName.",
            ) from error
        self._on_change()
        return arn

    def describe(self, name: str) -> dict[str, Any]:
        """DescribeLabelingJob's answer. Raises ApiError `ResourceNotFound`."""
        with self._database.reading() as connection:
            row = connection.execute(select(jobs).where(jobs.c.unique_name == name.lower())).one_or_none()
        if row is None:
            raise _no_job(name)
        asked = json.loads(row.request)
        answer = {
            **{key: asked[key] for key in _TOLD_AS_ASKED if key in asked},
            **_state(row, asked),
            "JobReferenceCode": _reference_code(row),
            "LabelingJobName": row.name,
            "LabelingJobArn": row.arn,
        }
        return {key: value for key, value in answer.items() if value is not None}

    def stop(self, name: str) -> None:
        """Let a job stop: no more tasks, and what is answered is labeled. Raises ApiError `ResourceNotFound`, or `ValidationException` when it has ended."""

        def work(connection: Connection) -> str | None:
            row = connection.execute(
                select(jobs.c.id, jobs.c.status).where(jobs.c.unique_name == name.lower()).with_for_update()
            ).one_or_none()
            if row is None:
                raise _no_job(name)
            if row.status in (INITIALIZING, IN_PROGRESS):
                now = self._clock()
                change = update(jobs).where(jobs.c.id == row.id)
                connection.execute(change.values(status=STOPPING, modified_at=now))
                places.withdraw(connection, row.id)
                journal.note(connection, row.id, now, journal.INFO, "The job is being stopped, as its owner asked.")
            status: str = row.status
            return status

        if (status := self._database.write(work)) in ENDED:
            raise ApiError(
                "ValidationException",
                f'The labeling job "{name}" cannot be stopped: its status is {status}. Only a job that is Initializing or InProgress can be.',
            )
        self._on_change()

    def list(self, which: JobFilter, listing: Listing) -> Page[dict[str, Any]]:
        """A page of ListLabelingJobs."""
        return self._page(which, listing, _summary)

    def list_for_team(self, which: JobFilter, listing: Listing) -> Page[dict[str, Any]]:
        """A page of ListLabelingJobsForWorkteam."""
        return self._page(which, listing, _team_summary)

    def _page(
        self, which: JobFilter, listing: Listing, told_as: Callable[[Row[Any]], dict[str, Any]]
    ) -> Page[dict[str, Any]]:
        answered = select(func.count()).where(answers.c.job_id == jobs.c.id).scalar_subquery().label("answers")
        query = select(jobs, answered)
        if which.name_contains is not None:
            query = query.where(jobs.c.unique_name.contains(which.name_contains.lower(), autoescape=True))
        if which.status is not None:
            query = query.where(jobs.c.status.in_(kept(which.status)))
        if which.team is not None:
            query = query.where(jobs.c.team == which.team)
        with self._database.reading() as connection:
            page = page_of(connection, query, jobs, listing)
        entries = [told_as(row) for row in page.entries]
        if which.code_contains is not None:
            entries = [entry for entry in entries if which.code_contains in entry["JobReferenceCode"]]
        return Page(tuple(entries), page.next_token)


_TOLD_AS_ASKED = (
    "LabelAttributeName",
    "InputConfig",
    "OutputConfig",
    "RoleArn",
    "LabelCategoryConfigS3Uri",
    "StoppingConditions",
    "LabelingJobAlgorithmsConfig",
    "HumanTaskConfig",
)


def _no_job(name: str) -> ApiError:
    return ApiError(
        "ResourceNotFound", f'There is no labeling job "{name}". ListLabelingJobs tells the names there are.'
    )


def _state(row: Row[Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    labeled = row.human_labeled + row.already_labeled
    return {
        "LabelingJobStatus": told(row.status),
        "LabelCounters": {
            "TotalLabeled": labeled,
            "HumanLabeled": row.human_labeled,
            "MachineLabeled": 0,
            "FailedNonRetryableError": row.failed,
            "Unlabeled": max(0, row.objects - labeled - row.failed),
        },
        "FailureReason": row.failure_reason if row.status == "Failed" else None,
        "CreationTime": row.created_at,
        "LastModifiedTime": row.modified_at,
        "LabelingJobOutput": _output(row, asked),
    }


def _output(row: Row[Any], asked: Mapping[str, Any]) -> dict[str, str] | None:
    """Where the output manifest is, once it is there."""
    if row.status not in ENDED or not row.objects:
        return None
    location = OutputTree.manifest_of(s3_location(asked["OutputConfig"]["S3OutputPath"]), row.name)
    return {"OutputDatasetS3Uri": str(location)}


def _summary(row: Row[Any]) -> dict[str, Any]:
    asked = json.loads(row.request)
    task = asked["HumanTaskConfig"]
    summary = {
        "LabelingJobName": row.name,
        "LabelingJobArn": row.arn,
        **_state(row, asked),
        "WorkteamArn": task["WorkteamArn"],
        "PreHumanTaskLambdaArn": task.get("PreHumanTaskLambdaArn"),
        "AnnotationConsolidationLambdaArn": task.get("AnnotationConsolidationConfig", {}).get(
            "AnnotationConsolidationLambdaArn"
        ),
        "InputConfig": asked["InputConfig"],
    }
    return {key: value for key, value in summary.items() if value is not None}


def _team_summary(row: Row[Any]) -> dict[str, Any]:
    wanted = json.loads(row.request)["HumanTaskConfig"]["NumberOfHumanWorkersPerDataObject"]
    left = row.objects - row.human_labeled - row.already_labeled - row.failed - row.without_human
    return {
        "LabelingJobName": row.name,
        "JobReferenceCode": _reference_code(row),
        "WorkRequesterAccountId": ACCOUNT,
        "CreationTime": row.created_at,
        "LabelCounters": {
            "HumanLabeled": row.human_labeled,
            "PendingHuman": 0 if row.status in ENDED else max(0, left),
            "Total": row.objects,
        },
        "NumberOfHumanWorkersPerDataObject": wanted,
    }


def _reference_code(row: Row[Any]) -> str:
    return f"{row.id:08d}"
