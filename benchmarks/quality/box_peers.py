"""Other people's ways to merge boxes. Runs under the peers' Python; `peers.py` calls it.

A request has "images": [{"width": 453, "height": 987, "workers": [[["total", left, top, right, bottom], ...], ...]}, ...]; the result is a list of such boxes
for each image. Settings are the libraries' own defaults, but for the quorum of half the workers.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from datumaro.components.annotation import AnnotationType, Bbox, LabelCategories
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.merge.intersect_merge import IntersectMerge
from ensemble_boxes import weighted_boxes_fusion

Box = list[Any]
Merged = list[list[Box]]
Measured = tuple[float, Merged]
QUORUM = 0.5
_EVEN = 1e-6


def _labels(request: dict[str, Any]) -> list[str]:
    return sorted({box[0] for image in request["images"] for worker in image["workers"] for box in worker})


def fused(least_share: float) -> Callable[[dict[str, Any]], Measured]:
    """Weighted boxes fusion; every drawn box has the score 1, so a fused box has the share of workers who drew it."""

    def run(request: dict[str, Any]) -> Measured:
        names = _labels(request)
        prepared = [_normalised(image, names) for image in request["images"]]
        weighted_boxes_fusion(*prepared[0])  # compiles
        started = time.process_time()
        results = [weighted_boxes_fusion(*one) for one in prepared]
        seconds = time.process_time() - started
        return seconds, [
            [
                [names[int(label)], *(box * _size(image)).tolist()]
                for box, score, label in zip(*result, strict=True)
                if score >= least_share - _EVEN
            ]
            for image, result in zip(request["images"], results, strict=True)
        ]

    return run


def _size(image: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([image["width"], image["height"]] * 2, dtype=float)


def _normalised(image: dict[str, Any], names: list[str]) -> tuple[list[Any], list[Any], list[Any]]:
    """Boxes from 0 to 1, scores and labels, each by worker, as ensemble-boxes takes them."""
    size = _size(image)
    boxes = [[np.clip(np.array(box[1:]) / size, 0.0, 1.0).tolist() for box in worker] for worker in image["workers"]]
    scores = [[1.0] * len(worker) for worker in image["workers"]]
    labels = [[names.index(box[0]) for box in worker] for worker in image["workers"]]
    return boxes, scores, labels


def intersected(request: dict[str, Any]) -> Measured:
    """Datumaro's merge of as many data sets as an image has workers. A box below the quorum comes out without a label."""
    names = _labels(request)
    categories = {AnnotationType.label: LabelCategories.from_iterable(names)}
    most = max(len(image["workers"]) for image in request["images"])
    sources = [
        Dataset.from_iterable(
            [_item(position, image, worker, names) for position, image in enumerate(request["images"])],
            categories=categories,
        )
        for worker in range(most)
    ]
    merge = IntersectMerge(conf=IntersectMerge.Conf(quorum=round(QUORUM * most + 0.01)))
    started = time.process_time()
    merged = merge(*sources)
    seconds = time.process_time() - started
    results: Merged = [[] for _ in request["images"]]
    for item in merged:
        for annotation in item.annotations:
            if isinstance(annotation, Bbox) and annotation.label is not None:
                left, top, width, height = annotation.get_bbox()
                results[int(item.id)].append([names[annotation.label], left, top, left + width, top + height])
    return seconds, results


def _item(position: int, image: dict[str, Any], worker: int, names: list[str]) -> DatasetItem:
    drawn = image["workers"][worker] if worker < len(image["workers"]) else []
    boxes = [
        Bbox(left, top, right - left, bottom - top, label=names.index(label))
        for label, left, top, right, bottom in drawn
    ]
    return DatasetItem(id=str(position), annotations=boxes)


METHODS: dict[str, Callable[[dict[str, Any]], Measured]] = {
    "ensemble-boxes WBF": fused(0.0),
    "ensemble-boxes WBF with quorum": fused(QUORUM),
    "datumaro with quorum": intersected,
}
