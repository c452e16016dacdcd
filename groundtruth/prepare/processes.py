"""Runs the rendering in processes of its own, so that a document that crashes or hangs a decoder costs itself only.

pdfium is not safe with threads, and decoders have bugs that a document can be made to hit. Each process works on one part at a
time, with bounded memory and time; one that dies or takes too long is replaced, and the part it had is reported.
"""

import contextlib
import dataclasses
import multiprocessing
import queue
import signal
import sys
import threading
import traceback
from concurrent.futures import Future
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from groundtruth.errors import GroundTruthError
from groundtruth.prepare.model import Part, PartRequest, Problem
from groundtruth.prepare.rendering import make_part

_MEMORY = 3 << 30
"""Bytes that a process may take for documents: the largest page takes about 1 GiB."""

_SPAWN = multiprocessing.get_context("spawn")


def _serve(connection: Connection) -> None:
    """Make parts until the other side hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    _limit_memory()
    while True:
        try:
            request: PartRequest = connection.recv()
        except EOFError:
            return
        result: Part | str
        try:
            result = make_part(request)
        except Exception:  # noqa: BLE001  the boundary: a document must not end the process, and the parent reports what happened
            result = traceback.format_exc(limit=-3)
        connection.send(result)


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource  # noqa: PLC0415  only on Unix

        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        with contextlib.suppress(ValueError, OSError):  # a stricter limit is set already
            resource.setrlimit(resource.RLIMIT_AS, (taken + _MEMORY, taken + _MEMORY))


class _Slot:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        self._connection, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def make(self, request: PartRequest, timeout: float) -> Part | str | None:
        """The part; a traceback; or None when it took too long. Raises EOFError or OSError when the process died."""
        self._connection.send(request)
        if not self._connection.poll(timeout):
            return None
        answer: Part | str = self._connection.recv()
        return answer

    def end(self) -> None:
        self._connection.close()
        self._process.kill()
        self._process.join()
        self._process.close()


class Renderers:
    """A number of processes that make parts of documents. Use as a context manager.

    workers: how many. timeout: seconds that one part may take.
    """

    def __init__(self, workers: int, timeout: float) -> None:
        self._timeout = timeout
        self._requests: queue.SimpleQueue[tuple[PartRequest, Future[Part]] | None] = queue.SimpleQueue()
        self._is_ending = threading.Event()
        self._slots: list[_Slot] = []
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_ending.set()
        for _ in self._threads:
            self._requests.put(None)
        if kind is not None:
            for slot in list(self._slots):
                with contextlib.suppress(ValueError, OSError):
                    slot._process.kill()
        for thread in self._threads:
            thread.join()

    def submit(self, request: PartRequest) -> "Future[Part]":
        """Have a part made."""
        future: Future[Part] = Future()
        self._requests.put((request, future))
        return future

    def _work(self) -> None:
        slot: _Slot | None = None
        while (item := self._requests.get()) is not None:
            request, future = item
            if self._is_ending.is_set():
                future.cancel()
                continue
            if slot is None:
                slot = self._new_slot(future)
                if slot is None:
                    continue
            part, is_alive = self._made(slot, request)
            if not is_alive:
                self._slots.remove(slot)
                slot.end()
                slot = None
                part = self._page_by_page(request) if request.most > 1 and not self._is_ending.is_set() else part
            future.set_result(part)
        if slot is not None:
            self._slots.remove(slot)
            slot.end()

    def _new_slot(self, future: "Future[Part]") -> _Slot | None:
        try:
            slot = _Slot()
        except OSError as error:
            future.set_exception(GroundTruthError(f"No process to render in could be started: {error}."))
            return None
        self._slots.append(slot)
        return slot

    def _made(self, slot: _Slot, request: PartRequest) -> tuple[Part, bool]:
        """The part, or one with the problem that there was; and whether the process can go on."""
        if not request.spool.is_dir():
            request.spool.mkdir(parents=True, exist_ok=True)
        try:
            answer = slot.make(request, self._timeout)
        except (EOFError, OSError):
            return _failed(request, "crashed", "the decoder crashed, or ran out of memory."), False
        if answer is None:
            return _failed(request, "slow", f"took longer than {self._timeout:g} s (--timeout)."), False
        if isinstance(answer, str):
            return _failed(request, "broken", answer.strip().splitlines()[-1][:300]), True
        return answer, True

    def _page_by_page(self, request: PartRequest) -> Part:
        """The part again, each page in a process of its own, after one of them took the process down with it."""
        parts: list[Part] = []
        for number in range(request.first, request.first + request.most):
            page_count = max((part.page_count for part in parts), default=0)
            is_past_end = 0 < page_count < number
            if is_past_end or (page_count == 0 and len(parts) == 2 and request.first == 1):
                break  # of a document that cannot even be opened two tries are enough
            slot = _Slot()
            self._slots.append(slot)
            part, _ = self._made(slot, dataclasses.replace(request, first=number, most=1))
            self._slots.remove(slot)
            slot.end()
            parts.append(part)
        if not any(part.page_count for part in parts) and request.first == 1:
            return parts[0]
        return Part(
            max(part.page_count for part in parts),
            tuple(page for part in parts for page in part.pages),
            tuple(
                dataclasses.replace(problem, page=number)
                for number, part in enumerate(parts, request.first)
                for problem in part.problems
            ),
        )


def _failed(request: PartRequest, kind: str, reason: str) -> Part:
    return Part(0, problems=(Problem(request.document.name, kind, reason),))
