"""Reads the files that a job leaves in S3, each once: what is new since the last look is what costs.

    <job>/annotations/worker-response/iteration-<n>/<id of the data object>/<time>.json    answers with their times
    <job>/annotations/intermediate/<n>/annotations.json                                    lines of a batch under way
    <job>/manifests/output/output.manifest                                                 lines of a job that has ended

A batch is worked on after the one before it is done, so that only the latest two are looked at again (developer guide, sms-data-output).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import StorageError
from groundtruth.status.connection import THREADS, Connection
from groundtruth.storage import S3Location

_RESPONSES = "annotations/worker-response"
_INTERMEDIATE = "annotations/intermediate"
_LONGEST = 1e9
_OPEN_BATCHES = 2

type OnStart = Callable[[int], None]
type OnStep = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """One worker's answer to one data object. Times are seconds since 1970, UTC; None when the file does not tell."""

    data_object: str
    worker: str
    accepted: float | None
    submitted: float | None
    seconds: float | None


class JobFiles:
    """The files of one job below its folder."""

    def __init__(self, connection: Connection, folder: S3Location) -> None:
        self.answers: dict[tuple[str, str], Answer] = {}
        self.unreadable = 0
        self._client = connection.client("s3")
        self._storage = connection.storage
        self._folder = folder
        self._seen: set[str] = set()
        self._closed: set[int] = set()
        self._batches: dict[str, tuple[str, bytes]] = {}

    def read_answers(self, on_start: OnStart, on_step: OnStep) -> None:
        """Take in the answers that are new. on_start: told how many files there are to read. Raises StorageError."""
        keys = [key for key in self._response_keys() if key not in self._seen]
        on_start(len(keys))
        for key, body in zip(keys, self._bodies(keys, on_step), strict=True):
            self._seen.add(key)
            found = _answers(body, key.rsplit("/", 2)[-2])
            self.unreadable += found is None
            for answer in found or ():
                earlier = self.answers.get((answer.data_object, answer.worker))
                if earlier is None or (answer.submitted or 0) >= (earlier.submitted or 0):
                    self.answers[answer.data_object, answer.worker] = answer

    def some_answers(self, most_files: int) -> list[Answer]:
        """Answers from some of the files, spread over those that are listed first: enough to know how long a task takes."""
        keys = [entry["Key"] for entry in self._page(self._prefix(_RESPONSES)).get("Contents", ())]
        chosen = keys[:: max(1, -(-len(keys) // most_files))]
        bodies = self._bodies(chosen, lambda: None)
        found = (_answers(body, key.rsplit("/", 2)[-2]) for key, body in zip(chosen, bodies, strict=True))
        return [answer for answers in found for answer in answers or ()]

    def lines_under_way(self) -> Iterator[dict[str, Any]]:
        """The lines of the job's batches so far. Raises StorageError."""
        for entry in self._listed(self._prefix(_INTERMEDIATE)):
            key, version = entry["Key"], entry["ETag"]
            if self._batches.get(key, ("", b""))[0] != version:
                self._batches[key] = (version, self._get(key))
            yield from _lines(self._batches[key][1].splitlines())

    def lines(self, manifest: S3Location) -> Iterator[dict[str, Any]]:
        """The lines of the output manifest. Raises StorageError."""
        yield from _lines(self._storage.lines(manifest))

    def _response_keys(self) -> Iterator[str]:
        prefix = self._prefix(_RESPONSES)
        batches = {}
        for page in self._pages(prefix, Delimiter="/"):
            for entry in page.get("CommonPrefixes", ()):
                if found := re.search(r"iteration-(\d+)/$", entry["Prefix"]):
                    batches[int(found[1])] = entry["Prefix"]
        for number in sorted(batches.keys() - self._closed):
            for entry in self._listed(batches[number]):
                yield entry["Key"]
        self._closed |= set(sorted(batches)[:-_OPEN_BATCHES])

    def _prefix(self, below: str) -> str:
        return f"{self._folder.joined(below).key}/"

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        for page in self._pages(prefix):
            yield from (entry for entry in page.get("Contents", ()) if entry["Key"].endswith(".json"))

    def _pages(self, prefix: str, **more: Any) -> Iterator[dict[str, Any]]:
        token: dict[str, str] = {}
        while True:
            page = self._page(prefix, **more, **token)
            yield page
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _page(self, prefix: str, **more: Any) -> dict[str, Any]:
        try:
            page: dict[str, Any] = self._client.list_objects_v2(Bucket=self._folder.bucket, Prefix=prefix, **more)
        except (ClientError, BotoCoreError) as error:
            raise StorageError(f"s3://{self._folder.bucket}/{prefix}: S3 would not list it: {error}") from error
        return page

    def _bodies(self, keys: list[str], on_step: OnStep) -> Iterator[bytes]:
        with ThreadPoolExecutor(THREADS) as pool:
            try:
                for body in pool.map(self._get, keys):
                    on_step()
                    yield body
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _get(self, key: str) -> bytes:
        return self._storage.get(S3Location(self._folder.bucket, key))


def _lines(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            data_object = json.loads(line)
        except (ValueError, RecursionError):
            continue  # a batch's file that is being written; of a manifest, `groundtruth report` says which
        if isinstance(data_object, dict):
            yield data_object


def _answers(body: bytes, data_object: str) -> list[Answer] | None:
    """The answers of a worker-response file; None when it is none."""
    try:
        entries = json.loads(body)["answers"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    return [
        Answer(
            data_object,
            entry["workerId"],
            _moment(entry.get("acceptanceTime")),
            _moment(entry.get("submissionTime")),
            _seconds(entry.get("timeSpentInSeconds")),
        )
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("workerId"), str)
    ]


def _moment(value: object) -> float | None:
    try:
        return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _seconds(value: object) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < _LONGEST else None  # type: ignore[operator, arg-type]
