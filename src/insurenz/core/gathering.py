"""Rows that belong to a row, read with it in one statement."""

from collections import namedtuple
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Dialect, Select, TypeDecorator, func

from insurenz.core.db import UtcDateTime


class _Gathered(TypeDecorator[Any]):
    """A JSON list of rows, each a list of values of these columns; as namedtuples once it was read."""

    impl = JSON
    cache_ok = False

    def __init__(self, columns: Sequence[Any]) -> None:
        super().__init__()
        self.types = [column.type for column in columns]
        self.row = _named([str(column.key) for column in columns])
        self.outward: dict[str, list[Callable[[Any], Any] | None]] = {}

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """A list of rows; None when there is none."""
        if value is None:
            return None
        if dialect.name not in self.outward:
            self.outward[dialect.name] = [_from_json(type_, dialect) for type_ in self.types]
        outward = self.outward[dialect.name]
        return [
            self.row._make(
                one if convert is None or one is None else convert(one)
                for convert, one in zip(outward, each, strict=True)
            )
            for each in value
        ]


def _named(names: Sequence[str]) -> Any:
    return namedtuple("Row", names)


def _from_json(type_: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """How a value of this type is read from JSON, where PostgreSQL spells days and times in its own way."""
    if dialect.name == "postgresql" and isinstance(type_, UtcDateTime):
        return datetime.fromisoformat
    if dialect.name == "postgresql" and isinstance(type_, Date):
        return date.fromisoformat
    found: Callable[[Any], Any] | None = type_.dialect_impl(dialect).result_processor(dialect, None)
    return found


def gathered(dialect: str, rows: Select[*tuple[Any, ...]]) -> Any:
    """In SQL: all rows of a query as one value, in no order. Read it is a list of them, empty or None when there are none.

    So what belongs to a row comes with it. Types are texts, whole numbers, booleans, JSON, ids, days and times.
    """
    each = list(rows.selected_columns)
    array, one = (
        (func.json_agg, func.json_build_array)
        if dialect == "postgresql"
        else (func.json_group_array, func.json_array)
    )
    made = rows.with_only_columns(array(one(*each), type_=_Gathered(each)), maintain_column_froms=True)
    return made.scalar_subquery()
