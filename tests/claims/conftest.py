"""The demo world's policies, and a day that stands still."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.policies.models import Policy
from tests.actors import Cast
from tests.conftest import Clock


@pytest.fixture(autouse=True)
def today(frozen_clock: Clock) -> Clock:
    """The day on which the demo world was loaded, until a test moves it."""
    frozen_clock.at = datetime.now(UTC)
    return frozen_clock


@pytest.fixture
def covered(database: Database, cast: Cast) -> dict[str, Policy]:
    """The demo world's policies by number."""
    with database.read_unit() as session:
        return {policy.number: policy for policy in session.scalars(select(Policy))}
