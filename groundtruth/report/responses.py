"""Workers' answers with their times, from the worker-response files that a job leaves beside its output manifest.

    <job>/annotations/worker-response/iteration-<n>/<id of the data object>/<time>.json
    <job>/annotations/consolidated-annotation/consolidation-request/iteration-<n>/<time>.json

The id is the line's number in the manifest the job was given. That the output manifest keeps the order is not documented, so the consolidation
requests, which name each id's object, are asked where they are there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import RequestError, StorageError
from groundtruth.export.json_lines import loads
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


def responses_folder(place: str, endpoint_url: str | None = None) -> JobFolder:
    """The tree of a job at a place that was named: its folder, or the `worker-response` folder in it, of this machine or in S3 (`s3://`).

    Raises RequestError when there is none.
    """
    if place.startswith("s3://"):
        location = S3Location.parse(place)
        root = location.key.rstrip("/").removesuffix(RESPONSES).rstrip("/")
        return RemoteJobFolder(S3Location(location.bucket, root), endpoint_url)
    path = Path(place).resolve()
    folder = path.parents[1] if path.as_posix().endswith(f"/{RESPONSES}") else path
    if not (folder / RESPONSES).is_dir():
        raise RequestError(f"{place}: there is no {RESPONSES} in it. Name the folder of the job, which holds it.")
    return LocalJobFolder(folder)


@dataclass(frozen=True, slots=True)
class Responses:
    """The answers by the id of their data object, as the bytes of their files: parsed, those of a large job would fill the memory.

    files: the path and the bytes of each. sources, ids: the source-ref of the ids that a consolidation request names, and the other way round.
    unreadable: files that turned out to be no worker responses.
    """

    files: Mapping[str, Sequence[tuple[str, bytes]]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    def of(self, line: int, source: str) -> list[Response]:
        """Every worker's last answer to one line: by its number, unless the consolidation requests say that the id was another object's."""
        named = self.sources.get(str(line))
        is_other = bool(named and source and named != source)
        kept: dict[str, Response] = {}
        for path, body in self.files.get(self.ids.get(source, "") if is_other else str(line), ()):
            found = _answers(body)
            if found is None:
                self.unreadable.append(path)
            for response in found or ():
                earlier = kept.get(response.worker)
                if earlier is None or (response.submitted or 0) >= (earlier.submitted or 0):
                    kept[response.worker] = response
        return sorted(kept.values(), key=lambda response: response.worker)


def read_responses(folder: JobFolder) -> Responses:
    """The worker responses of a job. Raises StorageError when the tree cannot be read."""
    files: dict[str, list[tuple[str, bytes]]] = {}
    for path, body in folder.files(RESPONSES):
        files.setdefault(path.rpartition("/")[0].rpartition("/")[2], []).append((path, body))
    sources = dict(_sources(body for _, body in folder.files(REQUESTS)))
    return Responses(files, sources, {source: key for key, source in sources.items()})


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
        return loads(body)
    except (ValueError, RecursionError):
        return None
