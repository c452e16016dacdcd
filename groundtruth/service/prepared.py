"""Statements that workers' requests are made of: written with SQLAlchemy, compiled once, and run by the database's own driver.

What SQLAlchemy does around each run of a statement takes it several times as long as SQLite takes to run it. Here that is done once for
each kind of database. Parameters carry the name of their column, except in changes: there SQLAlchemy keeps those names for new values.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Insert, Table, Update, bindparam, insert, update
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

    def row(self, connection: Connection, **parameters: Any) -> Any:
        """Its first row, with the columns as attributes; None when there is none."""
        cursor = self._execute(connection, parameters)
        found = cursor.fetchone()
        if found is None:
            return None
        if self._row_type is None:
            self._row_type = _row_type([column[0] for column in cursor.description])
        return self._row_type(found)

    def value(self, connection: Connection, **parameters: Any) -> Any:
        """The first column of its first row; None when there is none."""
        found = self._execute(connection, parameters).fetchone()
        return None if found is None else found[0]

    def _execute(self, connection: Connection, parameters: dict[str, Any]) -> Any:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name) or self._compile(dialect)
        sql, constants = compiled
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute(sql, {**constants, **parameters})
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, driver, None):
                connection.invalidate(error)
            raise DBAPIError.instance(sql, parameters, error, dialect.loaded_dbapi.Error, dialect=dialect) from error

    def _compile(self, dialect: Dialect) -> tuple[str, Mapping[str, Any]]:
        # SQLite's driver takes parameters by name as well, only SQLAlchemy's dialect does not ask for it.
        named = sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect
        compiled = self._statement.compile(dialect=named)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        made = self._compiled[dialect.name] = (str(compiled), constants)
        return made


def _row_type(columns: list[str]) -> Callable[[tuple[Any, ...]], Any]:
    made = cast("Any", namedtuple("Row", columns))
    make: Callable[[tuple[Any, ...]], Any] = made._make
    return make


def adding(table: Table) -> Prepared:
    """Adds a row whose every column is given."""
    statement: Insert = insert(table).values({column.name: bindparam(column.name) for column in table.columns})
    return Prepared(statement)


@cache
def _changing(table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> Prepared:
    found = [table.c[key] == bindparam(f"its_{key}") for key in keys]
    statement: Update = update(table).where(*found).values({column: bindparam(column) for column in columns})
    return Prepared(statement)


def change(connection: Connection, table: Table, keys: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Change one row."""
    parameters = {f"its_{key}": value for key, value in keys.items()}
    _changing(table, tuple(keys), tuple(sorted(changes))).run(connection, **parameters, **changes)
