"""Statements of the hot paths, compiled once and run on the driver's own connection, inside the unit's transaction.

SQLAlchemy's work for one execution costs several times what the database and its driver need for it.
"""

from abc import ABC, abstractmethod
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Insert, Table, bindparam, event, insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from insurenz.core.db import Session
from insurenz.core.libpq import Prepared, from_text, known_to, to_text

Convert = Callable[[Any], Any] | None
Rows = Mapping[Table, Sequence[Mapping[str, Any]]]
# The rows that a statement gives, and how many it changed.
Outcome = tuple[list[Any], int]

_PREPARED = "insurenz_prepared"


class _Compiled(ABC):
    """A statement in the words of one database, and how values go in and come out."""

    dialect: Dialect

    def __init__(self, statement: Executable) -> None:
        compiled: Any = statement.compile(dialect=self.dialect)  # type: ignore[attr-defined]
        self.text: str = compiled.string
        self.places: list[tuple[str, Convert]] = [
            (name, self.inward(compiled.binds[name].type)) for name in compiled.positiontup
        ]
        # What stands in the statement itself, such as a limit.
        self.fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        columns = list(getattr(statement, "exported_columns", ()))
        self.outward: list[Convert] = [self.outward_of(column.type) for column in columns]
        self.row: Any = namedtuple("Row", [str(column.key) for column in columns]) if columns else None

    def run(self, session: Session, given: Mapping[str, Any]) -> Outcome:
        """Run it on the driver's connection, with its errors as SQLAlchemy's.

        Raises DBAPIError as SQLAlchemy would; a connection that broke leaves the pool.
        """
        connection = session.connection()
        named = {**self.fixed, **given} if self.fixed else given
        values = [convert(named[name]) if convert else named[name] for name, convert in self.places]
        connection.dispatch.before_cursor_execute(connection, None, self.text, values, None, False)
        try:
            return self.outcome(connection, values)
        except connection.dialect.loaded_dbapi.Error as error:
            pooled = connection.connection
            is_broken = connection.dialect.is_disconnect(error, pooled, None)
            if is_broken:
                connection.invalidate(error)
            raise _as_sqlalchemy(connection, self.text, error, is_broken=is_broken) from error

    def made(self, raw: Sequence[Any]) -> Any:
        """A row with its columns as attributes."""
        return self.row._make(
            convert(value) if convert and value is not None else value
            for convert, value in zip(self.outward, raw, strict=True)
        )

    @abstractmethod
    def inward(self, type_: TypeEngine[Any]) -> Convert:
        """What the driver takes for a value of this type."""

    @abstractmethod
    def outward_of(self, type_: TypeEngine[Any]) -> Convert:
        """The value of this type that the driver gives."""

    @abstractmethod
    def outcome(self, connection: Connection, values: list[Any]) -> Outcome:
        """Run it; raises the driver's errors."""


class _OnPostgresql(_Compiled):
    # Numbered places, which the server reads itself.
    dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

    def __init__(self, statement: Executable) -> None:
        super().__init__(statement)
        self._prepared = Prepared(self.text)

    def inward(self, type_: TypeEngine[Any]) -> Convert:
        return to_text(type_)

    def outward_of(self, type_: TypeEngine[Any]) -> Convert:
        return from_text(type_)

    def outcome(self, connection: Connection, values: list[Any]) -> Outcome:
        driver: Any = connection.connection.driver_connection
        known = connection.info.get(_PREPARED)
        if known is None:
            known = connection.info[_PREPARED] = known_to(driver)
        result = self._prepared.run(driver, known, values)
        columns = range(result.nfields)
        rows = [self.made([result.get_value(n, c) for c in columns]) for n in range(result.ntuples)]
        return rows, result.command_tuples or 0


class _OnSqlite(_Compiled):
    dialect = SQLiteDialect_pysqlite()

    def inward(self, type_: TypeEngine[Any]) -> Convert:
        convert: Convert = type_.dialect_impl(self.dialect).bind_processor(self.dialect)
        return convert

    def outward_of(self, type_: TypeEngine[Any]) -> Convert:
        convert: Convert = type_.dialect_impl(self.dialect).result_processor(self.dialect, None)
        return convert

    def outcome(self, connection: Connection, values: list[Any]) -> Outcome:
        driver: Any = connection.connection.driver_connection
        cursor = driver.execute(self.text, values)
        return [self.made(row) for row in cursor.fetchall()], cursor.rowcount


_FORMS: Mapping[str, type[_Compiled]] = {"postgresql": _OnPostgresql, "sqlite": _OnSqlite}


@event.listens_for(Engine, "rollback")
@event.listens_for(Engine, "rollback_savepoint")
def _forget(connection: Connection, *_: Any) -> None:
    # psycopg may drop all prepared statements then, these too: the server is asked when one is needed again.
    if not connection.invalidated:
        connection.info.pop(_PREPARED, None)


class Statement:
    """One statement with named parameters (`bindparam`), for both databases."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def first(self, session: Session, given: Mapping[str, Any]) -> Any:
        """The first row, its columns as attributes; None when there is none."""
        rows = self.all(session, given)
        return rows[0] if rows else None

    def all(self, session: Session, given: Mapping[str, Any]) -> list[Any]:
        """Every row, its columns as attributes."""
        return self._for(session).run(session, given)[0]

    def run(self, session: Session, given: Mapping[str, Any]) -> int:
        """Run it for its effect; gives how many rows it changed."""
        return self._for(session).run(session, given)[1]

    def _for(self, session: Session) -> _Compiled:
        name = session.get_bind().dialect.name
        if name not in self._compiled:
            self._compiled[name] = _FORMS[name](self._statement)
        return self._compiled[name]


def insert_together(session: Session, rows: Rows) -> None:
    """Insert rows of several tables, whose rows each have the same columns: parents first.

    One statement on PostgreSQL, where each is a way to the server and back; one for each row on SQLite.
    """
    each = [(table, row) for table, some in rows.items() for row in some]
    if session.get_bind().dialect.name == "postgresql":
        given = {f"{n}_{name}": value for n, (_, row) in enumerate(each) for name, value in row.items()}
        _inserts(tuple((table, tuple(row)) for table, row in each)).run(session, given)
        return
    for table, row in each:
        _inserts(((table, tuple(row)),)).run(session, {f"0_{name}": value for name, value in row.items()})


@lru_cache(maxsize=256)
def _inserts(shape: tuple[tuple[Table, tuple[str, ...]], ...]) -> Statement:
    *first, last = [_insert(n, table, names) for n, (table, names) in enumerate(shape)]
    return Statement(last.add_cte(*(one.cte(f"row_{n}") for n, one in enumerate(first))))


def _insert(n: int, table: Table, names: Sequence[str]) -> Insert:
    return insert(table).values({name: bindparam(f"{n}_{name}", type_=table.c[name].type) for name in names})


def _as_sqlalchemy(connection: Connection, text: str, error: Exception, *, is_broken: bool) -> Exception:
    dbapi = connection.dialect.loaded_dbapi
    made: Exception = DBAPIError.instance(
        text,
        None,
        error,
        dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_broken,
        dialect=connection.dialect,
    )
    return made


__all__ = ["Rows", "Statement", "insert_together"]
