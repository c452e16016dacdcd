"""Estimates how often each worker is right from how the workers of one payload agree.

A one-coin model: a worker names the true label with the worker's own accuracy, and otherwise any other label alike. Each accuracy
is drawn from one prior shared by all workers of the payload, so a worker with few answers is taken to be like the others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PRIOR_ACCURACY = 0.7
"""What the pool is taken to be before any answer, as AWS's published model starts (contract, section 8)."""
POOL_STRENGTH = 4.0
"""How many answers that belief about the pool is worth."""
WORKER_STRENGTH = 6.0
"""How many answers the pool is worth in the estimate of one worker."""
HIGHEST_ACCURACY = 0.99
MOST_ROUNDS = 50
_CONVERGED = 1e-7

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes of workers about items. items, workers, labels: (votes,) indices, labels being any numbers that tell answers to
    one item apart. alternatives: how many labels an item could have had, at least 2."""

    items: Ints
    workers: Ints
    labels: Ints
    alternatives: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """The distinct labels voted for, sorted by item and label.

    items, labels, counts: (candidates,). of_vote: (votes,) the candidate of each vote. starts: (items with votes,) index of each
    item's first candidate.
    """

    items: Ints
    labels: Ints
    counts: Ints
    of_vote: Ints
    starts: Ints


def candidates_of(votes: Votes) -> Candidates:
    """The distinct labels voted for."""
    width = int(votes.labels.max(initial=0)) + 1
    keys, of_vote, counts = np.unique(votes.items * width + votes.labels, return_inverse=True, return_counts=True)
    items = keys // width
    starts = np.flatnonzero(np.diff(items, prepend=-1))
    return Candidates(items, keys % width, counts, of_vote.astype(np.int64), starts)


def worker_accuracies(votes: Votes) -> Floats:
    """Accuracy of each worker, (highest worker index + 1,), between 1 / alternatives and 0.99.

    Expectation maximisation from the vote shares: an item's label is weighed by its voters' accuracies, a worker's accuracy is
    the mean weight of the labels the worker named, drawn towards the mean of all by `WORKER_STRENGTH` answers.
    """
    candidates = candidates_of(votes)
    workers = int(votes.workers.max(initial=-1)) + 1
    answered = np.bincount(votes.workers, minlength=workers)
    belief = shares(candidates)
    accuracies: Floats = np.full(workers, PRIOR_ACCURACY)
    for _ in range(MOST_ROUNDS):
        right = np.bincount(votes.workers, weights=belief[candidates.of_vote], minlength=workers)
        pool = (right.sum() + POOL_STRENGTH * PRIOR_ACCURACY) / (len(votes.items) + POOL_STRENGTH)
        estimate = (right + WORKER_STRENGTH * pool) / (answered + WORKER_STRENGTH)
        estimate = np.clip(estimate, 1.0 / votes.alternatives, HIGHEST_ACCURACY)
        change = float(np.abs(estimate - accuracies).max(initial=0.0))
        accuracies = estimate
        if change < _CONVERGED:
            break
        belief = posteriors(votes, candidates, accuracies)
    return accuracies


def log_odds(accuracies: Floats, alternatives: int) -> Floats:
    """Weight of a worker's vote: the natural log of how much likelier the worker names a label when it is the true one than when a
    given other one is. At 2 alternatives these are the log-odds of the accuracy; 0 for a worker who guesses."""
    weights: Floats = np.log(accuracies * (alternatives - 1) / (1.0 - accuracies))
    return np.maximum(weights, 0.0)


def shares(candidates: Candidates) -> Floats:
    """Each candidate's share of its item's votes."""
    if not len(candidates.starts):
        return np.zeros(0)
    totals = np.add.reduceat(candidates.counts, candidates.starts)
    result: Floats = candidates.counts / np.repeat(totals, _sizes(candidates))
    return result


def scores(votes: Votes, candidates: Candidates, accuracies: Floats) -> Floats:
    """Sum of the log-odds weights of each candidate's voters."""
    weights = log_odds(accuracies, votes.alternatives)[votes.workers]
    return np.bincount(candidates.of_vote, weights=weights, minlength=len(candidates.items))


def posteriors(votes: Votes, candidates: Candidates, accuracies: Floats) -> Floats:
    """Probability of each candidate given its item's votes, all labels being equally likely beforehand.

    The rest up to 1 belongs to the labels nobody named. Computed in log space.
    """
    if not len(candidates.starts):
        return np.zeros(0)
    logs = scores(votes, candidates, accuracies)
    sizes = _sizes(candidates)
    highest = np.maximum.reduceat(logs, candidates.starts)
    likelihoods = np.exp(logs - np.repeat(highest, sizes))
    unnamed = np.maximum(votes.alternatives - sizes, 0) * np.exp(-highest)
    totals = np.add.reduceat(likelihoods, candidates.starts) + unnamed
    result: Floats = likelihoods / np.repeat(totals, sizes)
    return result


def _sizes(candidates: Candidates) -> Ints:
    return np.diff(candidates.starts, append=len(candidates.items))
