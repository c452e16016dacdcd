"""The figures of a report: statuses, confidence, agreement by category, workers, time and throughput, and how far confidence can be believed."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean, median

from groundtruth.export.model import Kind
from groundtruth.report.model import Category, Document, Report

STATUSES = ("agreed", "low_agreement", "tie", "no_answer", "error", "failed")
"""In the order in which they are shown: the label's own, then that of a line without a label."""
BINS = 10
_FEW_DAYS = 2


@dataclass(frozen=True, slots=True)
class Share:
    """right of total, as counts that may be fractions of a document."""

    right: float
    total: float

    @property
    def value(self) -> float | None:
        """From 0 to 1; None when there was nothing to count."""
        return self.right / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """agreement: the share of answers that say what the label says. accuracy: the share of labels that say what the truth says."""

    position: int
    category: Category
    agreement: Share
    accuracy: Share


@dataclass(frozen=True, slots=True)
class WorkerFigures:
    """disagreement: the share of categories in which the worker's answers differ from the label. accuracy: None without truth."""

    position: int
    worker: str
    answers: int
    median_seconds: float | None
    disagreement: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Of the labels whose confidence lies in one tenth: how many, how sure they are on average, how many of them are right."""

    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often labels of a confidence are right. error: the expected calibration error, 0 when confidence means what it says."""

    bins: tuple[Bin | None, ...]
    count: int
    error: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a report. seconds: the time of every answer that has one, sorted. days: answers by the start of a day or an hour."""

    statuses: Mapping[str, int]
    confidence: float | None
    confidences: Mapping[str, tuple[int, ...]]
    agreement: float | None
    accuracy: float | None
    answers: int
    categories: tuple[CategoryFigures, ...]
    workers: tuple[WorkerFigures, ...]
    seconds: tuple[float, ...]
    throughput: tuple[tuple[datetime, int], ...]
    is_hourly: bool
    reliability: Reliability | None


def figures(report: Report) -> Figures:
    """Count everything in one report."""
    documents = report.documents
    confidences = [document.confidence for document in documents if document.confidence is not None]
    scored = [document.against_truth for document in documents if document.against_truth is not None]
    moments = [
        answer.submitted for document in documents for answer in document.answers if answer.submitted is not None
    ]
    categories = _category_figures(report)
    agreement = Share(sum(c.agreement.right for c in categories), sum(c.agreement.total for c in categories))
    throughput, is_hourly = _throughput(moments)
    return Figures(
        statuses=_statuses(documents),
        confidence=fmean(confidences) if confidences else None,
        confidences=_confidence_bins(documents),
        agreement=agreement.value,
        accuracy=Share(sum(one.right for one in scored), sum(one.total for one in scored)).value,
        answers=sum(len(document.answers) for document in documents),
        categories=categories,
        workers=_worker_figures(report),
        seconds=tuple(sorted(a.seconds for document in documents for a in document.answers if a.seconds is not None)),
        throughput=throughput,
        is_hourly=is_hourly,
        reliability=_reliability(_judged(report)) if report.has_truth else None,
    )


def bin_of(confidence: float) -> int:
    """The tenth that a confidence lies in, from 0; 1.0 lies in the last."""
    return min(BINS - 1, max(0, int(confidence * BINS)))


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The value that `share` (0 to 1) of the ordered values do not exceed."""
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1 if share else 0)] if ordered else None


def _statuses(documents: Sequence[Document]) -> dict[str, int]:
    counts = Counter(document.status for document in documents)
    known = {status: counts.pop(status) for status in STATUSES if status in counts}
    return {**known, **dict(sorted(counts.items()))}


def _confidence_bins(documents: Sequence[Document]) -> dict[str, tuple[int, ...]]:
    """Labels by tenth of their confidence: those that are agreed, and the others."""
    counted: dict[str, list[int]] = {"agreed": [0] * BINS, "other": [0] * BINS}
    for document in documents:
        if document.confidence is not None and document.label is not None:
            counted["agreed" if document.status == "agreed" else "other"][bin_of(document.confidence)] += 1
    return {name: tuple(counts) for name, counts in counted.items()}


def _category_figures(report: Report) -> tuple[CategoryFigures, ...]:
    agreed: Counter[int] = Counter()
    compared: Counter[int] = Counter()
    right: Counter[int] = Counter()
    judged: Counter[int] = Counter()
    for document in report.documents:
        for answer in document.answers:
            if (against := answer.against_label) is not None:
                compared.update(against.compared)
                agreed.update(against.compared - against.differs)
        if (against := document.against_truth) is not None:
            judged.update(against.compared)
            right.update(against.compared - against.differs)
    return tuple(
        CategoryFigures(
            position, category, Share(agreed[position], compared[position]), Share(right[position], judged[position])
        )
        for position, category in enumerate(report.categories)
        if compared[position] or judged[position]
    )


def _worker_figures(report: Report) -> tuple[WorkerFigures, ...]:
    answers: Counter[int] = Counter()
    seconds: dict[int, list[float]] = defaultdict(list)
    counts: dict[int, list[float]] = {position: [0.0] * 4 for position in range(len(report.workers))}
    for answer in (answer for document in report.documents for answer in document.answers):
        answers[answer.worker] += 1
        if answer.seconds is not None:
            seconds[answer.worker].append(answer.seconds)
        of_worker = counts[answer.worker]
        if (label := answer.against_label) is not None:
            of_worker[0] += len(label.differs)
            of_worker[1] += len(label.compared)
        if (truth := answer.against_truth) is not None:
            of_worker[2] += truth.right
            of_worker[3] += truth.total
    return tuple(
        WorkerFigures(
            position,
            worker,
            answers[position],
            median(seconds[position]) if seconds[position] else None,
            Share(counts[position][0], counts[position][1]).value,
            Share(counts[position][2], counts[position][3]).value,
        )
        for position, worker in enumerate(report.workers)
    )


def _throughput(moments: Sequence[float]) -> tuple[tuple[tuple[datetime, int], ...], bool]:
    """Answers by day (UTC), by hour when all came within two days; days without answers between others count 0."""
    if not moments:
        return (), False
    is_hourly = max(moments) - min(moments) < _FEW_DAYS * 86_400
    length = 3_600 if is_hourly else 86_400
    counts = Counter(int(moment // length) for moment in moments)
    first, last = min(counts), max(counts)
    # A stray date far from the others must not make a chart of a million empty days.
    spans = range(first, last + 1) if last - first < 400 else sorted(counts)
    return tuple((datetime.fromtimestamp(span * length, UTC), counts[span]) for span in spans), is_hourly


def _judged(report: Report) -> Iterator[tuple[float, bool]]:
    """The confidence of each thing the labels say, and whether it is right."""
    for document in report.documents:
        against = document.against_truth
        if document.label is None or against is None or not against.total:
            continue
        said = range(len(document.label.boxes)) if report.kind is Kind.BOXES else document.label.fields
        for position in (0,) if said is None else said:
            item = document.items.get(position)
            if item is not None and item.confidence is not None:
                yield item.confidence, position in against.matched


def _reliability(judged: Iterable[tuple[float, bool]]) -> Reliability:
    counts, sums, rights = [0] * BINS, [0.0] * BINS, [0] * BINS
    for confidence, is_right in judged:
        tenth = bin_of(confidence)
        counts[tenth] += 1
        sums[tenth] += confidence
        rights[tenth] += is_right
    bins = tuple(
        Bin(count, total / count, right / count) if count else None
        for count, total, right in zip(counts, sums, rights, strict=True)
    )
    count = sum(counts)
    gap = sum(one.count * abs(one.accuracy - one.confidence) for one in bins if one is not None)
    return Reliability(bins, count, gap / count if count else 0.0)
