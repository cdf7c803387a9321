"""A statement compiled once, and run on the driver's own connection: what both databases share, and SQLite's form."""

from abc import ABC, abstractmethod
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeGuard

from pydantic_core import from_json
from sqlalchemy import BindParameter, Connection, Executable
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from insurenz.core.db import Session, UtcDateTime

Convert = Callable[[Any], Any] | None

# The rows that a statement gives, and how many it changed.
Outcome = tuple[list[Any], int]


class Spelling(SQLCompiler):
    """Writes what stands in a statement itself, such as a status, into its text: only parameters are left to be given.

    So there is less to send, and a plan that is made once for all values knows these, and which partial index they ask for.
    """

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **kw: Any) -> str:
        """A parameter, or the value that it has already."""
        kw["literal_binds"] = kw.get("literal_binds") or not bindparam.required
        spelled: str = super().visit_bindparam(bindparam, *args, **kw)  # type: ignore[no-untyped-call]
        return spelled


class Compiled(ABC):
    """A statement in the words of one database, and how values go in and come out."""

    dialect: Dialect

    def __init__(self, statement: Executable) -> None:
        compiled: Any = statement.compile(dialect=self.dialect)  # type: ignore[attr-defined]
        self.text: str = compiled.string
        self.places: list[tuple[str, Convert]] = [
            (name, self.inward(compiled.binds[name].type)) for name in compiled.positiontup
        ]
        columns = list(getattr(statement, "exported_columns", ()))
        self.outward = [self.outward_of(column.type) for column in columns]
        self.row: Any = namedtuple("Row", [str(column.key) for column in columns]) if columns else None

    def run(self, session: Session, given: Mapping[str, Any]) -> Outcome:
        """Run it on the driver's connection; the driver's errors become SQLAlchemy's.

        Raises DBAPIError as SQLAlchemy would; a connection that broke leaves the pool.
        """
        connection, values = session.connection(), self.values(given)
        with _errors_of(connection, self.text, values) as driver:
            return self.outcome(driver, values)

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """What goes to the driver, in the order of the places."""
        return [convert(given[name]) if convert else given[name] for name, convert in self.places]

    def made(self, columns: Iterable[Sequence[Any]]) -> list[Any]:
        """Rows with their columns as attributes, of the columns as the driver has them; NULL is None, of whatever type.

        By columns: a row at a time costs a call more for each value.
        """
        converted = (
            [None if value is None else convert(value) for value in values] if convert else values
            for convert, values in zip(self.outward, columns, strict=True)
        )
        return list(map(self.row._make, zip(*converted, strict=True)))

    @abstractmethod
    def inward(self, type_: TypeEngine[Any]) -> Convert:
        """What the driver takes for a value of this type."""

    @abstractmethod
    def outward_of(self, type_: TypeEngine[Any]) -> Convert:
        """The value of this type that the driver gives."""

    @abstractmethod
    def outcome(self, driver: Any, values: list[Any]) -> Outcome:
        """Run it; raises the driver's errors."""


def is_own(type_: TypeEngine[Any]) -> TypeGuard[TypeDecorator[Any]]:
    """Whether values of this type are changed on their way, encrypted above all; times come and go in UTC anyway."""
    return isinstance(type_, TypeDecorator) and not isinstance(type_, UtcDateTime)


class _Spelling(Spelling, SQLiteCompiler):
    pass


class OnSqlite(Compiled):
    """A statement in SQLite's words."""

    dialect = SQLiteDialect_pysqlite(json_deserializer=from_json)
    dialect.statement_compiler = _Spelling

    def inward(self, type_: TypeEngine[Any]) -> Convert:
        convert: Convert = type_.dialect_impl(self.dialect).bind_processor(self.dialect)
        return convert

    def outward_of(self, type_: TypeEngine[Any]) -> Convert:
        convert: Convert = type_.dialect_impl(self.dialect).result_processor(self.dialect, None)
        return convert

    def outcome(self, driver: Any, values: list[Any]) -> Outcome:
        cursor = driver.execute(self.text, values)
        found = [] if self.row is None else cursor.fetchall()
        return self.made(zip(*found, strict=True)) if found else [], cursor.rowcount

    def run_many(self, session: Session, given: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of these."""
        connection, values = session.connection(), [self.values(each) for each in given]
        with _errors_of(connection, self.text, values) as driver:
            driver.executemany(self.text, values)


@contextmanager
def _errors_of(connection: Connection, text: str, values: Sequence[Any]) -> Iterator[Any]:
    """The driver's connection, to run a statement on; its errors become SQLAlchemy's."""
    connection.dispatch.before_cursor_execute(connection, None, text, values, None, False)
    pooled = connection.connection
    try:
        yield pooled.driver_connection
    except connection.dialect.loaded_dbapi.Error as error:
        is_broken = connection.dialect.is_disconnect(error, pooled, None)
        if is_broken:
            # The others of its time are broken, too.
            connection.engine.pool._invalidate(pooled, error)
            connection.invalidate(error)
        raise _as_sqlalchemy(connection, text, error, is_broken=is_broken) from error


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
