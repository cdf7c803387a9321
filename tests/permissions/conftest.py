"""The world of the permission tests, once per database for the whole run."""

from collections.abc import Iterator

import pytest

from insurenz.core.db import Database
from insurenz.migrations import runner
from tests.permissions.world import World, build
from tests.postgres import new_database, postgres_server


@pytest.fixture(scope="session")
def world(migrated: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world on a database of its own kind."""
    folder = tmp_path_factory.mktemp("world")
    url = f"sqlite:///{folder / 'test.db'}" if migrated.is_sqlite else new_database(postgres_server())
    database = Database(url)
    runner.upgrade(database)
    yield from build(database, folder)
    database.close()
