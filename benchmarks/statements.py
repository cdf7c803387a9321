"""SQL statements as PostgreSQL logs them: how many an operation takes, and which."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from server import WORK, CannotMeasure, connect

SHOWN = 110
# psycopg names what it prepares, and values are written out where they are not sent apart.
_NAMED = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)", re.DOTALL)
_VALUES = re.compile(r"'[^']*'|\b\d+\b")


@contextmanager
def statements_logged(database: str) -> Iterator[Counter[str]]:
    """Counts the statements on a database by their text, values left out; complete once the block has ended."""
    counted: Counter[str] = Counter()
    log = WORK / "pg" / "log"
    _configure("ALTER SYSTEM SET log_line_prefix = '[%d] '", "ALTER SYSTEM SET log_statement = 'all'")
    start = log.stat().st_size
    try:
        yield counted
    finally:
        _configure("ALTER SYSTEM RESET log_statement", "ALTER SYSTEM RESET log_line_prefix")
        counted.update(_statements(log, start, database))


def listing(counted: Counter[str], requests: int) -> str:
    """The statements of so many requests, the most frequent first; what came up less than once in ten is left out."""
    kept = [(text, count / requests) for text, count in counted.most_common() if count / requests >= 0.1]
    return "\n".join(f"{share:6.1f}  {text}" for text, share in kept)


def actions_on(session: psycopg.Connection[Any], hospital: str) -> Iterator[tuple[str, str]]:
    """Claims of a hospital with the status that each may be given now: cleared, then approved. Raises CannotMeasure."""
    found = (
        "SELECT id::text, status FROM claims WHERE hospital_id = %s AND status IN ('qc_pending', 'qc_clear')"
    )
    for claim, status in session.execute(found, [hospital]).fetchall():
        if status == "qc_pending":
            yield claim, "qc_clear"
        yield claim, "claim_approved"
    raise CannotMeasure("No claim is left that could be decided: fewer rounds, please")


def _configure(*statements: str) -> None:
    with connect() as session:
        for statement in (*statements, "SELECT pg_reload_conf()"):
            session.execute(statement.encode())
    # Backends read the new settings between two statements.
    time.sleep(0.3)


def _statements(log: Path, start: int, database: str) -> Iterator[str]:
    with log.open(encoding="utf-8", errors="replace") as file:
        file.seek(start)
        entries = re.split(r"^(?=\[)", file.read(), flags=re.MULTILINE)
    for entry in entries:
        if entry.startswith(f"[{database}] ") and (named := _NAMED.search(entry)):
            yield _VALUES.sub("?", " ".join(named[1].split()))[:SHOWN]
