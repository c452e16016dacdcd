"""The coefficients of agreement, from counts alone.

A unit is what several workers judge: an object's document type, a field of an object. Everything here is computed from sums over units, so the
counts of several batches can be added first. Where a coefficient has no value, it says why.

Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability"; Fleiss (1971), "Measuring nominal scale agreement among many raters",
Psychological Bulletin 76; Cohen (1960), "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

NOTHING_SHARED = "no two workers answered the same"
ONE_VALUE = "every answer is the same, so that chance alone explains all agreement"
_PLACES = 6


@dataclass(frozen=True, slots=True)
class Measure:
    """A coefficient. value: None when there is none, and then `why` says so. weight: how many answers or pairs it rests on."""

    value: float | None
    weight: int = 0
    why: str = ""

    def as_json(self) -> dict[str, object]:
        """`{"value": 0.83, "weight": 120}`, or `{"value": null, "weight": 0, "why": "..."}`."""
        told: dict[str, object] = {"value": self.value, "weight": self.weight}
        return told if self.value is not None else {**told, "why": self.why}


def share(part: int, whole: int, why: str, scale: int = 1) -> Measure:
    """part / scale / whole, 0 to 1; without a value where `whole` is zero."""
    return Measure(_rounded(Fraction(part, whole * scale)), whole) if whole else Measure(None, 0, why)


def nominal_alpha(agreeing: Mapping[int, int], values: Mapping[str, int]) -> Measure:
    """Krippendorff's alpha for values without order.

    agreeing: by the number m of answers of a unit, over the units with at least two, the ordered pairs of equal answers: the sum over values of
    n (n - 1). values: how often each value was answered in those units. Missing answers are simply not there.
    """
    answers = sum(values.values())
    if not answers:
        return Measure(None, 0, NOTHING_SHARED)
    observed = answers - _per_answer(agreeing)
    by_chance = answers * answers - sum(count * count for count in values.values())
    if not by_chance:
        return Measure(None, answers, ONE_VALUE)
    return Measure(_rounded(1 - (answers - 1) * observed / by_chance), answers)


def interval_alpha(answers: int, total: int, squares: int, within: Mapping[int, int]) -> Measure:
    """Krippendorff's alpha for numbers whose differences count.

    answers, total, squares: number, sum and sum of squares of the answers in units with at least two. within: by the number m of answers of a
    unit, the sum over units of m x (sum of squares) - (sum)², which is half the sum over ordered pairs of the squared difference.
    """
    if not answers:
        return Measure(None, 0, NOTHING_SHARED)
    by_chance = answers * squares - total * total
    if not by_chance:
        return Measure(None, answers, ONE_VALUE)
    return Measure(_rounded(1 - (answers - 1) * _per_answer(within) / by_chance), answers)


def fleiss_kappa(units: Mapping[int, int], agreeing: Mapping[int, int], values: Mapping[str, int]) -> Measure:
    """Fleiss' kappa. units: how many units have m answers, m at least two; agreeing, values: as for `nominal_alpha`.

    Fleiss has as many answers for every unit; where their number differs, a unit's agreement is that of its own pairs of answers, each unit counts
    once, and the share of a value is that among all answers.
    """
    number, answers = sum(units.values()), sum(values.values())
    if not number:
        return Measure(None, 0, NOTHING_SHARED)
    observed = sum((Fraction(count, m * (m - 1)) for m, count in agreeing.items()), Fraction(0)) / number
    by_chance = Fraction(sum(count * count for count in values.values()), answers * answers)
    if by_chance == 1:
        return Measure(None, answers, ONE_VALUE)
    return Measure(_rounded((observed - by_chance) / (1 - by_chance)), answers)


def cohen_kappa(equal: int, first: Mapping[str, int], second: Mapping[str, int]) -> Measure:
    """Cohen's kappa of two workers. equal: units on which they gave the same value; first, second: how often each gave which, on the units of both."""
    units = sum(first.values())
    if not units:
        return Measure(None, 0, "the two answered nothing in common")
    by_chance = Fraction(sum(count * second.get(value, 0) for value, count in first.items()), units * units)
    if by_chance == 1:
        return Measure(None, units, ONE_VALUE)
    return Measure(_rounded((Fraction(equal, units) - by_chance) / (1 - by_chance)), units)


def mean(measures: Iterable[Measure], why: str) -> Measure:
    """The mean of those that have a value, weighted; the weights are added."""
    known = [(measure.value, measure.weight) for measure in measures if measure.value is not None and measure.weight]
    weight = sum(one for _, one in known)
    if not weight:
        return Measure(None, 0, why)
    return Measure(round(math.fsum(value * one for value, one in known) / weight, _PLACES), weight)


def _per_answer(by_number: Mapping[int, int]) -> Fraction:
    """The sum over units with each unit's part divided by the number of its answers less one."""
    return sum((Fraction(part, m - 1) for m, part in by_number.items()), Fraction(0))


def _rounded(value: Fraction) -> float:
    return round(float(value), _PLACES)
