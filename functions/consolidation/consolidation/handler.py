"""The Lambda function that Ground Truth calls when an object's workers have answered.

Reads the payload, consolidates, and answers one entry per requested object. What it logs are ids, counts and places in code, never an
answer or a document's text.
"""

import os
import traceback
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from consolidation.event import ConsolidationRequest
from consolidation.label_categories import in_order_of
from consolidation.labelling import Labelled, label_payload
from consolidation.settings import Settings
from consolidation.storage import CategoryConfigs, ObjectReader
from consolidation.tracing import traced
from consolidation.value import TIE, has_label

SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME") or "consolidation"
NAMESPACE = os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or "GroundTruth"

logger = Logger(service=SERVICE)
metrics = Metrics(namespace=NAMESPACE, service=SERVICE)


@metrics.log_metrics
@logger.inject_lambda_context(log_event=False)
@traced(SERVICE)
def handler(event: dict[str, Any], context: LambdaContext) -> list[dict[str, Any]]:  # noqa: ARG001
    """One entry for each data object of the event's payload.

    Raises ConsolidationError when the environment, the event or the payload cannot be used; the message says what to do.
    """
    settings = _settings()
    request = ConsolidationRequest(event)
    read = ObjectReader(request.role_arn) if settings.assume_job_role else _own_reader()
    payload_uri, label_attribute = request.payload_uri, request.label_attribute_name
    categories = in_order_of(request.label_categories, _configs().of_job(request.job_name))
    for note in categories.notes:
        logger.warning(note)
    labelled = label_payload(
        payload_uri,
        read,
        categories=categories,
        settings=settings,
        label_attribute=label_attribute,
        record=_record,
    )
    _report(request, labelled)
    return labelled.response.entries


@cache
def _settings() -> Settings:
    return Settings.from_environment(os.environ)


@cache
def _own_reader() -> ObjectReader:
    return ObjectReader()


@cache
def _configs() -> CategoryConfigs:
    settings = _settings()
    return CategoryConfigs(_own_reader(), settings.label_categories_uri, settings.task_type)


def _record(object_id: str, error: Exception) -> None:
    """Logs where the code failed. The error's message stays out: it may quote an answer."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    logger.error("Consolidation failed", dataset_object_id=object_id, error=type(error).__name__, where=where)


def _report(request: ConsolidationRequest, labelled: Labelled) -> None:
    """Logs and counts what the call did."""
    consolidated, cut = labelled.consolidated, labelled.response.cut
    values = list(consolidated.values.values())
    statuses = [value["status"] for value in values]
    metrics.add_dimension(name="TaskType", value=_settings().task_type)
    metrics.add_metric(name="Objects", unit=MetricUnit.Count, value=len(values))
    metrics.add_metric(name="Answers", unit=MetricUnit.Count, value=consolidated.answers)
    metrics.add_metric(name="Ties", unit=MetricUnit.Count, value=statuses.count(TIE))
    metrics.add_metric(name="ObjectsWithoutLabel", unit=MetricUnit.Count, value=sum(not has_label(v) for v in values))
    if values:
        agreement = sum(value["confidence"] for value in values) / len(values)
        metrics.add_metric(name="Agreement", unit=MetricUnit.NoUnit, value=agreement)
    logger.info(
        "Consolidated",
        job=request.job_name,
        objects=len(values),
        answers=consolidated.answers,
        statuses={status: statuses.count(status) for status in sorted(set(statuses))},
    )
    if labelled.skipped:
        logger.error("Payload entries without a usable datasetObjectId got no entry", entries=labelled.skipped)
    if cut:
        logger.warning("Label values were cut to their limits", dataset_object_ids=list(cut[:50]), objects=len(cut))
