"""Expectation maximisation over the worker model, from the vote shares to where nothing changes any more; twice, for two readings of the
classes' frequencies, of which the answers choose."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from consolidation.truth_inference.answer_table import AnswerTable, Floats, Ints
from consolidation.truth_inference.beliefs import Beliefs
from consolidation.truth_inference.statistics import WorkerStatistics
from consolidation.truth_inference.worker_model import WorkerModel, fit

MOST_ROUNDS = 500
"""Real crowds settle within about 60, contrived ones may pass a saddle slowly; what has not settled says so in `Posterior.converged`."""
_SETTLED = 1e-4
_DAMPED_AFTER = 300
_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Posterior:
    """What the answers say.

    probabilities: (objects, classes), rows sum to 1; classes that are equally likely differ by less than 1e-9. accuracies: (workers,) how often
    each is right, that of workers without answers being the mean. confusions: (true, answered) of all workers together. class_frequencies:
    (classes,). evidence: as `WorkerStatistics.evidence`, of these objects. rounds, change: how many rounds were made and how much a
    probability still changed in the last. converged: whether that is next to nothing.
    """

    probabilities: Floats
    accuracies: Floats
    confusions: Floats
    class_frequencies: Floats
    evidence: float
    rounds: int
    change: float
    converged: bool


@dataclass(frozen=True, slots=True)
class _Settled:
    """Where the rounds ended. evidence: natural log of the likelihood of the answers."""

    belief: Floats
    model: WorkerModel
    evidence: float
    rounds: int
    change: float


def infer(
    votes: NDArray[np.int64],
    *,
    objects: int,
    workers: int,
    classes: int,
    known: WorkerStatistics | None = None,
    beliefs: Beliefs | None = None,
) -> Posterior:
    """Probability of each class for each object, given what workers answered.

    votes: (answers, 3) rows of object, worker and answered class, in any order; a worker's repeated answers to an object all count. known:
    statistics of earlier objects, which are not in `votes`. An object that nobody answered gets the class frequencies.
    Model: Dawid and Skene (1979) with hierarchical priors (`worker_model`), in log space; the mean of two readings of how frequent the
    classes are, weighed by how well each explains the answers.

    Raises ValueError when votes have another shape or an index out of range.
    """
    votes = _checked(votes, objects, workers, classes)
    beliefs = beliefs or Beliefs()
    known = known or WorkerStatistics.none(workers, classes)
    table = AnswerTable.of(votes, objects=objects, workers=workers, classes=classes)
    even = _settle(table, known, beliefs)
    as_answered = _settle(table, known, replace(beliefs, class_evenness=0.0))
    evidence = as_answered.evidence - even.evidence
    weight = 1.0 / (1.0 + beliefs.evenness_odds * math.exp(-min(max(known.evidence + evidence, -500.0), 500.0)))
    change = max(even.change, as_answered.change)
    return Posterior(
        _mix(weight, as_answered.belief, even.belief),
        _mix(weight, as_answered.model.accuracies, even.model.accuracies),
        _mix(weight, as_answered.model.confusions, even.model.confusions),
        _mix(weight, np.exp(as_answered.model.log_prior), np.exp(even.model.log_prior)),
        evidence,
        max(even.rounds, as_answered.rounds),
        change,
        change <= _SETTLED,
    )


def statistics_of(votes: NDArray[np.int64], posterior: Posterior) -> WorkerStatistics:
    """What one call adds to the statistics: of the votes that `infer` got, and what it made of them.

    Objects that nobody answered add nothing.
    """
    objects, classes = posterior.probabilities.shape
    workers = len(posterior.accuracies)
    table = AnswerTable.of(
        _checked(votes, objects, workers, classes), objects=objects, workers=workers, classes=classes
    )
    counts = np.zeros((workers, classes, classes))
    counts[table.pair_worker, :, table.pair_class] = table.sum_by_pair(posterior.probabilities)
    class_counts = posterior.probabilities[table.answered].sum(axis=0)
    return WorkerStatistics(counts, counts.sum(axis=0), class_counts, posterior.evidence)


def _settle(table: AnswerTable, known: WorkerStatistics, beliefs: Beliefs) -> _Settled:
    """Rounds until nothing changes any more."""
    belief = table.vote_shares()
    if known.pooled.sum() > 0:
        belief, _ = _expected(table, fit(table, np.zeros_like(belief), known, beliefs), beliefs)
    rounds, change = 0, 1.0
    model = fit(table, belief, known, beliefs)
    update, evidence = _expected(table, model, beliefs)
    while rounds < MOST_ROUNDS and change > _SETTLED:
        if rounds >= _DAMPED_AFTER:
            update = (update + belief) / 2.0
        change = float(np.abs(update - belief).max(initial=0.0))
        belief = update
        model = fit(table, belief, known, beliefs)
        update, evidence = _expected(table, model, beliefs)
        rounds += 1
    return _Settled(belief, model, evidence, rounds, change)


def _expected(table: AnswerTable, model: WorkerModel, beliefs: Beliefs) -> tuple[Floats, float]:
    """Probability of each class for each object under the model, (objects, classes), and the log likelihood of the answers."""
    scores = table.sum_by_object(model.log_likelihood) + model.log_prior
    # Sums in another order of classes or workers differ in the last bits; rounded, they cannot grow into another result.
    scores = np.round(scores, 9)
    highest = scores.max(axis=1, keepdims=True, initial=-np.inf)
    likelihood = np.exp(scores - highest)
    totals = likelihood.sum(axis=1, keepdims=True)
    evidence = float((highest + np.log(totals)).sum())
    doubtful: Floats = (1.0 - beliefs.doubt) * likelihood / totals + beliefs.doubt * np.exp(model.log_prior)
    return doubtful, evidence


def _mix(weight: float, one: Floats, other: Floats) -> Floats:
    mixed: Floats = weight * one + (1.0 - weight) * other
    return mixed


def _checked(votes: NDArray[np.int64], objects: int, workers: int, classes: int) -> Ints:
    """The votes as integers. Raises ValueError as `infer` says."""
    rows = np.asarray(votes, dtype=np.int64)
    if not rows.size:
        rows = rows.reshape(0, _COLUMNS)
    if classes < 1:
        raise ValueError(f"there are {classes} classes to choose from; at least 1 is needed")
    if rows.ndim != 2 or rows.shape[1] != _COLUMNS:
        raise ValueError(f"votes have the shape {rows.shape}; (answers, 3) is needed: object, worker, answered class")
    for column, (name, count) in enumerate((("object", objects), ("worker", workers), ("class", classes))):
        outside = np.flatnonzero((rows[:, column] < 0) | (rows[:, column] >= count))
        if len(outside):
            row = int(outside[0])
            raise ValueError(f"votes, row {row}: there is no {name} {rows[row, column]}; indices are 0 to {count - 1}")
    return rows
