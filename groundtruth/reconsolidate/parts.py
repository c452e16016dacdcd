"""What a finished job is consolidated from: its consolidation requests, or else its workers' answers put together in the same shape.

A part is one request of the job. Where there are none (a job without a consolidation function), some objects' worker responses make a part.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import orjson

from groundtruth.errors import RequestError, StorageError
from groundtruth.reconsolidate.trees import REQUESTS, RESPONSES, Tree

LABELS = "annotations/consolidated-annotation/consolidation-response"
SUMMARIES = "annotations/reconsolidation"
ANSWERS = "worker-responses"
AUTO = "auto"
SOURCES = (AUTO, "requests", ANSWERS)
_OBJECTS_A_PART = 200

type Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """Some objects of a job. name: of its files, below the folders for each kind. request: its consolidation request; without one, `answers`
    are the worker-response files of its objects."""

    name: str
    request: str | None = None
    answers: tuple[str, ...] = ()

    @property
    def labels(self) -> str:
        """Where its labels go: as a consolidation function answered them."""
        return f"{LABELS}/{self.name}"

    @property
    def summary(self) -> str:
        """Where its summary goes."""
        return f"{SUMMARIES}/{self.name}"


def find_parts(tree: Tree, source: str) -> list[Part]:
    """All parts of a job, in the order of their iterations. source: one of SOURCES; `auto` takes the requests where there are some.

    Raises RequestError when there is nothing to consolidate.
    """
    if source != ANSWERS:
        requests = sorted(tree.paths(REQUESTS), key=_iteration)
        if requests:
            return [Part(path.removeprefix(f"{REQUESTS}/"), path) for path in requests]
    if source in (AUTO, ANSWERS) and (parts := list(_of_answers(tree))):
        return parts
    looked = {AUTO: f"{REQUESTS} or {RESPONSES}", ANSWERS: RESPONSES}.get(source, REQUESTS)
    raise RequestError(f"{tree.address()}: there is nothing to consolidate: no JSON file below {looked}.")


def _of_answers(tree: Tree) -> Iterator[Part]:
    """Parts of some objects each, in the order of their ids."""
    by_object: dict[str, list[str]] = {}
    for path in tree.paths(RESPONSES):
        by_object.setdefault(PurePosixPath(path).parent.name, []).append(path)
    ids = sorted(by_object, key=lambda one: (not one.isdecimal(), int(one) if one.isdecimal() else 0, one))
    for number, batch in enumerate(itertools.batched(ids, _OBJECTS_A_PART, strict=False), 1):
        files = tuple(path for one in batch for path in by_object[one])
        yield Part(f"iteration-1/part-{number:06}.json", answers=files)


def _iteration(path: str) -> tuple[int, str]:
    folder = path.removeprefix(f"{REQUESTS}/").partition("/")[0].removeprefix("iteration-")
    return (int(folder) if folder.isdecimal() else 0), path


def read_part(tree: Tree, part: Part) -> list[Entry]:
    """The objects of a part as in a payload, every answer in its place. Raises StorageError naming the file that cannot be used."""
    if part.request is None:
        return _joined(tree, part.answers)
    objects = _parsed(tree, part.request)
    if not isinstance(objects, list):
        raise StorageError(f"{tree.address(part.request)}: no consolidation request: it is not a JSON array.")
    for entry in objects:
        annotations = entry.get("annotations") if isinstance(entry, dict) else None
        for annotation in annotations if isinstance(annotations, list) else ():
            if isinstance(annotation, dict):
                _bring_in(tree, annotation)
    return objects


def _bring_in(tree: Tree, annotation: dict[str, Any]) -> None:
    """Puts an answer that lies in a worker-response file into its place; one that cannot be found is told in the label, as an unreadable answer."""
    data = annotation.get("annotationData")
    uri = data.get("s3Uri", data.get("s3uri")) if isinstance(data, dict) and "content" not in data else None
    _, found, rest = uri.partition(f"/{RESPONSES}/") if isinstance(uri, str) else ("", "", "")
    path = f"{RESPONSES}/{rest}"
    if not found or not tree.exists(path):
        return
    stored = _parsed(tree, path)
    wrapped = stored.get("answers") if isinstance(stored, dict) else None
    own = [
        one["answerContent"]
        for one in (wrapped if isinstance(wrapped, list) else ())
        if isinstance(one, dict) and one.get("workerId") == annotation.get("workerId") and "answerContent" in one
    ]
    content = own[-1] if own else stored if wrapped is None else None
    if content is not None:
        annotation["annotationData"] = {"content": json.dumps(content)}


def _joined(tree: Tree, paths: tuple[str, ...]) -> list[Entry]:
    """Payload entries from worker-response files: of each worker the answer submitted last."""
    objects: dict[str, dict[str, tuple[str, str]]] = {}
    for path in paths:
        stored = _parsed(tree, path)
        answers = stored.get("answers") if isinstance(stored, dict) else None
        if not isinstance(answers, list):
            raise StorageError(f'{tree.address(path)}: no worker response: it has no list "answers".')
        kept = objects.setdefault(PurePosixPath(path).parent.name, {})
        for one in answers:
            if not isinstance(one, dict) or not isinstance(worker := one.get("workerId"), str):
                continue
            submitted = str(one.get("submissionTime") or "")
            if worker not in kept or submitted >= kept[worker][0]:
                kept[worker] = submitted, json.dumps(one.get("answerContent"))
    return [
        {
            "datasetObjectId": object_id,
            "annotations": [
                {"workerId": worker, "annotationData": {"content": content}}
                for worker, (_, content) in sorted(kept.items())
            ],
        }
        for object_id, kept in objects.items()
    ]


def as_text(objects: Sequence[Entry]) -> str:
    """The objects as JSON."""
    try:
        return orjson.dumps(objects).decode()
    except TypeError:  # half a surrogate pair, or a number beyond 64 bits
        return json.dumps(objects)


def _parsed(tree: Tree, path: str) -> Any:
    body = tree.read(path)
    try:
        if path.startswith(REQUESTS):  # its answers are texts, so that no large number in them is lost
            return orjson.loads(body)
    except ValueError:
        pass
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise StorageError(f"{tree.address(path)}: not JSON: {error}.") from error
