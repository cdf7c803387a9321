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
    revisions: set[str] = set()
    built_on: set[str] = set()
    for path in (Path(__file__).parent / "versions").glob("*.py"):
        for is_down, revision in _REVISION.findall(path.read_text(encoding="utf-8")):
            (built_on if is_down else revisions).add(revision)
    [newest] = revisions - built_on
    return newest
