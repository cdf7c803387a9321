"""Opens what commands work on: settings, database, units; and stops a command with a sentence instead of a trace."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insurenz.core.db import Database, Session
    from insurenz.core.settings import Settings


class Stopped(Exception):
    """The command ends here; its text says why, and what to do."""


def open_settings() -> "Settings":
    """The settings of this process. Raises Stopped with a line for each thing to put right."""
    from insurenz.core.sources import SettingsRefused, required

    try:
        return required()
    except SettingsRefused as refusal:
        raise Stopped(str(refusal)) from refusal


def open_database(settings: "Settings", *, is_prepared: bool = True) -> "Database":
    """The database, made when it is SQLite and not there, unless it must be there already (`is_prepared`).

    Raises Stopped when it does not answer, or `is_prepared` and its schema is not current.
    """
    from sqlalchemy.exc import OperationalError

    from insurenz.core import vault
    from insurenz.core.db import Database
    from insurenz.migrations import state

    vault.use(settings.encryption_key.get_secret_value())
    database = Database(settings.database, pool_size=settings.server.threads)
    file = Path(database.url.database or "") if database.is_sqlite else None
    if not is_prepared and file:
        file.parent.mkdir(parents=True, exist_ok=True)
    try:
        is_current = (file is None or file.exists()) and state.is_current(database)
    except OperationalError as error:
        raise Stopped(f"The database does not answer: {str(error.orig).strip()}") from error
    if is_prepared and not is_current:
        raise Stopped("The database is not at the present schema. Run: insurenz migrate")
    return database


@contextmanager
def writing() -> Iterator["Session"]:
    """A unit of work on the database of the settings; what services refuse stops the command."""
    with stopping(), closing(open_database(open_settings())) as database, database.unit_of_work() as session:
        yield session


@contextmanager
def reading() -> Iterator["Session"]:
    """A read unit on the database of the settings."""
    with stopping(), closing(open_database(open_settings())) as database, database.read_unit() as session:
        yield session


@contextmanager
def stopping() -> Iterator[None]:
    """What services refuse, and a key that is missing, stop the command with a sentence."""
    from insurenz.core.errors import AppError
    from insurenz.core.vault import UnknownKey

    try:
        yield
    except AppError as refusal:
        raise Stopped(refusal.detail or refusal.title) from refusal
    except UnknownKey as missing:
        raise Stopped(
            f"Some of it is under the key {missing.key_id}: add that to ENCRYPTION_KEY."
        ) from missing


def refuse_unless_free(file: Path) -> None:
    """Raise Stopped when somebody has the SQLite database open."""
    import sqlite3

    with closing(sqlite3.connect(file, timeout=1)) as connection:
        try:
            # Only who is alone with the file can change this; every process that opens it changes it back.
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise Stopped(f"{file} is in use ({error}). Stop the server, then try again.") from error
        except sqlite3.DatabaseError as error:
            raise Stopped(f"{file} is no SQLite database.") from error
