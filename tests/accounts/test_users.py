"""The administration of users: who may, what ends access, who is left, what the trail says."""

from typing import Any

import pytest
from sqlalchemy import select, text

from insurenz.accounts.schemas import LevelList
from insurenz.core.db import Session
from insurenz.core.ids import new_id
from insurenz.core.settings import Claims
from insurenz.events.models import Event
from tests.actors import PASSWORD, Api, Cast

NEW = {"email": "Kavya@Demo.example", "name": "Kavya", "role": "processor_l2"}


def change(api: Api, cast: Cast, user_id: str, body: dict[str, Any]) -> Any:
    etag = api.as_(cast.admin).get(f"/users/{user_id}").headers["etag"]
    return api.as_(cast.admin).patch(f"/users/{user_id}", json=body, headers={"If-Match": etag})


def trail(db: Session, user_id: str) -> list[tuple[str, str | None]]:
    rows = db.execute(
        select(Event.type, Event.actor_email).where(Event.subject_id == user_id).order_by(Event.seq)
    )
    return [tuple(row) for row in rows]


def test_admins_make_users_and_overseers_see_them(api: Api, cast: Cast) -> None:
    made = api.as_(cast.admin).post("/users", json=NEW)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    shown = made.json()
    assert (shown["email"], shown["role"], shown["level"]) == ("kavya@demo.example", "claim_processor_l2", 2)
    assert "password_hash" not in shown
    assert api.as_(cast.auditor).get(f"/users/{shown['id']}").json() == shown
    again = api.as_(cast.admin).post("/users", json=NEW | {"email": "KAVYA@demo.example"})
    assert (again.status_code, again.json()["code"]) == (409, "user_exists")


@pytest.mark.parametrize(
    "bad",
    [
        {"role": "superuser"},
        {"role": "claim_processor_l9"},
        {"role": "policyholder", "level": 1},
        {"role": "claim_processor_l4", "level": 2},
        {"level": 5},
        {"level": -1},
        {"email": "x"},
        {"name": " "},
        {"name": "a\x00b"},
        {"password": PASSWORD},
        {"password_hash": "x"},
        {"id": "x"},
        {"is_active": True},
        {"version": 3},
    ],
)
def test_what_is_not_right_about_a_user_is_refused(api: Api, cast: Cast, bad: dict[str, Any]) -> None:
    assert api.as_(cast.admin).post("/users", json=NEW | bad).status_code == 422
    assert len(api.as_(cast.admin).get("/users").json()["items"]) == len(cast.people)


def test_others_neither_see_nor_change_users(api: Api, cast: Cast) -> None:
    path = f"/users/{cast.vikram.id}"
    for actor in (cast.asha, cast.city_desk, cast.rahul):
        client = api.as_(actor)
        assert [client.get(p).status_code for p in ("/users", path, f"{path}/assignments")] == [403] * 3
        assert client.patch(path, json={"role": "admin"}, headers={"If-Match": "*"}).status_code == 403
        assert client.post(f"{path}/assignments", json={"organisation": "HOSP_001"}).status_code == 403
    auditor = api.as_(cast.auditor)
    assert auditor.get("/users").status_code == 200
    assert auditor.post("/users", json=NEW).status_code == 403
    assert auditor.delete(f"/users/{cast.priya.id}/assignments/HOSP_001").status_code == 403
    assert api.as_(cast.admin).get(path).json()["role"] == "policyholder"


def test_users_are_listed_in_pages_and_by_role(api: Api, cast: Cast) -> None:
    client, seen, cursor = api.as_(cast.admin), [], None
    while True:
        page = client.get("/users", params={"limit": 4} | ({"cursor": cursor} if cursor else {})).json()
        seen += [user["email"] for user in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [person.email for person in cast.people]
    processors = client.get("/users", params={"role": "claim_processor"}).json()["items"]
    assert len(processors) == 4
    # By each name that the API shows or takes.
    for name, found in (
        ("processor", 4),
        ("claim_processor_l1", 1),
        ("processor_l0", 1),
        ("hospital_user", 3),
    ):
        assert len(client.get("/users", params={"role": name}).json()["items"]) == found
    assert client.get("/users", params={"is_active": False}).json()["items"] == []
    assert client.get("/users", params={"cursor": "WyJ4Il0"}).status_code == 422


def test_an_unknown_user_is_not_found(api: Api, cast: Cast) -> None:
    client = api.as_(cast.admin)
    for unknown in (new_id(), "x", "%00", "1' OR '1'='1"):
        assert client.get(f"/users/{unknown}").status_code == 404
        assert client.get(f"/users/{unknown}/assignments").status_code == 404


def test_d04_a_change_of_a_user_needs_the_version_it_is_based_on(api: Api, cast: Cast) -> None:
    client, path = api.as_(cast.admin), f"/users/{cast.asha.id}"
    assert client.patch(path, json={"name": "A"}).status_code == 428
    stale = client.patch(path, json={"name": "A"}, headers={"If-Match": '"2"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert client.get(path).json()["name"] == cast.asha.name
    done = client.patch(path, json={"name": "A", "external_uid": "fb-1"}, headers={"If-Match": '"1"'})
    assert (done.status_code, done.headers["etag"], done.json()["external_uid"]) == (200, '"2"', "fb-1")
    emptied = client.patch(path, json={"external_uid": None}, headers={"If-Match": '"2"'})
    assert (emptied.json()["name"], emptied.json()["external_uid"]) == ("A", None)


def test_a_new_role_takes_assignments_and_a_new_level_does_not(api: Api, cast: Cast) -> None:
    path = f"/users/{cast.priya.id}/assignments"
    assert change(api, cast, cast.priya.id, {"level": 4}).json()["role"] == "claim_processor_l4"
    assert len(api.as_(cast.admin).get(path).json()["items"]) == 1
    changed = change(api, cast, cast.priya.id, {"role": "hospital_user"})
    assert (changed.json()["role"], changed.json()["level"]) == ("hospital_user", 0)
    assert api.as_(cast.admin).get(path).json()["items"] == []
    assert change(api, cast, cast.priya.id, {"level": 1}).status_code == 422


def test_the_last_admin_stays(api: Api, cast: Cast) -> None:
    for body in ({"is_active": False}, {"role": "auditor"}):
        refused = change(api, cast, cast.admin.id, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    assert change(api, cast, cast.auditor.id, {"role": "admin"}).status_code == 200
    assert change(api, cast, cast.admin.id, {"role": "auditor"}).status_code == 200


def test_assignments_are_given_and_taken(api: Api, cast: Cast) -> None:
    client, path = api.as_(cast.admin), f"/users/{cast.priya.id}/assignments"
    added = client.post(path, json={"organisation": "PAY_002"})
    assert (added.status_code, added.json()["number"]) == (201, "PAY_002")
    assert client.post(path, json={"organisation": cast.health.id}).status_code == 201
    assert [a["number"] for a in client.get(path).json()["items"]] == ["HOSP_001", "PAY_002"]
    assert client.delete(f"{path}/HOSP_001").status_code == 204
    assert client.delete(f"{path}/HOSP_001").status_code == 404
    assert [a["number"] for a in client.get(path).json()["items"]] == ["PAY_002"]


def test_only_desks_and_processors_are_assigned(api: Api, cast: Cast) -> None:
    client = api.as_(cast.admin)
    for user, number in ((cast.asha, "HOSP_001"), (cast.city_desk, "PAY_001"), (cast.auditor, "PAY_001")):
        refused = client.post(f"/users/{user.id}/assignments", json={"organisation": number})
        assert [e["code"] for e in refused.json()["errors"]] == ["role_not_assignable"]
    unknown = client.post(f"/users/{cast.priya.id}/assignments", json={"organisation": "HOSP_999"})
    assert [e["code"] for e in unknown.json()["errors"]] == ["unknown_organisation"]


def test_z05_the_actor_comes_from_the_session_whatever_is_sent(api: Api, cast: Cast, db: Session) -> None:
    client, path = api.as_(cast.admin), f"/users/{cast.priya.id}/assignments"
    for spoof in ("actor_id", "user_id", "actor", "actor_email", "role"):
        assert client.post(path, json={"organisation": "PAY_001", spoof: cast.asha.id}).status_code == 422
    headers = {"X-User-Id": cast.asha.id, "X-Forwarded-User": "asha@demo.example", "X-Actor-Id": cast.asha.id}
    query = {"actor_id": cast.asha.id, "user_id": cast.asha.id}
    assert (
        client.post(path, json={"organisation": "PAY_001"}, headers=headers, params=query).status_code == 201
    )
    assert trail(db, cast.priya.id)[-1] == ("assignment_added", "admin@demo.example")
    asha = api.as_(cast.asha)
    assert (
        asha.get("/auth/me", headers={"X-User-Id": cast.admin.id}, params={"user_id": cast.admin.id}).json()[
            "id"
        ]
        == cast.asha.id
    )
    assert asha.get("/users", headers={"X-Role": "admin"}, params={"role": "admin"}).status_code == 403


def test_every_change_of_a_user_is_in_their_trail_without_secrets(api: Api, cast: Cast, db: Session) -> None:
    admin, before = "admin@demo.example", len(trail(db, cast.meera.id))
    for body in ({"name": "M"}, {"level": 1}, {"is_active": False}, {"is_active": True}):
        assert change(api, cast, cast.meera.id, body).status_code == 200
    own = {"current_password": PASSWORD, "new_password": "grey herons over the lake"}
    assert api.as_(cast.meera).post("/auth/password", json=own).status_code == 204
    assert trail(db, cast.meera.id)[before:] == [
        ("user_changed", admin),
        ("role_changed", admin),
        ("user_disabled", admin),
        ("user_enabled", admin),
        ("signed_in", "meera@demo.example"),
        ("password_changed", "meera@demo.example"),
    ]
    data = repr(db.execute(text("SELECT data FROM events")).all())
    assert [s for s in (PASSWORD, "grey herons", "argon2", "eyJ") if s in data] == []


def test_users_are_found_by_part_of_name_or_address_and_by_where_they_work(api: Api, cast: Cast) -> None:
    def found(**asked: str) -> list[str]:
        answer = api.as_(cast.auditor).get("/users", params=asked)
        assert answer.status_code == 200
        return [user["name"] for user in answer.json()["items"]]

    assert found(text="  IYER ") == ["Meera Iyer"]
    assert found(text="desk@") == ["Nisha Kapoor", "Farida Khan"]
    assert found(organisation="HOSP_002") == ["Farida Khan", "Rahul Verma", "Meera Iyer"]
    assert found(organisation=cast.lakeside.id, role="hospital_user") == ["Farida Khan"]
    assert found(organisation="HOSP_002", text="rahul") == ["Rahul Verma"]
    assert found(text="_") == found(text="%") == []
    for wrong in ({"text": ""}, {"text": "a\x00"}, {"organisation": "HOSP_099"}):
        assert api.as_(cast.auditor).get("/users", params=wrong).status_code == 422


def test_the_levels_say_how_much_each_may_approve(api: Api, cast: Cast) -> None:
    items = api.as_(cast.auditor).get("/users/levels").json()["items"]
    assert [each["role"] for each in items] == [
        "claim_processor",
        *(f"claim_processor_l{level}" for level in range(1, 5)),
    ]
    assert {each["approval_limit"] for each in items} == {None}
    limited = LevelList.of(Claims(limit_l1=50_000, currency="JPY")).items[1]
    assert (limited.approval_limit, limited.currency) == ("50000", "JPY")
