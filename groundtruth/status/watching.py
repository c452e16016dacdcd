"""Looks at a job, once or again and again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from groundtruth.errors import StorageError
from groundtruth.status.connection import Connection
from groundtruth.status.files import MOST_FILES, JobFiles, OnStart, OnStep, data_objects
from groundtruth.status.job import JobDescription, job
from groundtruth.status.model import Failure, JobStatus
from groundtruth.status.pace import done, pace, worker_paces

MOST_FAILURES = 1000
"""Objects without a label that are listed."""

_WITHOUT_LABEL = ("no_answer", "error")
_LONGEST_SOURCE = 120
_METADATA = "-metadata"


class StatusReader:
    """Looks at one job; what one look has read, the next does not read again. name_or_arn: of the job. most: worker-response files to read."""

    def __init__(self, connection: Connection, name_or_arn: str, most: int = MOST_FILES) -> None:
        self._connection = connection
        self._name = name_or_arn
        self._most = most
        self._files: JobFiles | None = None
        self._batches: dict[int, _Labels] = {}

    def read(self, on_start: OnStart = lambda _: None, on_step: OnStep = lambda: None) -> JobStatus:
        """The job as it stands. Raises RequestError when there is none, ServiceError when SageMaker cannot be asked.

        Files that S3 does not give leave their figures empty, which a note says: the description alone tells how far the job is.
        """
        described = job(self._connection, self._name)
        at = datetime.now(UTC)
        if self._files is None:
            self._files = JobFiles(self._connection, described.folder, self._most)
        files, notes = self._files, []
        try:
            files.read_answers(on_start, on_step)
        except StorageError as error:
            notes.append(f"Answers cannot be read, so that there is no pace: {error}")
        try:
            labels = self._labels(described, files)
        except StorageError as error:
            labels = _Labels(described.label_attribute)
            notes.append(f"Labels cannot be read: {error}")
        if files.read < files.files:
            notes.append(f"Workers' figures are of {files.read:,} of {files.files:,} objects: see --most-files.")
        if files.unreadable:
            notes.append(f"{files.unreadable:,} files are no worker responses and were passed over.")
        answers = files.answers.values()
        share = files.read / files.files if files.read else 1.0
        moments = done(answers, files.completed.values(), share)
        return JobStatus(
            described,
            at,
            round(len(answers) / share),
            pace(moments, at.timestamp(), described.unlabeled, has_ended=described.has_ended),
            worker_paces(answers),
            labels.statuses,
            tuple(labels.failures),
            tuple(notes),
        )

    def _labels(self, described: JobDescription, files: JobFiles) -> "_Labels":
        """Of a job that has ended, those of its output manifest; else those of its batches so far."""
        found = _Labels(described.label_attribute)
        if described.has_ended and described.output_manifest is not None:
            found.add(enumerate(files.lines(described.output_manifest), 1))
            return found
        for number, lines in files.batches():
            self._batches[number] = _Labels(described.label_attribute)
            self._batches[number].add((None, line) for line in data_objects(lines))
        for _, batch in sorted(self._batches.items()):
            found.statuses += batch.statuses
            found.failures += batch.failures[: MOST_FAILURES - len(found.failures)]
        return found


class _Labels:
    """Adds up the lines of output manifests."""

    def __init__(self, label_attribute: str) -> None:
        self.statuses: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self._attribute = label_attribute

    def add(self, lines: Iterable[tuple[int | None, Mapping[str, Any]]]) -> None:
        for number, data_object in lines:
            reason = self._reason(data_object)
            if reason is not None and len(self.failures) < MOST_FAILURES:
                self.failures.append(Failure(_source(data_object), reason, number))

    def _reason(self, data_object: Mapping[str, Any]) -> str | None:
        """Why the object has no label; None when it has one, or none yet."""
        label, metadata = data_object.get(self._attribute), data_object.get(self._attribute + _METADATA)
        if label is None:
            if not isinstance(metadata, Mapping) or "failure-reason" not in metadata:
                return None
            self.statuses["failed"] += 1
            return str(metadata["failure-reason"])
        status = label.get("status") if isinstance(label, Mapping) else None
        if isinstance(status, str):
            self.statuses[status] += 1
        if isinstance(label, Mapping) and status in _WITHOUT_LABEL:
            return str(label.get("reason") or status)
        return None


def _source(data_object: Mapping[str, Any]) -> str:
    source = data_object.get("source-ref", data_object.get("source", ""))
    return str(source)[:_LONGEST_SOURCE]
