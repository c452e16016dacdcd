"""Statements that workers' requests are made of: written with SQLAlchemy, compiled once, and run by the database's own driver.

What SQLAlchemy does around each run of a statement takes it several times as long as SQLite takes to run it. Here that is done once for
each kind of database. Parameters carry the name of their column, except in changes: there SQLAlchemy keeps those names for new values.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Table, Update, bindparam, insert, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement


class Prepared:
    """A statement to be run by any connection. Its values are what the driver gives: a boolean may be 0 or 1."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._row_type: Callable[[tuple[Any, ...]], Any] | None = None

    def run(self, connection: Connection, **parameters: Any) -> int:
        """Run it; returns how many rows it changed."""
        changed: int = self._execute(connection, parameters).rowcount
        return changed

    def run_for_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of these parameters."""
        sql, constants = self._compiled_for(connection.dialect)
        driver: Any = connection.connection.driver_connection
        try:
            driver.cursor().executemany(sql, [{**constants, **row} for row in rows] if constants else rows)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told_as_sqlalchemy(connection, driver, sql, error) from error

    def row(self, connection: Connection, **parameters: Any) -> Any:
        """Its first row, with the columns as attributes; None when there is none."""
        cursor = self._execute(connection, parameters)
        found = cursor.fetchone()
        return None if found is None else self._row_type_of(cursor)(found)

    def rows(self, connection: Connection, **parameters: Any) -> list[Any]:
        """All its rows, with the columns as attributes."""
        cursor = self._execute(connection, parameters)
        return list(map(self._row_type_of(cursor), cursor.fetchall()))

    def value(self, connection: Connection, **parameters: Any) -> Any:
        """The first column of its first row; None when there is none."""
        found = self._execute(connection, parameters).fetchone()
        return None if found is None else found[0]

    def _row_type_of(self, cursor: Any) -> Callable[[tuple[Any, ...]], Any]:
        if self._row_type is None:
            self._row_type = _row_type([column[0] for column in cursor.description])
        return self._row_type

    def _execute(self, connection: Connection, parameters: dict[str, Any]) -> Any:
        sql, constants = self._compiled_for(connection.dialect)
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute(sql, {**constants, **parameters})
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told_as_sqlalchemy(connection, driver, sql, error) from error

    def _compiled_for(self, dialect: Dialect) -> tuple[str, Mapping[str, Any]]:
        return self._compiled.get(dialect.name) or self._compile(dialect)

    def _compile(self, dialect: Dialect) -> tuple[str, Mapping[str, Any]]:
        # SQLite's driver takes parameters by name as well, only SQLAlchemy's dialect does not ask for it.
        named = sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect
        compiled = self._statement.compile(dialect=named)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        made = self._compiled[dialect.name] = (str(compiled), constants)
        return made


def _told_as_sqlalchemy(connection: Connection, driver: Any, sql: str, error: Exception) -> Exception:
    """The driver's error as SQLAlchemy raises it. A connection that it says is broken is used no more."""
    dialect = connection.dialect
    kind: Any = dialect.loaded_dbapi.Error
    raised: Any = error
    if dialect.is_disconnect(raised, driver, None):
        connection.invalidate(error)
    told: Exception = DBAPIError.instance(sql, None, raised, kind, dialect=dialect)
    return told


def _row_type(columns: list[str]) -> Callable[[tuple[Any, ...]], Any]:
    made = cast("Any", namedtuple("Row", columns))
    make: Callable[[tuple[Any, ...]], Any] = made._make
    return make


def adding(table: Table, *columns: str) -> Prepared:
    """Adds a row with these columns given, or all when none is named."""
    given = columns or tuple(column.name for column in table.columns)
    return Prepared(insert(table).values({name: bindparam(name) for name in given}))


@cache
def _changing(table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> Prepared:
    found = [table.c[key] == bindparam(f"its_{key}") for key in keys]
    statement: Update = update(table).where(*found).values({column: bindparam(column) for column in columns})
    return Prepared(statement)


def change(connection: Connection, table: Table, keys: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Change one row."""
    parameters = {f"its_{key}": value for key, value in keys.items()}
    _changing(table, tuple(keys), tuple(sorted(changes))).run(connection, **parameters, **changes)
