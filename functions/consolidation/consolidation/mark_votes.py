"""What the marks of a payload's workers come to, whatever their shape: which are kept, under which label, and how sure that is.

Marks are boxes, polygons, points or spans of text. Who drew which, and which of them are one, is all that counts here; how far a mark overlaps with the merged
one is the caller's to tell. Everything is computed at once over flat arrays of a whole payload.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from consolidation.boxes import LabelNames
from consolidation.label_categories import ONCE
from consolidation.quorum import expected_workers
from consolidation.settings import WEIGHTED, Settings
from consolidation.voting import Decision, Poll
from consolidation.worker_accuracy import Votes
from consolidation.worker_statistics import Ledger

if TYPE_CHECKING:
    from consolidation.worker_statistics.record import Record

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_EVEN = 1e-9


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a payload, those without marks included. objects, workers: (answers,). per_object: (objects,) their number."""

    objects: Ints
    workers: Ints
    per_object: Ints

    @classmethod
    def of(cls, workers: Sequence[Sequence[str]], worker_rank: Mapping[str, int]) -> "Answers":
        """The answers, given the workers of each object."""
        counts = np.array([len(names) for names in workers], dtype=np.int64)
        ranks = np.array([worker_rank[name] for names in workers for name in names], dtype=np.int64)
        return cls(np.repeat(np.arange(len(workers)), counts), ranks, counts)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a payload, sorted by object. objects, answers, workers, labels: (n,); answers number the workers' answers over all objects."""

    objects: Ints
    answers: Ints
    workers: Ints
    labels: Ints


@dataclass(frozen=True, slots=True)
class Clusters:
    """The merged marks of a payload, numbered by their first mark.

    of_mark: (n,) cluster of each mark. objects, winners, votes: (clusters,) the object, the label voted (-1: unresolved tie), the marks with that label.
    has_quorum: (clusters,). is_surplus: those beyond the best of a label that occurs once on an object. mixed: the vote where marks have several labels.
    weights: (n,) how much each mark counts in the merged one.
    """

    of_mark: Ints
    objects: Ints
    winners: Ints
    votes: Ints
    has_quorum: Bools
    is_surplus: Bools
    mixed: dict[int, Decision]
    weights: Floats

    @property
    def kept(self) -> Bools:
        """Which clusters are in the label."""
        result: Bools = self.has_quorum & (self.winners >= 0) & ~self.is_surplus
        return result


@dataclass(frozen=True, slots=True)
class Voters:
    """Who the workers of a payload are, for what is known and learned of them.

    names: of the workers, by number. positions: the ledger's of each object. truth: makes of the cluster of each mark, (n,), the true label of
    clusters on gold objects, -1 where nothing is.
    """

    ledger: Ledger
    names: Sequence[str]
    positions: Sequence[int]
    truth: Callable[[Ints], Mapping[int, int]] = lambda _: {}

    def record(self, of_mark: Ints, objects: Ints) -> "Record | None":
        """The record of the vote on clusters. objects: (clusters,) the object of each."""
        positions = [self.positions[item] for item in objects.tolist()]
        return self.ledger.record(self.names, positions, truth=self.truth(of_mark))


def voted(
    of_mark: Ints,
    marks: Marks,
    answers: Answers,
    names: LabelNames,
    settings: Settings,
    voters: Voters | None = None,
) -> Clusters:
    """The clusters with their labels. of_mark: (n,) numbered by first mark, without gaps."""
    sizes = np.bincount(of_mark)
    first = np.argsort(of_mark, kind="stable")[np.cumsum(sizes) - sizes]
    record = None if voters is None else voters.record(of_mark, marks.objects[first])
    poll, mixed = _poll(of_mark, marks, first, names, settings, record)
    weights = np.ones(len(of_mark))
    if poll is not None and settings.method == WEIGHTED:
        weights = poll.accuracies[marks.workers]
    winners = marks.labels[first]
    votes = sizes.copy()
    for cluster, decision in mixed.items():
        winners[cluster] = -1 if decision.label is None else decision.label
        votes[cluster] = decision.votes
    objects = marks.objects[first]
    return Clusters(
        of_mark=of_mark,
        objects=objects,
        winners=winners,
        votes=votes,
        has_quorum=_has_quorum(of_mark, marks, objects, answers, settings),
        is_surplus=np.zeros(len(first), dtype=np.bool_),
        mixed=mixed,
        weights=weights,
    )


def _poll(
    of_mark: Ints, marks: Marks, first: Ints, names: LabelNames, settings: Settings, record: "Record | None"
) -> tuple[Poll | None, dict[int, Decision]]:
    """The poll over the labels in clusters, and the decisions where they differ; no poll where nothing depends on it."""
    differs = np.unique(of_mark[marks.labels != marks.labels[first][of_mark]])
    if not len(of_mark) or (not len(differs) and settings.method != WEIGHTED and record is None):
        return None, {}
    everything = Votes(of_mark, marks.workers, marks.labels, max(len(names.names), 2))
    rows = np.flatnonzero(np.isin(of_mark, differs))
    mixed = Votes(of_mark[rows], marks.workers[rows], marks.labels[rows], everything.alternatives)
    poll = Poll(mixed, settings, everything, record)
    poll.learn()
    return poll, poll.decisions(labels_have_order=True)


def _has_quorum(of_mark: Ints, marks: Marks, objects: Ints, answers: Answers, settings: Settings) -> Bools:
    """Which clusters enough workers drew. objects: (clusters,)."""
    sizes = np.bincount(of_mark)
    plain: Bools = sizes >= settings.box_quorum * answers.per_object[objects] - _EVEN
    expected = expected_workers(
        (marks.answers, of_mark), (objects, plain), (answers.objects, answers.workers), len(answers.per_object)
    )
    result: Bools = sizes >= settings.box_quorum * expected[objects] - _EVEN
    return result


def without_surplus(marks: Marks, clusters: Clusters, names: LabelNames, overlap: Floats) -> Clusters:
    """The clusters, of which those of a label that occurs once are surplus where their object has a better one: with more votes, then closer to its marks, then
    first. overlap: (n,) of each mark with its merged one."""
    once = np.array([category.occurs == ONCE for category in names.categories.categories], dtype=np.bool_)
    if not once.any():
        return clusters
    same = np.where(marks.labels == clusters.winners[clusters.of_mark], overlap, 0.0)
    closeness = np.round(np.bincount(clusters.of_mark, weights=same, minlength=len(clusters.objects)), 6)
    rows = np.flatnonzero(clusters.kept & np.isin(clusters.winners, np.flatnonzero(once)))
    order = rows[
        np.lexsort((rows, -closeness[rows], -clusters.votes[rows], clusters.winners[rows], clusters.objects[rows]))
    ]
    repeated = (np.diff(clusters.objects[order], prepend=-1) == 0) & (np.diff(clusters.winners[order], prepend=-1) == 0)
    is_surplus = np.zeros(len(clusters.objects), dtype=np.bool_)
    is_surplus[order[repeated]] = True
    return replace(clusters, is_surplus=is_surplus)


def confidences(marks: Marks, clusters: Clusters, answers: Answers, overlap: Floats) -> tuple[Floats, Floats]:
    """Confidence of each merged mark, and of each object. overlap: (n,) of each mark with its merged one.

    Of a merged mark: the mean over all workers of the overlap with the mark that the worker drew there with its label, 0 for a worker who drew
    none. Of an object: the mean over workers of 2 x (sum of those overlaps) / (marks of the worker + merged marks), which is 1 where neither has any.
    """
    of_mark = clusters.of_mark
    matched = np.flatnonzero(clusters.kept[of_mark] & (marks.labels == clusters.winners[of_mark]))
    near = overlap[matched]
    total = np.bincount(of_mark[matched], weights=near, minlength=len(clusters.objects))
    objects = len(answers.per_object)
    of_answer = np.bincount(marks.answers[matched], weights=near, minlength=len(answers.objects))
    drawn = np.bincount(marks.answers, minlength=len(answers.objects))
    merged = np.bincount(clusters.objects[clusters.kept], minlength=objects)[answers.objects]
    f1 = np.divide(2.0 * of_answer, drawn + merged, out=np.ones(len(drawn)), where=drawn + merged > 0)
    workers = np.maximum(answers.per_object, 1)
    of_object: Floats = np.bincount(answers.objects, weights=f1, minlength=objects) / workers
    return np.round(total / workers[clusters.objects], 4), of_object
