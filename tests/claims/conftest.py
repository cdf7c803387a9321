"""Clients of the people, a claim, the demo world's policies, a second processor, an app that really commits, and a day that stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from insurenz.accounts import service as accounts
from insurenz.core.db import Database
from insurenz.core.permissions import Actor, Role
from insurenz.policies.models import Policy
from tests.actors import Api, Cast, make_api, people
from tests.claims.stories import file_claim
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


@pytest.fixture
def asha(api: Api, cast: Cast) -> Any:
    """A client signed in as the policyholder."""
    return api.as_(cast.asha)


@pytest.fixture
def arjun(api: Api, cast: Cast) -> Any:
    """A client signed in as the payer's processor."""
    return api.as_(cast.arjun)


@pytest.fixture
def admin(api: Api, cast: Cast) -> Any:
    """A client signed in as the operator."""
    return api.as_(cast.admin)


@pytest.fixture
def claim(asha: Any) -> dict[str, Any]:
    """Asha's claim with a bill."""
    filed: dict[str, Any] = file_claim(asha, "bill.pdf").json()
    return filed


@pytest.fixture
def kavita(database: Database, cast: Cast) -> Actor:
    """Another processor of Arjun's payer."""
    with database.unit_of_work() as session:
        made = accounts.create_user(
            session, None, email="kavita@demo.example", name="Kavita Joshi", role=Role.CLAIM_PROCESSOR
        )
        accounts.assign(session, None, made, cast.suraksha)
        return made.as_actor()


@pytest.fixture
def world(real_database: Database, tmp_path: Path) -> Iterator[tuple[Api, Cast]]:
    """The app on a database that really commits, with the demo world in it."""
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = make_api(real_database, tmp_path)
    yield api, cast
    api.app.state.gate.hasher.close()
