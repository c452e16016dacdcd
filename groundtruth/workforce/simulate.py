"""Simulated workers: they read the truth file and answer tasks as a small team of people would, mistakes included.

The answers have the shape that the project's worker templates submit (docs/architecture.md, "Answers").
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundtruth.errors import RequestError, TruthError
from groundtruth.workforce.chance import stream
from groundtruth.workforce.drawing import draw_boxes
from groundtruth.workforce.filling import fill_fields
from groundtruth.workforce.labels import AskedLabel, asked_labels
from groundtruth.workforce.settings import WorkforceSettings
from groundtruth.workforce.truth import Truth, TruthFile
from groundtruth.workforce.workers import Attempt, Worker, team

__all__ = ["SimulatedWorkforce", "WorkerAnswer", "WorkforceSettings"]

_MEDIAN_SECONDS = {"document-type": 8.0, "invoice-boxes": 55.0, "invoice-fields": 80.0}
_SHORTEST_SECONDS = 0.8


@dataclass(frozen=True, slots=True)
class WorkerAnswer:
    """One worker's answer to one task."""

    worker_id: str
    content: dict[str, object]
    """The answer object as the form serialises it."""
    seconds: float
    """Time the worker spent on it."""


class SimulatedWorkforce:
    """A team of `workers` simulated people who answer the tasks of one job.

    What a worker answers to an object depends on the seed, the object's id, the truth and the team, and on nothing
    else: not on the order of the objects, nor on which others there are, nor on how many answers are asked for.
    """

    def __init__(self, task_type: str, truth: TruthFile, settings: WorkforceSettings, workers: int, seed: int) -> None:
        """Raises RequestError for a task type that no simulated worker knows, and for a team of nobody."""
        if task_type not in _MEDIAN_SECONDS:
            known = ", ".join(_MEDIAN_SECONDS)
            raise RequestError(f"task type {task_type!r}: simulated workers know {known}.")
        if workers < 1:
            raise RequestError(f"a workforce of {workers}: there must be at least one worker.")
        self.task_type = task_type
        self.settings = settings
        self.team: tuple[Worker, ...] = team(settings, workers, seed)
        self._truth = truth
        self._seed = seed

    def answers(
        self,
        dataset_object_id: str,
        data_object: Mapping[str, object],
        task_input: Mapping[str, object],
        count: int,
    ) -> tuple[WorkerAnswer, ...]:
        """The answers of `count` members of the team to one task; fewer, or none, where an answer never came.

        data_object: the parsed manifest line. task_input: what the pre-annotation function gave; its `labels` say what
        is asked, and without them workers answer with every label the truth knows. Raises RequestError when the team is
        smaller than `count`, and TruthError when the truth file has no line for the object or not what the task needs.
        """
        if count > len(self.team):
            raise RequestError(
                f"{count} answers an object from a workforce of {len(self.team)}: add workers or ask for fewer."
            )
        truth = self._truth_of(dataset_object_id, data_object)
        labels = asked_labels(task_input.get("labels")) or self._labels_of(truth)
        answers = (
            self._answer(dataset_object_id, worker, truth, labels) for worker in self._drawn(dataset_object_id, count)
        )
        return tuple(answer for answer in answers if answer is not None)

    def _truth_of(self, dataset_object_id: str, data_object: Mapping[str, object]) -> Truth:
        truth = self._truth.of(data_object)
        named = f"object {dataset_object_id} ({data_object.get('source-ref', 'no source-ref')})"
        if truth is None:
            raise TruthError(
                f"{self._truth.path}: no line for {named}. Simulated workers need the truth of every object: add one "
                'whose "image" is the end of its source-ref.'
            )
        if self.task_type == "document-type" and truth.document_type is None:
            raise TruthError(
                f'{self._truth.path}: the line of {named} has no "document_type", which this task asks for.'
            )
        if self.task_type == "invoice-boxes" and not truth.width * truth.height:
            raise TruthError(f'{self._truth.path}: the line of {named} has no "width" and "height", which boxes need.')
        return truth

    def _labels_of(self, truth: Truth) -> tuple[AskedLabel, ...]:
        names = {
            "document-type": self._truth.document_types,
            "invoice-boxes": tuple(box.label for box in truth.boxes),
            "invoice-fields": tuple(truth.fields),
        }[self.task_type]
        return asked_labels(tuple(dict.fromkeys(names)))

    def _drawn(self, dataset_object_id: str, count: int) -> list[Worker]:
        """The members who get this object. A larger count adds members and keeps the first ones."""
        chance, members = stream(self._seed, "draw", dataset_object_id), list(self.team)
        for at in range(count):
            other = at + int(chance.random() * (len(members) - at))
            members[at], members[other] = members[other], members[at]
        return members[:count]

    def _answer(
        self, dataset_object_id: str, worker: Worker, truth: Truth, labels: Sequence[AskedLabel]
    ) -> WorkerAnswer | None:
        chance, settings = stream(self._seed, "answer", dataset_object_id, worker.worker_id), self.settings
        if chance.random() < settings.no_answer:
            return None
        seconds = self._seconds(worker, chance)
        if chance.random() < settings.empty_answers * worker.carelessness or not labels:
            return WorkerAnswer(worker.worker_id, {}, seconds)
        return WorkerAnswer(worker.worker_id, self._content(truth, labels, Attempt(worker, settings, chance)), seconds)

    def _content(self, truth: Truth, labels: Sequence[AskedLabel], attempt: Attempt) -> dict[str, object]:
        if self.task_type == "document-type":
            return {"documentType": {"label": _document_type(truth, labels, attempt)}}
        if self.task_type == "invoice-boxes":
            boxes = draw_boxes(truth, labels, attempt)
            size = {"width": truth.width, "height": truth.height}
            return {"invoiceBoxes": {"boundingBoxes": boxes, "inputImageProperties": size}}
        return fill_fields(truth, labels, attempt)

    def _seconds(self, worker: Worker, chance: random.Random) -> float:
        median = _MEDIAN_SECONDS[self.task_type] if self.settings.seconds is None else self.settings.seconds
        seconds = median * worker.pace * math.exp(chance.gauss(0.0, self.settings.seconds_spread))
        return round(max(seconds, min(_SHORTEST_SECONDS, median)), 3)


def _document_type(truth: Truth, labels: Sequence[AskedLabel], attempt: Attempt) -> str:
    """The display name of the type one worker chooses.

    A type that is not on offer makes people choose `other`, if that is.
    """
    if attempt.worker.is_spam:
        return attempt.chance.choice(labels).display_name
    right = next((label for label in labels if truth.document_type in (label.label, label.display_name)), None)
    right = right or next((label for label in labels if label.label == "other"), None)
    if right is None:
        return attempt.chance.choice(labels).display_name
    if attempt.chance.random() < attempt.worker.accuracy:
        return right.display_name
    return attempt.mistaken(right, labels).display_name
