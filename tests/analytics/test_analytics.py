"""The numbers of analytics: computed by hand for a small story, of one's own reach alone, and never anybody's words."""

import csv
import io
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import Response

from insurenz.analytics import export, queries
from insurenz.analytics.schemas import ReasonCount, Reasons
from insurenz.core.db import Database
from insurenz.core.permissions import Actor
from tests.actors import Api, Cast
from tests.claims.hospitals import do, submit
from tests.claims.listed import add_claims
from tests.claims.stories import act, file_claim, problem
from tests.conftest import Clock
from tests.statements import how_many

TABLES = ("claims", "turnaround", "amounts", "reasons", "notices")
HOUR = 3600


class Story:
    """Claims that are worked on hour by hour, beginning at noon some weeks ago; everybody is told at once."""

    def __init__(self, api: Api, cast: Cast, clock: Clock) -> None:
        self.api, self.cast, self.clock = api, cast, clock
        self.start = datetime.now(UTC).replace(hour=6, minute=30, second=0, microsecond=0) - timedelta(
            days=20
        )

    def at(self, hours: float, who: str) -> Any:
        """A client of somebody, so many hours after the beginning."""
        self.clock.at = self.start + timedelta(hours=hours)
        return self.api.again(getattr(self.cast, who))

    def tell(self) -> None:
        """Tell everybody of all that has happened, now."""
        while self.api.app.state.events.relay.turn():
            pass

    def look(self, who: str, table: str, **asked: Any) -> Any:
        """A table as somebody sees it at the end of the story."""
        answer = self.at(24 * 19, who).get(f"/analytics/{table}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def story(api: Api, cast: Cast, frozen_clock: Clock) -> Story:
    """Three hospital claims and three retail claims, of which each number is computed by hand."""
    told = Story(api, cast, frozen_clock)
    _first_of_city(told)
    _second_of_city(told)
    _of_lakeside(told)
    _retail(told)
    return told


def _did(answer: Any) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.text
    claim: dict[str, Any] = answer.json()
    return claim


def _first_of_city(story: Story) -> None:
    """The payer asks after 2 h, the hospital answers after 9 h, the payer approves in part 4 h later."""
    claim = _did(submit(story.at(0, "city_desk")))
    _did(do(story.at(2, "rahul"), claim, "raise_query"))
    _did(do(story.at(11, "city_desk"), claim, "answer_query"))
    _did(do(story.at(12, "rahul"), claim, "clear"))
    _did(do(story.at(15, "rahul"), claim, "approve", approved_amount="40000"))


def _second_of_city(story: Story) -> None:
    """The payer asks for more after 1 h; the hospital has not answered."""
    claim = _did(submit(story.at(0, "city_ward")))
    _did(do(story.at(1, "priya"), claim, "request_info"))


def _of_lakeside(story: Story) -> None:
    """The payer denies after 6 h; contested 2 h later, and not decided again."""
    claim = _did(submit(story.at(0, "lakeside_desk"), hospital_id="HOSP_002", payer_id="PAY_002"))
    _did(do(story.at(6, "meera"), claim, "deny", rejection_reason="Waiting period"))
    _did(do(story.at(8, "lakeside_desk"), claim, "contest"))


def _retail(story: Story) -> None:
    """One approved in part and paid after 29 h, one withdrawn after 1 h, one rejected after 10 h."""
    incident = (story.start - timedelta(days=5)).date().isoformat()
    paid = _did(file_claim(story.at(0, "asha"), incident_date=incident))
    _did(act(story.at(3, "arjun"), paid, "start_review"))
    _did(act(story.at(5, "arjun"), paid, "approve", approved_amount="15000", status_notes="No taxi."))
    _did(act(story.at(29, "arjun"), paid, "complete"))
    withdrawn = _did(file_claim(story.at(0, "asha"), claim_amount="2000", incident_date=incident))
    _did(act(story.at(1, "asha"), withdrawn, "withdraw"))
    fields = {"user_policy_id": "POL-DEMO-0004", "claim_type": "property", "claim_amount": "5000"}
    refused = _did(file_claim(story.at(0, "vikram"), incident_date=incident, **fields))
    _did(act(story.at(10, "arjun"), refused, "reject", status_notes="Not covered."))


def turns(workflow: str, party: str, ended: int, still: int, *hours: int | None) -> dict[str, Any]:
    median, p90 = (None if each is None else each * HOUR for each in hours)
    return {
        "workflow": workflow,
        "party": party,
        "ended": ended,
        "open": still,
        "median_seconds": median,
        "p90_seconds": p90,
    }


def test_turnaround_is_by_whose_turn_it_was(story: Story) -> None:
    seen = story.look("admin", "turnaround")
    # Of the payer 1, 2, 4 and 6 h, of the hospital 9 h; retail 1, 10 and 29 h. What the payer does one after the other
    # is one turn, and what is open has no length yet.
    assert seen["items"] == [
        turns("hospital", "hospital", 1, 1, 9, 9),
        turns("hospital", "payer", 4, 1, 2, 6),
        turns("retail", "payer", 3, 0, 10, 29),
    ]
    assert (seen["claims"], seen["counted"]) == (6, 6)


def test_amounts_and_the_share_that_was_approved(story: Story) -> None:
    # Of the hospitals only one stands decided; what was withdrawn never is.
    assert story.look("auditor", "amounts")["items"] == [
        {
            "workflow": "hospital",
            "currency": "INR",
            "claims": 3,
            "claimed": "135000.00",
            "decided_claims": 1,
            "decided": "45000.00",
            "approved_claims": 1,
            "approved": "40000.00",
            "approval_share": 0.8889,
        },
        {
            "workflow": "retail",
            "currency": "INR",
            "claims": 3,
            "claimed": "25250.00",
            "decided_claims": 2,
            "decided": "23250.00",
            "approved_claims": 1,
            "approved": "15000.00",
            "approval_share": 0.6452,
        },
    ]


def test_claims_by_status_on_the_day_of_their_filing(story: Story) -> None:
    seen = story.look("admin", "claims", bucket="day")
    day = story.start.date().isoformat()
    assert [
        (i["starts"], i["workflow"], i["status"], i["status_group"], i["count"]) for i in seen["items"]
    ] == [
        (day, "hospital", "need_more_info", "waiting", 1),
        (day, "hospital", "claim_approved", "decided", 1),
        (day, "hospital", "claim_contested", "disputed", 1),
        (day, "retail", "rejected", "decided", 1),
        (day, "retail", "completed", "closed", 2),
    ]
    assert (seen["total"], seen["bucket"], len(seen["buckets"])) == (6, "day", 90)
    assert (seen["buckets"][0], seen["buckets"][-1]) == (seen["from"], seen["to"])


def test_everybody_sees_what_they_reach_and_no_more(story: Story) -> None:
    # Priya works for City, Meera for Lakeside, Arjun for the payer of the retail claims.
    assert story.look("priya", "turnaround")["items"] == [
        turns("hospital", "hospital", 1, 1, 9, 9),
        turns("hospital", "payer", 3, 0, 2, 4),
    ]
    assert story.look("meera", "turnaround")["items"] == [turns("hospital", "payer", 1, 1, 6, 6)]
    assert story.look("arjun", "turnaround")["items"] == [turns("retail", "payer", 3, 0, 10, 29)]
    assert [story.look(who, "claims")["total"] for who in ("priya", "meera", "arjun", "rahul", "admin")] == [
        *(2, 1, 3, 3, 6)
    ]
    assert story.look("priya", "reasons")["items"] == [
        {"kind": "query", "workflow": "hospital", "reason": "clinical", "count": 1}
    ]
    assert story.look("meera", "reasons")["items"] == [
        {"kind": "rejection", "workflow": "hospital", "reason": "Waiting period", "count": 1}
    ]
    assert story.look("arjun", "reasons")["items"] == []


def test_filters_narrow_what_is_looked_at_and_never_widen_it(story: Story, cast: Cast) -> None:
    def total(who: str, **asked: str) -> int:
        return int(story.look(who, "claims", **asked)["total"])

    assert total("admin", workflow="retail") == 3
    assert total("admin", hospital="HOSP_001") == total("admin", hospital=cast.city.id.upper()) == 2
    assert total("admin", payer="PAY_002") == total("meera", payer="PAY_002") == 1
    assert total("admin", hospital="HOSP_999") == total("admin", workflow="nonsense") == 0
    assert total("meera", hospital="HOSP_001") == total("priya", workflow="retail") == 0
    day = story.start.date()
    assert total("admin", **{"from": day.isoformat(), "to": day.isoformat()}) == 6
    assert total("admin", **{"from": (day + timedelta(days=1)).isoformat()}) == 0
    assert total("admin", to=(day - timedelta(days=1)).isoformat()) == 0


def test_notices_are_read_by_some_and_so_soon(api: Api, cast: Cast, frozen_clock: Clock) -> None:
    story = Story(api, cast, frozen_clock)
    claim = _did(submit(story.at(0, "city_desk")))
    story.tell()
    for who, hours in (("rahul", 0.5), ("priya", 2)):
        _read_all(story, who, hours)
    _did(do(story.at(4, "rahul"), claim, "clear"))
    story.tell()
    _read_all(story, "city_desk", 4.25)
    # Rahul and Priya read after 30 and 120 minutes; of the two at the hospital one did, after 15.
    seen = story.look("admin", "notices")
    assert seen["items"] == [
        _notices("action_needed", 2, 2, 1.0, 1800, 7200),
        _notices("progress", 2, 1, 0.5, 900, 900),
    ]
    assert (seen["claims"], seen["counted"]) == (1, 1)
    assert story.look("priya", "notices")["items"] == seen["items"]
    assert story.look("meera", "notices")["items"] == []


def _read_all(story: Story, who: str, hours: float) -> None:
    assert story.at(hours, who).post("/notifications/read-all").status_code == 200


def _notices(category: str, told: int, read: int, share: float, median: int, p90: int) -> dict[str, Any]:
    return {
        "category": category,
        "told": told,
        "read": read,
        "read_share": share,
        "median_seconds": median,
        "p90_seconds": p90,
    }


def test_what_staff_write_in_words_of_their_own_is_only_counted(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    story = Story(api, cast, frozen_clock)
    for hours, category in enumerate(("Scan of Mrs Rao", "billing", "Letter of Mrs Rao", "other")):
        claim = _did(submit(story.at(hours, "city_desk")))
        _did(do(story.at(hours, "rahul"), claim, "raise_query", query_category=category))
    claim = _did(submit(story.at(5, "city_desk")))
    _did(do(story.at(6, "rahul"), claim, "deny", rejection_reason="Mrs Rao was not ill"))
    assert story.look("admin", "reasons")["items"] == [
        {"kind": "query", "workflow": "hospital", "reason": "billing", "count": 1},
        {"kind": "query", "workflow": "hospital", "reason": "other", "count": 3},
        {"kind": "rejection", "workflow": "hospital", "reason": "other", "count": 1},
    ]
    for table in TABLES:
        answer = story.at(24, "admin").get("/analytics/export.csv", params={"table": table})
        assert "Rao" not in answer.text


@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_is_what_the_reader_has_in_their_list(
    api: Api, cast: Cast, database: Database, seed: int
) -> None:
    add_claims(database, cast, *_any_claims(cast, random.Random(seed)))
    for who in ("priya", "rahul", "meera", "arjun", "admin", "auditor"):
        client = api.as_(getattr(cast, who))
        for asked in ({}, {"workflow": "hospital"}, {"hospital": "HOSP_001"}, {"payer": "PAY_002"}):
            _compare(client, asked)


def _any_claims(cast: Cast, dice: random.Random) -> Iterator[dict[str, Any]]:
    hospitals, payers = (None, cast.city.id, cast.lakeside.id), (cast.suraksha.id, cast.health.id)
    for _ in range(40):
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=dice.randrange(40 * 24))
        yield {
            "hospital_id": dice.choice(hospitals),
            "payer_id": dice.choice(payers),
            "created_at": at,
            "claim_amount": dice.randrange(1, 10**6),
        }


def _compare(client: Any, asked: dict[str, str]) -> None:
    days = ("2026-03-05", "2026-03-31")
    listed = client.get(
        "/claims", params=asked | {"created_from": days[0], "created_to": days[1], "limit": "200"}
    ).json()["items"]
    look = asked | {"from": days[0], "to": days[1]}
    seen = client.get("/analytics/claims", params=look).json()
    amounts = client.get("/analytics/amounts", params=look).json()["items"]
    turnaround = client.get("/analytics/turnaround", params=look).json()
    assert seen["total"] == turnaround["claims"] == sum(row["claims"] for row in amounts) == len(listed)
    claimed = sum(round(float(row["claimed"]) * 100) for row in amounts)
    assert claimed == sum(round(float(row["claim_amount"]) * 100) for row in listed)


def test_claims_are_counted_on_the_days_of_the_installs_zone(
    api: Api, cast: Cast, database: Database
) -> None:
    # In India the week begins on Sunday at 18:30 UTC.
    last, first = datetime(2026, 3, 8, 18, 29, 59, tzinfo=UTC), datetime(2026, 3, 8, 18, 30, tzinfo=UTC)
    add_claims(database, cast, {"created_at": last}, {"created_at": first}, {"created_at": first})
    asked = {"from": "2026-03-02", "to": "2026-03-22", "bucket": "week"}
    seen = api.as_(cast.admin).get("/analytics/claims", params=asked).json()
    assert seen["buckets"] == ["2026-03-02", "2026-03-09", "2026-03-16"]
    assert [(i["starts"], i["count"]) for i in seen["items"]] == [("2026-03-02", 1), ("2026-03-09", 2)]


def test_amounts_are_added_however_large_and_by_currency(api: Api, cast: Cast, database: Database) -> None:
    most = 10**15 - 1
    large = [{"claim_amount": most, "currency": "JPY"}] * 3
    small = [{"claim_amount": 105, "approved_amount": 100, "status": "approved", "status_group": "decided"}]
    add_claims(database, cast, *large, *small)
    seen = (
        api.as_(cast.arjun)
        .get("/analytics/amounts", params={"from": "2026-03-01", "to": "2026-03-31"})
        .json()
    )
    shown = [
        (i["currency"], i["claimed"], i["decided"], i["approved"], i["approval_share"]) for i in seen["items"]
    ]
    assert shown == [("INR", "1.05", "1.05", "1.00", 0.9524), ("JPY", "2999999999999997", "0", "0", None)]


def test_of_very_many_claims_the_newest_are_looked_into(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_CLAIMS", 2)
    monkeypatch.setattr("insurenz.analytics.service.MOST_CLAIMS", 2)
    seen = story.look("admin", "turnaround", workflow="hospital")
    assert (seen["claims"], seen["counted"]) == (3, 2)
    assert sum(item["ended"] + item["open"] for item in seen["items"]) == 2 + 2


@pytest.mark.parametrize("table", TABLES)
def test_as_many_statements_for_many_claims_as_for_one(
    api: Api, cast: Cast, database: Database, table: str
) -> None:
    client = api.as_(cast.rahul)
    asked = {"from": "2026-03-01", "to": "2026-03-31", "hospital": "HOSP_001"}

    def look() -> None:
        assert client.get(f"/analytics/{table}", params=asked).status_code == 200

    add_claims(database, cast, {"hospital_id": cast.city.id})
    look()
    few = how_many(database, look)
    add_claims(database, cast, *_any_claims(cast, random.Random(1)))
    assert how_many(database, look) == few <= 5


@pytest.mark.parametrize("table", TABLES)
def test_each_table_leaves_as_it_is_shown(story: Story, table: str) -> None:
    items = story.look("rahul", table)["items"]
    answer = story.at(24 * 19, "rahul").get("/analytics/export.csv", params={"table": table})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{table}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))
    assert rows == [{k: "" if v is None else str(v) for k, v in item.items()} for item in items]


def test_no_cell_of_a_table_is_a_formula() -> None:
    item = ReasonCount(kind="query", workflow="hospital", reason="=HYPERLINK(1)", count=1)
    day = datetime(2026, 3, 1, tzinfo=UTC).date()
    made: Response = export.response("reasons", Reasons(first=day, last=day, items=[item]))
    assert bytes(made.body) == b"kind,workflow,reason,count\r\nquery,hospital,'=HYPERLINK(1),1\r\n"


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("claims", {"from": "2026-03-02", "to": "2026-03-01"}, "from", "after_to"),
    ("amounts", {"from": "02.03.2026"}, "from", "date_malformed"),
    ("claims", {"from": "2026-01-01", "to": "2026-12-31", "bucket": "day"}, "bucket", "too_many_buckets"),
    ("claims", {"from": "1900-01-01", "to": "2999-12-31"}, "bucket", "too_many_buckets"),
    ("claims", {"bucket": "year"}, "bucket", "literal_error"),
    ("turnaround", {"bucket": "week"}, "bucket", "extra_forbidden"),
    ("reasons", {"hospital": "PAY_001"}, "hospital", "string_pattern_mismatch"),
    ("notices", {"workflow": ["retail", "hospital"]}, "workflow", "given_twice"),
    ("export.csv", {"table": "people"}, "table", "literal_error"),
    ("export.csv", {}, "table", "missing"),
]


@pytest.mark.parametrize(("table", "asked", "field", "code"), REFUSED)
def test_what_cannot_be_looked_at_is_refused(
    api: Api, cast: Cast, table: str, asked: dict[str, Any], field: str, code: str
) -> None:
    answer = api.as_(cast.admin).get(f"/analytics/{table}", params=asked)
    assert problem(answer) == (422, [(field, code)])


def test_who_files_claims_is_refused_whatever_they_ask(api: Api, cast: Cast) -> None:
    filers: tuple[Actor, ...] = (cast.asha, cast.city_desk)
    for person in filers:
        for table in TABLES:
            assert api.as_(person).get(f"/analytics/{table}?from=nonsense").status_code == 403
