"""The service's database: SQLite in a file, or PostgreSQL.

Whatever `write` did is on disk when it returns. SQLite takes one writer at a time, and each commit waits for the disk; so writes that
come while another is being committed share the next commit, which makes many workers as quick as one.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from groundtruth.errors import RequestError
from groundtruth.service.records import METADATA

_MOST_IN_ONE_COMMIT = 64
_CONNECTIONS = 16
_MOST_TRIES = 5
_REST = 10.0
"""Seconds after which a connection is tried before it is used."""
_TRY_AGAIN = {"40001", "40P01"}
"""PostgreSQL's serialization failure and deadlock: the transaction was rolled back and may run again."""

_MAKES_TABLES = 0x6774_7275
"""The advisory lock of the process that makes the tables, and the first key of the locks of jobs."""


class Database:
    """Open with `Database.open`, close when done. Threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.is_shared = engine.dialect.name == "postgresql"
        # Reading takes no transaction, which would be two more round trips to PostgreSQL.
        self._reader = engine.execution_options(isolation_level="AUTOCOMMIT") if self.is_shared else engine
        self._group = None if self.is_shared else _GroupCommit(engine)
        self._resting: deque[Connection] = deque()

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database and make the tables it lacks.

        url: `postgresql://…` or `sqlite:///path`. Raises RequestError when it cannot be opened.
        """
        try:
            engine = _engine(url)
            with engine.begin() as connection:
                if engine.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_MAKES_TABLES})"))
                METADATA.create_all(connection)
        except (ArgumentError, DBAPIError, ModuleNotFoundError) as error:
            reason = str(error.orig if isinstance(error, DBAPIError) else error).strip()
            raise RequestError(f"--database: the database cannot be opened: {reason}") from error
        return cls(engine)

    @classmethod
    def in_file(cls, path: Path) -> Self:
        """Open the SQLite database in this file, made when it is not there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls.open(f"sqlite:///{path}")

    def close(self) -> None:
        """Close every connection."""
        if self._group is not None:
            self._group.close()
        while self._resting:
            self._resting.pop().close()
        self._engine.dispose()

    def write[T](self, work: Callable[[Connection], T]) -> T:
        """Do the work in a transaction of its own; what it wrote is durable when this returns.

        work: uses its connection for nothing but statements, and may be called more than once. What it raises undoes it and is raised.
        """
        if self._group is not None:
            return self._group.run(work)
        for _ in range(_MOST_TRIES - 1):
            try:
                with self._engine.begin() as connection:
                    return work(connection)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in _TRY_AGAIN:
                    raise
        with self._engine.begin() as connection:
            return work(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; each statement sees what is committed when it runs."""
        if self.is_shared:
            with self._reader.connect() as connection:
                yield connection
            return
        # A file goes nowhere: what a pool does around a connection that comes and goes takes longer than a query here.
        try:
            connection = self._resting.pop()
        except IndexError:
            connection = self._reader.connect()
        try:
            yield connection
        finally:
            if connection.in_transaction():
                connection.rollback()
            self._resting.append(connection)

    @contextmanager
    def job_lock(self, job_id: int) -> Iterator[bool]:
        """Whether this process may do the job's background work; it may until the context ends.

        A process that dies loses the lock with its connection. On SQLite there is no other process.
        """
        if not self.is_shared:
            yield True
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            keys = {"first": _MAKES_TABLES, "second": job_id}
            taken = connection.execute(text("SELECT pg_try_advisory_lock(:first, :second)"), keys).scalar_one()
            try:
                yield bool(taken)
            finally:
                if taken:
                    connection.execute(text("SELECT pg_advisory_unlock(:first, :second)"), keys)


class _Work:
    """A piece of work on its way through a shared commit. The thread that asked for it waits until it is done, or is told to lead."""

    __slots__ = ("_error", "_result", "_wakes", "_work", "is_done")

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self._work = work
        self._result: Any = None
        self._error: BaseException | None = None
        self._wakes = threading.Lock()  # locked: the thread sleeps
        self._wakes.acquire()
        self.is_done = False

    def run(self, connection: Connection) -> None:
        """Run it, and keep what it returns."""
        self._result = self._work(connection)

    def fail(self, error: BaseException) -> None:
        self._error = error

    def outcome(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._result

    def sleep(self) -> None:
        """Wait until another thread wakes this one."""
        self._wakes.acquire()

    def wake(self) -> None:
        self._wakes.release()


class _GroupCommit:
    """Lets threads that write at the same time share one transaction, and so one wait for the disk.

    One of them leads at a time: it commits what is waiting, wakes those whose work that was, and leaves the lead to the next that waits.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect().execution_options(is_writing=True)
        self._waiting: deque[_Work] = deque()
        self._is_led = False
        self._lock = threading.Lock()

    def run[T](self, work: Callable[[Connection], T]) -> T:
        mine = _Work(work)
        with self._lock:
            self._waiting.append(mine)
            must_wait, self._is_led = self._is_led, True
        if must_wait:
            mine.sleep()  # no signal ends it: those reach the main thread, which does not write while the service runs
        if not mine.is_done:
            self._lead(mine)
        result: T = mine.outcome()
        return result

    def close(self) -> None:
        self._connection.close()

    def _lead(self, mine: _Work) -> None:
        """Commit what is waiting; this thread's own work is the first of it."""
        with self._lock:
            works = [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST_IN_ONE_COMMIT))]
        try:
            self._commit(works)
        finally:
            with self._lock:
                leader = self._waiting[0] if self._waiting else None
                self._is_led = leader is not None
            if leader is not None:
                leader.wake()
            for work in works:
                if work is not mine:
                    work.wake()

    def _commit(self, works: list[_Work]) -> None:
        try:
            self._commit_together(works)
        except Exception as error:  # noqa: BLE001 (the boundary: it is raised to the thread that asked)
            if len(works) == 1:
                works[0].fail(error)
            else:  # one of them is refused, and none is written: each by itself, then
                for work in works:
                    self._commit([work])
        except BaseException as error:
            for work in works:
                work.fail(error)
            raise
        finally:
            for work in works:
                work.is_done = True

    def _commit_together(self, works: list[_Work]) -> None:
        with self._connection.begin():
            for work in works:
                work.run(self._connection)


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.drivername == "sqlite":
        engine = create_engine(parsed, pool_size=_CONNECTIONS, max_overflow=_CONNECTIONS)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise RequestError(
            f'--database: "{parsed.drivername}" is neither sqlite nor postgresql. Write postgresql://user@host/name.'
        )
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=_CONNECTIONS,
        max_overflow=_CONNECTIONS,
        connect_args={"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3},
    )
    _check_rested(engine)
    return engine


def _check_rested(engine: Engine) -> None:
    """See whether connections that nobody used for a while are still there: the server may have been restarted meanwhile."""

    def note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = monotonic()

    def check(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        if monotonic() - record.info.get("rests_since", monotonic()) < _REST:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("The database server has closed the connection.") from error

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", check)


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the driver begins no transaction by itself: `_begin_sqlite` does
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin to write. What only reads needs no transaction: each statement sees all that is committed."""
    if connection.get_execution_options().get("is_writing", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
