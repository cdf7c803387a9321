"""Brings everything that is encrypted in the database under the key that writes now, and what is in plain as well."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, Select, Table, literal, select, tuple_, type_coerce, update

from insurenz.core import vault
from insurenz.core.db import Base, Database, Session
from insurenz.core.sealed import SealedJson, SealedText

# Rows that are locked, read and written in one unit of work.
ROWS = 200

Progress = Callable[[int], None]


def sealed_columns() -> dict[Table, list[Column[Any]]]:
    """The columns that are encrypted, by their table."""
    found = {
        table: [column for column in table.columns if isinstance(column.type, SealedText | SealedJson)]
        for table in Base.metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


def rotate(database: Database, *, progress: Progress | None = None) -> int:
    """Write anew each row that is not under the first key; gives how many those were.

    Killed in the middle, it goes on where it was: what is done needs nothing. Raises UnknownKey, Tampered.
    """
    renewed = 0
    for table, columns in sealed_columns().items():
        after: Any = None
        while True:
            with database.unit_of_work() as session:
                rows = session.execute(_page(table, columns, after)).mappings().all()
                renewed += sum(_renew(session, table, columns, row) for row in rows)
            if progress:
                progress(renewed)
            if len(rows) < ROWS:
                break
            after = rows[-1]
    return renewed


def lost_key(database: Database) -> str:
    """A sentence about what this process has not the key for; empty where it reads everything."""
    with database.read_unit() as session:
        lost = ", ".join(unreadable(session))
    told = f"Encrypted with a key that ENCRYPTION_KEY does not hold: {lost}. Add the key to the setting."
    return told if lost else ""


def unreadable(session: Session) -> Iterator[str]:
    """The columns whose newest value this process has not the key for: a look at each, not at all of them."""
    for table, columns in sealed_columns().items():
        newest = tuple(column.desc() for column in table.primary_key)
        for column in columns:
            stored = session.scalar(
                select(_stored(column)).where(column.is_not(None)).order_by(*newest).limit(1)
            )
            try:
                if isinstance(stored, str):
                    vault.current().open(stored, place=column.type.place)  # type: ignore[attr-defined]
            except (vault.UnknownKey, vault.Tampered):
                yield f"{table.name}.{column.name}"


def _page(table: Table, columns: list[Column[Any]], after: Any) -> Select[Any]:
    key = list(table.primary_key)
    stored = (_stored(column).label(f"stored_{column.name}") for column in columns)
    hashed = (each for each in table.columns if "hash_of" in each.info)
    page = select(*key, *columns, *stored, *hashed).order_by(*key).limit(ROWS).with_for_update()
    if after is None:
        return page
    last = (literal(after[column.name], column.type) for column in key)
    return page.where(tuple_(*key) > tuple_(*last))


def _stored(column: Column[Any]) -> Any:
    """The column as it lies there: text, or what JSON it is."""
    return type_coerce(column, column.type.impl_instance)  # type: ignore[attr-defined]


def _renew(session: Session, table: Table, columns: list[Column[Any]], row: Any) -> bool:
    values = {
        column.name: row[column.name] for column in columns if not _is_current(row[f"stored_{column.name}"])
    }
    for column in table.columns:
        if name := column.info.get("hash_of"):
            hashed = next(iter(vault.current().hashes(row[name])), None)
            values |= {column.name: hashed} if hashed != row[column.name] else {}
    if values:
        same = (column == row[column.name] for column in table.primary_key)
        session.execute(update(table).where(*same).values(values))
    return bool(values)


def _is_current(stored: Any) -> bool:
    if stored is None:
        return True
    return vault.current().is_current(stored) if isinstance(stored, str) else not vault.current().is_on
