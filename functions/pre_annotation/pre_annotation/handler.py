"""The Lambda handler: one data object in, one task out.

Logs and traces never hold a document's text: no event, no response, no task input is written to them.
"""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from pre_annotation.errors import PreAnnotationError
from pre_annotation.event import PreAnnotationEvent
from pre_annotation.response import PreAnnotationResponse
from pre_annotation.settings import Settings
from pre_annotation.task import make_task
from pre_annotation.tracing import trace_storage, traced

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from pre_annotation.category_store import CategoryStore

logger = Logger()
metrics = Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or "GroundTruth")


@logger.inject_lambda_context(log_event=False)
@traced
@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:  # noqa: ARG001
    """Answer a pre-annotation event with a task input. Raises PreAnnotationError when the line cannot become a task."""
    try:
        return _respond(PreAnnotationEvent(event)).as_dict()
    except PreAnnotationError as error:
        metrics.add_metric("Refused", MetricUnit.Count, 1)
        logger.error(str(error))
        raise


def _respond(event: PreAnnotationEvent) -> PreAnnotationResponse:
    logger.append_keys(labeling_job=event.job_name)
    settings = _settings()
    task = make_task(event.data_object, _store().of_job(event.job_name), settings.task_type)
    metrics.add_metric("Objects", MetricUnit.Count, 1)
    metrics.add_metric("Skipped", MetricUnit.Count, 0 if task.is_human_annotation_required else 1)
    if task.notes:
        metrics.add_metric("InitialValuesLeftOut", MetricUnit.Count, 1)
        logger.warning("initial value left out", extra={"image": task.task_input.get("image"), "notes": task.notes})
    return PreAnnotationResponse(task.task_input, task.is_human_annotation_required)


@cache
def _settings() -> Settings:
    return Settings.from_environment(os.environ)


@cache
def _store() -> "CategoryStore":
    # boto3 takes longer to import than everything else here, and a wrong event or environment needs none of it.
    from pre_annotation.category_store import CategoryStore, s3_client  # noqa: PLC0415

    trace_storage()
    return CategoryStore(s3_client(), _settings(), warn=logger.warning)
