"""One-time links: used once, for an hour at most, hashed, and never with a host that the caller chose."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.accounts import links
from insurenz.accounts.links import Newcomer
from insurenz.core.db import Database, Session
from insurenz.core.permissions import Role
from insurenz.organisations.service import resolve
from tests.actors import PASSWORD, Api, Cast, make_api, people
from tests.conftest import Clock
from tests.races import is_waited_for

NEW = "grey herons over the lake"
INVITED: dict[str, Any] = {
    "email": "paula@city.demo.example",
    "name": "Paula",
    "role": "hospital_user",
    "organisations": ["HOSP_001"],
}


def reset_token(api: Api, email: str = "asha@demo.example", **headers: str) -> str:
    assert api.nobody.post("/auth/password-reset", json={"email": email}, headers=headers).status_code == 202
    return token(api)


def token(api: Api) -> str:
    return api.mails[-1].text.split("#token=")[1].split()[0]


def confirm(api: Api, used: str, password: str = NEW, path: str = "/auth/password-reset/confirm") -> int:
    return api.nobody.post(path, json={"token": used, "password": password}).status_code


def login(api: Api, email: str, password: str) -> int:
    return api.nobody.post("/auth/login", json={"email": email, "password": password}).status_code


def test_a08_a_reset_works_once_and_ends_every_access(api: Api, cast: Cast) -> None:
    client, used = api.as_(cast.asha), reset_token(api)
    assert confirm(api, used) == 204
    assert client.get("/auth/me").status_code == 401
    assert (login(api, "asha@demo.example", PASSWORD), login(api, "asha@demo.example", NEW)) == (401, 200)
    assert confirm(api, used, "another grey heron by the lake") == 422
    assert login(api, "asha@demo.example", NEW) == 200
    assert api.mails[-1].subject == "Your password was changed"


def test_a08_a_link_lives_an_hour_to_the_second(api: Api, cast: Cast, frozen_clock: Clock) -> None:
    used = reset_token(api)
    frozen_clock.move(minutes=60)
    assert confirm(api, used) == 422
    used = reset_token(api)
    frozen_clock.move(minutes=59, seconds=59)
    assert confirm(api, used) == 204


def test_a08_a_new_link_and_a_changed_password_spend_the_old_one(api: Api, cast: Cast) -> None:
    first, second = reset_token(api), reset_token(api)
    assert confirm(api, first) == 422
    body = {"current_password": PASSWORD, "new_password": "red kites over the moor"}
    assert api.as_(cast.asha).post("/auth/password", json=body).status_code == 204
    assert confirm(api, second) == 422


def test_a08_the_link_starts_with_the_configured_address_whatever_host_is_sent(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, public_url="https://claims.example.org")
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    reset_token(api, **forged)
    mail = api.mails[-1]
    assert "https://claims.example.org/app/reset-password#token=" in mail.text
    assert "evil" not in mail.text + mail.html + mail.subject


def test_a08_only_hashes_of_links_are_stored(api: Api, cast: Cast, db: Session) -> None:
    used = reset_token(api)
    rows = db.execute(text("SELECT * FROM one_time_links")).all()
    assert (len(rows), used in repr(rows)) == (1, False)


@pytest.mark.parametrize("wrong", ["", "x", "x" * 43, "x" * 5000, "\x00"])
def test_a08_made_up_tokens_open_nothing(api: Api, cast: Cast, wrong: str) -> None:
    reset_token(api)
    assert confirm(api, wrong) == 422
    assert login(api, "asha@demo.example", PASSWORD) == 200


def test_a08_a_link_of_one_purpose_is_not_one_of_the_other(api: Api, cast: Cast) -> None:
    assert confirm(api, reset_token(api), path="/auth/invitations/accept") == 422


def test_a08_a_disabled_owner_gets_in_by_no_link(api: Api, cast: Cast) -> None:
    used = reset_token(api, "meera@demo.example")
    admin = api.as_(cast.admin)
    assert (
        admin.patch(
            f"/users/{cast.meera.id}", json={"is_active": False}, headers={"If-Match": '"1"'}
        ).status_code
        == 200
    )
    assert confirm(api, used) == 422
    sent = len(api.mails)
    api.nobody.post("/auth/password-reset", json={"email": "meera@demo.example"})
    assert len(api.mails) == sent


def test_a08_a_weak_password_does_not_spend_the_link(api: Api, cast: Cast) -> None:
    used = reset_token(api)
    assert confirm(api, used, "short") == 422
    assert confirm(api, used, "asha@demo.example") == 422
    assert confirm(api, used) == 204


def test_a08_of_two_uses_at_once_one_wins(real_database: Database, tmp_path: Path) -> None:
    api = make_api(real_database, tmp_path)
    with real_database.unit_of_work() as session:
        people(session)
    used = reset_token(api)
    passwords = [f"grey herons over lake number {n}" for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda password: confirm(api, used, password), passwords))
    assert sorted(codes) == [204, 422, 422, 422]
    assert login(api, "asha@demo.example", passwords[codes.index(204)]) == 200


def test_an_admin_invites_somebody_who_then_chooses_a_password(api: Api, cast: Cast) -> None:
    made = api.as_(cast.admin).post("/users/invitations", json=INVITED)
    assert (made.status_code, made.json()["has_password"]) == (201, False)
    assert api.mails[-1].to == INVITED["email"]
    assert cast.admin.name in api.mails[-1].text
    assert login(api, INVITED["email"], NEW) == 401
    assert confirm(api, token(api), path="/auth/invitations/accept") == 204
    answer = api.nobody.post("/auth/login", json={"email": INVITED["email"], "password": NEW}).json()
    me = api.with_token(answer["access_token"]).get("/auth/me").json()
    assert [(a["kind"], a["number"]) for a in me["entity_assignments"]] == [("hospital", "HOSP_001")]


def test_an_invitation_can_be_sent_again_until_it_is_used(api: Api, cast: Cast) -> None:
    admin = api.as_(cast.admin)
    first = admin.post("/users/invitations", json=INVITED).json()["id"]
    old = token(api)
    assert admin.post("/users/invitations", json=INVITED).json()["id"] == first
    assert confirm(api, old, path="/auth/invitations/accept") == 422
    other = admin.post("/users/invitations", json=INVITED | {"role": "admin", "organisations": []})
    assert other.json()["code"] == "invited_otherwise"
    assert confirm(api, token(api), path="/auth/invitations/accept") == 204
    assert admin.post("/users/invitations", json=INVITED).json()["code"] == "user_exists"


def test_a08_an_invitation_sent_again_at_the_same_moment_waits_for_the_other(
    real_database: Database, tmp_path: Path
) -> None:
    api, answers = make_api(real_database, tmp_path), list[Any]()
    with real_database.unit_of_work() as session:
        cast = people(session)
    admin = api.as_(cast.admin)
    assert admin.post("/users/invitations", json=INVITED | {"organisations": []}).status_code == 201
    again = threading.Thread(target=lambda: answers.append(admin.post("/users/invitations", json=INVITED)))
    with real_database.unit_of_work() as session:
        at = [resolve(session, "HOSP_001")]
        paula = Newcomer(INVITED["email"], INVITED["name"], Role.HOSPITAL_USER, organisations=at)
        _, earlier = links.invite(session, None, paula, life=timedelta(hours=1))
        again.start()
        while not real_database.is_sqlite and again.is_alive() and not is_waited_for(real_database):
            pass
    again.join()
    assert [answer.status_code for answer in answers] == [201]
    used = [confirm(api, link, path="/auth/invitations/accept") for link in (earlier, token(api))]
    assert used == [422, 204]
    api.app.state.gate.hasher.close()


def test_only_admins_invite(api: Api, cast: Cast) -> None:
    for actor in (cast.asha, cast.city_desk, cast.rahul, cast.auditor):
        assert api.as_(actor).post("/users/invitations", json=INVITED).status_code == 403
    assert api.mails == []
