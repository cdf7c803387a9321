"""Statements of the hot paths, compiled once and run on the driver's own connection, inside the unit's transaction.

SQLAlchemy's work for one execution costs several times what the database and its driver need for it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    ColumnElement,
    Executable,
    Insert,
    Integer,
    Table,
    Update,
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

from insurenz.core.compiled import Compiled, OnSqlite
from insurenz.core.db import Session

Rows = Mapping[Table, Sequence[Mapping[str, Any]]]


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
        self._compiled: dict[str, Compiled] = {}

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

    def run_many(self, session: Session, given: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of these; on SQLite alone, where that is no way to a server."""
        compiled: Any = self._for(session)
        compiled.run_many(session, given)

    def _for(self, session: Session) -> Compiled:
        name = session.get_bind().dialect.name
        if name not in self._compiled:
            made = self._statement(name) if callable(self._statement) else self._statement
            self._compiled[name] = _form_on(name)(made)
        return self._compiled[name]


def _form_on(dialect: str) -> type[Compiled]:
    if dialect == "sqlite":
        return OnSqlite
    from insurenz.core.libpq import OnPostgresql  # noqa: PLC0415 - SQLite does without the driver, and starts sooner

    return OnPostgresql


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


class Change(NamedTuple):
    """An UPDATE of one row for `write_together`, built once, and the values of its parameters.

    It returns one column. Changes that are made together have no names of parameters in common.
    """

    statement: Update
    given: Mapping[str, Any]


def write_together(session: Session, changes: Sequence[Change], rows: Rows) -> Sequence[Any]:
    """Change rows of several tables, one of each, and insert rows as `insert_together` does, in one statement or as few.

    Gives what each change returned: None when there was no such row. All the others are written then, too, so a caller
    to whom that matters has to raise.
    """
    if session.connection().dialect.name == "postgresql":
        each = [(table, row) for table, some in rows.items() for row in some]
        given = {f"{n}_{name}": value for n, (_, row) in enumerate(each) for name, value in row.items()}
        for change in changes:
            given |= change.given
        shape = tuple((table, tuple(row)) for table, row in each)
        statement = _writes(tuple(change.statement for change in changes), shape)
        return tuple(statement.first(session, given))
    changed = [_alone(change.statement).all(session, change.given) for change in changes]
    insert_together(session, rows)
    return [found[0][0] if found else None for found in changed]


@lru_cache(maxsize=256)
def _writes(changes: tuple[Update, ...], shape: tuple[tuple[Table, tuple[str, ...]], ...]) -> Statement:
    changed = [change.cte(f"change_{n}") for n, change in enumerate(changes)]
    inserted = [_insert(n, table, names).cte(f"row_{n}") for n, (table, names) in enumerate(shape)]
    answers = (select(*one.c).scalar_subquery().label(one.name) for one in changed)
    return Statement(select(*answers).add_cte(*inserted))


@lru_cache(maxsize=64)
def _alone(change: Update) -> Statement:
    return Statement(change)


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


__all__ = [
    "Change",
    "Rows",
    "Statement",
    "detached",
    "insert_many",
    "insert_together",
    "listed",
    "write_together",
]
