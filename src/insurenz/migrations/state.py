"""Tells quickly, without loading Alembic, whether a database has the newest schema."""

import re
from pathlib import Path

from sqlalchemy import inspect, text

from insurenz.core.db import Database

_REVISION = re.compile(r'^(down_)?revision = "([^"]+)"', re.MULTILINE)


def is_current(database: Database) -> bool:
    """Whether the schema is at the newest migration."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
        return list(found) == [head()]


def head() -> str:
    """The newest migration's id: the one that no other builds on."""
    known, built_on = _revisions()
    [newest] = known - built_on
    return newest


def revisions() -> set[str]:
    """The ids of all migrations that there are here."""
    return _revisions()[0]


def _revisions() -> tuple[set[str], set[str]]:
    """All of them, and those that another builds on."""
    known: set[str] = set()
    built_on: set[str] = set()
    for path in (Path(__file__).parent / "versions").glob("*.py"):
        for is_down, revision in _REVISION.findall(path.read_text(encoding="utf-8")):
            (built_on if is_down else known).add(revision)
    return known, built_on
