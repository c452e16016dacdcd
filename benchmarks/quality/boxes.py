"""The chapter on boxes: every method on simulated receipts and on real lung nodules."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from crowds import DataMissingError
from methods import OURS, Peers
from numpy.typing import NDArray
from report import Table, bold_best
from timing import ROUNDS, fastest, of_merged

from consolidation.consolidate import task_of
from consolidation.data_objects import Answer, DataObject
from consolidation.label_categories import LabelCategories
from consolidation.settings import INVOICE_BOXES, Settings

NAMES = ("sroie_fields_sim5", "lidc_loo")
MEDIAN = "median of edges with quorum"
THRESHOLDS = (0.5, 0.75, 0.9)
JOIN_IOU = 0.5
QUORUM = 0.5
_EVEN = 1e-9

Box = tuple[str, float, float, float, float]
"""Label, left, top, right, bottom."""
Merged = list[list[Box]]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Page:
    """An image, what each worker drew on it, and what is true."""

    name: str
    width: int
    height: int
    drawn: dict[str, list[Box]]
    truth: list[Box]


def chapter(folder: Path, libraries: Peers, tell: Callable[[str], None]) -> Iterator[str]:
    """The chapter's paragraphs, in Markdown. folder: holds the sets. tell: hears what is being measured."""
    yield "## Boxes"
    yield (
        "sroie_fields_sim5: four fields on each of 313 real receipts, five workers each, simulated by replaying real workers' "
        "errors. lidc_loo: lung nodules on 564 images, three real readers, the fourth is the truth. F1 of boxes matched one to "
        "one within their label, best first, at an IoU of at least 0.5, 0.75, 0.9; IoU: the mean of those matched at 0.5. "
        f"In the {MEDIAN}, boxes join from an IoU of {JOIN_IOU}; a quorum is half of the workers. Milliseconds are "
        f"processor time of merging alone, the fastest of {ROUNDS} rounds; ours include reading the answers and making the label."
    )
    for name in NAMES:
        pages = read(folder, name)
        rows: dict[str, list[float | None]] = {}
        for method in (OURS, MEDIAN, *libraries.methods("boxes")):
            result = fastest(lambda: _merged(method, pages, libraries), of_merged)  # noqa: B023 - called at once
            tell(
                f"{name}, {len(pages)} images: {method}, {result if isinstance(result, str) else f'{result[0]:.2f} s'}"
            )
            if isinstance(result, str):
                yield f"{method} could not do {name}: {result}."
                rows[method] = [None] * 5
            else:
                rows[method] = [*score(result[1], pages), 1000.0 * result[0] / len(pages)]
        heads = ("method", *(f"F1 at {threshold}" for threshold in THRESHOLDS), "mean IoU", "ms an image")
        yield f"### {name}"
        yield bold_best(Table(heads, rows, (4, 4, 3, 3, 2), (True, True, True, True, False)))


def read(folder: Path, name: str) -> list[Page]:
    """The pages in `folder`/`name`. Raises DataMissingError when it is not there."""
    files = [folder / name / file for file in ("gold.jsonl", "workers.jsonl")]
    for file in files:
        if not file.is_file():
            raise DataMissingError(f"{file}: not found. The boxes are read from shared/data beside the project.")
    gold, workers = ([json.loads(line) for line in file.read_text().splitlines()] for file in files)
    drawn: dict[str, dict[str, list[Box]]] = {}
    for row in workers:
        drawn.setdefault(row["image"], {})[row["worker"]] = _boxes(row)
    return [Page(row["image"], row["width"], row["height"], drawn[row["image"]], _boxes(row)) for row in gold]


def _boxes(row: dict[str, Any]) -> list[Box]:
    return [(b["label"], b["left"], b["top"], b["left"] + b["width"], b["top"] + b["height"]) for b in row["boxes"]]


def _merged(method: str, pages: list[Page], libraries: Peers) -> tuple[float, Merged] | str:
    if method == OURS:
        return ours(pages)
    if method == MEDIAN:
        started = time.process_time()
        merged = [median_of_edges(page) for page in pages]
        return time.process_time() - started, merged
    images = [{"width": p.width, "height": p.height, "workers": list(p.drawn.values())} for p in pages]
    return libraries.merged("boxes", method, {"images": images})


def ours(pages: list[Page]) -> tuple[float, Merged]:
    """What the consolidation function makes of the pages, in one call with its default settings; seconds from the answers to the label values."""
    task = task_of(Settings(INVOICE_BOXES), LabelCategories())
    objects = [DataObject(page.name, tuple(_answer(page, worker) for worker in sorted(page.drawn))) for page in pages]
    started = time.process_time()
    values = task.label([task.collect(one) for one in objects])
    seconds = time.process_time() - started
    return seconds, [[_of_label(value, annotation) for annotation in value["annotations"]] for value in values]


def _answer(page: Page, worker: str) -> Answer:
    boxes = [
        {"label": label, "left": left, "top": top, "width": right - left, "height": bottom - top}
        for label, left, top, right, bottom in page.drawn[worker]
    ]
    size = {"width": page.width, "height": page.height}
    return Answer(worker, {"boxes": {"boundingBoxes": boxes, "inputImageProperties": size}})


def _of_label(value: dict[str, Any], box: dict[str, int]) -> Box:
    label = value["class-map"][str(box["class_id"])]
    return label, box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"]


def median_of_edges(page: Page) -> list[Box]:
    """Each box joins the group of its label whose medians it overlaps most; groups of half the workers become the median of their edges."""
    groups: list[tuple[str, set[str], list[tuple[float, ...]]]] = []
    for worker in sorted(page.drawn):
        for label, *edges in page.drawn[worker]:
            near = [
                (float(ious(np.array([edges]), np.median(group[2], axis=0)[None])[0, 0]), number)
                for number, group in enumerate(groups)
                if group[0] == label and worker not in group[1]
            ]
            overlap, number = max(near, default=(0.0, -1))
            if overlap >= JOIN_IOU:
                groups[number][1].add(worker)
                groups[number][2].append(tuple(edges))
            else:
                groups.append((label, {worker}, [tuple(edges)]))
    enough = QUORUM * len(page.drawn)
    return [(label, *np.median(edges, axis=0).tolist()) for label, workers, edges in groups if len(workers) >= enough]


def ious(first: Floats, second: Floats) -> Floats:
    """Intersection over union of boxes (n, 4) and (m, 4) of left, top, right, bottom: (n, m)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0.0), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second)]
    result: Floats = shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, _EVEN)
    return result


def score(merged: Merged, pages: list[Page]) -> list[float]:
    """F1 at each of the thresholds, and the mean IoU of the boxes matched at the first."""
    matched = [_matches(boxes, page.truth) for boxes, page in zip(merged, pages, strict=True)]
    overlaps = np.array([overlap for one in matched for overlap in one])
    total = sum(map(len, merged)) + sum(len(page.truth) for page in pages)
    f1 = [2.0 * float((overlaps >= threshold - _EVEN).sum()) / total for threshold in THRESHOLDS]
    return [*f1, float(overlaps[overlaps >= THRESHOLDS[0] - _EVEN].mean())]


def _matches(boxes: list[Box], truth: list[Box]) -> list[float]:
    """IoU of each true box with the box matched to it, the closest pair of one label first."""
    result: list[float] = []
    for label in {box[0] for box in truth}:
        first, second = (
            np.array([box[1:] for box in one if box[0] == label], dtype=float).reshape(-1, 4) for one in (boxes, truth)
        )
        table = ious(first, second)
        while table.size and table.max() > 0.0:
            row, column = np.unravel_index(int(table.argmax()), table.shape)
            result.append(float(table[row, column]))
            table = np.delete(np.delete(table, row, axis=0), column, axis=1)
    return result
