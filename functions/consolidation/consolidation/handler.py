"""The Lambda function that Ground Truth calls when an object's workers have answered.

Reads the payload, consolidates, and answers one entry per requested object. What it logs are ids, counts and places in code, never an
answer or a document's text.
"""

import os
import traceback
from collections.abc import Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from consolidation.consolidate import statistics_kind
from consolidation.event import ConsolidationRequest
from consolidation.label_categories import in_order_of
from consolidation.labelling import Labelled, label_payload
from consolidation.settings import Settings
from consolidation.storage import CategoryConfigs, GoldFiles, ObjectReader
from consolidation.tracing import traced
from consolidation.value import TIE, has_label
from consolidation.worker_statistics import Decay, History, Ledger
from consolidation.worker_statistics.table import Job, WorkerTable

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
    gold = _gold().of_job(request.job_name)
    for note in (*categories.notes, *gold.notes):
        logger.warning(note)
    job = Job(request.labeling_job_arn, label_attribute, statistics_kind(settings, categories))
    ledger = _ledger(job)
    labelled = label_payload(
        payload_uri,
        read,
        categories=categories,
        settings=settings,
        label_attribute=label_attribute,
        record=_record,
        ledger=ledger,
        gold=gold,
    )
    _report(request, labelled)
    _count_workers(job, ledger)
    return labelled.response.entries


def _ledger(job: Job) -> Ledger:
    """What is known of the call's workers, where there is a table.

    An event that does not name its job counts nothing, as it could not be told from a repeated one.
    """
    table = _table()
    if table is None:
        return Ledger()

    def read(ids: Sequence[str], workers: Sequence[str]) -> History:
        return table.read(job, ids if job.arn else (), workers)

    return Ledger(read)


def _count_workers(job: Job, ledger: Ledger) -> None:
    """Keeps what the call learned of its workers. What goes wrong costs no label; it is logged and counted."""
    table = _table()
    if table is None:
        return
    problem, failed = ledger.problem, 0
    if not problem and job.arn:
        added = table.add(job, ledger.contributions)
        problem, failed = added.problem if added.failed else "", added.failed
        logger.info("Workers counted", objects=added.counted, before=len(ledger.history.counted) + added.before)
    if problem:
        logger.warning("Worker statistics could not be used", problem=problem, objects_not_counted=failed)
    metrics.add_metric(name="StatisticsUnavailable", unit=MetricUnit.Count, value=int(bool(problem)))


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


@cache
def _gold() -> GoldFiles:
    settings = _settings()
    return GoldFiles(_own_reader(), settings.label_categories_uri, settings.task_type)


@cache
def _table() -> WorkerTable | None:
    settings = _settings()
    name = settings.worker_statistics_table
    return WorkerTable(name, Decay(settings.half_life)) if name else None


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
    gold = [value["gold"] for value in values if "gold" in value]
    if gold:
        metrics.add_metric(name="GoldObjects", unit=MetricUnit.Count, value=len(gold))
        metrics.add_metric(name="GoldCorrect", unit=MetricUnit.Count, value=sum(told["correct"] for told in gold))
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
