"""Makes probabilities as good as they say, from gold objects: one temperature for all, so that no label changes.

Workers who share errors make any posterior too sure, and crowds better than believed make it too modest; only known truth can tell. Guo et al.
(2017), section 4.2, with a prior around 1, so that a handful of gold objects moves it a little and a hundred decide.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consolidation.truth_inference.answer_table import Floats

SPREAD = 0.5
"""Standard deviation of the natural log of the temperature before any gold object is seen."""
_HIGHEST_LOG = 3.0
_ROUNDS = 60
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """temperature: above 1 makes probabilities less sure, below 1 more. gold_objects: how many it was fitted to."""

    temperature: float = 1.0
    gold_objects: int = 0

    def apply(self, probabilities: Floats) -> Floats:
        """The probabilities (objects, classes) at this temperature; the order of each row's classes stays."""
        return _at(probabilities, self.temperature)


def calibrate(probabilities: Floats, truth: NDArray[np.int64]) -> Calibration:
    """The temperature at which gold objects are explained best.

    probabilities: (objects, classes), all above 0, as `infer` gives them for the gold objects without having been told their truth. truth:
    (objects,) their classes.
    """
    if not len(truth):
        return Calibration()
    low, high = -_HIGHEST_LOG, _HIGHEST_LOG
    for _ in range(_ROUNDS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if _loss(probabilities, truth, left) <= _loss(probabilities, truth, right):
            high = right
        else:
            low = left
    return Calibration(math.exp((low + high) / 2.0), len(truth))


def _loss(probabilities: Floats, truth: NDArray[np.int64], log_temperature: float) -> float:
    """Negative log of the truth's likelihood and of the prior."""
    told = _at(probabilities, math.exp(log_temperature))[np.arange(len(truth)), truth]
    return -float(np.log(np.maximum(told, np.finfo(float).tiny)).sum()) + (log_temperature / SPREAD) ** 2 / 2.0


def _at(probabilities: Floats, temperature: float) -> Floats:
    logs = np.log(probabilities) / temperature
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True, initial=-np.inf))
    scaled: Floats = likelihood / likelihood.sum(axis=1, keepdims=True)
    return scaled
