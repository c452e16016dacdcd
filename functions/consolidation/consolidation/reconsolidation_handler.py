"""The Lambda function that consolidates finished jobs again: parts of a job, and the agreement over all of them.

It may be called directly, with the part in the event and the labels in the answer, or by the state machine of `template.yaml`, which names places in
S3. What it logs are ids, counts and places in code, never an answer or a document's text.
"""

import json
import os
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from consolidation.errors import PayloadError
from consolidation.label_categories import LabelCategories, from_config
from consolidation.reconsolidation_event import AgreementRequest, ReconsolidationRequest
from consolidation.settings import Settings
from consolidation.storage import CategoryConfigs, ObjectReader, put_object

SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME") or "reconsolidation"
_INLINE = "the event's part"

logger = Logger(service=SERVICE)
_read = ObjectReader()


@logger.inject_lambda_context(log_event=False)
def reconsolidate(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Consolidates a part again, or adds up agreement; `reconsolidation_event` shows the events.

    Raises ConsolidationError when the environment, the event or what it names cannot be used; the message says what to do.
    """
    if AgreementRequest.is_one(event):
        return _agreement(AgreementRequest(event))
    return _part(ReconsolidationRequest(event))


def _part(request: ReconsolidationRequest) -> dict[str, Any]:
    """A part's labels and summary; where they were asked to go to S3, how many there are and where.

    The summary has the counts of agreement, and which source each object's id stands for.
    """
    from consolidation.reconsolidation import reconsolidate as consolidated_again  # noqa: PLC0415 - numpy, with the first call

    content = request.content
    uri = _INLINE if content is not None else request.request_uri
    settings = Settings.from_environment({**os.environ, **request.environment})
    objects = _objects(content if content is not None else _read(uri), uri)
    part = consolidated_again(
        objects,
        _read,
        uri=uri,
        categories=_categories(request, settings),
        settings=settings,
        label_attribute=request.label_attribute_name,
        objects_at_once=request.objects_at_once,
        iou=request.agreement_iou,
        record=_record,
    )
    told: dict[str, Any] = {"objects": len(part.entries), "answers": part.counts.answers, "statuses": part.statuses}
    logger.info("Consolidated again", job=request.job_name, skipped=part.skipped, **told)
    summary = {**told, "sources": _sources(objects), "counts": [part.counts.as_json()]}
    if content is not None:
        return {"entries": part.entries, "summary": summary}
    put_object(request.summary_uri, _json(summary))
    put_object(request.response_uri, _json(part.entries))  # the last: a part with a response is done
    return {**told, "response": request.response_uri}


def _sources(objects: list[Any]) -> dict[str, str]:
    """The S3 URI of each object that has one, by the object's id."""
    return {
        str(entry.get("datasetObjectId")): uri
        for entry in objects
        if isinstance(entry, dict)
        and isinstance(data_object := entry.get("dataObject"), dict)
        and isinstance(uri := data_object.get("s3Uri"), str)
    }


def _agreement(request: AgreementRequest) -> dict[str, Any]:
    """The sum of counts and its report; of a plan, how many parts there are and where the report is."""
    from consolidation.agreement import AgreementCounts, merged, report  # noqa: PLC0415 - numpy, with the first call

    inline = request.counts
    missing: list[str] = []
    stored: Iterable[Any] = inline if inline is not None else _counts_of_plan(request.plan_uri, missing)
    total = merged(AgreementCounts.from_json(counts) for counts in stored)
    if inline is not None:
        return {"counts": total.as_json(), "report": report(total)} if total else {"counts": None, "report": None}
    if missing:
        logger.warning("Parts without a summary are left out of the agreement", parts=len(missing), uris=missing[:20])
    if total is None:
        return {"missing": len(missing), "report": None}
    put_object(request.report_uri, _json(report(total)))
    return {"objects": total.objects, "missing": len(missing), "report": request.report_uri}


def _counts_of_plan(plan_uri: str, missing: list[str]) -> Iterator[Any]:
    """The counts of each part, one after the other; places without any are added to `missing`."""
    for part in _objects(_read(plan_uri), plan_uri):
        try:
            yield from json.loads(_read(part["summary"]))["counts"]
        except PayloadError:
            missing.append(part["summary"])


def _objects(body: str | bytes, uri: str) -> list[Any]:
    try:
        objects = json.loads(body)
    except (ValueError, RecursionError):
        objects = None
    if not isinstance(objects, list):
        raise PayloadError(f"{uri}: not a JSON array of data objects. Name a consolidation request of the job.")
    return objects


def _categories(request: ReconsolidationRequest, settings: Settings) -> LabelCategories:
    config = request.label_category_config
    if config is not None:
        return from_config(config)
    categories = CategoryConfigs(_read, settings.label_categories_uri, settings.task_type).of_job(request.job_name)
    for note in categories.notes:
        logger.warning(note)
    return categories


def _record(object_id: str, error: Exception) -> None:
    """Logs where the code failed. The error's message stays out: it may quote an answer."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    logger.error("Consolidation failed", dataset_object_id=object_id, error=type(error).__name__, where=where)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
