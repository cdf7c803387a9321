"""What a program beside the server works on: the database that the settings of its environment name, opened once."""

import threading
from functools import cache
from pathlib import Path

from insurenz.core import vault
from insurenz.core.db import Database
from insurenz.core.sources import required

_lock = threading.Lock()


class NoDatabase(Exception):
    """The settings name a SQLite file that is not there; the text says what to do."""


def database() -> Database:
    """The one database of this process, which is never closed.

    Raises SettingsRefused when the settings cannot be used, NoDatabase when they lead to no database.
    """
    with _lock:
        return _opened()


@cache
def _opened() -> Database:
    settings = required()
    vault.use(settings.encryption_key.get_secret_value())
    opened = Database(settings.database, pool_size=settings.server.threads)
    # SQLite would make an empty one.
    if opened.is_sqlite and not Path(opened.url.database or "").exists():
        raise NoDatabase(
            f"There is no database {opened.url.database}. Set DATABASE_URL or INSURENZ_DATA_DIR to the install's, "
            "or make one: insurenz migrate"
        )
    return opened
