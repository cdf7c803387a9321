"""Fixtures of every test: both databases with the schema of the migrations, each test in a transaction of its own."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from insurenz.core import clock
from insurenz.core.db import Database, Session
from tests.actors import api, cast, peopled
from tests.installs import make_migrated
from tests.stores import store

__all__ = ["api", "cast", "peopled", "store"]

# Whatever the developer's shell is set up for: no test writes into a bucket that it did not make.
os.environ.pop("S3_BUCKET_NAME", None)

BACKENDS = ("sqlite", "postgresql")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **delta: float) -> None:
        self.at += timedelta(**delta)


@pytest.fixture
def frozen_clock() -> Iterator[Clock]:
    """Time under the test's control."""
    stopped = Clock()
    clock.use(stopped)
    yield stopped
    clock.use(None)


@pytest.fixture(scope="session", params=BACKENDS)
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database of each kind for the whole run, with the schema of the migrations."""
    database = make_migrated(request.param, tmp_path_factory.mktemp("db"))
    yield database
    database.close()


@pytest.fixture
def database(migrated: Database, request: pytest.FixtureRequest) -> Iterator[Database]:
    """The database inside a transaction that is rolled back after the test; with the cast when the test asks for it."""
    base = request.getfixturevalue("peopled")[0] if "cast" in request.fixturenames else migrated
    with base.engine.execution_options(is_writer=True).connect() as connection:
        transaction = connection.begin()
        yield Database.on_connection(base, connection)
        transaction.rollback()


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """A session in that transaction."""
    with database.read_unit() as session:
        yield session


@pytest.fixture(params=BACKENDS)
def real_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of its own that really commits: for races, threads and processes."""
    database = make_migrated(request.param, tmp_path)
    yield database
    database.close()
