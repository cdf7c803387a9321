"""A day that stands still."""

from datetime import UTC, datetime

import pytest

from tests.conftest import Clock


@pytest.fixture
def today(frozen_clock: Clock) -> Clock:
    """The day on which the demo world was loaded, until a test moves it."""
    frozen_clock.at = datetime.now(UTC)
    return frozen_clock
