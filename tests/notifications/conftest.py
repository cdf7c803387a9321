"""A desk on the test's transaction, and one on a database that really commits."""

import pytest

from insurenz.core.db import Database
from tests.actors import Cast, people
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
