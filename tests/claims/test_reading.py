"""Who sees which claims and documents, and what a reader is told."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.core.db import Database
from insurenz.core.storage import LocalStore
from tests.actors import Api, Cast, make_api
from tests.claims.stories import act, file_claim, sample
from tests.conftest import Clock
from tests.statements import how_many


@pytest.fixture
def claim(api: Api, cast: Cast) -> dict[str, Any]:
    """Asha's claim with a bill."""
    filed: dict[str, Any] = file_claim(api.as_(cast.asha), "bill.pdf").json()
    return filed


SEES = ("asha", "arjun", "admin", "auditor")
SEES_NOT = ("vikram", "city_desk", "lakeside_desk", "priya", "rahul", "meera")


@pytest.mark.parametrize("person", SEES + SEES_NOT)
def test_a_claim_is_seen_by_whom_it_concerns(
    api: Api, cast: Cast, claim: dict[str, Any], person: str
) -> None:
    client = api.as_(getattr(cast, person))
    listed = [row["id"] for row in client.get("/claims").json()["items"]]
    by_id, by_number = client.get(f"/claims/{claim['id']}"), client.get(f"/claims/{claim['claim_number']}")
    expected = (200, 200, [claim["id"]]) if person in SEES else (404, 404, [])
    assert (by_id.status_code, by_number.status_code, listed) == expected


def test_z03_a_strangers_claim_looks_like_a_missing_one(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    vikram = api.as_(cast.vikram)
    document = claim["documents"][0]["id"]
    missing = "018f0000-0000-7000-8000-000000000000"
    for path in ("", "/history", f"/documents/{document}", f"/documents/{document}/refresh-url"):
        answers = [vikram.get(f"/claims/{each}{path}") for each in (claim["id"], missing)]
        bodies = [{k: v for k, v in a.json().items() if k != "request_id"} for a in answers]
        headers = [{k: v for k, v in a.headers.items() if k != "x-request-id"} for a in answers]
        assert (answers[0].status_code, bodies[0], headers[0]) == (404, bodies[1], headers[1])


def test_the_history_tells_who_did_what_and_why(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    arjun, asha = api.as_(cast.arjun), api.as_(cast.asha)
    act(arjun, claim, "start_review")
    act(arjun, claim, "approve", approved_amount="100", status_notes="Only the dressing is covered.")
    items = asha.get(f"/claims/{claim['id']}/history").json()["items"]
    shown = [(i["action"], i["from_status"], i["to_status"], i["actor"]["name"], i["texts"]) for i in items]
    assert shown == [
        ("submit", "new", "pending", "Asha Nair", {}),
        ("start_review", "pending", "under_review", "Arjun Rao", {}),
        (
            "approve",
            "under_review",
            "approved",
            "Arjun Rao",
            {"status_notes": "Only the dressing is covered."},
        ),
    ]
    assert items[2]["details"] == {"approved_amount": "100.00", "outcome": "partial"}
    assert "email" not in str(items)


def opened(api: Api, url: str) -> Any:
    return api.nobody.get(url.removeprefix(api.app.state.settings.base_url))


def test_a_document_is_opened_by_its_link_as_it_was_sent(api: Api, claim: dict[str, Any]) -> None:
    answer = opened(api, claim["documents"][0]["url"])
    assert (answer.status_code, answer.content) == (200, sample("bill.pdf")[1])
    headers = {
        n: answer.headers[n] for n in ("content-type", "x-content-type-options", "content-security-policy")
    }
    assert headers == {
        "content-type": "application/pdf",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    assert (
        answer.headers["content-disposition"]
        == "attachment; filename=\"bill.pdf\"; filename*=UTF-8''bill.pdf"
    )


def test_u08_a_link_ends_and_a_new_one_is_made(
    api: Api, cast: Cast, claim: dict[str, Any], today: Clock
) -> None:
    document = claim["documents"][0]
    today.move(seconds=300)
    assert opened(api, document["url"]).status_code == 404
    renewed = api.as_(cast.asha).get(f"/claims/{claim['id']}/documents/{document['id']}/refresh-url").json()
    assert set(renewed) == {"url", "expires_at"}
    assert opened(api, renewed["url"]).status_code == 200


def test_u08_a_link_dies_with_the_right_of_its_user(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    url = api.as_(cast.arjun).get(f"/claims/{claim['id']}").json()["documents"][0]["url"]
    assert opened(api, url).status_code == 200
    with database.unit_of_work() as session:
        accounts.unassign(session, None, user(session, cast.arjun.id), cast.suraksha)
    assert opened(api, url).status_code == 404


def test_u08_a_link_dies_with_the_account_of_its_user(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    with database.unit_of_work() as session:
        accounts.disable(session, None, user(session, cast.asha.id))
    assert opened(api, claim["documents"][0]["url"]).status_code == 404


def test_views_are_written_to_the_access_log(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    api.as_(cast.auditor).get(f"/claims/{claim['id']}")
    api.as_(cast.auditor).get(f"/claims/{claim['id']}/history")
    opened(api, claim["documents"][0]["url"])
    api.app.state.access_log.flush()
    with database.read_unit() as session:
        rows = session.execute(text("SELECT subject_kind, what FROM access_log ORDER BY position")).all()
    assert [tuple(row) for row in rows] == [
        ("claim", "viewed"),
        ("claim", "history viewed"),
        ("document", "opened"),
    ]


def test_an_object_that_is_gone_is_no_server_error(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    store: LocalStore = api.app.state.store
    with database.read_unit() as session:
        store.delete(session.execute(text("SELECT object_key FROM documents")).scalar_one())
    assert opened(api, claim["documents"][0]["url"]).status_code == 404


def test_the_statements_of_each_request_are_known(api: Api, cast: Cast, database: Database) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    claim = file_claim(asha, "bill.pdf").json()
    counted = {
        "show": how_many(database, lambda: asha.get(f"/claims/{claim['id']}")),
        "history": how_many(database, lambda: asha.get(f"/claims/{claim['id']}/history")),
        "file": how_many(database, lambda: file_claim(asha, "bill.pdf")),
        "act": how_many(database, lambda: act(arjun, claim, "start_review")),
    }
    # A filing: who calls, the policy, and every row, which is one statement on PostgreSQL.
    # An action: who calls, the claim with all by which it is judged and shown, and every row.
    file, act_ = (8, 6) if database.is_sqlite else (3, 3)
    assert counted == {"show": 2, "history": 4, "file": file, "act": act_}


def test_staff_read_what_the_policy_still_covers_and_what_they_may_approve(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, claims={"limit_l2": 20_000})
    claim = file_claim(api.as_(cast.asha)).json()
    arjun = api.as_(cast.arjun)
    act(arjun, claim, "start_review")
    decided = act(arjun, claim, "approve").json()
    assert {name: decided["policy"][name] for name in ("policy_number", "type", "status")} == {
        "policy_number": "POL-DEMO-0001",
        "type": "medical",
        "status": "active",
    }
    assert (decided["policy"]["cover_amount"], decided["policy"]["cover_left"]) == ("500000.00", "481750.00")
    assert decided["approval_limit"] == "20000.00"
    assert api.as_(cast.admin).get(f"/claims/{claim['id']}").json()["approval_limit"] is None
    assert {"policy", "approval_limit"} & set(
        api.as_(cast.asha).get(f"/claims/{claim['id']}").json()
    ) == set()
