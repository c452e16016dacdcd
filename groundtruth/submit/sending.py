"""Sends a plan: its files go to S3, the job is created."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import RequestError, ServiceError
from groundtruth.status import Connection, find_job
from groundtruth.status.job import all_jobs
from groundtruth.submit.materials import Material
from groundtruth.submit.planning import Plan
from groundtruth.submit.teams import make_team


def send(plan: Plan, connection: Connection, on_start: Callable[[int], None], on_step: Callable[[], None]) -> str:
    """Upload what is not there and create the job; returns its ARN. on_start: told the number of steps; on_step: told of each.

    Raises RequestError when SageMaker refuses the request, StorageError when S3 refuses a file. Done again after an interruption it goes on.
    """
    assert plan.materials is not None  # a plan whose job exists is not sent
    _refuse_taken_name(plan, connection)
    on_start(len(plan.materials.all) + 1)
    for material in plan.materials.all:
        _upload(material, connection)
        on_step()
    if plan.team.to_make:
        make_team(connection, plan.team)
    arn = _create(plan, connection)
    on_step()
    return arn


def _upload(material: Material, connection: Connection) -> None:
    if material.is_there:
        return
    storage = connection.storage
    if connection.is_local:
        storage.ensure_bucket(material.target.bucket)
    storage.put_file(material.target, material.path)


def _refuse_taken_name(plan: Plan, connection: Connection) -> None:
    """Names differ by more than case: the job of a name in other letters reads the same label categories, which must stay as they are."""
    assert plan.materials is not None
    categories = plan.materials.label_categories
    if categories.is_there or not connection.storage.exists(categories.target):
        return
    for entry in all_jobs(connection):
        if entry["LabelingJobName"].lower() == plan.name.lower():
            raise RequestError(f"--name: there is a job {entry['LabelingJobName']} already. Choose another name.")


def _create(plan: Plan, connection: Connection) -> str:
    try:
        answer: dict[str, Any] = connection.client("sagemaker").create_labeling_job(**plan.request)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        existing = find_job(connection, plan.name) if code == "ResourceInUse" else None
        if existing is not None:
            raise RequestError(
                f"There is a job {existing.name} already: {existing.standing}. Choose another --name."
            ) from error
        kind = RequestError if code == "ValidationException" else ServiceError
        raise kind(f"SageMaker would not create the job: {message} ({code})") from error
    except BotoCoreError as error:
        raise ServiceError(f"SageMaker cannot be asked: {error}") from error
    return str(answer["LabelingJobArn"])
