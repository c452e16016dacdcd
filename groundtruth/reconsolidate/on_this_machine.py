"""Consolidates the parts of a job in processes on this machine: as many functions as processes, each answering one part after the other."""

import itertools
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from groundtruth.errors import FunctionError, GroundTruthError, RequestError
from groundtruth.functions import FunctionSpec, LocalFunctions, read_functions
from groundtruth.reconsolidate.parts import Part, as_text, read_part
from groundtruth.reconsolidate.run import Run
from groundtruth.reconsolidate.trees import Tree

FUNCTION = "Reconsolidation"
TOLERATED_SHARE = 0.05
"""Parts that may fail, of all: more means that something is wrong with the run. As in the state machine."""
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""A process is given one processor; more threads in it only cost memory."""
_LARGEST_COUNTS = 4_000_000
"""Bytes of counts that are added up in one call, well under what a function takes."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A part that has no labels, and why."""

    part: Part
    reason: str


def function_spec(template_file: Path) -> FunctionSpec:
    """The function of a SAM template that consolidates parts again. Raises RequestError when it declares none."""
    for spec in read_functions(template_file):
        if spec.logical_id == FUNCTION:
            return spec
    raise RequestError(
        f"{template_file}: no function {FUNCTION}. Use the toolkit's template.yaml, or declare one that answers as docs/reconsolidate.md says."
    )


def consolidate_parts(
    source: Tree,
    target: Tree,
    parts: Sequence[Part],
    run: Run,
    spec: FunctionSpec,
    *,
    processes: int,
    logs: Path,
    on_part: Callable[[], None],
) -> tuple[Failure, ...]:
    """Consolidate the parts into the new tree, those left out that are there already; returns those that failed.

    logs: folder for the functions' logs. on_part: told of each part that is done. Raises the first part's error when more than TOLERATED_SHARE of
    all parts fail, and StorageError when the new tree cannot be written.
    """
    work = _Work(source, target, parts, run, on_part)
    with ThreadPoolExecutor(processes) as pool:
        for done in [pool.submit(work.go_on, spec, logs / str(number)) for number in range(processes)]:
            done.result()
    return tuple(work.failures)


class _Work:
    """The parts that are still to do, shared by threads that each have a function of their own."""

    def __init__(
        self, source: Tree, target: Tree, parts: Sequence[Part], run: Run, on_part: Callable[[], None]
    ) -> None:
        self._source = source
        self._target = target
        self._parts = iter(parts)
        self._most_failures = TOLERATED_SHARE * len(parts)
        self._run = run
        self._on_part = on_part
        self._lock = threading.Lock()
        self._error: GroundTruthError | None = None
        self.failures: list[Failure] = []

    def go_on(self, spec: FunctionSpec, logs: Path) -> None:
        """Consolidate parts until there are none left. Raises the error that ended the run."""
        with LocalFunctions([spec], _ONE_THREAD, logs) as functions:
            while (part := self._next()) is not None:
                if not self._target.exists(part.labels):
                    self._consolidate(part, functions)
                with self._lock:
                    self._on_part()
        if self._error is not None:
            raise self._error

    def _next(self) -> Part | None:
        with self._lock:
            return None if self._error else next(self._parts, None)

    def _consolidate(self, part: Part, functions: LocalFunctions) -> None:
        try:
            entries, summary = _consolidated(read_part(self._source, part), self._run, functions)
        except GroundTruthError as error:
            with self._lock:
                self.failures.append(Failure(part, str(error)))
                if len(self.failures) > self._most_failures:
                    self._error = self._error or _naming(error, self._source.address(part.request or part.answers[0]))
            return
        try:
            self._target.write(part.summary, _json(summary))
            self._target.write(part.labels, orjson.dumps(entries))  # the last: a part with labels is done
        except GroundTruthError as error:
            with self._lock:
                self._error = self._error or error


def _naming(error: GroundTruthError, part: str) -> GroundTruthError:
    """The error with the part it came of."""
    if isinstance(error, FunctionError):
        return FunctionError(f"{part}: {error}", error.function_traceback)
    return error


def _consolidated(objects: Sequence[Any], run: Run, functions: LocalFunctions) -> tuple[list[Any], dict[str, Any]]:
    """The labels and the summary of a part, whose objects go to the function a few at a time."""
    entries: list[Any] = []
    summary: dict[str, Any] = {"objects": 0, "answers": 0, "statuses": {}, "sources": {}, "counts": []}
    for some in itertools.batched(objects, run.objects_at_once, strict=False):
        answer = functions.invoke(FUNCTION, {"run": run.as_event(), "part": {"content": as_text(some)}})
        if not isinstance(answer, dict) or not isinstance(answer.get("entries"), list):
            raise FunctionError(f'{FUNCTION} answered no {{"entries": [...], "summary": {{...}}}}.')
        entries += answer["entries"]
        add_summary(summary, answer["summary"])
    return entries, summary


def add_summary(total: dict[str, Any], summary: Mapping[str, Any]) -> None:
    """Add a summary to another one."""
    for name in ("objects", "answers"):
        total[name] += summary[name]
    for status, count in summary["statuses"].items():
        total["statuses"][status] = total["statuses"].get(status, 0) + count
    total["sources"].update(summary["sources"])
    total["counts"].extend(summary["counts"])


def agreement(target: Tree, parts: Sequence[Part], spec: FunctionSpec, logs: Path) -> dict[str, Any] | None:
    """The agreement over all parts that are done, added up a few parts at a time; None when there are none."""
    total: Any = None
    report: dict[str, Any] | None = None
    with ExitStack() as stack:
        functions = stack.enter_context(LocalFunctions([spec], _ONE_THREAD, logs))
        for some in _batches(_counts(target, parts)):
            counts = some if total is None else [total, *some]
            answer = functions.invoke(FUNCTION, {"agreement": {"counts": counts}})
            if not isinstance(answer, dict):
                raise FunctionError(f"{FUNCTION} answered no agreement.")
            total, report = answer["counts"], answer["report"]
    return report


def _counts(target: Tree, parts: Sequence[Part]) -> Iterator[Any]:
    for part in parts:
        if target.exists(part.labels):
            yield from json.loads(target.read(part.summary))["counts"]


def _batches(counts: Iterator[Any]) -> Iterator[list[Any]]:
    """Counts in batches that a function takes at once, one at least in each."""
    batch: list[Any] = []
    size = 0
    for one in counts:
        length = len(_json(one))
        if batch and size + length > _LARGEST_COUNTS // 2:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield batch


def _json(value: object) -> bytes:
    """Sums of squares pass 64 bits, which is as far as orjson goes."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
