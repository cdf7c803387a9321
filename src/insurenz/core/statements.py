"""Statements of the hot paths, compiled once and run on the driver's own connection, inside the unit's transaction.

SQLAlchemy's work for one execution costs several times what the database and its driver need for it.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar

from psycopg import RawCursor
from pydantic_core import from_json
from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    ColumnElement,
    Connection,
    Executable,
    Insert,
    Integer,
    Table,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    insert,
    inspect,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError

from insurenz.core.db import Session, UtcDateTime

Convert = Callable[[Any], Any] | None
Rows = Mapping[Table, Sequence[Mapping[str, Any]]]

_DIALECTS: Mapping[str, Dialect] = {
    # Numbered places, which the server reads itself.
    "postgresql": PGDialect_psycopg(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]
    "sqlite": SQLiteDialect_pysqlite(json_deserializer=from_json),
}


class _Compiled:
    """A statement in the words of one database, and how values go in and come out."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.text: str = compiled.string
        self.places: list[tuple[str, Convert]] = [
            (name, _to_driver(compiled.binds[name].type, dialect)) for name in compiled.positiontup
        ]
        # What stands in the statement itself, such as a limit.
        self.fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        columns = list(getattr(statement, "exported_columns", ()))
        outward = [_from_driver(column.type, dialect) for column in columns]
        self.outward = [(place, convert) for place, convert in enumerate(outward) if convert]
        self.row: Any = namedtuple("Row", [str(column.key) for column in columns]) if columns else None

    def inward(self, given: Mapping[str, Any]) -> list[Any]:
        """The values in the order of their places."""
        named = {**self.fixed, **given} if self.fixed else given
        return [convert(named[name]) if convert else named[name] for name, convert in self.places]

    def outcome(self, raw: Sequence[Any]) -> Any:
        """A row with its columns as attributes; NULL is None, of whatever type."""
        if not self.outward:
            return self.row._make(raw)
        values = list(raw)
        for place, convert in self.outward:
            if values[place] is not None:
                values[place] = convert(values[place])
        return self.row._make(values)


def _to_driver(type_: Any, dialect: Dialect) -> Convert:
    # psycopg takes texts for ids, and aware times as they are: the statement says what they become.
    each = type_.item_type if isinstance(type_, ARRAY) else type_
    is_plain = dialect.name == "postgresql" and isinstance(each, Uuid | UtcDateTime)
    convert: Convert = None if is_plain else type_.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _from_driver(type_: Any, dialect: Dialect) -> Convert:
    # And it gives ids as texts, as `core/db.py` tells it to, and aware times of UTC, the zone of its connection.
    is_plain = dialect.name == "postgresql" and isinstance(type_, Uuid | UtcDateTime)
    convert: Convert = None if is_plain else type_.dialect_impl(dialect).result_processor(dialect, None)
    return convert


T = TypeVar("T")


def detached(model: type[T], row: Mapping[str, Any]) -> T:
    """An object of a model with these attributes, the others None, that belongs to no session and is not watched by one.

    To be read: what is set on it is written nowhere. SQLAlchemy's own takes a function call for each attribute.
    """
    kind: Any = model
    made: T = object.__new__(_plain(kind))
    made.__dict__.update(row)
    return made


@cache
def _plain(model: Any) -> Any:
    """A class with the attributes, methods and properties of a model, without SQLAlchemy's share in them."""
    attributes = dict.fromkeys(inspect(model).all_orm_descriptors.keys())
    own = {name: each for name, each in vars(model).items() if not name.startswith("_")}
    return type(model.__name__, (), own | attributes)


class Statement:
    """One statement with named parameters (`bindparam`), for both databases, or made for each of them by its name."""

    def __init__(self, statement: Executable | Callable[[str], Executable]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def first(self, session: Session, given: Mapping[str, Any]) -> Any:
        """The first row, its columns as attributes; None when there is none."""
        connection = session.connection()
        compiled = self._for(connection)
        found = _read(connection, compiled.text, compiled.inward(given)).fetchone()
        return compiled.outcome(found) if found is not None else None

    def all(self, session: Session, given: Mapping[str, Any]) -> list[Any]:
        """Every row, its columns as attributes."""
        connection = session.connection()
        compiled = self._for(connection)
        rows = _read(connection, compiled.text, compiled.inward(given)).fetchall()
        return [compiled.outcome(row) for row in rows]

    def run(self, session: Session, given: Mapping[str, Any]) -> int:
        """Run it for its effect; gives how many rows it changed."""
        connection = session.connection()
        compiled = self._for(connection)
        changed: int = _run(connection, compiled.text, compiled.inward(given)).rowcount
        return changed

    def run_many(self, session: Session, given: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of these; on SQLite alone, where that is no way to a server."""
        connection = session.connection()
        compiled = self._for(connection)
        _run(connection, compiled.text, [compiled.inward(each) for each in given], is_many=True)

    def _for(self, connection: Connection) -> _Compiled:
        name = connection.dialect.name
        if name not in self._compiled:
            made = self._statement(name) if callable(self._statement) else self._statement
            self._compiled[name] = _Compiled(made, _DIALECTS[name])
        return self._compiled[name]


def listed(dialect: str, **columns: Any) -> Any:
    """In SQL: a table of columns of these types, each given as one text by the parameter of its name: `a,b,c`.

    However many values there are, the statement stays the same, which driver and server know by its text. Types are Id
    and Integer.
    """
    if dialect == "postgresql":
        arrays = [
            cast(func.string_to_array(bindparam(name), ","), ARRAY(kind)) for name, kind in columns.items()
        ]
        table: Any = func.unnest(*arrays)
        return table.table_valued(*(column(n, kind) for n, kind in columns.items())).render_derived()
    each = {
        name: func.json_each(_json_list(name, kind)).table_valued("key", "value", name=name)
        for name, kind in columns.items()
    }
    one, *others = each.values()
    values = [type_coerce(each[name].c.value, kind).label(name) for name, kind in columns.items()]
    return select(*values).where(*(other.c.key == one.c.key for other in others)).subquery()


def _json_list(name: str, kind: Any) -> Any:
    given: BindParameter[Any] = bindparam(name)
    if kind is Integer:
        return literal("[").concat(given).concat("]")
    hexes = func.replace(func.replace(given, "-", ""), ",", '","')
    return literal('["').concat(hexes).concat('"]')


def insert_together(session: Session, rows: Rows) -> None:
    """Insert rows of several tables, whose rows each have the same columns: parents first.

    One statement on PostgreSQL, where each is a way to the server and back; one for each row on SQLite.
    """
    each = [(table, row) for table, some in rows.items() for row in some]
    if session.connection().dialect.name == "postgresql":
        given = {f"{n}_{name}": value for n, (_, row) in enumerate(each) for name, value in row.items()}
        _inserts(tuple((table, tuple(row)) for table, row in each)).run(session, given)
        return
    for table, row in each:
        _inserts(((table, tuple(row)),)).run(session, {f"0_{name}": value for name, value in row.items()})


@lru_cache(maxsize=256)
def _inserts(shape: tuple[tuple[Table, tuple[str, ...]], ...]) -> Statement:
    *first, last = [_insert(n, table, names) for n, (table, names) in enumerate(shape)]
    return Statement(last.add_cte(*(one.cte(f"row_{n}") for n, one in enumerate(first))))


def insert_many(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, skips_taken: bool = False
) -> None:
    """Insert any number of rows of one table, which all have the same columns: one way to the server and back.

    A row whose key is taken raises IntegrityError, or is left out with `skips_taken`.
    """
    if not rows:
        return
    names = tuple(rows[0])
    if session.connection().dialect.name == "postgresql":
        given = {name: [row[name] for row in rows] for name in names}
        _insert_arrays(table, names, skips_taken=skips_taken).run(session, given)
    else:
        _insert_each(table, names, skips_taken=skips_taken).run_many(session, rows)


@lru_cache(maxsize=64)
def _insert_arrays(table: Table, names: tuple[str, ...], *, skips_taken: bool) -> Statement:
    plain = [name for name in names if not isinstance(table.c[name].type, JSON)]
    arrays = [bindparam(name, type_=ARRAY(table.c[name].type, dimensions=1)) for name in plain]
    given = func.unnest(*arrays).table_valued(*plain, with_ordinality="nth", name="given").render_derived()
    values = [given.c[name] if name in plain else _nth(name, table, given.c.nth) for name in names]
    made = postgresql.insert(table).from_select(names, select(*values))
    return Statement(made.on_conflict_do_nothing() if skips_taken else made)


def _nth(name: str, table: Table, nth: ColumnElement[Any]) -> ColumnElement[Any]:
    # One JSON list of all: as texts in an array each of their quotes would be escaped by the driver.
    return bindparam(name, type_=table.c[name].type).op("->")(cast(nth - 1, Integer))


@lru_cache(maxsize=64)
def _insert_each(table: Table, names: tuple[str, ...], *, skips_taken: bool) -> Statement:
    made = sqlite.insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in names})
    return Statement(made.on_conflict_do_nothing() if skips_taken else made)


def _insert(n: int, table: Table, names: Sequence[str]) -> Insert:
    return insert(table).values({name: bindparam(f"{n}_{name}", type_=table.c[name].type) for name in names})


def _read(connection: Connection, text: str, values: Sequence[Any]) -> Any:
    """As `_run`, of what the server is to plan once for each of its connections."""
    prepared = {"prepare": True} if connection.dialect.name == "postgresql" else {}
    return _run(connection, text, values, **prepared)


def _run(
    connection: Connection, text: str, values: Sequence[Any], *, is_many: bool = False, **options: Any
) -> Any:
    """Run a statement on the driver's connection; its errors become SQLAlchemy's.

    Raises DBAPIError as SQLAlchemy would; a connection that broke leaves the pool.
    """
    pooled = connection.connection
    driver: Any = pooled.driver_connection
    connection.dispatch.before_cursor_execute(connection, None, text, values, None, is_many)
    try:
        cursor: Any = RawCursor(driver) if connection.dialect.name == "postgresql" else driver.cursor()
        return cursor.executemany(text, values) if is_many else cursor.execute(text, values, **options)
    except connection.dialect.loaded_dbapi.Error as error:
        is_broken = connection.dialect.is_disconnect(error, pooled, None)
        if is_broken:
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


__all__ = ["Rows", "Statement", "detached", "insert_many", "insert_together", "listed"]
