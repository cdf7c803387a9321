"""The SQL that a call runs, savepoints aside."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from insurenz.core.db import Database


def statements(database: Database, call: Callable[[], Any]) -> list[str]:
    """Every statement, in order."""
    run: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SAVEPOINT" not in statement:
            run.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    call()
    event.remove(database.engine, "before_cursor_execute", note)
    return run


def how_many(database: Database, call: Callable[[], Any]) -> int:
    """How many they are."""
    return len(statements(database, call))
