"""The tree of files that a job leaves in S3 (contract section 6)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundtruth.storage import S3Location, Storage


@dataclass(frozen=True)
class WorkerResponseFile:
    """Every answer to one object, and when it had them all."""

    iteration: int
    dataset_object_id: str
    answers: list[dict[str, object]]
    at: datetime


class OutputTree:
    """Where a job's files lie, below `<S3OutputPath>/<job name>/`, and how they are written."""

    def __init__(self, storage: Storage, output: S3Location, job_name: str) -> None:
        self.root = output.joined(job_name)
        self.annotations = self.root.joined("annotations")
        self.manifest = self.manifest_of(output, job_name)
        self._storage = storage
        self._last: datetime | None = None

    @staticmethod
    def manifest_of(output: S3Location, job_name: str) -> S3Location:
        """Where the output manifest of a job lies."""
        return output.joined(job_name, "manifests", "output", "output.manifest")

    def write_worker_response(
        self, iteration: int, dataset_object_id: str, answers: list[dict[str, object]], at: datetime
    ) -> S3Location:
        """Write every answer to one object."""
        return self.write_worker_responses([WorkerResponseFile(iteration, dataset_object_id, answers, at)])[0]

    def write_worker_responses(self, files: Sequence[WorkerResponseFile]) -> list[S3Location]:
        """Write the answers to many objects, in any order; returns where each of them lies."""
        locations = [
            self.annotations.joined("worker-response", f"iteration-{file.iteration}", file.dataset_object_id).joined(
                _file_name(file.at)
            )
            for file in files
        ]
        bodies = (_json({"answers": file.answers}) for file in files)
        self._storage.put_all(zip(locations, bodies, strict=True))
        return locations

    def write_consolidation_request(self, iteration: int, payload: list[dict[str, object]], at: datetime) -> S3Location:
        """Write the payload that a consolidation function is given. Names are to the second: the next free one is taken."""
        second = timedelta(seconds=1)
        self._last = max(at, self._last + second) if self._last else at
        folder = self._consolidated("consolidation-request", iteration)
        return self._write(folder.joined(_file_name(self._last)), payload)

    def write_consolidation_response(self, iteration: int, request: S3Location, response: object) -> S3Location:
        """Write what the function answered, under the request's file name."""
        folder = self._consolidated("consolidation-response", iteration)
        return self._write(folder.joined(request.key.rsplit("/", 1)[-1]), response)

    def write_intermediate(self, iteration: int, lines: Iterable[Mapping[str, object]]) -> S3Location:
        """Write a batch's output lines."""
        location = self.annotations.joined("intermediate", str(iteration), "annotations.json")
        self._storage.put(location, b"".join(map(manifest_line, lines)))
        return location

    def _consolidated(self, kind: str, iteration: int) -> S3Location:
        return self.annotations.joined("consolidated-annotation", kind, f"iteration-{iteration}")

    def _write(self, location: S3Location, content: object) -> S3Location:
        self._storage.put(location, _json(content))
        return location


def _json(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def manifest_line(data_object: Mapping[str, object]) -> bytes:
    """One line of a manifest."""
    try:
        return json.dumps(data_object, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can only write escaped
        return json.dumps(data_object, separators=(",", ":")).encode() + b"\n"


def timestamp(at: datetime) -> str:
    """A time as worker-response files have it: `2026-11-03T09:36:02.114Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _file_name(at: datetime) -> str:
    return at.strftime("%Y-%m-%d_%H:%M:%S.json")
