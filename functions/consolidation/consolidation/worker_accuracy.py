"""Estimates how often each worker is right from how the workers of one payload agree, and from what is known of them.

A one-coin model: a worker names the true label with the worker's own accuracy, and otherwise any other label alike. Each accuracy
is drawn from one prior shared by all workers, so a worker with few answers is taken to be like the others.
"""

from collections.abc import Mapping
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
class KnownAccuracies:
    """What earlier payloads tell. answers, right: (workers,) how many answers of each worker are known, and how many of them are taken to be right.
    pool_answers, pool_right: the same of all workers there ever were, these included."""

    answers: Floats
    right: Floats
    pool_answers: float = 0.0
    pool_right: float = 0.0

    @classmethod
    def none(cls, workers: int) -> "KnownAccuracies":
        """Nothing known yet."""
        return cls(np.zeros(workers), np.zeros(workers))


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


def worker_accuracies(
    votes: Votes, known: KnownAccuracies | None = None, truth: Mapping[int, int] | None = None
) -> Floats:
    """Accuracy of each worker, (workers,), between 1 / alternatives and 0.99.

    known: of earlier payloads, for at least as many workers as vote. truth: the true label of the items where it is known, -1 where nobody named it.
    Expectation maximisation from the vote shares, or from what is known: an item's label is weighed by its voters' accuracies, a worker's
    accuracy is the mean weight of the labels the worker named, drawn towards the mean of all by `WORKER_STRENGTH` answers.
    """
    candidates = candidates_of(votes)
    if known is None:
        known = KnownAccuracies.none(int(votes.workers.max(initial=-1)) + 1)
    workers = len(known.answers)
    answered = np.bincount(votes.workers, minlength=workers) + known.answers
    is_told, told = _told(candidates, truth or {})
    belief = shares(candidates)
    accuracies: Floats = np.full(workers, PRIOR_ACCURACY)
    if known.pool_answers:
        accuracies = _estimate(np.zeros(workers), 0, known.answers, known, votes.alternatives)
        belief = posteriors(votes, candidates, accuracies)
    for _ in range(MOST_ROUNDS):
        belief = np.where(is_told, told, belief)
        right = np.bincount(votes.workers, weights=belief[candidates.of_vote], minlength=workers)
        estimate = _estimate(right, len(votes.items), answered, known, votes.alternatives)
        change = float(np.abs(estimate - accuracies).max(initial=0.0))
        accuracies = estimate
        if change < _CONVERGED:
            break
        belief = posteriors(votes, candidates, accuracies)
    return accuracies


def _estimate(right: Floats, answers: int, answered: Floats, known: KnownAccuracies, alternatives: int) -> Floats:
    """Accuracies from these votes' expected right answers, (workers,), and what is known. answers: of these votes. answered: (workers,), both."""
    pool = (right.sum() + known.pool_right + POOL_STRENGTH * PRIOR_ACCURACY) / (
        answers + known.pool_answers + POOL_STRENGTH
    )
    estimate = (right + known.right + WORKER_STRENGTH * pool) / (answered + WORKER_STRENGTH)
    return np.clip(estimate, 1.0 / alternatives, HIGHEST_ACCURACY)


def _told(candidates: Candidates, truth: Mapping[int, int]) -> tuple[NDArray[np.bool_], Floats]:
    """Which candidates belong to items whose truth is known, and 1 for those that are true."""
    nobody = -2
    true = np.full(int(candidates.items.max(initial=-1)) + 1, nobody, dtype=np.int64)
    for item, label in truth.items():
        if item < len(true):
            true[item] = label
    of_item = true[candidates.items]
    return of_item != nobody, (of_item == candidates.labels).astype(np.float64)


def vote_beliefs(votes: Votes, accuracies: Floats, truth: Mapping[int, int] | None = None) -> Floats:
    """Probability that each vote names what is true, (votes,); arguments as of `worker_accuracies`."""
    candidates = candidates_of(votes)
    is_told, told = _told(candidates, truth or {})
    belief: Floats = np.where(is_told, told, posteriors(votes, candidates, accuracies))
    return belief[candidates.of_vote]


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
