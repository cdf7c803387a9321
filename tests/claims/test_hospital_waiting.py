"""What waits for a hospital, as its list tells it: what can be done, since when, and until when."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from insurenz.core.db import Database
from tests.actors import Api, Cast, make_api
from tests.claims.hospitals import PATHS, claim_in, do, play, submit
from tests.claims.stories import show
from tests.conftest import Clock
from tests.statements import how_many


def waiting(client: Any) -> dict[str, Any]:
    """By the number of each claim in the list what waits."""
    items = client.get("/claims").json()["items"]
    return {item["claim_number"]: item["waiting"] for item in items}


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        (status, {"qc_query": ["answer_query"], "need_more_info": ["provide_info"]}.get(status))
        for status in PATHS
        if status != "claim_denial"
    ],
)
def test_a_claim_waits_for_its_hospital_where_it_can_do_something(
    api: Api, cast: Cast, today: Clock, status: str, actions: list[str] | None
) -> None:
    claim = claim_in(api, cast, status)
    moment = today.at.isoformat()
    today.move(hours=3)
    # Talking of a claim moves nothing: it waits as long as before.
    ward = api.as_(cast.city_ward)
    assert ward.post(f"/claims/{claim['id']}/messages", json={"body": "We look."}).status_code == 201
    told = waiting(ward)[claim["claim_number"]]
    if actions is None:
        assert told is None
    else:
        assert (told["actions"], told["due_at"]) == (actions, None)
        assert datetime.fromisoformat(told["since"]) == datetime.fromisoformat(moment)


def test_the_open_query_says_until_when(api: Api, cast: Cast, today: Clock) -> None:
    priya = api.as_(cast.priya)
    claim = claim_in(api, cast, "qc_pending")
    first, second = today.at + timedelta(days=1), today.at + timedelta(days=3, minutes=7)
    do(priya, claim, "raise_query", due_at=first.isoformat())
    play(api, cast, claim, "city_desk answer_query")
    do(priya, claim, "raise_query", due_at=second.isoformat())
    told = waiting(api.as_(cast.city_desk))[claim["claim_number"]]
    assert datetime.fromisoformat(told["due_at"]) == second
    # It stays open when the time is over, and is then late.
    today.move(days=9)
    assert waiting(api.again(cast.city_desk))[claim["claim_number"]] == told


def test_a_denial_waits_while_it_can_be_contested(
    database: Database, cast: Cast, tmp_path: Path, today: Clock
) -> None:
    api = make_api(database, tmp_path, claims={"contest_rounds": 1, "contest_days": 5})
    desk = api.as_(cast.city_desk)
    claim = claim_in(api, cast, "claim_denial")
    ends = today.at + timedelta(days=5)
    told = waiting(desk)[claim["claim_number"]]
    assert (told["actions"], datetime.fromisoformat(told["due_at"])) == (["contest"], ends)
    (offer,) = desk.get(f"/claims/{claim['id']}").json()["allowed_actions"]
    assert datetime.fromisoformat(offer["closes_at"]) == ends
    today.move(days=5)
    desk = api.again(cast.city_desk)
    assert waiting(desk)[claim["claim_number"]] == told
    today.move(seconds=1)
    assert waiting(desk)[claim["claim_number"]] is None
    again = submit(desk).json()
    for person, action in ((cast.rahul, "deny"), (cast.city_desk, "contest"), (cast.priya, "deny")):
        assert do(api.again(person), again, action).status_code == 200
    assert show(desk, again)["status"] == "claim_denial"
    assert waiting(desk)[again["claim_number"]] is None


def test_d10_what_waits_costs_one_statement_however_much_it_is(
    api: Api, cast: Cast, database: Database
) -> None:
    desk = api.as_(cast.city_desk)
    submit(desk)
    assert how_many(database, lambda: desk.get("/claims")) == 3
    for status in ("qc_query", "claim_denial"):
        claim_in(api, cast, status)
    assert how_many(database, lambda: desk.get("/claims")) == 4
    for status in ("qc_query", "claim_denial", "need_more_info", "qc_query"):
        claim_in(api, cast, status)
    assert how_many(database, lambda: desk.get("/claims")) == 4
