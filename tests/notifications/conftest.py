"""A desk on the test's transaction, and one on a database that really commits; and those who listen to both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from insurenz.core.db import Database
from tests.actors import Api, Cast, cast_of, make_api, people
from tests.installs import make_migrated
from tests.notifications.listening import Ears, ears_of
from tests.notifications.stories import Desk


@pytest.fixture
def desk(database: Database, cast: Cast) -> Desk:
    """The product's consumers inside the test's transaction."""
    return Desk.of(database, cast)


@pytest.fixture
def real_desk(real_database: Database) -> Desk:
    """The product's consumers on a database of its own, with the demo world's people."""
    with real_database.unit_of_work() as session:
        cast = people(session)
    return Desk.of(real_database, cast)


@pytest.fixture
def postgresql_desk(tmp_path: Path) -> Iterator[Desk]:
    """The same on PostgreSQL, where several write at once: on SQLite they take turns."""
    database = make_migrated("postgresql", tmp_path)
    with database.unit_of_work() as session:
        cast = people(session)
    yield Desk.of(database, cast)
    database.close()


@pytest.fixture
def ears(api: Api) -> Iterator[Ears]:
    """Whoever listens, to an app whose hub works when it is told to."""
    with ears_of(api) as made:
        yield made


@pytest.fixture
def live(ears: Ears, cast: Cast) -> Desk:
    """The product's consumers, whose hints the hub hears."""
    return Desk.of(ears.api.database, cast, hint=ears.hub.hear)


@pytest.fixture
def real_ears(real_database: Database, tmp_path: Path) -> Iterator[Ears]:
    """Whoever listens, on a database that really commits."""
    with real_database.unit_of_work() as session:
        people(session)
    api = make_api(real_database, tmp_path)
    with ears_of(api) as made:
        yield made
    api.app.state.gate.hasher.close()


@pytest.fixture
def real_live(real_ears: Ears) -> Desk:
    """The product's consumers there."""
    with real_ears.api.database.read_unit() as session:
        cast = cast_of(session)
    return Desk.of(real_ears.api.database, cast, hint=real_ears.hub.hear)
