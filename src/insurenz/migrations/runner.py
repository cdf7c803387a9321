"""Bringing a database to the present schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from insurenz.core.db import Database

# Any number; it keeps two processes from migrating one PostgreSQL database at once.
_ADVISORY_LOCK = 7_461_882


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the missing migrations, each process in turn; nothing when the schema is current."""
    with _begun(database) as connection:
        if not database.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        command.upgrade(config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Undo migrations down to `revision`."""
    with _begun(database) as connection:
        command.downgrade(config(connection), revision)


def config(connection: Connection) -> Config:
    """Alembic's configuration on an open connection."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.attributes["connection"] = connection
    return made


@contextmanager
def _begun(database: Database) -> Iterator[Connection]:
    """A connection in one transaction for all migrations."""
    with database.engine.execution_options(is_writer=True).connect() as connection:
        if not database.is_sqlite:
            with connection.begin():
                yield connection
            return
        # SQLite changes a table by putting another in its place, and what refers to the old one must not go with it.
        # Foreign keys can be put off outside a transaction only, and are looked through before the end of this one.
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise RuntimeError(f"after the migration {len(broken)} rows refer to nothing")
        finally:
            driver.execute("PRAGMA foreign_keys = ON")
