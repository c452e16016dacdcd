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
from datetime import UTC, datetime
from itertools import count
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import StorageError
from groundtruth.status.connection import THREADS, Connection
from groundtruth.storage import S3Location

MOST_FILES = 5_000
"""Worker-response files that are read of one job: enough to know everybody's pace without waiting long for it."""

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
    """The files of one job below its folder. most: worker-response files that are read; of more, some that are spread over all.

    answers: those that were read, by data object and worker. completed: when each object got its last answer, of all files: the names tell.
    files, read: how many worker-response files there are, and were read. unreadable: how many of them are none.
    """

    def __init__(self, connection: Connection, folder: S3Location, most: int = MOST_FILES) -> None:
        self.answers: dict[tuple[str, str], Answer] = {}
        self.completed: dict[str, float] = {}
        self.read = 0
        self.unreadable = 0
        self._client = connection.client("s3")
        self._storage = connection.storage
        self._folder = folder
        self._most = most
        self._seen: set[str] = set()
        self._batches: list[int] = []
        self._settled: set[int] = set()
        self._versions: dict[int, str] = {}

    @property
    def files(self) -> int:
        """How many worker-response files there are."""
        return len(self._seen)

    def read_answers(self, on_start: OnStart, on_step: OnStep) -> None:
        """Take in the answers that are new. on_start: told how many files there are to read. Raises StorageError."""
        new = [key for key in self._response_keys() if key not in self._seen]
        room = max(0, self._most - self.read)
        keys = new[:: max(1, -(-len(new) // room))] if room else []
        on_start(len(keys))
        for key, body in zip(keys, self._bodies(keys, on_step), strict=True):
            found = _answers(body, key.rsplit("/", 2)[-2])
            self.unreadable += found is None
            for answer in found or ():
                earlier = self.answers.get((answer.data_object, answer.worker))
                if earlier is None or (answer.submitted or 0) >= (earlier.submitted or 0):
                    self.answers[answer.data_object, answer.worker] = answer
        self.read += len(keys)
        for key in new:
            self._seen.add(key)
            if (at := _moment_of(key)) is not None:
                data_object = key.rsplit("/", 2)[-2]
                self.completed[data_object] = max(at, self.completed.get(data_object, 0.0))

    def some_answers(self, most_files: int) -> list[Answer]:
        """Answers from some of the files, spread over those that are listed first: enough to know how long a task takes."""
        keys = [entry["Key"] for entry in self._page(self._prefix(_RESPONSES)).get("Contents", ())]
        chosen = keys[:: max(1, -(-len(keys) // most_files))]
        bodies = self._bodies(chosen, lambda: None)
        found = (_answers(body, key.rsplit("/", 2)[-2]) for key, body in zip(chosen, bodies, strict=True))
        return [answer for answers in found for answer in answers or ()]

    def batches(self) -> Iterator[tuple[int, list[bytes]]]:
        """The number and the lines so far of every batch that has changed since the last look. Raises StorageError."""
        last = max(self._batches, default=0)
        for number in count(1):
            if number in self._settled and number in self._versions:
                continue
            body = self._changed(number)
            if body is not None:
                yield number, body.splitlines()
            elif number > last and number not in self._versions:
                return  # a batch without any answer has lines as well; after the last there is none

    def _changed(self, number: int) -> bytes | None:
        """What a batch's file holds; None when it is not there or is as it was."""
        location = self._folder.joined(_INTERMEDIATE, str(number), "annotations.json")
        known = {"IfNoneMatch": self._versions[number]} if number in self._versions else {}
        try:
            answer = self._client.get_object(Bucket=location.bucket, Key=location.key, **known)
            self._versions[number] = answer["ETag"]
            body: bytes = answer["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in {"304", "NoSuchKey", "404"}:
                return None
            raise StorageError(f"{location}: S3 would not read it: {error}") from error
        except BotoCoreError as error:
            raise StorageError(f"{location}: S3 would not read it: {error}") from error
        return body

    def lines(self, manifest: S3Location) -> Iterator[dict[str, Any]]:
        """The lines of the output manifest. Raises StorageError."""
        yield from data_objects(self._storage.lines(manifest))

    def _response_keys(self) -> Iterator[str]:
        prefix = self._prefix(_RESPONSES)
        folders = {}
        for page in self._pages(prefix, Delimiter="/"):
            for entry in page.get("CommonPrefixes", ()):
                if found := re.search(r"iteration-(\d+)/$", entry["Prefix"]):
                    folders[int(found[1])] = entry["Prefix"]
        self._settled, self._batches = set(self._batches[:-_OPEN_BATCHES]), sorted(folders)
        for number in sorted(folders.keys() - self._settled):
            for entry in self._listed(folders[number]):
                yield entry["Key"]

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


def data_objects(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The lines that are JSON objects."""
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


def _moment_of(key: str) -> float | None:
    """When an object was done, by its file's name: `2026-11-03_09:39:58.json`."""
    try:
        return datetime.strptime(key.rsplit("/", 1)[-1], "%Y-%m-%d_%H:%M:%S.json").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _moment(value: object) -> float | None:
    try:
        return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _seconds(value: object) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < _LONGEST else None  # type: ignore[operator, arg-type]
