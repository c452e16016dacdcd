"""What truth inference reaches on six real crowds, with its defaults: docs/quality.md has the figures beside those of other libraries."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
from numpy.typing import NDArray

from consolidation.truth_inference import Posterior, WorkerStatistics, infer, statistics_of

pytestmark = pytest.mark.data

CROWDS = ("aws_birds", "snow_temp", "gal_barzan", "li_rte", "li_web", "li_senti_1k")
VOTE = {
    "aws_birds": 90.23,
    "snow_temp": 93.61,
    "gal_barzan": 69.60,
    "li_rte": 89.69,
    "li_web": 73.07,
    "li_senti_1k": 93.35,
}
"""Accuracy of the plain vote, ties shared."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Crowd:
    votes: Ints
    truth: Ints
    workers: int
    classes: int

    def posterior(self) -> Posterior:
        return infer(self.votes, objects=len(self.truth), workers=self.workers, classes=self.classes)


@pytest.fixture
def crowd(data: Path) -> Callable[[str], Crowd]:
    def read(name: str) -> Crowd:
        folder = data / "consolidation" / "categorical" / name
        answers, truths = (
            [line.split("\t") for line in (folder / file).read_text().splitlines()]
            for file in ("labels.tsv", "truth.tsv")
        )
        objects, workers = ({key: i for i, key in enumerate(sorted({row[c] for row in answers}))} for c in (0, 1))
        classes = {key: i for i, key in enumerate(sorted({row[-1] for row in answers + truths}))}
        truth = np.full(len(objects), -1, dtype=np.int64)
        for task, label in truths:
            if task in objects:
                truth[objects[task]] = classes[label]
        votes = np.array([(objects[o], workers[w], classes[c]) for o, w, c in answers])
        return Crowd(votes, truth, len(workers), len(classes))

    return read


def accuracy(probabilities: Floats, truth: Ints) -> float:
    known = truth >= 0
    return 100.0 * float((probabilities.argmax(axis=1) == truth)[known].mean())


def calibration_error(probabilities: Floats, truth: Ints) -> float:
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * 10).astype(int), 9)
    return 100.0 * float(sum(abs((right[bins == b] - confidence[bins == b]).sum()) for b in range(10)) / len(truth))


def test_one_default_suits_six_crowds(crowd: Callable[[str], Crowd]) -> None:
    reached = {}
    for name in CROWDS:
        one = crowd(name)
        posterior = one.posterior()
        assert posterior.converged, name
        reached[name] = accuracy(posterior.probabilities, one.truth)
    assert all(reached[name] >= VOTE[name] for name in CROWDS), reached
    assert fmean(reached.values()) >= 88.5
    assert reached["aws_birds"] >= 90.39
    assert reached["li_web"] >= 87.0
    assert reached["li_senti_1k"] >= 95.7


def test_confidence_is_honest_on_a_real_ground_truth_job(crowd: Callable[[str], Crowd]) -> None:
    birds = crowd("aws_birds")
    assert calibration_error(birds.posterior().probabilities, birds.truth) < 4.0


def test_two_answers_an_object_beat_the_vote_everywhere(crowd: Callable[[str], Crowd]) -> None:
    for name in CROWDS:
        one = crowd(name)
        shuffled = one.votes[np.random.default_rng(0).permutation(len(one.votes))]
        by_object = shuffled[np.argsort(shuffled[:, 0], kind="stable")]
        starts = np.flatnonzero(np.diff(by_object[:, 0], prepend=-1))
        rank = np.arange(len(by_object)) - np.repeat(starts, np.diff(starts, append=len(by_object)))
        few = Crowd(by_object[rank < 2], one.truth, one.workers, one.classes)
        shares = np.zeros((len(one.truth), one.classes))
        np.add.at(shares, (few.votes[:, 0], few.votes[:, 2]), 0.5)
        tied = shares == shares.max(axis=1, keepdims=True)
        known = one.truth >= 0
        vote = 100.0 * (tied / tied.sum(axis=1, keepdims=True))[known, one.truth[known]].mean()
        assert accuracy(few.posterior().probabilities, one.truth) > vote, name


def test_ten_objects_a_call_come_close_to_all_at_once(crowd: Callable[[str], Crowd]) -> None:
    """Worker statistics carried from call to call: over the second half of the objects, no crowd loses half a percent."""
    gaps = {}
    for name in CROWDS:
        one = crowd(name)
        whole = one.posterior().probabilities
        orders = [np.random.default_rng(seed).permutation(len(one.truth)) for seed in range(3)]
        gaps[name] = fmean(_late_gap(one, whole, order) for order in orders)
    assert abs(fmean(gaps.values())) < 0.5, gaps
    assert min(gaps.values()) > -0.5, gaps


def _late_gap(one: Crowd, whole: Floats, order: Ints) -> float:
    """Accuracy in calls of ten less that of all at once, percent, over the second half in this order."""
    late = order[len(order) // 2 :]
    return accuracy(_in_calls(one, order, 10)[late], one.truth[late]) - accuracy(whole[late], one.truth[late])


def _in_calls(one: Crowd, order: Ints, size: int) -> Floats:
    """Probabilities when the objects come `size` a call, in this order."""
    probabilities = np.zeros((len(one.truth), one.classes))
    known = WorkerStatistics.none(one.workers, one.classes)
    by_object = one.votes[np.argsort(one.votes[:, 0], kind="stable")]
    bounds = np.searchsorted(by_object[:, 0], np.arange(len(one.truth) + 1))
    for start in range(0, len(order), size):
        objects = order[start : start + size]
        votes = np.concatenate([by_object[bounds[item] : bounds[item + 1]] for item in objects])
        votes[:, 0] = np.repeat(np.arange(len(objects)), bounds[objects + 1] - bounds[objects])
        posterior = infer(votes, objects=len(objects), workers=one.workers, classes=one.classes, known=known)
        known = known + statistics_of(votes, posterior)
        probabilities[objects] = posterior.probabilities
    return probabilities
