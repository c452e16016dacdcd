"""Runs the background work of all jobs in threads of this process."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from groundtruth.errors import StorageError
from groundtruth.service import journal
from groundtruth.service.lifecycle.advancing import advance
from groundtruth.service.lifecycle.means import Means, fail
from groundtruth.service.lifecycle.questions import JOBS_UNDER_WAY

_LOG = logging.getLogger(__name__)

_JOBS_AT_ONCE = 4
_BREATH = 0.2
"""Seconds between two looks at the jobs when answers keep coming."""


class Background:
    """Advances every job that is under way. Use as a context manager; any number of processes may, over one database."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._awake = threading.Event()
        self._is_stopping = threading.Event()
        self._busy: set[int] = set()
        self._lock = threading.Lock()
        self._away_since: dict[int, float] = {}
        self._thread = threading.Thread(target=self._run, name="groundtruth-jobs")
        self._jobs = ThreadPoolExecutor(_JOBS_AT_ONCE, "groundtruth-job")
        self._invocations = ThreadPoolExecutor(means.settings.pre_annotations_at_once, "groundtruth-function")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_stopping.set()
        self._awake.set()
        self._thread.join()
        self._jobs.shutdown()
        self._invocations.shutdown()

    def wake(self) -> None:
        """Look at the jobs now: something has happened."""
        self._awake.set()

    def run_once(self) -> None:
        """Take every job as far as it goes now, in this thread."""
        for job_id in self._under_way():
            self._advance(job_id)

    def _run(self) -> None:
        while not self._is_stopping.is_set():
            try:
                self._look()
            except SQLAlchemyError:
                _LOG.exception("The jobs cannot be read; trying again.")
            self._awake.wait(self._means.settings.tick)
            self._awake.clear()
            self._is_stopping.wait(_BREATH)

    def _look(self) -> None:
        for job_id in self._under_way():
            with self._lock:
                is_free = job_id not in self._busy
                self._busy.add(job_id)
            if is_free:
                self._jobs.submit(self._advance_alone, job_id)

    def _under_way(self) -> list[int]:
        with self._means.database.reading() as connection:
            return [row.id for row in JOBS_UNDER_WAY.rows(connection)]

    def _advance_alone(self, job_id: int) -> None:
        try:
            self._advance(job_id)
        finally:
            with self._lock:
                self._busy.discard(job_id)

    def _advance(self, job_id: int) -> None:
        """Take steps until there is nothing to do. Whatever a step raises is recorded, and the step is tried again later."""
        try:
            with self._means.database.job_lock(job_id) as is_mine:
                while is_mine and not self._is_stopping.is_set() and advance(self._means, job_id, self._invocations):
                    pass
            self._away_since.pop(job_id, None)
        except StorageError as error:
            self._wait_for_storage(job_id, error)
        except Exception:  # noqa: BLE001 (the boundary of the thread: a defect in one job must not stop the others)
            _LOG.exception("A step of the job with the id %s failed; trying again.", job_id)
            self._is_stopping.wait(1)

    def _wait_for_storage(self, job_id: int, error: StorageError) -> None:
        now = self._means.clock()
        since = self._away_since.setdefault(job_id, now)
        if now - since >= self._means.settings.storage_patience:
            self._away_since.pop(job_id)
            fail(self._means, job_id, f"ClientError: {error}")
            return
        work = (str(error),)
        self._means.database.write(lambda connection: journal.warn_once(connection, job_id, now, work))
        self._is_stopping.wait(1)
