"""AWS's published model for categorical labels, written from its description (contract, section 8): the peer Ground Truth itself uses.

Dawid-Skene with a confusion matrix per worker, each mixed with a matrix of the worker's own accuracy and one of all workers' accuracy, in
proportion to the worker's answers.
"""

import numpy as np
from numpy.typing import NDArray

INITIAL_ACCURACY = 0.7
MOST_ROUNDS = 20
RELATIVE_CHANGE = 1e-8
_NEVER_CERTAIN = 1e-6

Floats = NDArray[np.float64]


def infer(votes: NDArray[np.int64], *, objects: int, workers: int, classes: int) -> Floats:
    """Probability of each class for each object, (objects, classes). votes: (answers, 3) rows of object, worker, answered class."""
    item, worker, label = votes.T
    answers = np.bincount(worker, minlength=workers).astype(float)
    accuracies = np.full(workers, INITIAL_ACCURACY)
    everyone = np.array([INITIAL_ACCURACY])
    confusions = _of_accuracy(accuracies, classes)
    marginal = np.full(classes, 1.0 / classes)
    previous = None
    for _ in range(MOST_ROUNDS):
        scores = np.tile(np.log(np.maximum(marginal, _NEVER_CERTAIN)), (objects, 1))
        np.add.at(scores, item, np.log(confusions[worker, :, label]))
        highest = scores.max(axis=1, keepdims=True)
        likelihood = np.exp(scores - highest)
        evidence = float((highest[:, 0] + np.log(likelihood.sum(axis=1))).sum())
        belief: Floats = likelihood / likelihood.sum(axis=1, keepdims=True)
        if previous is not None and abs((evidence - previous) / previous) < RELATIVE_CHANGE:
            break
        previous = evidence
        answered = np.zeros((workers, classes, classes))
        np.add.at(answered, (worker, label), belief[item])
        counts = answered.transpose(0, 2, 1)
        weight = np.maximum(answers, _NEVER_CERTAIN)[:, None, None]
        mixed = counts + weight * _of_accuracy(accuracies, classes) + weight / 2.0 * _of_accuracy(everyone, classes)
        confusions = mixed / mixed.sum(axis=2, keepdims=True)
        marginal = belief.mean(axis=0)
        right = np.trace(counts, axis1=1, axis2=2)
        accuracies = np.where(answers > 0, right / np.maximum(answers, 1.0), everyone)
        everyone = np.array([accuracies.mean()])
    return belief


def _of_accuracy(accuracies: Floats, classes: int) -> Floats:
    """Confusion matrices, (accuracies, classes, classes): the accuracy on the diagonal, errors going to all other classes alike."""
    safe = np.clip(accuracies, _NEVER_CERTAIN, 1.0 - _NEVER_CERTAIN)[:, None, None]
    return np.where(np.eye(classes, dtype=bool), safe, (1.0 - safe) / max(classes - 1, 1))
