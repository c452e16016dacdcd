"""The coefficients give what their authors published, and say why where they have no value."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, permutations

import pytest

from consolidation.agreement import cohen_kappa, fleiss_kappa, interval_alpha, nominal_alpha
from consolidation.agreement.counts import FieldCounts
from consolidation.agreement.unit import count_numbers, count_values

# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C: four observers, twelve units, answers missing.
KRIPPENDORFF = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
]

# Fleiss (1971), table 1: thirty patients, six psychiatrists each, five diagnoses; how many chose which.
FLEISS = """
0 0 0 6 0  0 3 0 0 3  0 1 4 0 1  0 0 0 0 6  0 3 0 3 0  2 0 4 0 0  0 0 4 0 2  2 0 3 1 0  2 0 0 4 0  0 0 0 0 6
1 0 0 5 0  1 1 0 4 0  0 3 3 0 0  1 0 0 5 0  0 2 0 3 1  0 0 5 0 1  3 0 0 1 2  5 1 0 0 0  0 2 0 4 0  1 0 2 0 3
0 0 0 0 6  0 1 0 5 0  0 2 0 1 3  2 0 0 4 0  1 0 0 4 1  0 5 0 1 0  4 0 0 0 2  0 2 0 4 0  1 0 5 0 0  0 0 0 0 6
"""

# Cohen (1960): two judges place 200 persons in three groups; rows are the first judge's.
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]


def units() -> list[list[str]]:
    rows = [row.split() for row in KRIPPENDORFF]
    return [[value for value in unit if value != "."] for unit in zip(*rows, strict=True)]


def counted(units: Sequence[Sequence[str]]) -> FieldCounts:
    counts = FieldCounts()
    for unit in units:
        count_values(counts, unit, is_closed=True)
        count_numbers(counts, [int(value) for value in unit if value.isdigit()])
    return counts


def test_krippendorff_nominal_alpha_is_the_published_one():
    counts = counted(units())
    assert nominal_alpha(counts.agreeing, counts.values).value == pytest.approx(0.743, abs=5e-4)


def test_krippendorff_interval_alpha_is_the_published_one():
    counts = counted(units())
    alpha = interval_alpha(counts.numbers, counts.total, counts.squares, counts.within)
    assert alpha.value == pytest.approx(0.849, abs=5e-4)


def test_fleiss_kappa_is_the_published_one():
    numbers = list(map(int, FLEISS.split()))
    patients = [numbers[start : start + 5] for start in range(0, len(numbers), 5)]
    assert len(patients) == 30
    assert {sum(patient) for patient in patients} == {6}
    counts = counted(
        [[str(group) for group, votes in enumerate(patient) for _ in range(votes)] for patient in patients]
    )
    assert fleiss_kappa(counts.units, counts.agreeing, counts.values).value == pytest.approx(0.430, abs=5e-4)


def test_cohen_kappa_is_the_published_one():
    first = {str(group): sum(row) for group, row in enumerate(COHEN)}
    second = {str(group): sum(row[group] for row in COHEN) for group in range(3)}
    kappa = cohen_kappa(sum(COHEN[group][group] for group in range(3)), first, second)
    assert kappa.value == pytest.approx(0.492, abs=5e-4)
    assert kappa.weight == 200


def test_with_two_workers_who_answer_everything_all_coefficients_are_near_one_another():
    # Scott's pi, which Fleiss' kappa is for two, and alpha differ by 1/n only (Krippendorff 2011, section B).
    answers = [[str(one), str(other)] for one, row in enumerate(COHEN) for other, n in enumerate(row) for _ in range(n)]
    counts = counted(answers)
    alpha, kappa = (
        nominal_alpha(counts.agreeing, counts.values).value,
        fleiss_kappa(counts.units, counts.agreeing, counts.values).value,
    )
    assert alpha is not None
    assert kappa is not None
    assert alpha == pytest.approx(1 - (1 - kappa) * (400 - 1) / 400, abs=1e-6)


def test_the_order_of_workers_and_of_units_does_not_matter():
    expected = counted(units())
    for order in list(permutations(range(12), 3))[:20]:
        shuffled = units()
        for first, second in pairwise(order):
            shuffled[first], shuffled[second] = shuffled[second][::-1], shuffled[first][::-1]
        assert counted(shuffled) == expected


def test_one_worker_has_no_agreement_and_is_told_why():
    counts = counted([["invoice"], ["receipt"]])
    for measure in (
        nominal_alpha(counts.agreeing, counts.values),
        fleiss_kappa(counts.units, counts.agreeing, counts.values),
        interval_alpha(0, 0, 0, {}),
    ):
        assert measure.value is None
        assert measure.why == "no two workers answered the same"


def test_one_value_has_no_agreement_beyond_chance_and_is_told_why():
    counts = counted([["7", "7"], ["7", "7", "7"]])
    for measure in (
        nominal_alpha(counts.agreeing, counts.values),
        fleiss_kappa(counts.units, counts.agreeing, counts.values),
        interval_alpha(counts.numbers, counts.total, counts.squares, counts.within),
        cohen_kappa(2, Counter({"7": 2}), Counter({"7": 2})),
    ):
        assert measure.value is None
        assert "every answer is the same" in measure.why


def test_two_who_share_no_object_have_no_kappa():
    assert cohen_kappa(0, {}, {}).value is None


def test_systematic_disagreement_is_below_zero():
    counts = counted([["a", "b"], ["b", "a"]])
    assert nominal_alpha(counts.agreeing, counts.values).value == pytest.approx(-0.5)
    assert fleiss_kappa(counts.units, counts.agreeing, counts.values).value == pytest.approx(-1.0)
