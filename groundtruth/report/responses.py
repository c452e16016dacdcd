"""Workers' answers with their times, from the worker-response files that a job leaves beside its output manifest.

    <job>/annotations/worker-response/iteration-<n>/<id of the data object>/<time>.json
    <job>/annotations/consolidated-annotation/consolidation-request/iteration-<n>/<time>.json

The id is the line's number in the manifest the job was given. That the output manifest keeps the order is not documented, so the consolidation
requests, which name each id's object, are asked where they are there.
"""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import StorageError
from groundtruth.export.labels import finite
from groundtruth.storage import S3Location

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

RESPONSES = "annotations/worker-response"
REQUESTS = "annotations/consolidated-annotation/consolidation-request"
MANIFEST = "manifests/output/output.manifest"
_THREADS = 16
_LONGEST = 1e9


@dataclass(frozen=True, slots=True)
class Response:
    """One worker's answer as it was stored. submitted: seconds since 1970, UTC."""

    worker: str
    submitted: float | None
    seconds: float | None
    content: Any


class JobFolder(Protocol):
    """The tree of files that a job leaves."""

    @property
    def name(self) -> str:
        """The job's name: the folder's own."""

    def files(self, below: str) -> Iterator[tuple[str, bytes]]:
        """The path, within the tree, and the bytes of every JSON file below a folder. Raises StorageError."""


class LocalJobFolder:
    """A job's tree in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = folder.resolve().name

    def files(self, below: str) -> Iterator[tuple[str, bytes]]:
        """The path and the bytes of every JSON file below a folder."""
        for path in sorted((self._folder / below).rglob("*.json")):
            try:
                yield path.relative_to(self._folder).as_posix(), path.read_bytes()
            except OSError as error:
                raise StorageError(f"{path}: cannot be read ({error.strerror}).") from error


class RemoteJobFolder:
    """A job's tree in S3; several files are fetched at a time."""

    def __init__(self, location: S3Location, endpoint_url: str | None = None) -> None:
        self._location = location
        self._client: S3Client = boto3.client(
            "s3", endpoint_url=endpoint_url, config=Config(max_pool_connections=_THREADS)
        )
        self.name = PurePosixPath(location.key).name

    def files(self, below: str) -> Iterator[tuple[str, bytes]]:
        """The path and the bytes of every JSON file below a folder."""
        prefix = self._location.joined(below).key + "/"
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._location.bucket, Prefix=prefix)
            keys = sorted(entry["Key"] for page in pages for entry in page.get("Contents", ()))
            root = len(prefix) - len(below) - 1
            with ThreadPoolExecutor(_THREADS) as pool:
                wanted = [key for key in keys if key.endswith(".json")]
                yield from zip((key[root:] for key in wanted), pool.map(self._get, wanted), strict=True)
        except (ClientError, BotoCoreError) as error:
            raise StorageError(f"s3://{self._location.bucket}/{prefix}: S3 would not give it: {error}") from error

    def _get(self, key: str) -> bytes:
        return self._client.get_object(Bucket=self._location.bucket, Key=key)["Body"].read()


def job_folder(manifest: str, endpoint_url: str | None = None) -> JobFolder | None:
    """The tree that an output manifest is part of; None when its path does not end as a job's does."""
    if manifest.startswith("s3://"):
        location = S3Location.parse(manifest)
        head, found, _ = location.key.rpartition(f"/{MANIFEST}")
        return RemoteJobFolder(S3Location(location.bucket, head), endpoint_url) if found else None
    path = Path(manifest).resolve()
    return LocalJobFolder(path.parents[2]) if path.as_posix().endswith(f"/{MANIFEST}") else None


@dataclass(frozen=True, slots=True)
class Responses:
    """The answers by the id of their data object.

    sources, ids: the source-ref of the ids that a consolidation request names, and the other way round. unreadable: files that are no
    worker responses.
    """

    answers: dict[str, list[Response]]
    sources: dict[str, str]
    ids: dict[str, str]
    unreadable: tuple[str, ...]

    def of(self, line: int, source: str) -> list[Response]:
        """The answers to one line: by its number, unless the consolidation requests say that the id was another object's."""
        named = self.sources.get(str(line))
        if not named or not source or named == source:
            return self.answers.get(str(line), [])
        return self.answers.get(self.ids.get(source, ""), [])


def read_responses(folder: JobFolder) -> Responses:
    """Every worker's last answer to every data object. Raises StorageError when the tree cannot be read."""
    answers: dict[str, dict[str, Response]] = {}
    unreadable: list[str] = []
    for path, body in folder.files(RESPONSES):
        found = _answers(body)
        if found is None:
            unreadable.append(path)
            continue
        kept = answers.setdefault(PurePosixPath(path).parent.name, {})
        for response in found:
            earlier = kept.get(response.worker)
            if earlier is None or (response.submitted or 0) >= (earlier.submitted or 0):
                kept[response.worker] = response
    sources = dict(_sources(body for _, body in folder.files(REQUESTS)))
    by_id = {key: sorted(kept.values(), key=lambda response: response.worker) for key, kept in answers.items()}
    return Responses(by_id, sources, {source: key for key, source in sources.items()}, tuple(unreadable))


def _answers(body: bytes) -> list[Response] | None:
    content = _json(body)
    entries = content.get("answers") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        return None
    return [
        Response(entry["workerId"], _moment(entry), _seconds(entry), entry.get("answerContent"))
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("workerId"), str)
    ]


def _moment(entry: dict[str, Any]) -> float | None:
    try:
        return datetime.fromisoformat(entry["submissionTime"]).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _seconds(entry: dict[str, Any]) -> float | None:
    seconds = finite(entry.get("timeSpentInSeconds"))
    return float(seconds) if seconds is not None and 0 <= seconds < _LONGEST else None


def _sources(bodies: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    for body in bodies:
        payload = _json(body)
        for entry in payload if isinstance(payload, list) else ():
            data_object = entry.get("dataObject") if isinstance(entry, dict) else None
            uri = data_object.get("s3Uri") if isinstance(data_object, dict) else None
            if isinstance(uri, str):
                yield str(entry.get("datasetObjectId")), uri


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
