"""PostgreSQL's own client library, asked for one prepared statement at a time: texts go in, texts come out.

psycopg's cursors cost three times what they ask for. Its connection sees from the state of the link what is done here.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from psycopg import Connection, OperationalError, errors
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import JSON, Boolean, Date, DateTime, Integer, String, TypeDecorator, Uuid
from sqlalchemy.types import TypeEngine

Text = bytes | None
Convert = Callable[[Any], Any]

# Times come in UTC, as the connection's settings have it.
_FROM_TEXT: Sequence[tuple[type[TypeEngine[Any]], Convert]] = (
    (String, bytes.decode),
    (Uuid, bytes.decode),
    (Integer, int),
    (Boolean, lambda text: text == b"t"),
    (Date, lambda text: date.fromisoformat(text.decode())),
    (DateTime, lambda text: datetime.fromisoformat(text.decode())),
    (JSON, json.loads),
)
_numbers = count()


def to_text(type_: TypeEngine[Any]) -> Convert:
    """How values of this type are spelled. It raises ValueError for a text that PostgreSQL would cut off at its NUL."""
    return _spelled_json if isinstance(type_, JSON) else _spelled


def from_text(type_: TypeEngine[Any]) -> Convert:
    """How values of this type are read."""
    inner = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    return next(convert for kind, convert in _FROM_TEXT if isinstance(inner, kind))


class Prepared:
    """One statement, which each connection prepares when it first runs it."""

    def __init__(self, text: str) -> None:
        self._text, self._name = text.encode(), b"insurenz_%d" % next(_numbers)

    def run(self, driver: Connection[Any], known: set[bytes], values: Sequence[Any]) -> PGresult:
        """Run it, after BEGIN where psycopg would send that. `known` are the statements this connection has prepared.

        Raises psycopg's errors.
        """
        link = driver.pgconn
        if self._name not in known:
            _checked(link, link.prepare(self._name, self._text))
            known.add(self._name)
        if not driver.autocommit and link.transaction_status == TransactionStatus.IDLE:
            _checked(link, link.exec_(b"BEGIN"))
        # These calls let other threads run meanwhile; those of libpq's pipeline mode do not.
        return _checked(link, link.exec_prepared(self._name, values))


def known_to(driver: Connection[Any]) -> set[bytes]:
    """The names of what is prepared on this connection, as the server has them."""
    link = driver.pgconn
    found = _checked(link, link.exec_(b"SELECT name FROM pg_prepared_statements"))
    return {found.get_value(row, 0) or b"" for row in range(found.ntuples)}


def _checked(link: PGconn, result: PGresult | None) -> PGresult:
    if result is not None and result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        return result
    if result is None or link.status == ConnStatus.BAD:
        raise OperationalError(link.get_error_message())
    raise errors.error_from_result(result)


def _spelled(value: Any) -> Text:
    if value is None:
        return None
    text = str(value).encode()
    if b"\0" in text:
        raise ValueError("PostgreSQL does not store U+0000")
    return text


def _spelled_json(value: Any) -> Text:
    return json.dumps(value).encode()
