"""Copies a database into an empty one of another kind: every table in one transaction, compared row by row before it ends."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Insert, Table, column, func, insert, select, table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.sql.type_api import TypeEngine

import insurenz.models  # noqa: F401 - every table
from insurenz.core import vault
from insurenz.core.db import Base, Database, Session

ROWS_AT_ONCE = 1000
TABLES: Sequence[Table] = Base.metadata.sorted_tables
# What is not there is NULL on both sides, never JSON's null.
_JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

Progress = Callable[[int], None]


class NotMoved(Exception):
    """Nothing was moved, and the target is as empty as before; the text says why."""


@dataclass
class Contents:
    """What a table holds: how many rows, and a sum of their hashes, whatever their order."""

    rows: int = 0
    digest: int = 0

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take in rows."""
        for row in rows:
            spelled = json.dumps(dict(row), sort_keys=True, default=str, ensure_ascii=False)
            self.digest = (self.digest + int.from_bytes(hashlib.sha256(spelled.encode()).digest())) % 2**256
            self.rows += 1


def count_rows(database: Database) -> dict[str, int]:
    """How many rows each table holds, those without any left out."""
    with database.read_unit() as session:
        counted = ((each.name, select(func.count()).select_from(each)) for each in TABLES)
        counts = {name: session.execute(count).scalar_one() for name, count in counted}
    return {name: count for name, count in counts.items() if count}


def copy(source: Database, target: Database, progress: Progress = lambda _rows: None) -> dict[str, int]:
    """Copy every row, and give how many each table has; both databases are at the present schema.

    The source is copied as it is at one moment, while others go on writing. What is encrypted is so under the first key
    afterwards. Raises NotMoved when the target holds anything, a row does not fit, or what was read back is not what
    was written.
    """
    if held := count_rows(target):
        raise NotMoved(f"The target already holds rows ({_spelled(held)}); it has to be an empty database.")
    with source.snapshot() as reading, target.unit_of_work() as writing:
        try:
            copied = _copy_all(reading, writing, progress)
        except (vault.UnknownKey, vault.Tampered) as error:
            raise NotMoved(
                f"Something encrypted cannot be read ({error}); ENCRYPTION_KEY needs its key."
            ) from error
        for each in TABLES:
            found = Contents()
            for rows in _pages(writing, each):
                found.add(rows)
            if found != copied[each.name]:
                raise NotMoved(f"Table {each.name} came out different: {copied[each.name]} became {found}.")
    return {name: contents.rows for name, contents in copied.items()}


def _copy_all(reading: Session, writing: Session, progress: Progress) -> dict[str, Contents]:
    copied, done = {each.name: Contents() for each in TABLES}, 0
    for each in TABLES:
        fill = _fill(each)
        for rows in _pages(reading, each):
            copied[each.name].add(rows)
            try:
                writing.execute(fill, rows)
            except (DataError, IntegrityError) as error:
                # The driver's own words hold the row; the kind of error has to do.
                kind = type(error.orig).__name__
                raise NotMoved(
                    f"A row of table {each.name} does not fit into the target ({kind})."
                ) from error
            done += len(rows)
            progress(done)
    return copied


def _pages(session: Session, given: Table) -> Iterable[Sequence[dict[str, Any]]]:
    rows = select(given).order_by(*given.primary_key).execution_options(yield_per=ROWS_AT_ONCE)
    for page in session.execute(rows).mappings().partitions():
        yield [dict(row) for row in page]


def _fill(given: Table) -> Insert:
    return insert(table(given.name, *(column(each.name, _type(each.type)) for each in given.columns)))


def _type(given: TypeEngine[Any]) -> TypeEngine[Any]:
    return _JSON if isinstance(given, JSON) else given


def _spelled(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))
