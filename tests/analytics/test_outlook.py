"""What one is told who waits for a claim: whose turn it is, until when, and how long that usually takes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from insurenz.analytics.outlook import Usual
from insurenz.core.db import Database
from tests.actors import Api, Cast
from tests.claims.hospitals import claim_in, do
from tests.claims.stories import act, file_claim
from tests.conftest import Clock
from tests.statements import how_many


def outlook(client: Any, claim: dict[str, Any]) -> dict[str, Any]:
    """The outlook of a claim."""
    shown: dict[str, Any] = client.get(f"/claims/{claim['id']}/outlook").json()
    return shown


@pytest.fixture
def few(api: Api) -> None:
    """Three claims are enough to tell what is usual."""
    api.app.state.usual = Usual(least=3)


def test_what_is_usual_is_the_median_of_the_same_step_at_the_same_payer(
    api: Api, cast: Cast, few: None, frozen_clock: Clock
) -> None:
    # The policies of the demo world run around the real day.
    frozen_clock.at = began = datetime.now(UTC).replace(microsecond=0)
    claims = [file_claim(api.again(cast.asha)).json() for _ in range(4)]
    for hours, claim in zip((2, 30, 4), claims, strict=False):
        frozen_clock.move(hours=hours)
        act(api.again(cast.arjun), claim, "start_review")
    # Reviews began after 2, 32 and 36 hours; what was found before is forgotten with the day.
    frozen_clock.move(days=1)
    told = outlook(api.again(cast.asha), claims[3])
    assert (told["status"], told["waits_for"], told["usual_seconds"]) == ("pending", "staff", 32 * 3600)
    assert datetime.fromisoformat(told["since"]) == began
    assert datetime.fromisoformat(told["expected_at"]) == began + timedelta(hours=32)
    assert outlook(api.again(cast.arjun), claims[3]) == told
    # Nobody's review has ended yet.
    assert outlook(api.again(cast.asha), claims[0])["usual_seconds"] is None
    other = claim_in(api, cast, "qc_pending")
    assert outlook(api.again(cast.priya), other)["usual_seconds"] is None


def test_of_too_few_claims_nothing_is_said(api: Api, cast: Cast, few: None) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    for _ in range(2):
        act(arjun, file_claim(asha).json(), "start_review")
    told = outlook(asha, file_claim(asha).json())
    assert (told["usual_seconds"], told["expected_at"]) == (None, None)


def test_an_open_question_says_until_when(api: Api, cast: Cast) -> None:
    claim = claim_in(api, cast, "qc_pending")
    due = datetime.fromisoformat("2099-01-05T10:00:00+00:00")
    do(api.as_(cast.priya), claim, "raise_query", due_at=due.isoformat())
    told = outlook(api.as_(cast.city_desk), claim)
    assert (told["waits_for"], datetime.fromisoformat(told["due_at"])) == ("filer", due)


def test_what_was_found_once_a_day_is_not_looked_for_again(api: Api, cast: Cast, database: Database) -> None:
    asha = api.as_(cast.asha)
    claim, other = (file_claim(asha).json() for _ in range(2))
    first = how_many(database, lambda: outlook(asha, claim))
    assert (first, how_many(database, lambda: outlook(asha, other))) == (4, 3)
