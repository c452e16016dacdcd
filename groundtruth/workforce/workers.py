"""The members of a simulated workforce: who is careful, who is quick, who answers at random."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from groundtruth.workforce.chance import digest, stream
from groundtruth.workforce.labels import AskedLabel, look_alikes
from groundtruth.workforce.settings import WorkforceSettings


@dataclass(frozen=True, slots=True)
class Worker:
    """One simulated person. Traits are drawn once and hold for every task."""

    worker_id: str
    """In the form of a private work team's ids: `private.local.4f1c9be2a7d03c55`."""
    accuracy: float
    """Chance to put the right label on one thing."""
    carelessness: float
    """Factor on the shares of the other mistakes; 1 is the mean worker."""
    margin: float
    """Room this worker leaves around what a box is drawn on, as a share of the box's height; may be below 0."""
    pace: float
    """Factor on the time a task takes."""
    is_spam: bool
    """Answers at random."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One worker at one task: who, how good the workforce is, and the chance that this answer hangs on."""

    worker: Worker
    settings: WorkforceSettings
    chance: random.Random

    def mistaken(self, label: AskedLabel, labels: Sequence[AskedLabel]) -> AskedLabel:
        """The label given instead of `label`: mostly a look-alike, else any other; `label` when there is no other."""
        alike = look_alikes(label, labels) if self.chance.random() < self.settings.confusion else []
        others = alike or [other for other in labels if other.label != label.label]
        return self.chance.choice(others) if others else label


def team(settings: WorkforceSettings, size: int, seed: int) -> tuple[Worker, ...]:
    """The `size` members of the workforce of this seed, always the same.

    Spam workers are the nearest whole number of them.
    """
    lots = sorted(range(size), key=lambda member: digest(seed, "spam", member))
    spam = frozenset(lots[: round(settings.spam_workers * size)])
    return tuple(_worker(settings, member, seed, is_spam=member in spam) for member in range(size))


def _worker(settings: WorkforceSettings, member: int, seed: int, *, is_spam: bool) -> Worker:
    chance = stream(seed, "worker", member)
    accuracy = min(max(chance.gauss(settings.accuracy, settings.accuracy_spread), 0.0), 1.0)
    mean_error = 1.0 - settings.accuracy
    carelessness = (1.0 - accuracy) / mean_error if mean_error > 0 else 1.0
    return Worker(
        worker_id=f"private.local.{digest(seed, 'id', member)[:8].hex()}",
        accuracy=accuracy,
        carelessness=min(max(carelessness, 0.25), 3.0),
        margin=chance.gauss(0.03, 0.04) if settings.box_jitter > 0 else 0.0,
        pace=math.exp(chance.gauss(0.0, 0.25)) * (0.15 if is_spam else 1.0),
        is_spam=is_spam,
    )
