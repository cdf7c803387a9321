"""Bringing a database to the present schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from insurenz.core.db import Database

# Any number; it keeps two processes from migrating one PostgreSQL database at once.
_ADVISORY_LOCK = 7_461_882


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the missing migrations, each process in turn; nothing when the schema is current."""
    with database.engine.execution_options(is_writer=True).begin() as connection:
        if not database.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        command.upgrade(config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Undo migrations down to `revision`."""
    with database.engine.execution_options(is_writer=True).begin() as connection:
        command.downgrade(config(connection), revision)


def config(connection: Connection) -> Config:
    """Alembic's configuration on an open connection."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.attributes["connection"] = connection
    return made
