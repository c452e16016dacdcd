"""Makes the manifest of a review job from the output manifest of the job that is reviewed."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from groundtruth.errors import RequestError
from groundtruth.export.lines import METADATA, parsed
from groundtruth.report.model import Report
from groundtruth.review.candidates import KEY, MOST_CHARACTERS, candidates, size
from groundtruth.review.decisions import NO_DECISIONS, Decisions
from groundtruth.review.reasons import INVOICE_SUM, Sum, reasons

_LONGEST_LINE = 100_000
_MARGIN = 200
_LEAST = 200


@dataclass(frozen=True)
class ReviewSettings:
    """What needs another look beside labels that are not agreed. minimum_confidence: labels below it; 0 takes none for that reason."""

    decisions: Decisions = NO_DECISIONS
    minimum_confidence: float = 0.0
    sums: Sequence[Sum] = (INVOICE_SUM,)


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """objects: how many are to be reviewed. reasons: how many for each reason; one object may have several."""

    documents: int
    objects: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    shortened: int = 0


def make_review(
    file: IO[bytes], manifest: str, report: Report, settings: ReviewSettings, out: IO[bytes]
) -> ReviewSummary:
    """Write the lines that need another look, each with the workers' answers under `review`.

    file: the manifest that the report was read from. The label stays on the line, so that the expert sees it first. Raises RequestError
    when the decisions belong to another report, ManifestError for a line that is no JSON.
    """
    if settings.decisions.attribute not in {"", report.attribute}:
        raise RequestError(
            f'{settings.decisions.name}: the decisions are about "{settings.decisions.attribute}", not "{report.attribute}". '
            "Choose the label with --label-attribute."
        )
    counts: Counter[str] = Counter()
    objects = shortened = 0
    file.seek(0)
    lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
    for (number, line), document in zip(lines, report.documents, strict=True):
        found = reasons(document, report, settings.decisions, settings.minimum_confidence, settings.sums)
        if not found:
            continue
        data_object = _without_review(parsed(line, manifest, number))
        room = _LONGEST_LINE - _MARGIN - size(data_object)
        if room < _LEAST:
            raise RequestError(
                f"{manifest}, line {number}: it is so long that no answers fit beside it ({_LONGEST_LINE:,} characters are allowed). "
                "Take keys out that the review does not need."
            )
        data_object[KEY] = candidates(document, report, found, min(MOST_CHARACTERS, room))
        shortened += "shortened" in data_object[KEY]
        out.write(json.dumps(data_object, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n")
        objects += 1
        counts.update({reason.code for reason in found})
    return ReviewSummary(len(report.documents), objects, dict(counts.most_common()), shortened)


def review_categories(config: Mapping[str, Any], attribute: str) -> dict[str, Any]:
    """The label category config of the review job: the job's own, which shows the answers and the label, and skips nothing."""
    task = config.get("task")
    task = dict(task) if isinstance(task, dict) else {}
    keys = task.get("manifestKeys")
    shown = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    task["manifestKeys"] = [*(key for key in shown if key != KEY), KEY]
    return {**config, "task": task | {"skipAgreed": False, "initialValueAttribute": attribute}}


def _without_review(data_object: dict[str, Any]) -> dict[str, Any]:
    """The line without what an earlier review left."""
    return {key: value for key, value in data_object.items() if key not in {KEY, KEY + METADATA}}
