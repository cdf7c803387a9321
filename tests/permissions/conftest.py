"""The worlds of the permission tests, once per database for the whole run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from insurenz.core.db import Database
from tests.installs import make_migrated
from tests.permissions.ward import build_ward
from tests.permissions.world import World, build


@pytest.fixture(scope="session")
def world(migrated: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world of retail claims on a database of its own kind."""
    yield from _on_its_own(migrated, tmp_path_factory, build)


@pytest.fixture(scope="session")
def ward(migrated: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world of hospital claims, alike."""
    yield from _on_its_own(migrated, tmp_path_factory, build_ward)


def _on_its_own(
    migrated: Database,
    tmp_path_factory: pytest.TempPathFactory,
    made: Callable[[Database, Path], Iterator[World]],
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    database = make_migrated("sqlite" if migrated.is_sqlite else "postgresql", folder)
    yield from made(database, folder)
    database.close()
