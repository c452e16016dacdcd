"""Merges the boxes that several workers drew on one page into the boxes they agree on.

A merged box holds at most one box of each worker. Workers who drew nothing there count against it: it is kept when it has the
quorum's share of all workers who answered the object, where one who misses on other objects what the rest draw counts for less (`quorum`). Its label
is voted among its boxes. Its edges are a mean of theirs that leans on those close to one another (`merged_edges`); by the weighted method a box
also weighs as much as its worker's labels are accurate. Everything is computed at once over flat arrays of a whole payload, in an order that
does not depend on the order of workers or boxes.

Confidence (`mark_votes`) is measured by the IoU of each worker's boxes with the merged ones. Where the words of pages are known, boxes are compared by the
words that they cover (`covered_words`), for merging and for confidence; merged edges are those that workers drew. Nobody drawing anything is an agreed
answer: nothing to label.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from consolidation.answers import has_marks
from consolidation.box_clusters import Floats, Ints, clusters_of, iou
from consolidation.box_values import DETAILS, LAST, MergedBox, Outcome, SplitBox, box_value
from consolidation.boxes import LARGEST, CollectedBoxes, LabelNames, collect
from consolidation.data_objects import DataObject, count
from consolidation.gold_boxes import TrueBoxes, true_boxes, true_labels, with_gold_boxes
from consolidation.label_categories import LabelCategories
from consolidation.mark_votes import Answers, Clusters, Marks, Voters, confidences, voted, without_surplus
from consolidation.merged_edges import merged_edges
from consolidation.rectangles import whole_pixels
from consolidation.settings import Settings
from consolidation.splits import split_boxes
from consolidation.value import Cut, LabelValue
from consolidation.worker_statistics import Ledger

_SLICE = 200
"""Objects whose boxes are prepared at once."""
_PIXEL = 1.0
"""How far beyond the image a box may reach before it is worth a note."""


if TYPE_CHECKING:
    from consolidation.drawn_marks import CollectedMarks


@dataclass(frozen=True, slots=True)
class _Boxes(Marks):
    """The boxes of a payload, sorted by object, left, top, right, bottom, label and worker. edges: (n, 4) left, top, right, bottom."""

    edges: Floats

    def __getitem__(self, rows: Ints) -> "_Boxes":
        return _Boxes(self.objects[rows], self.answers[rows], self.workers[rows], self.labels[rows], self.edges[rows])


def label(
    collected: Sequence[CollectedBoxes],
    names: LabelNames,
    settings: Settings,
    ledger: Ledger | None = None,
    positions: Sequence[int] | None = None,
) -> list[LabelValue]:
    """The label value of each object, in the same order. ledger: what is known of workers and gold objects. positions: of the objects in the ledger."""
    ledger, positions = ledger or Ledger(), positions or range(len(collected))
    truths = [true_boxes(ledger.truth(p), c, names.categories) for p, c in zip(positions, collected, strict=True)]
    notes: list[list[str]] = [list(c.notes) for c in collected]
    worker_rank = {worker: rank for rank, worker in enumerate(sorted({w for c in collected for w in c.workers}))}
    answers = Answers.of([c.workers for c in collected], worker_rank)
    boxes = _boxes(collected, names, worker_rank, notes)
    compared = _compared(boxes.objects, boxes.edges, collected)
    voters = _voters(boxes, truths, names, Voters(ledger, list(worker_rank), positions))
    clusters, edges = _clustered(boxes, compared, answers, names, settings, notes, voters)
    overlap = iou(compared, _compared(clusters.objects, edges, collected)[clusters.of_mark])
    clusters = without_surplus(boxes, clusters, names, overlap)
    of_clusters, of_objects = confidences(boxes, clusters, answers, overlap)
    outcomes = _outcomes(len(collected), clusters, edges, of_clusters)
    _add_splits(boxes, clusters, outcomes)
    ordered = names.ordered
    values = [
        box_value(c, outcome, confidence, remarks, ordered, names.categories, settings)
        for c, outcome, confidence, remarks in zip(collected, outcomes, of_objects.tolist(), notes, strict=True)
    ]
    return [with_gold_boxes(value, truth) for value, truth in zip(values, truths, strict=True)]


def _voters(boxes: "_Boxes", truths: Sequence[TrueBoxes | None], names: LabelNames, voters: Voters) -> Voters:
    """The voters, with what is true of the boxes on gold pages."""
    known = {item: truth for item, truth in enumerate(truths) if truth is not None}
    if not known:
        return voters
    ranks = {name: rank for rank, name in enumerate(names.ordered)}
    return replace(voters, truth=lambda of_box: true_labels((boxes.objects, boxes.edges), of_box, known, ranks))


def _boxes(
    collected: Sequence[CollectedBoxes], names: LabelNames, worker_rank: Mapping[str, int], notes: list[list[str]]
) -> _Boxes:
    """All usable boxes in canonical order. Labels and workers are numbered so that the numbers' order is that of the names.

    Objects are taken by the slice, so that what is needed on the way stays small beside the result.
    """
    label_rank = np.array(names.ranks, dtype=np.int64)
    parts: list[_Boxes] = []
    answers = 0
    for start in range(0, len(collected), _SLICE):
        chosen, remarks = collected[start : start + _SLICE], notes[start : start + _SLICE]
        usable = _usable(_flat(chosen, worker_rank, label_rank), remarks)
        part = _sorted_boxes(_within_images(usable, chosen, remarks))
        parts.append(replace(part, objects=part.objects + start, answers=part.answers + answers))
        answers += sum(len(c.workers) for c in chosen)
    return _joined(parts)


def _joined(parts: Sequence[_Boxes]) -> _Boxes:
    """Boxes one after another."""
    empty = np.zeros(0, dtype=np.int64)
    return _Boxes(
        np.concatenate([empty, *(part.objects for part in parts)]),
        np.concatenate([empty, *(part.answers for part in parts)]),
        np.concatenate([empty, *(part.workers for part in parts)]),
        np.concatenate([empty, *(part.labels for part in parts)]),
        np.concatenate([np.zeros((0, 4)), *(part.edges for part in parts)]),
    )


def _flat(collected: Sequence[CollectedBoxes], worker_rank: Mapping[str, int], label_rank: Ints) -> _Boxes:
    """The boxes as arrays, unsorted."""
    workers = np.array([worker_rank[worker] for c in collected for worker in c.workers], dtype=np.int64)
    of_answer = np.array([size for c in collected for size in c.sizes], dtype=np.int64)
    answers = np.repeat(np.arange(len(of_answer)), of_answer)
    sizes = np.array([len(c.labels) for c in collected], dtype=np.int64)
    objects = np.repeat(np.arange(len(collected)), sizes)
    numbers = np.frombuffer(b"".join(c.labels.tobytes() for c in collected), dtype=np.int64)
    sides = np.frombuffer(b"".join(c.sides.tobytes() for c in collected), dtype=np.float64)
    first_side = 3 * np.repeat(np.cumsum(sizes) - sizes, sizes) + np.arange(len(objects))
    left, top, across, down = (sides[first_side + column * sizes[objects]] for column in range(4))
    edges = np.stack([left, top, left + across, top + down], axis=1)
    return _Boxes(objects, answers, workers[answers], label_rank[numbers], edges)


def _usable(boxes: _Boxes, notes: list[list[str]]) -> _Boxes:
    """The boxes that have an area and lie within any image's bounds; the others, NaN among them, are noted."""
    has_area = (boxes.edges[:, 2] > boxes.edges[:, 0]) & (boxes.edges[:, 3] > boxes.edges[:, 1])
    is_sane = (np.abs(boxes.edges) <= 2.0 * LARGEST).all(axis=1)
    _note(boxes.objects[is_sane & ~has_area], "not used: width and height are not above zero", notes)
    _note(boxes.objects[~is_sane], f"not used: a coordinate is no number up to {LARGEST:,.0f}", notes)
    is_usable = has_area & is_sane
    return boxes if is_usable.all() else boxes[np.flatnonzero(is_usable)]


def _within_images(boxes: _Boxes, collected: Sequence[CollectedBoxes], notes: list[list[str]]) -> _Boxes:
    """The boxes cut to their images; what lies outside altogether is left out. Both are noted."""
    sizes = np.array([c.image or (np.inf, np.inf) for c in collected], dtype=np.float64).reshape(-1, 2)
    limits = np.tile(sizes, 2)[boxes.objects]
    edges = np.clip(boxes.edges, np.where(np.isinf(limits), -np.inf, 0.0), limits)
    inside = (edges[:, 2] > edges[:, 0]) & (edges[:, 3] > edges[:, 1])
    is_cut = inside & (np.abs(edges - boxes.edges) > _PIXEL).any(axis=1)
    _note(boxes.objects[is_cut], "reaching beyond the image cut to it", notes)
    _note(boxes.objects[~inside], "not used: outside the image", notes)
    within = replace(boxes, edges=edges)
    return within if inside.all() else within[np.flatnonzero(inside)]


def _note(objects: Ints, told: str, notes: list[list[str]]) -> None:
    """Notes the number of boxes on each of the objects, given the object of each box."""
    if not len(objects):
        return
    for item, number in zip(*(part.tolist() for part in np.unique(objects, return_counts=True)), strict=True):
        notes[item].append(f"{count(number, 'box')} {told}")


def _sorted_boxes(boxes: _Boxes) -> _Boxes:
    """The boxes in their canonical order, a worker's repeated box once."""
    left, top, right, bottom = boxes.edges.T
    along = boxes.objects * (right.max(initial=0.0) - left.min(initial=0.0) + 1.0) + left
    voters = boxes.labels * (int(boxes.workers.max(initial=0)) + 1) + boxes.workers
    order = np.lexsort((voters, bottom, right, top, along))
    result = boxes[order]
    is_alike = (result.answers[1:] == result.answers[:-1]) & (result.labels[1:] == result.labels[:-1])
    alike = np.flatnonzero(is_alike) + 1
    repeated = alike[(result.edges[alike] == result.edges[alike - 1]).all(axis=1)]
    return result[np.delete(np.arange(len(order)), repeated)] if len(repeated) else result


def _compared(objects: Ints, edges: Floats, collected: Sequence[CollectedBoxes]) -> Floats:
    """The edges by which boxes are compared: around the words that each covers, where the words of pages are known. objects: sorted."""
    if all(c.words is None for c in collected):
        return edges
    from consolidation.covered_words import around_words  # noqa: PLC0415 - off unless words are asked for

    return around_words(objects, edges, [c.words for c in collected], [c.image for c in collected])


def _clustered(
    boxes: _Boxes,
    compared: Floats,
    answers: Answers,
    names: LabelNames,
    settings: Settings,
    notes: list[list[str]],
    voters: Voters,
) -> tuple[Clusters, Floats]:
    """The merged boxes with their labels, and their edges in whole pixels, (clusters, 4)."""
    of_box, is_piled = clusters_of(boxes.objects, boxes.workers, boxes.labels, compared, settings.box_iou)
    _note(boxes.objects[is_piled], "not merged: too many lie on one another", notes)
    clusters = voted(of_box, boxes, answers, names, settings, voters)
    order = np.argsort(of_box, kind="stable")
    return clusters, whole_pixels(merged_edges(boxes.edges[order], clusters.weights[order], of_box[order]))


def _outcomes(objects: int, clusters: Clusters, edges: Floats, confidences: Floats) -> list[Outcome]:
    """The merged boxes of each object in reading order: those kept, and those dropped."""
    outcomes = [Outcome([], [], []) for _ in range(objects)]
    left, top, right, bottom = edges.T
    order = np.lexsort((clusters.winners, right, bottom, left, top))
    rows = zip(
        clusters.winners[order].tolist(),
        *edges[order].T.astype(np.int64).tolist(),
        confidences[order].tolist(),
        clusters.votes[order].tolist(),
        map(clusters.mixed.get, order.tolist()),
        clusters.is_surplus[order].tolist(),
        strict=True,
    )
    boxes = map(MergedBox._make, rows)
    for box, item, is_kept in zip(boxes, clusters.objects[order].tolist(), clusters.kept[order].tolist(), strict=True):
        outcome = outcomes[item]
        (outcome.kept if is_kept else outcome.dropped).append(box)
    return outcomes


def _add_splits(boxes: _Boxes, clusters: Clusters, outcomes: Sequence[Outcome]) -> None:
    """Adds to each object the places that some workers drew as one box and others as several."""
    wholes, splitters = split_boxes(boxes.objects, boxes.answers, boxes.labels, boxes.edges)
    places: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for whole, splitter in zip(wholes.tolist(), splitters.tolist(), strict=True):
        places.setdefault((int(clusters.of_mark[whole]), int(boxes.labels[whole])), []).append((whole, splitter))
    for (cluster, label_rank), pairs in sorted(places.items()):
        ones = sorted({whole for whole, _ in pairs})
        left, top, right, bottom = np.median(boxes.edges[ones], axis=0).round().astype(np.int64).tolist()
        one, several = len({int(boxes.answers[whole]) for whole in ones}), len({splitter for _, splitter in pairs})
        split = SplitBox(label_rank, left, top, right, bottom, one, several)
        outcomes[int(clusters.objects[cluster])].splits.append(split)


class InvoiceBoxes:
    """The task type `invoice-boxes`: boxes, or whatever else its template has workers mark, known by the shape of their answers."""

    details: Sequence[Cut] = DETAILS
    last_cuts: Sequence[Cut] = LAST
    empty: Mapping[str, Any] = MappingProxyType({"image_size": [], "annotations": [], "class-map": {}, "objects": []})

    def __init__(self, categories: LabelCategories, settings: Settings, ledger: Ledger | None = None) -> None:
        self._names = LabelNames(categories)
        self._settings = settings
        self._ledger = ledger or Ledger()

    @property
    def names(self) -> LabelNames:
        """The names of the labels that what was collected gives numbers of."""
        return self._names

    def collect(self, data_object: DataObject) -> "CollectedBoxes | CollectedMarks":
        """The object's usable boxes; its marks where the job's template has workers mark anything else."""
        if any(answer.content is not None and has_marks(answer.content) for answer in data_object.answers):
            return self._marks(data_object)
        boxes = collect(data_object, self._names)
        if boxes.workers or not data_object.answers:
            return boxes
        marks = self._marks(data_object)
        return marks if marks.workers else boxes

    def label(self, collected: "Sequence[CollectedBoxes | CollectedMarks]") -> list[LabelValue]:
        """The label value of each object, in the same order."""
        places = [place for place, c in enumerate(collected) if isinstance(c, CollectedBoxes)]
        boxes = [c for c in collected if isinstance(c, CollectedBoxes)]
        values = label(boxes, self._names, self._settings, self._ledger, places)
        if len(boxes) == len(collected):
            return values
        from consolidation.marks import label as label_marks  # noqa: PLC0415 - most jobs have boxes alone

        marks = [c for c in collected if not isinstance(c, CollectedBoxes)]
        others = [place for place, c in enumerate(collected) if not isinstance(c, CollectedBoxes)]
        of_boxes = iter(values)
        of_marks = iter(label_marks(marks, self._names, self._settings, self._ledger, others))
        return [next(of_boxes if isinstance(c, CollectedBoxes) else of_marks) for c in collected]

    def _marks(self, data_object: DataObject) -> "CollectedMarks":
        from consolidation.drawn_marks import collect_marks  # noqa: PLC0415 - most jobs have boxes alone

        return collect_marks(data_object, self._names, self._settings.point_radius)
