"""What one data object adds to the statistics: whole numbers by worker and counter.

Whole numbers add up to the same whatever the order, so calls that cross each other come to what they would one after another, to the last digit.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consolidation.truth_inference.answer_table import Floats

UNIT = 10_000
"""What one answer, one object or one nat counts: ten-thousandths are told apart."""
EVERYBODY = ""
"""Under this name stand the sums over all workers; no worker is called so."""
ANSWERS, RIGHT, EVIDENCE, GOLD = "answers", "right", "evidence", "gold"
MOST_CLASSES = 25
"""Classes that an object may be, told apart; what is left of the probability goes to the likeliest. Keeps items of the table small."""

Counters = dict[str, int]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What an object adds: by worker, or `EVERYBODY`, the counters and how much is added to each.

    `answers` and `right` count every kind of answer. Where labels are the classes of a job, `["invoice", "receipt"]` counts answers `receipt` to
    what is an invoice, and for everybody `["invoice"]` counts objects that are one. For everybody there are also `evidence`
    (`truth_inference.WorkerStatistics.evidence`), `gold` (objects whose truth is known) and `loss 0`, `loss 1` ... (`truth_inference.calibration`).
    """

    counters: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def as_text(self) -> str:
        """The contribution as text, to be read again with `from_text`."""
        return json.dumps(self.counters, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Contribution":
        """The contribution of a text that `as_text` made. Raises ValueError for any other."""
        counters = json.loads(text)
        if not isinstance(counters, dict):
            raise ValueError("a contribution is an object of counters by worker")
        return cls({worker: {name: int(added) for name, added in each.items()} for worker, each in counters.items()})


class Draft:
    """A contribution in the making."""

    def __init__(self) -> None:
        self._counters: dict[str, Counters] = {}

    def add(self, worker: str, counter: str, units: int) -> None:
        """Adds to a counter of one worker, or of `EVERYBODY`."""
        if units:
            each = self._counters.setdefault(worker, {})
            each[counter] = each.get(counter, 0) + units

    def add_answer(self, worker: str, units: int, right: int) -> None:
        """Adds an answer worth so many units, of which `right` are right, to the worker's and everybody's counters."""
        for counted in (worker, EVERYBODY):
            self.add(counted, ANSWERS, units)
            self.add(counted, RIGHT, right)

    @property
    def contribution(self) -> Contribution:
        """What was added so far."""
        return Contribution(self._counters)


def total(contributions: Iterable[Contribution]) -> dict[str, Counters]:
    """The sum of contributions, by worker and counter."""
    sums: dict[str, Counters] = {}
    for contribution in contributions:
        for worker, counters in contribution.counters.items():
            each = sums.setdefault(worker, {})
            for counter, units in counters.items():
                each[counter] = each.get(counter, 0) + units
    return sums


def confusion(true: str, answered: str) -> str:
    """The counter of answers `answered` to what is `true`."""
    return json.dumps([true, answered], ensure_ascii=False)


def class_size(true: str) -> str:
    """The counter of objects that are `true`."""
    return json.dumps([true], ensure_ascii=False)


def loss(temperature: int) -> str:
    """The counter of gold objects' losses at the temperature of that number."""
    return f"loss {temperature}"


def parsed(counter: str) -> tuple[str, ...]:
    """The classes in a counter's name: true and answered, or true alone; none for the other counters."""
    if not counter.startswith("["):
        return ()
    try:
        names = json.loads(counter)
    except ValueError:
        return ()
    return tuple(names) if all(isinstance(name, str) for name in names) else ()


def in_units(probabilities: "Floats", weight: float) -> dict[int, int]:
    """Units by class of an object with these probabilities, (classes,), which sum to 1: `MOST_CLASSES` of them, together exactly the weight."""
    whole = round(weight * UNIT)
    order = (-probabilities).argsort(kind="stable")[:MOST_CLASSES]
    units = {int(place): round(float(probabilities[place]) * whole) for place in order}
    likeliest = int(order[0])
    units[likeliest] += whole - sum(units.values())
    return {place: count for place, count in units.items() if count > 0}
