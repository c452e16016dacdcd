"""Truth inference promises a sane posterior for any answers, and the truth of known crowds."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from consolidation.truth_inference import Posterior, WorkerStatistics, infer, statistics_of
from consolidation.truth_inference.inference import MOST_ROUNDS

Votes = NDArray[np.int64]
OBJECTS, WORKERS = 6, 5
unhurried = settings(deadline=None)
"""A machine that others use too may stall any example."""
SAME = {"rtol": 0.0, "atol": 1e-6}


def consolidate(rows: list[tuple[int, int, int]], objects: int = 1, workers: int = 9, classes: int = 2) -> Posterior:
    return infer(np.array(rows, dtype=np.int64).reshape(-1, 3), objects=objects, workers=workers, classes=classes)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Votes, int]:
    """Any answers at all: nobody, the same worker again and again, one class, all alike."""
    classes = draw(st.integers(1, 4))
    columns = st.tuples(st.integers(0, OBJECTS - 1), st.integers(0, WORKERS - 1), st.integers(0, classes - 1))
    rows = draw(st.lists(columns, max_size=40))
    return np.array(rows, dtype=np.int64).reshape(-1, 3), classes


def simulated_crowd(
    accuracies: list[float], objects: int, answers_an_object: int, frequencies: list[float], seed: int
) -> tuple[Votes, NDArray[np.int64]]:
    """Answers of workers who are right as often as told and else name another class, and what is true."""
    generator = np.random.default_rng(seed)
    classes = len(frequencies)
    truth = generator.choice(classes, objects, p=frequencies)
    rows = []
    for item, true in enumerate(truth):
        for worker in generator.choice(len(accuracies), answers_an_object, replace=False):
            right = generator.random() < accuracies[worker]
            rows.append((item, worker, true if right else (true + generator.integers(1, classes)) % classes))
    return np.array(rows, dtype=np.int64), truth


@given(crowds())
@unhurried
def test_every_object_gets_probabilities(crowd: tuple[Votes, int]) -> None:
    votes, classes = crowd
    posterior = infer(votes, objects=OBJECTS, workers=WORKERS, classes=classes)
    assert posterior.probabilities.shape == (OBJECTS, classes)
    assert (posterior.probabilities > 0.0).all()
    np.testing.assert_allclose(posterior.probabilities.sum(axis=1), 1.0, atol=1e-12)
    assert posterior.accuracies.shape == (WORKERS,)
    assert ((posterior.accuracies > 0.0) & (posterior.accuracies < 1.0)).all()
    np.testing.assert_allclose(posterior.confusions.sum(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(posterior.class_frequencies.sum(), 1.0, atol=1e-12)
    assert posterior.converged or posterior.rounds == MOST_ROUNDS


def test_a_slow_passage_between_two_readings_is_waited_for() -> None:
    """A handful of repeated answers that hypothesis found; plain rounds need 227 here."""
    rows = [(0, 0, 0)] * 3 + [(0, 0, 2)] * 3 + [(0, 3, 1), (1, 1, 1), (1, 3, 2), (1, 3, 2), (2, 0, 0), (2, 0, 1)]
    assert consolidate(rows, objects=OBJECTS, workers=WORKERS, classes=3).converged


@given(crowds(), st.randoms(use_true_random=False))
@unhurried
def test_the_order_of_answers_changes_nothing(crowd: tuple[Votes, int], random: Random) -> None:
    votes, classes = crowd
    order = list(range(len(votes)))
    random.shuffle(order)
    one = infer(votes, objects=OBJECTS, workers=WORKERS, classes=classes)
    other = infer(votes[order], objects=OBJECTS, workers=WORKERS, classes=classes)
    np.testing.assert_array_equal(one.probabilities, other.probabilities)
    np.testing.assert_array_equal(one.accuracies, other.accuracies)


@given(crowds(), st.permutations(range(4)), st.permutations(range(WORKERS)), st.permutations(range(OBJECTS)))
@unhurried
def test_names_carry_no_meaning(
    crowd: tuple[Votes, int], class_order: list[int], worker_order: list[int], object_order: list[int]
) -> None:
    votes, classes = crowd
    renamed_classes = np.array([place for place in class_order if place < classes])
    renamed = np.column_stack(
        [np.array(object_order)[votes[:, 0]], np.array(worker_order)[votes[:, 1]], renamed_classes[votes[:, 2]]]
    )
    one = infer(votes, objects=OBJECTS, workers=WORKERS, classes=classes)
    other = infer(renamed, objects=OBJECTS, workers=WORKERS, classes=classes)
    np.testing.assert_allclose(other.probabilities[np.ix_(object_order, renamed_classes)], one.probabilities, **SAME)
    np.testing.assert_allclose(other.accuracies[worker_order], one.accuracies, **SAME)


@given(arrays(np.int64, (7,), elements=st.integers(0, 2)))
@unhurried
def test_one_object_goes_to_its_majority(answers: Votes) -> None:
    rows = [(0, worker, int(answer)) for worker, answer in enumerate(answers)]
    counts = np.bincount(answers, minlength=3)
    (row,) = consolidate(rows, workers=7, classes=3).probabilities
    np.testing.assert_array_equal(row > row.max() - 1e-9, counts == counts.max())


def test_two_workers_who_disagree_leave_a_tie() -> None:
    (row,) = consolidate([(0, 0, 0), (0, 1, 1)]).probabilities
    assert row[0] == pytest.approx(row[1], abs=1e-9)


def test_one_worker_alone_is_believed_but_not_for_certain() -> None:
    rows = [(item, 0, item % 3) for item in range(30)]
    posterior = consolidate(rows, objects=30, workers=1, classes=3)
    assert posterior.probabilities.argmax(axis=1).tolist() == [item % 3 for item in range(30)]
    assert posterior.probabilities.max() < 0.99


def test_one_class_is_certain() -> None:
    posterior = consolidate([(0, 0, 0), (1, 1, 0)], objects=2, classes=1)
    np.testing.assert_allclose(posterior.probabilities, 1.0)


def test_an_object_without_answers_gets_the_class_frequencies() -> None:
    posterior = consolidate([(0, 0, 0), (0, 1, 0), (1, 0, 0)], objects=3)
    np.testing.assert_allclose(posterior.probabilities[2], posterior.class_frequencies, atol=1e-4)


def test_no_answers_at_all_leave_all_classes_alike() -> None:
    posterior = consolidate([], objects=2, classes=4)
    np.testing.assert_allclose(posterior.probabilities, 0.25)


def test_more_agreement_is_more_confidence_and_never_certainty() -> None:
    confidences = [
        consolidate([(0, worker, 0) for worker in range(n)], workers=20).probabilities[0, 0] for n in range(1, 21)
    ]
    assert confidences == sorted(confidences)
    assert 0.6 < confidences[0] < 0.9
    assert confidences[-1] < 0.99


def test_good_workers_outvote_poor_ones() -> None:
    accuracies = [0.95, 0.95] + [0.55] * 6
    votes, truth = simulated_crowd(accuracies, 300, 8, [0.5, 0.5], seed=1)
    posterior = infer(votes, objects=300, workers=8, classes=2)
    votes_for_one = np.bincount(votes[:, 0], weights=votes[:, 2]) / 8
    vote = ((votes_for_one > 0.5) == truth).mean() - (votes_for_one == 0.5).mean() / 2
    assert (posterior.probabilities.argmax(axis=1) == truth).mean() > vote + 0.05
    np.testing.assert_allclose(posterior.accuracies, accuracies, atol=0.12)


def test_a_worker_who_confuses_two_classes_is_understood() -> None:
    """Three workers swap classes 0 and 1 consistently; what they say is information all the same."""
    votes, truth = simulated_crowd([0.9] * 5, 400, 5, [0.4, 0.3, 0.3], seed=2)
    swapped = votes.copy()
    mine = swapped[:, 1] == 0
    swapped[mine, 2] = np.array([1, 0, 2])[swapped[mine, 2]]
    posterior = infer(swapped, objects=400, workers=5, classes=3)
    assert (posterior.probabilities.argmax(axis=1) == truth).mean() > 0.97


@pytest.mark.parametrize("frequencies", [[0.5, 0.5], [0.9, 0.1], [0.2] * 5])
@pytest.mark.parametrize("answers_an_object", [2, 3, 5])
def test_few_answers_never_cost_more_than_the_vote(frequencies: list[float], answers_an_object: int) -> None:
    """No class swallows the others: with few answers, plain Dawid-Skene falls far below the vote."""
    accuracies = list(np.linspace(0.6, 0.95, 40))
    won = 0.0
    for seed in range(5):
        votes, truth = simulated_crowd(accuracies, 400, answers_an_object, frequencies, seed)
        posterior = infer(votes, objects=400, workers=40, classes=len(frequencies))
        counts = np.zeros((400, len(frequencies)))
        np.add.at(counts, (votes[:, 0], votes[:, 2]), 1)
        tied = counts == counts.max(axis=1, keepdims=True)
        vote = (tied / tied.sum(axis=1, keepdims=True))[np.arange(400), truth].mean()
        won += (posterior.probabilities.argmax(axis=1) == truth).mean() - vote
    assert won / 5 > -0.025


def test_probabilities_are_as_good_as_they_say() -> None:
    """Of objects whose label has the probability p, about p are right; within the doubt that is always kept."""
    votes, truth = simulated_crowd(list(np.linspace(0.55, 0.9, 60)), 3000, 3, [0.3, 0.7], seed=3)
    posterior = infer(votes, objects=3000, workers=60, classes=2)
    confidence = posterior.probabilities.max(axis=1)
    right = posterior.probabilities.argmax(axis=1) == truth
    for low, high in ((0.5, 0.7), (0.7, 0.85), (0.85, 0.95)):
        some = (confidence >= low) & (confidence < high)
        assert right[some].mean() == pytest.approx(confidence[some].mean(), abs=0.1)


@given(crowds())
@settings(max_examples=50, deadline=None)
def test_what_one_call_learned_helps_the_next(crowd: tuple[Votes, int]) -> None:
    """Statistics are finite, add up, and count each answer once, also when passed on."""
    votes, classes = crowd
    posterior = infer(votes, objects=OBJECTS, workers=WORKERS, classes=classes)
    learned = statistics_of(votes, posterior)
    assert learned.counts.sum() == pytest.approx(len(votes))
    np.testing.assert_allclose(learned.pooled, learned.counts.sum(axis=0), atol=1e-9)
    assert learned.class_counts.sum() == pytest.approx(len(np.unique(votes[:, 0])))
    again = infer(votes, objects=OBJECTS, workers=WORKERS, classes=classes, known=learned + learned)
    np.testing.assert_allclose(again.probabilities.sum(axis=1), 1.0, atol=1e-12)


def test_nothing_known_is_the_same_as_no_statistics() -> None:
    votes, _ = simulated_crowd([0.8] * 5, 20, 3, [0.5, 0.5], seed=4)
    one = infer(votes, objects=20, workers=5, classes=2)
    other = infer(votes, objects=20, workers=5, classes=2, known=WorkerStatistics.none(5, 2))
    np.testing.assert_array_equal(one.probabilities, other.probabilities)


def test_known_workers_settle_a_new_object_alone() -> None:
    """A reliable worker's one answer outweighs two of workers known to guess."""
    votes, _ = simulated_crowd([0.97, 0.97, 0.97, 0.5, 0.5], 400, 5, [0.5, 0.5], seed=5)
    past = infer(votes, objects=400, workers=5, classes=2)
    known = statistics_of(votes, past)
    new = np.array([(0, 0, 1), (0, 3, 0), (0, 4, 0)])
    (row,) = infer(new, objects=1, workers=5, classes=2, known=known).probabilities
    assert row[1] > 0.75


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([[0, 0]], r"shape \(1, 2\)"),
        ([[0, 0, 0], [3, 0, 0]], r"row 1: there is no object 3; indices are 0 to 1"),
        ([[0, -1, 0]], r"row 0: there is no worker -1"),
        ([[0, 0, 2]], r"row 0: there is no class 2"),
    ],
)
def test_votes_that_make_no_sense_are_named(rows: list[list[int]], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        infer(np.array(rows), objects=2, workers=1, classes=2)


def test_without_classes_there_is_nothing_to_infer() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        infer(np.zeros((0, 3), dtype=np.int64), objects=1, workers=1, classes=0)
