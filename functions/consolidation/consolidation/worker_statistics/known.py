"""What a history tells about workers, in the forms that the estimates take."""

from collections.abc import Mapping, Sequence

import numpy as np

from consolidation.truth_inference.calibration import TEMPERATURES
from consolidation.truth_inference.statistics import WorkerStatistics
from consolidation.worker_accuracy import Floats, KnownAccuracies
from consolidation.worker_statistics.contribution import (
    ANSWERS,
    EVERYBODY,
    EVIDENCE,
    GOLD,
    RIGHT,
    UNIT,
    loss,
    parsed,
)
from consolidation.worker_statistics.history import Counts, History

MOST_ELSEWHERE = 20.0
"""Answers about other classes than a job's own count as at most so many: they tell how careful a worker is, not what the worker confuses here."""


def accuracies(history: History, workers: Sequence[str]) -> KnownAccuracies:
    """What is known of these workers' accuracies, in their order."""
    everybody = history.of(EVERYBODY)
    return KnownAccuracies(
        np.array([history.of(worker).get(ANSWERS, 0.0) for worker in workers], dtype=np.float64),
        np.array([history.of(worker).get(RIGHT, 0.0) for worker in workers], dtype=np.float64),
        everybody.get(ANSWERS, 0.0),
        everybody.get(RIGHT, 0.0),
    )


def confusions(history: History, workers: Sequence[str], classes: Sequence[str]) -> WorkerStatistics:
    """What is known of these workers' answers among these classes, both in their order.

    Answers about other classes tell of a worker's accuracy only: they count as answers spread evenly over these classes, `MOST_ELSEWHERE` at most.
    """
    places = {name: place for place, name in enumerate(classes)}
    counts = np.zeros((len(workers), len(classes), len(classes)))
    elsewhere = np.zeros_like(counts)
    for rank, worker in enumerate(workers):
        told = history.of(worker)
        counts[rank] = _matrix(told, places)
        elsewhere[rank] = _spread(told, counts[rank])
    everybody = history.of(EVERYBODY)
    pooled = np.maximum(_matrix(everybody, places), counts.sum(axis=0)) + elsewhere.sum(axis=0)
    sizes = np.zeros(len(classes))
    for counter, count in everybody.items():
        names = parsed(counter)
        if len(names) == 1 and names[0] in places:
            sizes[places[names[0]]] = count
    return WorkerStatistics(counts + elsewhere, pooled, sizes, everybody.get(EVIDENCE, 0.0))


def gold_losses(history: History) -> tuple[Floats, float]:
    """Summed losses of gold objects, (temperatures,), as `truth_inference.calibration` has them, and how many gold objects there were."""
    everybody = history.of(EVERYBODY)
    sums = np.array([everybody.get(loss(number), 0.0) for number in range(len(TEMPERATURES))])
    return sums, everybody.get(GOLD, 0.0)


def _matrix(told: Counts, places: Mapping[str, int]) -> Floats:
    """Answers by true and answered class, (classes, classes); those about other classes are left out."""
    matrix = np.zeros((len(places), len(places)))
    for counter, count in told.items():
        names = parsed(counter)
        if len(names) == 2 and names[0] in places and names[1] in places:
            matrix[places[names[0]], places[names[1]]] = count
    return matrix


def _spread(told: Counts, here: Floats) -> Floats:
    """The answers that are not in `here`, (classes, classes), as if given about these classes evenly."""
    classes = len(here)
    answers = max(told.get(ANSWERS, 0.0) - float(here.sum()), 0.0)
    if classes < 2 or answers < 1.0 / UNIT:
        return np.zeros_like(here)
    right = min(max(told.get(RIGHT, 0.0) - float(np.trace(here)), 0.0), answers)
    share = min(MOST_ELSEWHERE / answers, 1.0)
    wrong = share * (answers - right) / (classes * (classes - 1))
    spread: Floats = np.where(np.eye(classes, dtype=bool), share * right / classes, wrong)
    return spread
