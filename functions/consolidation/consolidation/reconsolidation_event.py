"""A read-only view of the events that `app.reconsolidate` answers: consolidating a part of a finished job again, and adding up agreement.

{"run": {"taskType": "invoice-boxes", "labelAttributeName": "Invoice-Boxes", "jobName": "invoices-q3",
         "settings": {"CONSOLIDATION_METHOD": "weighted"}, "labelCategoryConfig": {...} or null,
         "objectsAtOnce": 200, "agreementIou": 0.5},
 "part": {"content": "[...]"}  or  {"request": "s3://...", "response": "s3://...", "counts": "s3://..."}}

{"agreement": {"counts": [{...}, ...]}}  or  {"agreement": {"plan": "s3://.../plan.json", "report": "s3://.../agreement.json"}}
"""

from collections.abc import Mapping
from typing import Any

from consolidation.errors import EventError

SETTINGS = ("CONSOLIDATION_METHOD", "TIE_POLICY", "MINIMUM_CONFIDENCE", "BOX_IOU", "BOX_QUORUM", "POINT_RADIUS")
"""What a run may set; everything else is the function's own."""
MOST_OBJECTS_AT_ONCE = 1_000
_HINT = "Send what `groundtruth reconsolidate` sends (docs/reconsolidate.md)."


class ReconsolidationRequest:
    """The event's named properties. Raises EventError when one cannot be used."""

    def __init__(self, event: object) -> None:
        self._run = _mapping(event, "run")
        self._part = _mapping(event, "part")

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that the run sets, the task type among them."""
        settings = self._run.get("settings") or {}
        if not isinstance(settings, Mapping) or not all(
            name in SETTINGS and isinstance(value, str) for name, value in settings.items()
        ):
            raise EventError(f'"run.settings" may hold texts under {", ".join(SETTINGS)} only. {_HINT}')
        return {**settings, "TASK_TYPE": _text(self._run, "taskType", "run")}

    @property
    def label_attribute_name(self) -> str:
        """The key under which each label is returned."""
        return _text(self._run, "labelAttributeName", "run")

    @property
    def job_name(self) -> str:
        """The name of the job that is consolidated again, in lower case; empty when missing."""
        name = self._run.get("jobName")
        return name.lower() if isinstance(name, str) else ""

    @property
    def label_category_config(self) -> Mapping[str, Any] | None:
        """The label category config to use; None takes that of the job or task type, as the consolidation functions do."""
        config = self._run.get("labelCategoryConfig")
        if config is not None and not isinstance(config, Mapping):
            raise EventError(f'"run.labelCategoryConfig" is no object. {_HINT}')
        return config

    @property
    def objects_at_once(self) -> int:
        """How many objects are consolidated together."""
        number = self._run.get("objectsAtOnce", 200)
        if type(number) is not int or not 1 <= number <= MOST_OBJECTS_AT_ONCE:
            raise EventError(f'"run.objectsAtOnce" is no whole number from 1 to {MOST_OBJECTS_AT_ONCE:,}. {_HINT}')
        return number

    @property
    def agreement_iou(self) -> float:
        """Least IoU of two boxes that match when agreement is counted."""
        iou = self._run.get("agreementIou", 0.5)
        if isinstance(iou, bool) or not isinstance(iou, int | float) or not 0 < iou <= 1:
            raise EventError(f'"run.agreementIou" is no number above 0 and up to 1. {_HINT}')
        return float(iou)

    @property
    def content(self) -> str | None:
        """The part itself, as JSON text; None when it lies in S3."""
        content = self._part.get("content")
        return content if isinstance(content, str) else None

    @property
    def request_uri(self) -> str:
        """Where the part lies."""
        return _text(self._part, "request", "part")

    @property
    def response_uri(self) -> str:
        """Where its labels go."""
        return _text(self._part, "response", "part")

    @property
    def summary_uri(self) -> str:
        """Where the summary of it goes, with the counts of its agreement."""
        return _text(self._part, "summary", "part")


class AgreementRequest:
    """The named properties of an event that asks for agreement. Raises EventError when one cannot be used."""

    def __init__(self, event: object) -> None:
        self._agreement = _mapping(event, "agreement")

    @staticmethod
    def is_one(event: object) -> bool:
        """Whether the event asks for agreement, rather than to consolidate a part."""
        return isinstance(event, Mapping) and "agreement" in event

    @property
    def counts(self) -> list[Any] | None:
        """The counts to add up; None when a plan says where they lie."""
        counts = self._agreement.get("counts")
        return counts if isinstance(counts, list) else None

    @property
    def plan_uri(self) -> str:
        """The list of all parts of a run."""
        return _text(self._agreement, "plan", "agreement")

    @property
    def report_uri(self) -> str:
        """Where the report goes."""
        return _text(self._agreement, "report", "agreement")


def _mapping(event: object, key: str) -> Mapping[str, Any]:
    value = event.get(key) if isinstance(event, Mapping) else None
    if not isinstance(value, Mapping):
        raise EventError(f'The event has no "{key}": {{...}}. {_HINT}')
    return value


def _text(values: Mapping[str, Any], key: str, where: str) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not value:
        raise EventError(f'The event has no "{where}.{key}". {_HINT}')
    return value
