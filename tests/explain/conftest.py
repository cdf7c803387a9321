"""A desk on the test's transaction, and a claim of Lakeside Clinic."""

from typing import Any

import pytest

from insurenz.core.db import Database
from tests.actors import Api, Cast
from tests.claims.hospitals import submit
from tests.notifications.stories import Desk


@pytest.fixture
def desk(database: Database, cast: Cast) -> Desk:
    """The product's consumers inside the test's transaction."""
    return Desk.of(database, cast)


@pytest.fixture
def claim(api: Api, cast: Cast) -> dict[str, Any]:
    """A claim that Lakeside's desk has submitted."""
    made: dict[str, Any] = submit(api.as_(cast.lakeside_desk), hospital_id="HOSP_002").json()
    return made
