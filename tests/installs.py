"""Databases and whole installs that are made once for each process of the tests, and then copied."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from insurenz.core.db import Database
from insurenz.migrations import runner
from tests.postgres import copy_of, new_database, postgres_server
from tests.server import Server


def make_database(backend: str, folder: Path) -> Database:
    """An empty database of its own."""
    if backend == "sqlite":
        return Database(f"sqlite:///{folder / 'test.db'}")
    return Database(new_database(postgres_server()))


def make_migrated(backend: str, folder: Path) -> Database:
    """A database of its own with the schema of the migrations."""
    made = _migrated(backend)
    if backend == "sqlite":
        shutil.copyfile(made, folder / "test.db")
        return Database(f"sqlite:///{folder / 'test.db'}")
    return Database(copy_of(made))


def demo_server(folder: Path, backend: str = "sqlite", **settings: str) -> Server:
    """A server, not yet started, whose first start was long ago: the demo world is in the folder and in its database."""
    made = _with_demo(backend)
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    return Server(folder, copy_of(made.database_url) if made.database_url else "", settings)


@cache
def _migrated(backend: str) -> str:
    database = make_database(backend, _kept_folder())
    runner.upgrade(database)
    database.close()
    return database.url.database or "" if database.is_sqlite else _url(database)


@cache
def _with_demo(backend: str) -> Server:
    folder = _kept_folder()
    url = _url(make_database(backend, folder)) if backend == "postgresql" else ""
    server = Server(folder / "data", url)
    server.folder.mkdir()
    assert server.start().stop() == 0
    return server


def _kept_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="insurenz-made-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _url(database: Any) -> str:
    url: str = database.url.render_as_string(hide_password=False)
    return url
