"""Makes probabilities as good as they say, from gold objects: one temperature for all, so that no label changes.

Workers who share errors make any posterior too sure, and crowds better than believed make it too modest; only known truth can tell. Guo et al.
(2017), section 4.2, with a prior around 1, so that a handful of gold objects moves it a little and a hundred decide. What gold objects tell are their
losses at each of `TEMPERATURES`: sums that calls can add up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consolidation.truth_inference.answer_table import Floats

SPREAD = 0.5
"""Standard deviation of the natural log of the temperature before any gold object is seen."""
LOG_TEMPERATURES: Floats = np.linspace(-1.5, 2.5, 17)
TEMPERATURES: Floats = np.exp(LOG_TEMPERATURES)
"""Those at which losses are told, 0.22 to 12; between them a parabola interpolates."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """temperature: above 1 makes probabilities less sure, below 1 more. gold_objects: how many it was fitted to, those long ago counting less."""

    temperature: float = 1.0
    gold_objects: float = 0.0

    def apply(self, probabilities: Floats) -> Floats:
        """The probabilities (objects, classes) at this temperature; the order of each row's classes stays."""
        return _at(probabilities, self.temperature)


def calibrate(probabilities: Floats, truth: NDArray[np.int64]) -> Calibration:
    """The temperature at which gold objects are explained best.

    probabilities: (objects, classes), all above 0, as `infer` gives them for the gold objects without having been told their truth. truth:
    (objects,) their classes.
    """
    return calibrated(losses(probabilities, truth).sum(axis=0), len(truth))


def losses(probabilities: Floats, truth: NDArray[np.int64]) -> Floats:
    """Negative log of the truth's probability at each of `TEMPERATURES`, (objects, temperatures), in nats; arguments as of `calibrate`."""
    rows = np.arange(len(truth))
    told = np.empty((len(truth), len(TEMPERATURES)))
    for number, temperature in enumerate(TEMPERATURES.tolist()):
        told[:, number] = _at(probabilities, temperature)[rows, truth]
    result: Floats = -np.log(np.maximum(told, np.finfo(float).tiny))
    return result


def calibrated(summed: Floats, gold_objects: float) -> Calibration:
    """The temperature at which gold objects with these losses, summed by temperature, are explained best."""
    if not gold_objects:
        return Calibration()
    total = summed + (LOG_TEMPERATURES / SPREAD) ** 2 / 2.0
    best = int(np.argmin(total))
    log_temperature = float(LOG_TEMPERATURES[best])
    if 0 < best < len(total) - 1:
        before, here, after = total[best - 1 : best + 2].tolist()
        bend = before - 2.0 * here + after
        step = float(LOG_TEMPERATURES[1] - LOG_TEMPERATURES[0])
        log_temperature += step * (before - after) / (2.0 * bend) if bend > 0 else 0.0
    return Calibration(float(np.exp(log_temperature)), gold_objects)


def _at(probabilities: Floats, temperature: float) -> Floats:
    logs = np.log(np.maximum(probabilities, np.finfo(float).tiny)) / temperature
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True, initial=-np.inf))
    scaled: Floats = likelihood / likelihood.sum(axis=1, keepdims=True)
    return scaled
