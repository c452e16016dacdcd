"""Scores of categorical results against the truth; a tie at the top counts as the fraction that a random pick among the tied would earn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10
LEAST_PROBABILITY = 1e-6
_EQUAL = 1e-9

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """accuracy, macro_f1, calibration_error: percent. log_loss: nats, each probability at least `LEAST_PROBABILITY`."""

    accuracy: float
    macro_f1: float
    calibration_error: float
    log_loss: float


def score(probabilities: Floats, truth: Ints) -> Scores:
    """Scores of probabilities (objects, classes) against truth (objects,), -1 where the truth is not known."""
    known = truth >= 0
    probabilities, truth = probabilities[known], truth[known]
    picks = random_picks(probabilities)
    hits = picks[np.arange(len(truth)), truth]
    told = np.maximum(probabilities[np.arange(len(truth)), truth], LEAST_PROBABILITY)
    return Scores(
        100.0 * float(hits.mean()),
        100.0 * _macro_f1(picks, truth),
        100.0 * _calibration_error(probabilities.max(axis=1), hits),
        float(-np.log(told).mean()),
    )


def random_picks(probabilities: Floats) -> Floats:
    """Chance of each class to be picked, (objects, classes): all to the top one, or shared evenly by those that tie for it."""
    tied = probabilities >= probabilities.max(axis=1, keepdims=True) - _EQUAL
    picks: Floats = tied / tied.sum(axis=1, keepdims=True)
    return picks


def _macro_f1(picks: Floats, truth: Ints) -> float:
    """Mean F1 over the classes that are true of some object, from expected counts."""
    is_true = np.eye(picks.shape[1])[truth]
    right = (picks * is_true).sum(axis=0)
    present = is_true.sum(axis=0) > 0
    return float((2.0 * right[present] / (picks.sum(axis=0) + is_true.sum(axis=0))[present]).mean())


def _calibration_error(confidence: Floats, hits: Floats) -> float:
    """Expected calibration error over `BINS` bins of equal width."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.abs(
        np.bincount(bins, weights=hits, minlength=BINS) - np.bincount(bins, weights=confidence, minlength=BINS)
    )
    return float(gaps.sum() / len(hits))
