"""Policies over HTTP: one's own to the letter, and their administration with If-Match."""

from typing import Any

import pytest

from tests.actors import Api, Cast

MINE = ["POL-DEMO-0001", "POL-DEMO-0002", "POL-DEMO-0003"]
HOLDERS_FIELDS = {
    "id", "policy_number", "type", "status", "start_date", "end_date", "cover_amount", "cover_left", "currency", "payer",
}  # fmt: skip


def new(cast: Cast, **other: Any) -> dict[str, Any]:
    given = {
        "user_id": cast.vikram.id,
        "payer_id": "PAY_002",
        "type": "travel",
        "start_date": "2026-01-01",
        "end_date": "2026-12-31",
        "cover_amount": "2500.50",
    }
    return given | other


def test_holders_see_their_own_policies_ended_ones_too(api: Api, cast: Cast) -> None:
    answer = api.as_(cast.asha).get("/policies/my")
    body = answer.json()
    assert (answer.status_code, body["next_cursor"]) == (200, None)
    assert [item["policy_number"] for item in body["items"]] == MINE
    assert {frozenset(item) for item in body["items"]} == {frozenset(HOLDERS_FIELDS)}
    first, _, ended = body["items"]
    assert (first["cover_amount"], first["cover_left"], first["currency"]) == (
        "500000.00",
        "500000.00",
        "INR",
    )
    assert first["payer"] == {"id": cast.suraksha.id, "number": "PAY_001", "name": "Suraksha General"}
    assert (ended["status"], first["status"], first["type"]) == ("ended", "active", "medical")


def test_pages_of_own_policies_follow_each_other(api: Api, cast: Cast) -> None:
    client, seen, cursor = api.as_(cast.asha), [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/policies/my", params=params).json()
        seen.append([item["policy_number"] for item in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [MINE[:2], MINE[2:]]


@pytest.mark.parametrize("cursor", ["x", "WyJcdTAwMDAiXQ", "W10", "WyJQT0wtREVNTy0wMDAxIiwgIngiXQ"])
def test_p01_a_made_up_cursor_is_refused(api: Api, cast: Cast, cursor: str) -> None:
    answer = api.as_(cast.asha).get("/policies/my", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "cursor_invalid")


def test_an_admin_adds_finds_and_changes_a_policy(api: Api, cast: Cast) -> None:
    admin = api.as_(cast.admin)
    added = admin.post("/policies", json=new(cast, policy_number="POL-2026-77"))
    assert (added.status_code, added.headers["etag"]) == (201, '"1"')
    body = added.json()
    assert (body["cover_amount"], body["cover_used"], body["user_id"]) == ("2500.50", "0.00", cast.vikram.id)
    assert admin.get("/policies/POL-2026-77").json() == admin.get(f"/policies/{body['id']}").json() == body
    changed = admin.patch("/policies/POL-2026-77", json={"cover_amount": 3000}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"], changed.json()["cover_left"]) == (
        200,
        '"2"',
        "3000.00",
    )
    mine = [item["policy_number"] for item in api.as_(cast.vikram).get("/policies/my").json()["items"]]
    assert mine == ["POL-2026-77", "POL-DEMO-0004"]


def test_policies_are_found_by_holder_type_and_status(api: Api, cast: Cast) -> None:
    def numbers(**params: str) -> list[str]:
        items = api.as_(cast.auditor).get("/policies", params=params).json()["items"]
        return [item["policy_number"] for item in items]

    assert numbers() == [*MINE, "POL-DEMO-0004"]
    assert numbers(user_id=cast.vikram.id) == ["POL-DEMO-0004"]
    assert numbers(type="medical") == ["POL-DEMO-0001", "POL-DEMO-0003"]
    assert numbers(status="ended", user_id=cast.asha.id) == ["POL-DEMO-0003"]
    assert numbers(user_id="nobody") == []
    assert numbers(text="demo-0002") == ["POL-DEMO-0002"]
    assert numbers(text="vikram s") == numbers(text="vikram@") == ["POL-DEMO-0004"]
    assert numbers(text="nair", status="ended") == ["POL-DEMO-0003"]
    assert numbers(text="%") == []
    shown = api.as_(cast.auditor).get("/policies/POL-DEMO-0004").json()["holder"]
    assert shown == {"id": cast.vikram.id, "name": "Vikram Singh", "email": "vikram@demo.example"}


def test_d04_a_change_needs_the_version_it_is_based_on(api: Api, cast: Cast) -> None:
    admin = api.as_(cast.admin)
    answers = [
        admin.patch("/policies/POL-DEMO-0004", json={"status": "suspended"}, headers=headers)
        for headers in ({}, {"If-Match": '"9"'}, {"If-Match": "1"})
    ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [
        (428, "version_required"),
        (412, "stale_version"),
        (412, "stale_version"),
    ]
    assert admin.get("/policies/POL-DEMO-0004").json()["status"] == "active"


@pytest.mark.parametrize(
    ("other", "field", "code"),
    [
        ({"cover_amount": "12.345"}, "cover_amount", "too_precise"),
        ({"cover_amount": "NaN"}, "cover_amount", "amount_malformed"),
        ({"cover_amount": -5}, "cover_amount", "out_of_range"),
        ({"end_date": "2025-01-01"}, "end_date", "before_start"),
        ({"payer_id": "HOSP_001"}, "payer_id", "unknown_payer"),
        ({"user_id": "x"}, "user_id", "unknown_policyholder"),
        ({"policy_number": "pol-1"}, "policy_number", "string_pattern_mismatch"),
        ({"type": "life"}, "type", "enum"),
        ({"cover_used": "1"}, "cover_used", "extra_forbidden"),
        ({"id": "1"}, "id", "extra_forbidden"),
    ],
)
def test_z04_what_a_policy_cannot_have_is_refused(
    api: Api, cast: Cast, other: dict[str, Any], field: str, code: str
) -> None:
    admin = api.as_(cast.admin)
    answer = admin.post("/policies", json=new(cast, **other))
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
    assert len(admin.get("/policies").json()["items"]) == 4


def test_a_number_that_is_taken_is_a_conflict(api: Api, cast: Cast) -> None:
    answer = api.as_(cast.admin).post("/policies", json=new(cast, policy_number="POL-DEMO-0001"))
    assert (answer.status_code, answer.json()["code"]) == (409, "number_taken")


def test_d01_the_same_key_adds_one_policy(api: Api, cast: Cast) -> None:
    admin = api.as_(cast.admin)
    answers = [admin.post("/policies", json=new(cast), headers={"Idempotency-Key": "k"}) for _ in range(3)]
    assert {(a.status_code, a.json()["policy_number"]) for a in answers} == {
        (201, answers[0].json()["policy_number"])
    }
    assert len(admin.get("/policies").json()["items"]) == 5


def test_z03_a_strangers_policy_and_a_missing_one_look_the_same(api: Api, cast: Cast) -> None:
    admin = api.as_(cast.admin)
    missing = [admin.get(f"/policies/{name}") for name in ("POL-NONE", "POL-%00", "x" * 64)]
    assert {a.status_code for a in missing} == {404}
    assert len({str({k: v for k, v in a.json().items() if k != "request_id"}) for a in missing}) == 1


@pytest.mark.parametrize("name", ["asha", "city_desk", "priya", "arjun"])
def test_nobody_else_administers_policies(api: Api, cast: Cast, name: str) -> None:
    client = api.as_(getattr(cast, name))
    answers = [
        client.get("/policies"),
        client.get("/policies/POL-DEMO-0001"),
        client.post("/policies", json=new(cast)),
        client.patch("/policies/POL-DEMO-0001", json={"status": "ended"}, headers={"If-Match": '"1"'}),
    ]
    assert [a.status_code for a in answers] == [403] * 4
    assert len(api.as_(cast.auditor).get("/policies").json()["items"]) == 4
