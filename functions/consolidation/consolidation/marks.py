"""Merges polygons, points and spans of text that several workers marked into those they agree on.

The same ideas as for boxes (`invoice_boxes`): clusters with at most one mark of a worker, a quorum, a vote on the label, a robust mean as the merged mark, and
confidences from how far each worker's mark overlaps with it. What overlap and mean are is the shape's (`polygons`, `keypoints`, `spans`). A task may
mix shapes; marks of different shapes never merge. The result does not depend on the order of workers or marks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from consolidation.boxes import LabelNames
from consolidation.data_objects import count
from consolidation.drawn_marks import SHAPES, CollectedMarks
from consolidation.mark_clusters import Pairs, clusters_of, touching_pairs
from consolidation.mark_shapes import Floats, Ints, Shape
from consolidation.mark_values import MergedMark, Outcome, SplitMark, mark_value
from consolidation.mark_votes import Answers, Bools, Clusters, Marks, Voters, confidences, voted, without_surplus
from consolidation.settings import Settings
from consolidation.splits import INSIDE, SMALLER, splits_among
from consolidation.value import LabelValue, with_notes
from consolidation.worker_statistics import Ledger


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The marks of a payload, sorted by object, shape, place, label and worker. shapes: (n,). geometries: one each."""

    marks: Marks
    shapes: Ints
    geometries: list[Floats]


@dataclass(frozen=True, slots=True)
class _Touching:
    """The pairs of marks of one shape. rows: positions of its marks among all. geometries: theirs."""

    shape: Shape
    rows: Ints
    geometries: list[Floats]
    pairs: Pairs


def label(
    collected: Sequence[CollectedMarks],
    names: LabelNames,
    settings: Settings,
    ledger: Ledger | None = None,
    positions: Sequence[int] | None = None,
) -> list[LabelValue]:
    """The label value of each object, in the same order. ledger: what is known of workers. positions: of the objects in the ledger."""
    notes: list[list[str]] = [list(c.notes) for c in collected]
    worker_rank = {worker: rank for rank, worker in enumerate(sorted({w for c in collected for w in c.workers}))}
    answers = Answers.of([c.workers for c in collected], worker_rank)
    drawn = _drawn(collected, names, worker_rank)
    touching = [_touching(position, drawn) for position in np.unique(drawn.shapes).tolist()]
    of_mark, is_piled = _clustered(drawn, touching, settings)
    for item, number in zip(
        *(side.tolist() for side in np.unique(drawn.marks.objects[is_piled], return_counts=True)), strict=True
    ):
        notes[item].append(f"{count(number, 'mark')} not merged: too many lie on one another")
    voters = Voters(ledger or Ledger(), list(worker_rank), positions or range(len(collected)))
    clusters = voted(of_mark, drawn.marks, answers, names, settings, voters)
    merged = _merged(drawn, clusters)
    overlap = _overlap(drawn, touching, clusters, merged)
    clusters = without_surplus(drawn.marks, clusters, names, overlap)
    of_clusters, of_objects = confidences(drawn.marks, clusters, answers, overlap)
    outcomes = _outcomes(len(collected), drawn, clusters, merged, of_clusters)
    for one in touching:
        _add_splits(one, drawn, clusters, outcomes)
    ordered = names.ordered
    return [
        mark_value(c, outcome, confidence, remarks, ordered, names.categories, settings)
        if c.workers
        else with_notes({"annotations": [], "objects": [], **c.unanswered.as_json()}, remarks)
        for c, outcome, confidence, remarks in zip(collected, outcomes, of_objects.tolist(), notes, strict=True)
    ]


def _drawn(collected: Sequence[CollectedMarks], names: LabelNames, worker_rank: Mapping[str, int]) -> _Drawn:
    """All marks in canonical order, a worker's repeated mark once."""
    ranks = names.ranks
    rows = []
    answers = 0
    for item, c in enumerate(collected):
        for mark in c.marks:
            place = SHAPES[mark.shape].extent(mark.geometry)
            numbers = tuple(mark.geometry.ravel().tolist())
            worker = worker_rank[c.workers[mark.answer]]
            rows.append(
                (item, mark.shape, place, numbers, ranks[mark.label], worker, answers + mark.answer, mark.geometry)
            )
        answers += len(c.workers)
    unique = {row[:7]: row[7] for row in rows}
    keys = sorted(unique)
    columns = np.array([(key[0], key[6], key[5], key[4], key[1]) for key in keys], dtype=np.int64).reshape(-1, 5)
    return _Drawn(Marks(*columns[:, :4].T), columns[:, 4], [unique[key] for key in keys])


def _touching(position: int, drawn: _Drawn) -> _Touching:
    rows = np.flatnonzero(drawn.shapes == position)
    geometries = [drawn.geometries[row] for row in rows.tolist()]
    marks = drawn.marks
    return _Touching(
        SHAPES[position],
        rows,
        geometries,
        touching_pairs(SHAPES[position], marks.objects[rows], marks.workers[rows], geometries),
    )


def _clustered(drawn: _Drawn, touching: Sequence[_Touching], settings: Settings) -> tuple[Ints, Bools]:
    """The cluster of each mark, numbered by their first marks without gaps; and which marks were left alone in a pile."""
    first = np.arange(len(drawn.geometries))
    is_piled = np.zeros(len(first), dtype=np.bool_)
    for one in touching:
        threshold = settings.box_iou if one.shape.least_overlap is None else one.shape.least_overlap
        workers, labels = drawn.marks.workers[one.rows], drawn.marks.labels[one.rows]
        clusters, is_piled[one.rows] = clusters_of(one.pairs, workers, labels, threshold)
        first[one.rows] = one.rows[clusters]
    number = np.cumsum(first == np.arange(len(first))) - 1
    return number[first], is_piled


def _merged(drawn: _Drawn, clusters: Clusters) -> list[Floats]:
    """The merged mark of each cluster."""
    order = np.argsort(clusters.of_mark, kind="stable")
    starts = np.flatnonzero(np.diff(clusters.of_mark[order], prepend=-1))
    groups = np.split(order, starts[1:]) if len(order) else []
    merged: list[Floats] = [np.zeros(0)] * len(groups)
    shapes = drawn.shapes[order[starts]]
    for shape in np.unique(shapes).tolist():
        chosen = np.flatnonzero(shapes == shape).tolist()
        geometries = [[drawn.geometries[row] for row in groups[cluster].tolist()] for cluster in chosen]
        weights = [clusters.weights[groups[cluster]] for cluster in chosen]
        for cluster, geometry in zip(chosen, SHAPES[shape].merged(geometries, weights), strict=True):
            merged[cluster] = geometry
    return merged


def _overlap(drawn: _Drawn, touching: Sequence[_Touching], clusters: Clusters, merged: Sequence[Floats]) -> Floats:
    """How far each mark overlaps with its merged one, (n,)."""
    result = np.ones(len(drawn.geometries))
    sizes = np.bincount(clusters.of_mark)
    for one in touching:
        rows = one.rows[sizes[clusters.of_mark[one.rows]] > 1]
        if len(rows):
            theirs = [merged[cluster] for cluster in clusters.of_mark[rows].tolist()]
            own = [drawn.geometries[row] for row in rows.tolist()]
            positions = np.arange(len(rows))
            result[rows] = one.shape.overlaps([*own, *theirs], positions, positions + len(rows))[0]
    return result


def _outcomes(
    objects: int, drawn: _Drawn, clusters: Clusters, merged: Sequence[Floats], of_clusters: Floats
) -> list[Outcome]:
    """The merged marks of each object by shape and place: those kept, and those dropped."""
    outcomes = [Outcome() for _ in range(objects)]
    shapes = np.zeros(len(merged), dtype=np.int64)
    shapes[clusters.of_mark] = drawn.shapes
    kept = clusters.kept.tolist()
    places = [SHAPES[shape].extent(geometry) for shape, geometry in zip(shapes.tolist(), merged, strict=True)]
    for cluster in sorted(range(len(merged)), key=lambda c: (shapes[c], places[c], clusters.winners[c], c)):
        mark = MergedMark(
            int(shapes[cluster]),
            int(clusters.winners[cluster]),
            merged[cluster],
            float(of_clusters[cluster]),
            int(clusters.votes[cluster]),
            clusters.mixed.get(cluster),
            bool(clusters.is_surplus[cluster]),
        )
        outcome = outcomes[int(clusters.objects[cluster])]
        (outcome.kept if kept[cluster] else outcome.dropped).append(mark)
    return outcomes


def _add_splits(one: _Touching, drawn: _Drawn, clusters: Clusters, outcomes: Sequence[Outcome]) -> None:
    """Adds to each object the places that some workers marked as one and others as several with the same label."""
    pairs, marks = one.pairs, drawn.marks
    if pairs.shared is None:
        return
    labels, answers = marks.labels[one.rows], marks.answers[one.rows]
    sizes = one.shape.sizes(one.geometries)
    wholes = np.concatenate([pairs.first, pairs.second])
    parts = np.concatenate([pairs.second, pairs.first])
    shared = np.tile(pairs.shared, 2)
    is_part = (
        (shared >= INSIDE * sizes[parts])
        & (sizes[parts] <= SMALLER * sizes[wholes])
        & (labels[wholes] == labels[parts])
    )
    wholes, parts, shared = wholes[is_part], parts[is_part], shared[is_part]
    if not len(wholes):
        return
    places: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for whole, splitter in zip(
        *(side.tolist() for side in splits_among(wholes, parts, shared, sizes, answers)), strict=True
    ):
        cluster = int(clusters.of_mark[one.rows[whole]])
        places.setdefault((cluster, int(labels[whole])), []).append((whole, splitter))
    for (cluster, label_rank), found in sorted(places.items()):
        ones = sorted({whole for whole, _ in found})
        (geometry,) = one.shape.merged([[one.geometries[whole] for whole in ones]], [np.ones(len(ones))])
        several = len({splitter for _, splitter in found})
        split = SplitMark(
            int(drawn.shapes[one.rows[0]]), label_rank, geometry, len({int(answers[w]) for w in ones}), several
        )
        outcomes[int(clusters.objects[cluster])].splits.append(split)
