"""What a row of the staff's list says beside the claim: whose turn, since when, until when, and what is special."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from insurenz.core.db import Database
from tests.actors import Api, Cast, make_api
from tests.claims.hospitals import PATHS, claim_in, do, play
from tests.claims.stories import act, add, file_claim, show, verify
from tests.conftest import Clock
from tests.statements import how_many


def row(client: Any, claim: dict[str, Any]) -> dict[str, Any]:
    """The claim as the list shows it."""
    items = client.get("/claims", params={"text": claim["claim_number"]}).json()["items"]
    found: dict[str, Any] = next(each for each in items if each["id"] == claim["id"])
    return found


def numbers(client: Any, **filters: Any) -> list[str]:
    """The claim numbers of a list, page by page."""
    found, cursor = [], ""
    while cursor is not None:
        page = client.get("/claims", params=filters | ({"cursor": cursor} if cursor else {})).json()
        found += [item["claim_number"] for item in page["items"]]
        cursor = page["next_cursor"]
    return found


def test_a_row_says_whose_turn_it_is_and_since_when(api: Api, cast: Cast, today: Clock) -> None:
    turns = {"qc_query": "filer", "need_more_info": "filer", "claim_approved": None, "claim_denial": None}
    for status in PATHS:
        claim, moment = claim_in(api, cast, status), today.at
        today.move(minutes=7)
        shown = row(api.as_(cast.priya), claim)
        assert (shown["waits_for"], shown["due_at"]) == (turns.get(status, "staff"), None), status
        assert datetime.fromisoformat(shown["since"]) == moment


def test_claims_are_listed_by_when_they_are_due_and_those_without_come_last(
    api: Api, cast: Cast, today: Clock
) -> None:
    priya = api.as_(cast.priya)
    never, late, soon, answered = (claim_in(api, cast, "qc_pending") for _ in range(4))
    at = {"late": today.at + timedelta(days=9), "soon": today.at + timedelta(days=1)}
    do(priya, late, "raise_query", due_at=at["late"].isoformat())
    do(priya, soon, "raise_query", due_at=at["soon"].isoformat())
    do(priya, answered, "raise_query", due_at=at["soon"].isoformat())
    assert datetime.fromisoformat(row(priya, answered)["due_at"]) == at["soon"]
    play(api, cast, answered, "city_desk answer_query")
    assert row(priya, answered)["due_at"] is None
    wanted = [each["claim_number"] for each in (soon, late, never, answered)]
    assert [row(priya, each)["due_at"] is None for each in (soon, late, never)] == [False, False, True]
    for limit in (1, 2, 50):
        assert numbers(priya, sort="due_at", limit=limit) == wanted
        assert numbers(api.as_(cast.city_desk), sort="due_at", limit=limit) == wanted
    assert numbers(priya, sort="due_at", status_group="waiting", limit=1) == wanted[:2]


def test_flags_tell_what_to_know_before_a_claim_is_opened(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, claims={"limit_l2": 10_000})
    asha, arjun, admin = (api.as_(who) for who in (cast.asha, cast.arjun, cast.admin))
    small = file_claim(asha, claim_amount="9000").json()
    large = file_claim(asha, "bill.pdf").json()
    assert [row(arjun, each)["flags"] for each in (small, large)] == [[], ["over_limit"]]
    verify(arjun, large, "rejected", reason="Not readable.")
    act(arjun, large, "reject", status_notes="Not covered.")
    assert row(arjun, large)["flags"] == []
    act(asha, large, "appeal", reason="It is.")
    assert row(arjun, large)["flags"] == ["disputed", "decided_by_you", "over_limit", "documents_rejected"]
    assert row(admin, large)["flags"] == ["disputed", "documents_rejected"]
    add(asha, large, "photo.jpg", replaces=show(asha, large)["documents"][0]["id"])
    assert row(admin, large)["flags"] == ["disputed"]


def test_a_contest_stays_a_dispute_while_more_is_asked_about_it(api: Api, cast: Cast) -> None:
    claim = claim_in(api, cast, "claim_contested")
    assert row(api.as_(cast.priya), claim)["flags"] == ["disputed"]
    assert row(api.as_(cast.rahul), claim)["flags"] == ["disputed", "decided_by_you"]
    asked = play(api, cast, claim, "priya request_info", "city_desk provide_info")
    assert row(api.as_(cast.priya), asked)["flags"] == ["disputed"]
    assert row(api.as_(cast.priya), play(api, cast, asked, "priya deny"))["flags"] == []


def test_d10_how_claims_stand_costs_two_statements_however_many_they_are(
    api: Api, cast: Cast, database: Database
) -> None:
    rahul = api.as_(cast.rahul)
    assert how_many(database, lambda: rahul.get("/claims")) == 3
    claim_in(api, cast, "qc_query")
    assert how_many(database, lambda: rahul.get("/claims")) == 5
    for status in ("qc_query", "claim_contested", "claim_denial"):
        claim_in(api, cast, status)
    assert how_many(database, lambda: rahul.get("/claims")) == 5
