"""Lists of claims: every filter, every order, cursors, and that nobody's list holds what they may not see."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.claims.filters import StatusGroup
from insurenz.core import paging
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.workflow.vocabulary import PHASES
from tests.actors import Api, Cast
from tests.claims.listed import add_claims, found
from tests.claims.stories import act, file_claim, problem
from tests.statements import statements

NOBODYS = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def claims(database: Database, cast: Cast) -> dict[str, str]:
    """Claims that differ in one thing each, by what it is, oldest first."""
    told: dict[str, dict[str, Any]] = {
        "plain": {},
        "reviewed": {"status": "under_review", "status_group": "review", "assignee_id": cast.arjun.id},
        "decided": {"status": "approved", "status_group": "decided", "approved_amount": 50_000},
        "vehicle": {"claim_type": "vehicle"},
        "dear": {"claim_amount": 500_001},
        "cheap": {"claim_amount": 99},
        "old incident": {"incident_date": date(2025, 12, 31)},
        # In Kolkata the day begins at half past six in the evening of the day before.
        "evening before": {"created_at": datetime(2026, 3, 8, 18, 29, 59, 999999, UTC)},
        "first of the day": {"created_at": datetime(2026, 3, 8, 18, 30, tzinfo=UTC)},
        "other payer": {"payer_id": cast.health.id},
        "city": {"hospital_id": cast.city.id, "person_name": "Ravi Kumar"},
        "lakeside": {"hospital_id": cast.lakeside.id, "payer_id": cast.health.id},
    }
    return dict(zip(told, add_claims(database, cast, *told.values()), strict=True))


FILTERS: list[tuple[dict[str, str], str]] = [
    ({"status": "under_review"}, "reviewed"),
    ({"status": "approved", "status_group": "decided"}, "decided"),
    ({"status": "approved", "status_group": "review"}, ""),
    ({"status": "qc_pending"}, "city lakeside"),
    ({"status": "no_such"}, ""),
    ({"status_group": "review"}, "reviewed"),
    ({"status_group": "disputed"}, ""),
    ({"status_group": "review,decided,disputed"}, "reviewed decided"),
    ({"status_group": "decided,review", "status": "approved"}, "decided"),
    ({"status_group": "review,disputed", "assignee": "none"}, ""),
    ({"workflow": "hospital"}, "city lakeside"),
    ({"workflow": "no_such"}, ""),
    ({"hospital": "HOSP_001"}, "city"),
    ({"hospital": "HOSP_002", "payer": "PAY_002"}, "lakeside"),
    ({"hospital": "HOSP_002", "payer": "PAY_001"}, ""),
    ({"hospital": "HOSP_999"}, ""),
    ({"payer": "PAY_002"}, "other_payer lakeside"),
    ({"payer": NOBODYS}, ""),
    ({"payer": "PAY_002", "status_group": "intake"}, "other_payer lakeside"),
    ({"assignee": "none", "status_group": "review"}, ""),
    ({"claim_type": "vehicle"}, "vehicle"),
    ({"created_to": "2026-03-08"}, "evening_before"),
    ({"created_from": "2026-03-09", "created_to": "2026-03-09"}, "first_of_the_day"),
    ({"created_to": "2026-03-09"}, "evening_before first_of_the_day"),
    ({"created_from": "2026-03-11"}, ""),
    ({"incident_to": "2025-12-31"}, "old_incident"),
    ({"incident_from": "2025-12-31", "incident_to": "2026-02-28"}, "old_incident"),
    ({"incident_from": "2026-03-02"}, ""),
    ({"amount_min": "5000.01"}, "dear"),
    ({"amount_min": "5000.02"}, ""),
    ({"amount_max": "0.99"}, "cheap"),
    ({"amount_min": "1", "amount_max": "999.99"}, ""),
    ({"text": "Ravi"}, "city"),
    ({"text": "Ravi", "claim_type": "vehicle"}, ""),
]


@pytest.mark.parametrize(("query", "names"), FILTERS, ids=str)
def test_a_filter_leaves_what_it_names(
    api: Api, cast: Cast, claims: dict[str, str], query: dict[str, str], names: str
) -> None:
    expected = {claims[name.replace("_", " ")] for name in names.split()}
    admin = api.as_(cast.admin)
    assert set(found(admin, **query)) == expected
    assert admin.get("/claims/counts", params=query).json()["total"] == len(expected)


def test_organisations_are_named_by_id_as_well(api: Api, cast: Cast, claims: dict[str, str]) -> None:
    admin = api.as_(cast.admin)
    assert (
        found(admin, hospital=cast.city.id) == found(admin, hospital=cast.city.id.upper()) == [claims["city"]]
    )
    assert found(admin, payer=cast.health.id) == [claims["lakeside"], claims["other payer"]]
    assert found(admin, hospital=cast.health.id) == found(admin, payer=cast.city.id) == []


def test_staff_filter_by_who_works_on_a_claim(api: Api, cast: Cast, claims: dict[str, str]) -> None:
    arjun, admin = api.as_(cast.arjun), api.as_(cast.admin)
    assert found(arjun, assignee="me") == found(admin, assignee=cast.arjun.id) == [claims["reviewed"]]
    assert found(admin, assignee="me") == found(admin, assignee=NOBODYS) == []
    assert claims["reviewed"] not in found(admin, assignee="none")
    assert len(found(admin, assignee="none")) == len(claims) - 1


@pytest.mark.parametrize("person", ["asha", "city_desk"])
def test_filers_are_not_told_who_works_on_a_claim(
    api: Api, cast: Cast, claims: dict[str, str], person: str
) -> None:
    client = api.as_(getattr(cast, person))
    for path in ("/claims", "/claims/counts", "/claims/export.csv"):
        assert problem(client.get(path, params={"assignee": "none"})) == (422, [("assignee", "staff_only")])


def test_a_row_shows_staff_who_works_on_it_and_whose_claim_it_is(
    api: Api, cast: Cast, claims: dict[str, str]
) -> None:
    rows = {row["id"]: row for row in api.as_(cast.arjun).get("/claims").json()["items"]}
    shown = rows[claims["reviewed"]]
    assert (shown["assignee"], shown["person_name"]) == (
        {"id": cast.arjun.id, "name": "Arjun Rao"},
        "Asha Nair",
    )
    assert rows[claims["plain"]]["assignee"] is None
    detail = api.as_(cast.arjun).get(f"/claims/{claims['reviewed']}").json()
    assert (detail["assignee"], detail["person_name"]) == (shown["assignee"], "Asha Nair")
    own = api.as_(cast.asha).get("/claims").json()["items"][0]
    assert not {"assignee", "person_name"} & (
        set(own) | set(api.as_(cast.asha).get(f"/claims/{own['id']}").json())
    )


def test_an_action_of_staff_shows_them_the_assignee_too(api: Api, cast: Cast) -> None:
    claim = file_claim(api.as_(cast.asha)).json()
    moved = act(api.as_(cast.arjun), claim, "start_review").json()
    assert (moved["assignee"], moved["person_name"]) == (None, "Asha Nair")
    assert "assignee" not in act(api.as_(cast.asha), claim, "withdraw").json()


REFUSED = [
    ("status=", "status"),
    ("status=" + "x" * 65, "status"),
    ("status_group=open", "status_group"),
    ("status_group=intake,open", "status_group"),
    ("status_group=intake,", "status_group"),
    ("workflow=%00", "workflow"),
    ("hospital=PAY_001", "hospital"),
    ("hospital=hosp_001", "hospital"),
    ("payer=HOSP_001", "payer"),
    ("payer=1", "payer"),
    ("assignee=arjun", "assignee"),
    ("claim_type=life", "claim_type"),
    ("created_from=yesterday", "created_from"),
    ("created_from=1700000000", "created_from"),
    ("created_to=2026-02-30", "created_to"),
    ("created_to=9999-12-31", "created_to"),
    ("incident_from=2026-03-01T00:00:00", "incident_from"),
    ("incident_to=20260301", "incident_to"),
    ("amount_min=-1", "amount_min"),
    ("amount_min=1.001", "amount_min"),
    ("amount_max=1e3", "amount_max"),
    ("amount_max=nan", "amount_max"),
    ("text=%20", "text"),
    ("text=" + "x" * 201, "text"),
    ("text=a%00b", "text"),
    ("sort=status", "sort"),
    ("sort=--created_at", "sort"),
    ("sort=created_at,id", "sort"),
    ("owner=me", "owner"),
    ("user_id=" + NOBODYS, "user_id"),
    ("status=pending&status=approved", "status"),
    ("&".join(f"text=a{n}" for n in range(1000)), "text"),
]


@pytest.mark.parametrize(("query", "field"), REFUSED, ids=lambda value: str(value)[:40])
def test_p01_what_a_list_does_not_take_is_refused_by_its_name(
    api: Api, cast: Cast, query: str, field: str
) -> None:
    for path in ("/claims", "/claims/counts", "/claims/export.csv"):
        answer = api.as_(cast.admin).get(f"{path}?{query}")
        assert (answer.status_code, {e["field"] for e in answer.json()["errors"]}) == (422, {field}), path


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=WyIxIl0"])
def test_p01_pages_have_bounds_and_only_lists_have_pages(api: Api, cast: Cast, query: str) -> None:
    admin = api.as_(cast.admin)
    for path in ("/claims", "/claims/counts", "/claims/export.csv"):
        assert admin.get(f"{path}?{query}").status_code == 422
    assert problem(admin.get("/claims/counts?sort=created_at")) == (422, [("sort", "extra_forbidden")])


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_p01_a_cursor_with_a_moment_beyond_all_calendars_is_refused(
    api: Api, cast: Cast, claims: dict[str, str], moment: str
) -> None:
    admin, asked = api.as_(cast.admin), {"sort": "updated_at", "limit": "1"}
    mark, _, claim_id = paging.decode(admin.get("/claims", params=asked).json()["next_cursor"], size=3)
    answer = admin.get("/claims", params=asked | {"cursor": paging.encode([mark, moment, claim_id])})
    assert problem(answer) == (422, [("cursor", "cursor_invalid")])


def test_who_asks_is_judged_before_what_they_ask(api: Api, cast: Cast) -> None:
    for path in ("/claims", "/claims/counts", "/claims/export.csv"):
        for query in ("owner=me", "status=a&status=b"):
            assert api.nobody.get(f"{path}?{query}").status_code == 401


def test_every_phase_of_the_workflows_is_a_status_group() -> None:
    assert StatusGroup.__args__ == PHASES  # type: ignore[attr-defined]


EVERYTHING = {
    "status": "pending",
    "status_group": "intake",
    "workflow": "retail",
    "payer": "PAY_001",
    "hospital": "HOSP_001",
    "assignee": "none",
    "claim_type": "medical",
    "created_from": "2026-01-01",
    "incident_from": "2026-01-01",
    "amount_min": "1",
    "text": "fracture",
    "sort": "-updated_at",
}


@pytest.mark.parametrize(
    ("person", "query", "most"),
    [
        ("asha", {}, 2),
        # How the claims stand that staff are shown takes two.
        ("arjun", {}, 5),
        ("rahul", {"status_group": "intake"}, 5),
        ("admin", {}, 4),
        ("admin", {"status_group": "intake"}, 5),
        ("arjun", {"status": "pending"}, 6),
        ("arjun", {"text": "fracture"}, 6),
        ("arjun", {"sort": "-updated_at"}, 6),
        ("arjun", {"sort": "due_at"}, 6),
        ("admin", EVERYTHING, 5),
        ("rahul", EVERYTHING | {"payer": "PAY_001"}, 6),
    ],
    ids=str,
)
def test_d10_a_page_costs_the_same_statements_however_long_it_is(
    api: Api, cast: Cast, database: Database, person: str, query: dict[str, str], most: int
) -> None:
    add_claims(database, cast, *[{}] * 30, *[{"hospital_id": cast.city.id}] * 30)
    client = api.as_(getattr(cast, person))
    few = statements(database, lambda: client.get("/claims", params=query | {"limit": 10}))
    many = statements(database, lambda: client.get("/claims", params=query | {"limit": 100}))
    # PostgreSQL is asked for its guess of a word.
    own = not database.is_sqlite and "text" in query
    assert len(few) == len(many) == most + own <= 8


def test_d10_counts_are_one_statement(api: Api, cast: Cast, database: Database) -> None:
    add_claims(database, cast, *[{}] * 5)
    for person, most in ((cast.asha, 2), (cast.arjun, 3), (cast.admin, 2)):
        client = api.as_(person)
        assert len(statements(database, lambda client=client: client.get("/claims/counts"))) == most


def test_counts_follow_the_course_of_each_workflow(api: Api, cast: Cast, claims: dict[str, str]) -> None:
    counted = api.as_(cast.admin).get("/claims/counts").json()
    assert counted == {
        "items": [
            {"workflow": "hospital", "status": "qc_pending", "status_group": "intake", "count": 2},
            {"workflow": "retail", "status": "pending", "status_group": "intake", "count": 8},
            {"workflow": "retail", "status": "under_review", "status_group": "review", "count": 1},
            {"workflow": "retail", "status": "approved", "status_group": "decided", "count": 1},
        ],
        "total": 12,
    }
    assert api.as_(cast.vikram).get("/claims/counts").json() == {"items": [], "total": 0}


def test_a_claim_that_moves_is_counted_and_listed_where_it_is(api: Api, cast: Cast) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    claim = file_claim(asha).json()
    for group, action in (("intake", "start_review"), ("review", "reject"), ("decided", "complete")):
        assert found(arjun, status_group=group) == [claim["id"]]
        assert [(i["status_group"], i["count"]) for i in arjun.get("/claims/counts").json()["items"]] == [
            (group, 1)
        ]
        act(arjun, claim, action, **({"status_notes": "Not covered."} if action == "reject" else {}))
    assert found(arjun, status="completed") == [claim["id"]]


def test_who_is_assigned_anew_sees_it_in_the_next_list(
    api: Api, cast: Cast, database: Database, claims: dict[str, str]
) -> None:
    rahul = api.as_(cast.rahul)
    assert found(rahul) == [claims["lakeside"], claims["city"]]
    with database.unit_of_work() as session:
        accounts.assign(session, None, user(session, cast.rahul.id), cast.health)
    # Of the hospitals only the payer's claims are left, and the payer's retail claims come with it.
    assert found(rahul) == [claims["lakeside"], claims["other payer"]]
    assert found(rahul, hospital="HOSP_001") == []
    assert found(rahul, assignee="none", payer="PAY_002") == [claims["lakeside"], claims["other payer"]]
    assert found(rahul, sort="claim_amount", status_group="intake") == [
        claims["other payer"],
        claims["lakeside"],
    ]


def test_an_assigned_claim_out_of_reach_is_in_no_list(api: Api, cast: Cast, database: Database) -> None:
    add_claims(database, cast, {"assignee_id": cast.meera.id}, {"assignee_id": new_id() and cast.rahul.id})
    for person in (cast.meera, cast.rahul):
        assert found(api.as_(person), assignee="me") == []
