"""PostgreSQL's own client library, asked for prepared statements: texts go in, texts come out.

psycopg's cursors cost several times what they ask for, and each statement is a way to the server and back. psycopg
prepares a statement when it first runs; what it has prepared is asked here. It sees from the state of the link whether
a transaction is open.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, cast

from psycopg import Connection, RawCursor, errors, generators
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from pydantic_core import from_json
from sqlalchemy import JSON, Boolean, Date, DateTime, Executable, Integer, String, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.types import NullType, TypeEngine

from insurenz.core.compiled import Compiled, Outcome, Spelling, is_own

Convert = Callable[[Any], Any]

# Times come in UTC, as the connection's settings have it.
_FROM_TEXT: Sequence[tuple[type[TypeEngine[Any]], Convert]] = (
    (String, bytes.decode),
    (Uuid, bytes.decode),
    (Integer, int),
    (Boolean, b"t".__eq__),
    (Date, lambda text: date.fromisoformat(text.decode())),
    (DateTime, lambda text: datetime.fromisoformat(text.decode())),
    (JSON, from_json),
)
_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


def to_text(type_: TypeEngine[Any]) -> Convert | None:
    """How values of this type are spelled; None for what psycopg spells, such as lists."""
    inner = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    if isinstance(inner, JSON):
        return _json_or_null if inner.none_as_null else json.dumps
    # Of statements written as text nothing is known; their values are texts.
    return _spelled if isinstance(inner, (NullType, *(kind for kind, _ in _FROM_TEXT))) else None


def from_text(type_: TypeEngine[Any]) -> Convert:
    """How values of this type are read."""
    inner = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    return next(convert for kind, convert in _FROM_TEXT if isinstance(inner, kind))


def ask(driver: Connection[Any], query: str, texts: Sequence[str | None]) -> PGresult:
    """What one statement gives, whose values are all texts, with BEGIN on the same way where psycopg would send it before.

    Raises psycopg's errors.
    """
    name = driver._prepared._names.get((query.encode(), (0,) * len(texts)))
    if name is None:
        return first_asked(driver, query, texts, prepares=True)
    return _piped(driver, name, [None if text is None else _encoded(text) for text in texts])


def first_asked(driver: Connection[Any], query: str, values: Sequence[Any], *, prepares: bool) -> PGresult:
    """What one statement gives that psycopg runs, and prepares at once or when it comes often. Raises its errors."""
    cursor = RawCursor(driver)
    cursor.execute(query.encode(), values, prepare=prepares or None)
    # The driver's type says that there may be none.
    return cast("PGresult", cursor.pgresult)


def _piped(driver: Connection[Any], name: bytes, values: Sequence[bytes | None]) -> PGresult:
    link = driver.pgconn
    begins = not driver.autocommit and link.transaction_status == TransactionStatus.IDLE
    link.enter_pipeline_mode()
    try:
        if begins:
            # As it is to be read: a snapshot is told from other units by its BEGIN.
            link.send_query_params(driver._get_tx_start_command(), None)
        link.send_query_prepared(name, values)
        link.pipeline_sync()
        driver.wait(generators.send(link))
        # The last is the end of what was sent.
        results: list[PGresult] = [driver.wait(generators.fetch_many(link))[0] for _ in range(begins + 2)]
    finally:
        if link.status == ConnStatus.OK:
            link.exit_pipeline_mode()
    for result in results[:-1]:
        if result.status not in _DONE:
            raise errors.error_from_result(result)
    return results[-2]


def _encoded(text: str) -> bytes:
    spelled = text.encode()
    if b"\0" in spelled:
        raise errors.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return spelled


def _spelled(value: Any) -> str | None:
    return None if value is None else str(value)


def _json_or_null(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


class _Spelling(Spelling, PGCompiler_psycopg):
    pass


class OnPostgresql(Compiled):
    """A statement in PostgreSQL's words, asked through its client library."""

    # Numbered places, which the server reads itself.
    dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    dialect.statement_compiler = _Spelling

    def __init__(self, statement: Executable) -> None:
        super().__init__(statement)
        self._is_all_text = all(convert is not None for _, convert in self.places)

    def inward(self, type_: TypeEngine[Any]) -> Convert | None:
        spell = to_text(type_)
        if spell is None or not is_own(type_):
            return spell
        return lambda value: spell(type_.process_bind_param(value, self.dialect))

    def outward_of(self, type_: TypeEngine[Any]) -> Convert:
        read = from_text(type_)
        if not is_own(type_):
            return read
        return lambda text: type_.process_result_value(read(text), self.dialect)

    def outcome(self, driver: Any, values: list[Any]) -> Outcome:
        if self._is_all_text:
            result = ask(driver, self.text, values)
        else:
            result = first_asked(driver, self.text, values, prepares=False)
        value, count = result.get_value, result.ntuples if self.row is not None else 0
        columns = ([value(n, column) for n in range(count)] for column in range(result.nfields))
        return self.made(columns) if count else [], result.command_tuples or 0
