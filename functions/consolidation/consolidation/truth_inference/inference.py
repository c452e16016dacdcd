"""Expectation maximisation over the worker model, from the vote shares to where nothing changes any more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consolidation.truth_inference.answer_table import AnswerTable, Floats, Ints
from consolidation.truth_inference.beliefs import Beliefs
from consolidation.truth_inference.statistics import WorkerStatistics
from consolidation.truth_inference.worker_model import WorkerModel, fit

MOST_ROUNDS = 200
"""Real crowds settle within about 100; a result that has not says so in `Posterior.converged`."""
_SETTLED = 1e-5
_DAMPED_AFTER = 50
_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Posterior:
    """What the answers say.

    probabilities: (objects, classes), rows sum to 1; classes that are equally likely differ by less than 1e-9. accuracies: (workers,) how often
    each is right, that of workers without answers being the mean. confusions: (true, answered) of all workers together. class_frequencies:
    (classes,). rounds, change: how many rounds were made and how much a probability still changed in the last. converged: whether that is
    next to nothing.
    """

    probabilities: Floats
    accuracies: Floats
    confusions: Floats
    class_frequencies: Floats
    rounds: int
    change: float
    converged: bool


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
    Model: Dawid and Skene (1979) with hierarchical priors (`worker_model`), in log space.

    Raises ValueError when votes have another shape or an index out of range.
    """
    votes = _checked(votes, objects, workers, classes)
    beliefs = beliefs or Beliefs()
    known = known or WorkerStatistics.none(workers, classes)
    table = AnswerTable.of(votes, objects=objects, workers=workers, classes=classes)
    belief = table.vote_shares()
    if known.pooled.sum() > 0:
        belief = _expected(table, fit(table, np.zeros_like(belief), known, beliefs), beliefs)
    rounds, change = 0, 1.0
    model = fit(table, belief, known, beliefs)
    while rounds < MOST_ROUNDS and change > _SETTLED:
        update = _expected(table, model, beliefs)
        if rounds >= _DAMPED_AFTER:
            update = (update + belief) / 2.0
        change = float(np.abs(update - belief).max(initial=0.0))
        belief = update
        model = fit(table, belief, known, beliefs)
        rounds += 1
    return Posterior(
        belief, model.accuracies, model.confusions, np.exp(model.log_prior), rounds, change, change <= _SETTLED
    )


def _expected(table: AnswerTable, model: WorkerModel, beliefs: Beliefs) -> Floats:
    """Probability of each class for each object under the model, (objects, classes)."""
    scores = table.sum_by_object(model.log_likelihood) + model.log_prior
    # Sums in another order of classes or workers differ in the last bits; rounded, they cannot grow into another result.
    scores = np.round(scores, 9)
    likelihood = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    agreed = likelihood / likelihood.sum(axis=1, keepdims=True)
    doubtful: Floats = (1.0 - beliefs.doubt) * agreed + beliefs.doubt * np.exp(model.log_prior)
    return doubtful


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
