"""Short ways to write payloads and to consolidate them without AWS."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from consolidation.label_categories import LabelCategories, from_config
from consolidation.labelling import Labelled, label_payload
from consolidation.settings import Settings

URI = "s3://acme-groundtruth-invoices/payload.json"


def annotation(worker: str, answer: object) -> dict[str, Any]:
    """One worker's answer as the payload carries it; a string stands for itself."""
    content = answer if isinstance(answer, str) else json.dumps(answer)
    return {"workerId": worker, "annotationData": {"content": content}}


def data_object(object_id: str, answers: Mapping[str, object]) -> dict[str, Any]:
    """A data object of the payload from its answers by worker."""
    uri = f"s3://acme-groundtruth-invoices/{object_id}.png"
    annotations = [annotation(worker, answer) for worker, answer in answers.items()]
    return {"datasetObjectId": object_id, "dataObject": {"s3Uri": uri}, "annotations": annotations}


def categories(*labels: str | Mapping[str, Any]) -> LabelCategories:
    """Label categories from labels or config entries."""
    return from_config({"labels": [{"label": label} if isinstance(label, str) else dict(label) for label in labels]})


def label_objects(
    payload: Sequence[object], task_type: str, names: LabelCategories | None = None, **settings: Any
) -> tuple[dict[str, dict[str, Any]], Labelled, list[tuple[str, Exception]]]:
    """The label value of each object, all that came of the call, and the errors it recorded."""
    errors: list[tuple[str, Exception]] = []
    labelled = label_payload(
        URI,
        lambda _: json.dumps(payload).encode(),
        categories=LabelCategories() if names is None else names,
        settings=Settings(task_type, **settings),
        label_attribute="label",
        record=lambda object_id, error: errors.append((object_id, error)),
    )
    entries = labelled.response.entries
    values = {e["datasetObjectId"]: e["consolidatedAnnotation"]["content"]["label"] for e in entries}
    assert len(values) == len(entries)
    return values, labelled, errors


def label_one(
    answers: Mapping[str, object], task_type: str, names: LabelCategories | None = None, **settings: Any
) -> dict[str, Any]:
    """The label value of one object, which must not fail."""
    values, _, errors = label_objects([data_object("0", answers)], task_type, names, **settings)
    assert not errors, errors
    return values["0"]


def box(label: str, left: float, top: float, width: float = 100, height: float = 40) -> dict[str, Any]:
    """A box as Crowd submits it."""
    return {"label": label, "left": left, "top": top, "width": width, "height": height}


def page(*boxes: object, width: int = 1240, height: int = 1754) -> dict[str, Any]:
    """A worker's answer with boxes."""
    return {"invoiceBoxes": {"boundingBoxes": list(boxes), "inputImageProperties": {"width": width, "height": height}}}
