"""How workers answer, estimated from expected counts: each worker's confusions drawn towards those of all, scaled to the worker's accuracy.

Three levels. All workers together: a confusion matrix, drawn towards "errors go to all other classes alike". One worker: that matrix with
the odds of a right answer scaled until it has the worker's accuracy, itself drawn towards the mean. And the worker's own counts on top.
Only the answers that were given are computed, so memory grows with the answers, not with workers times classes squared.
"""

from dataclasses import dataclass

import numpy as np

from consolidation.truth_inference.answer_table import AnswerTable, Floats
from consolidation.truth_inference.beliefs import Beliefs
from consolidation.truth_inference.statistics import WorkerStatistics


@dataclass(frozen=True, slots=True)
class WorkerModel:
    """log_likelihood: (pairs, true classes), natural log of the probability that the pair's worker answers the pair's class.

    accuracies: (workers,) how often each is right. confusions: (true, answered) of all workers together; rows sum to 1.
    log_prior: (classes,), natural log of the classes' frequencies.
    """

    log_likelihood: Floats
    accuracies: Floats
    confusions: Floats
    log_prior: Floats


def fit(table: AnswerTable, belief: Floats, known: WorkerStatistics, beliefs: Beliefs) -> WorkerModel:
    """The model that `belief` implies: (objects, classes), the current probability of each class for each object."""
    given = table.sum_by_pair(belief)
    pooled = known.pooled + table.sum_by_class(given).T
    confusions, mean_accuracy = _confusions_of_all(pooled, beliefs)
    known_per_class = known.counts.sum(axis=2)
    per_class = table.sum_by_worker(given) + known_per_class
    right = _right(table, given) + np.trace(known.counts, axis1=1, axis2=2)

    strength = beliefs.worker_accuracy_strength
    answers = per_class.sum(axis=1) + strength
    accuracies = (right + strength * mean_accuracy) / answers
    as_the_others = (per_class @ np.diagonal(confusions) + strength * mean_accuracy) / answers
    scale = (accuracies / (1.0 - accuracies)) / (as_the_others / (1.0 - as_the_others))

    expected = _scaled(table, confusions, scale)
    own = per_class[table.pair_worker]
    counts = given + known.counts[table.pair_worker, :, table.pair_class]
    earlier = known_per_class[table.pair_worker]
    earlier_share = min(beliefs.earlier_confusion_share * (table.classes - 1), 1.0)
    shares = beliefs.worker_confusion_share * (own - earlier) + earlier_share * earlier
    weight = beliefs.worker_confusion_strength + shares
    return WorkerModel(
        np.log(counts + weight * expected) - np.log(own + weight),
        accuracies,
        confusions,
        _log_prior(table, belief, pooled, known, beliefs),
    )


def _confusions_of_all(pooled: Floats, beliefs: Beliefs) -> tuple[Floats, float]:
    """Confusion matrix of all workers together, and their mean accuracy."""
    classes = len(pooled)
    strength = beliefs.accuracy_strength
    accuracy = float((np.trace(pooled) + strength * beliefs.accuracy) / (pooled.sum() + strength))
    alike = np.where(np.eye(classes, dtype=bool), accuracy, (1.0 - accuracy) / max(classes - 1, 1))
    mixed = pooled + beliefs.confusion_strength * classes * alike
    return mixed / mixed.sum(axis=1, keepdims=True), accuracy


def _right(table: AnswerTable, given: Floats) -> Floats:
    """Expected number of right answers of each worker, (workers,)."""
    named = given[np.arange(len(given)), table.pair_class]
    return np.bincount(table.pair_worker, weights=named, minlength=table.workers)


def _scaled(table: AnswerTable, confusions: Floats, scale: Floats) -> Floats:
    """Probability of the pair's answer by true class, (pairs, classes), when the odds of a right answer are `scale` times those of all."""
    hit = np.diagonal(confusions)
    factor = scale[table.pair_worker][:, None]
    own_class = table.pair_class[:, None] == np.arange(table.classes)
    answered = confusions.T[table.pair_class]
    scaled: Floats = answered * np.where(own_class, factor, 1.0) / (factor * hit + 1.0 - hit)
    return scaled


def _log_prior(table: AnswerTable, belief: Floats, pooled: Floats, known: WorkerStatistics, beliefs: Beliefs) -> Floats:
    """Frequencies of the classes, drawn towards those of the answers and towards all classes alike.

    Without that anchor, few answers an object let one class swallow all others: every answer is then explained as confusion.
    """
    answered = pooled.sum(axis=0) + beliefs.class_smoothing
    anchor = (1.0 - beliefs.class_evenness) * answered / answered.sum() + beliefs.class_evenness / table.classes
    seen = belief[table.answered].sum(axis=0) + known.class_counts
    strength = beliefs.class_strength * max(seen.sum(), 1.0) / (max(seen.sum(), 1.0) + beliefs.class_half_strength)
    frequencies = seen + strength * anchor
    log_prior: Floats = np.log(frequencies / frequencies.sum())
    return log_prior
