"""Runs a labeling job: manifest line → pre-annotation → answers → consolidation → output manifest.

Works through the manifest in batches as Ground Truth does, a small one first, and holds no more than one batch in memory. A function that raises
fails the job; what was finished before is in the output manifest all the same.
"""

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from groundtruth.errors import FunctionError
from groundtruth.functions import Functions
from groundtruth.jobs import lines
from groundtruth.jobs.contract import read_consolidation, read_pre_annotation
from groundtruth.jobs.messages import (
    consolidation_event,
    failure_reason,
    payload_entry,
    pre_annotation_event,
    worker_response,
)
from groundtruth.jobs.outcome import Counters, JobOutcome, WorkerResponse, Workforce
from groundtruth.jobs.output import OutputTree, manifest_line
from groundtruth.jobs.request import EngineSettings, JobRequest
from groundtruth.manifest import ManifestLine, read_manifest
from groundtruth.storage import S3Location, Storage

_MOST_WARNINGS = 100


@dataclass(frozen=True, slots=True)
class _Answered:
    """A data object that workers have answered."""

    line: ManifestLine
    answers: tuple[WorkerResponse, ...]
    location: S3Location


class LabelingJob:
    """One labeling job over an S3, its functions and a workforce."""

    def __init__(
        self,
        request: JobRequest,
        storage: Storage,
        functions: Functions,
        workforce: Workforce,
        settings: EngineSettings | None = None,
        on_line: Callable[[Mapping[str, object]], None] = lambda _: None,
    ) -> None:
        """on_line: told each line of the output manifest when it is finished."""
        self._request = request
        self._storage = storage
        self._functions = functions
        self._workforce = workforce
        self._settings = settings or EngineSettings()
        self._on_line = on_line
        self._tree = OutputTree(storage, request.output, request.name)
        self._counters = Counters()
        self._warnings: dict[str, None] = {}

    def run(self) -> JobOutcome:
        """Work through the whole manifest.

        Raises ManifestError when a line of it cannot be read and StorageError when S3 refuses; whatever happens, the lines that
        were finished are in the output manifest.
        """
        started = time.perf_counter()
        failure: FunctionError | None = None
        with tempfile.NamedTemporaryFile(suffix=".manifest", delete_on_close=False) as spool:
            try:
                for iteration, batch in enumerate(self._batches(), 1):
                    self._run_batch(iteration, batch, spool)
            except FunctionError as error:
                failure = error
            finally:
                spool.close()
                self._storage.put_file(self._tree.manifest, Path(spool.name))
        return JobOutcome(
            status="Failed" if failure else "Completed",
            counters=self._counters,
            output_manifest=self._tree.manifest,
            warnings=tuple(self._warnings),
            failure_reason=failure_reason(failure) if failure else "",
            function_traceback=failure.function_traceback if failure else "",
            elapsed=time.perf_counter() - started,
        )

    def _batches(self) -> Iterator[tuple[ManifestLine, ...]]:
        manifest = self._request.manifest
        objects = read_manifest(self._storage.lines(manifest), str(manifest))
        size = min(self._settings.first_batch, self._request.max_concurrent_tasks)
        while batch := tuple(itertools.islice(objects, size)):
            yield batch
            size = self._request.max_concurrent_tasks

    def _run_batch(self, iteration: int, batch: tuple[ManifestLine, ...], spool: IO[bytes]) -> None:
        finished: dict[int, Mapping[str, object]] = {}
        answered: list[_Answered] = []
        try:
            for line in batch:
                outcome = self._ask(iteration, line)
                if isinstance(outcome, _Answered):
                    answered.append(outcome)
                else:
                    finished[line.number] = outcome
            for objects in itertools.batched(answered, self._settings.objects_per_consolidation, strict=False):
                finished |= self._label(iteration, objects)
        finally:
            in_order = [finished[number] for number in sorted(finished)]
            self._tree.write_intermediate(iteration, in_order)
            for data_object in in_order:
                spool.write(manifest_line(data_object))
                self._counters.objects += 1
                self._on_line(data_object)

    def _ask(self, iteration: int, line: ManifestLine) -> _Answered | Mapping[str, object]:
        """Get one object answered, or finish it without: labeled before, no human needed, nobody answered."""
        attribute = self._request.label_attribute
        if attribute in line.data_object:
            self._counters.already_labeled += 1
            return line.data_object
        with self._timed("pre_annotation"):
            task_input = self._task_input(line)
        if task_input is None:
            self._counters.without_human += 1
            return line.data_object
        with self._timed("answers"):
            answers = self._workforce.answers(
                line.dataset_object_id, line.data_object, task_input, self._request.workers_per_object
            )
            if not answers:
                self._counters.failed += 1
                return lines.failed(line.data_object, attribute, lines.EXPIRED)
            self._counters.answers += len(answers)
            location = self._write_answers(iteration, line.dataset_object_id, answers)
        if self._request.consolidation is None:
            self._counters.human_labeled += 1
            return lines.referenced(line.data_object, attribute, location, self._request.name, _now())
        return _Answered(line, answers, location)

    def _task_input(self, line: ManifestLine) -> Mapping[str, object] | None:
        """The task's input; None when no human is needed."""
        function = self._request.pre_annotation
        if function is None:
            return line.data_object
        event = pre_annotation_event(self._request, line.data_object)
        answer = read_pre_annotation(self._functions.invoke(function, event))
        self._warn(answer.warnings)
        if not answer.needs_human:
            return None
        return answer.task_input if isinstance(answer.task_input, dict) else {"taskInput": answer.task_input}

    def _write_answers(self, iteration: int, dataset_object_id: str, answers: tuple[WorkerResponse, ...]) -> S3Location:
        now = _now()
        entries = [
            worker_response(
                answer.worker_id, answer.content, now - timedelta(seconds=answer.seconds), now, answer.seconds
            )
            for answer in answers
        ]
        return self._tree.write_worker_response(iteration, dataset_object_id, entries, now)

    def _label(self, iteration: int, objects: tuple[_Answered, ...]) -> dict[int, Mapping[str, object]]:
        """Consolidate the answers of some objects; returns their finished lines by number."""
        with self._timed("consolidation"):
            now = _now()
            request = self._tree.write_consolidation_request(
                iteration, [_payload_entry(answered) for answered in objects], now
            )
            assert self._request.consolidation is not None
            response = self._functions.invoke(
                self._request.consolidation, consolidation_event(self._request, request, self._tree.annotations)
            )
            self._tree.write_consolidation_response(iteration, request, response)
        requested = [answered.line.dataset_object_id for answered in objects]
        answer = read_consolidation(response, requested, self._request.label_attribute)
        self._warn(answer.warnings)
        return {answered.line.number: self._finished(answered, answer.values) for answered in objects}

    def _finished(self, answered: _Answered, values: Mapping[str, object]) -> Mapping[str, object]:
        line, attribute = answered.line, self._request.label_attribute
        if line.dataset_object_id not in values:
            self._counters.failed += 1
            return lines.failed(line.data_object, attribute, lines.UNUSABLE)
        self._counters.human_labeled += 1
        value = values[line.dataset_object_id]
        return lines.labeled(line.data_object, attribute, value, self._request.name, _now())

    def _warn(self, warnings: tuple[str, ...]) -> None:
        for warning in warnings:
            if len(self._warnings) < _MOST_WARNINGS:
                self._warnings[warning] = None

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self._counters.seconds[stage] += time.perf_counter() - started


def _payload_entry(answered: _Answered) -> dict[str, object]:
    return payload_entry(answered.line, [(answer.worker_id, answer.content) for answer in answered.answers])


def _now() -> datetime:
    return datetime.now(UTC)
