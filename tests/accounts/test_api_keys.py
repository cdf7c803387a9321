"""API keys: scoped, expiring, revocable, shown once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.accounts import service, sessions
from insurenz.accounts.queries import user
from insurenz.core import clock
from insurenz.core.db import Database, Session
from insurenz.core.permissions import Actor
from tests.actors import Api, Cast, make_api, people
from tests.conftest import Clock
from tests.races import is_waited_for


def make_key(api: Api, actor: Actor, *scopes: str, **more: Any) -> dict[str, Any]:
    answer = api.as_(actor).post(
        f"/users/{actor.id}/api-keys", json={"name": "importer", "scopes": list(scopes), **more}
    )
    assert answer.status_code == 201
    return answer.json()


def test_a09_a_key_shows_its_prefix_and_keeps_only_a_hash(api: Api, cast: Cast, db: Session) -> None:
    made = make_key(api, cast.asha, "claims:read")
    assert made["key"].startswith(f"inz_{made['prefix']}_")
    [shown] = api.as_(cast.asha).get(f"/users/{cast.asha.id}/api-keys").json()["items"]
    assert shown == {k: v for k, v in made.items() if k != "key"}
    assert made["key"].split("_", 2)[2] not in repr(db.execute(text("SELECT * FROM api_keys")).all())


def test_a09_a_revoked_key_fails_on_the_next_call(api: Api, cast: Cast) -> None:
    made = make_key(api, cast.asha, "account")
    client = api.with_token(made["key"])
    assert client.get("/auth/me").json()["email"] == "asha@demo.example"
    assert api.as_(cast.asha).delete(f"/users/{cast.asha.id}/api-keys/{made['id']}").status_code == 204
    assert client.get("/auth/me").status_code == 401


def test_a09_a_key_expires_to_the_second(api: Api, cast: Cast, frozen_clock: Clock) -> None:
    ends_at = clock.now() + timedelta(days=1)
    client = api.with_token(make_key(api, cast.asha, "account", expires_at=ends_at.isoformat())["key"])
    frozen_clock.move(hours=23, minutes=59, seconds=59)
    assert client.get("/auth/me").status_code == 200
    frozen_clock.move(seconds=1)
    assert client.get("/auth/me").status_code == 401


def test_a09_a_key_reaches_what_its_scopes_name(api: Api, cast: Cast) -> None:
    reader = api.with_token(make_key(api, cast.admin, "admin:read")["key"])
    assert reader.get("/users").status_code == 200
    assert (
        reader.post("/organisations", json={"kind": "payer", "name": "X"}).json()["code"] == "scope_missing"
    )
    assert reader.get("/auth/me").json()["code"] == "scope_missing"
    every = ["claims:read", "claims:write", "admin:read", "admin:write", "account"]
    widest = api.with_token(make_key(api, cast.asha, *every)["key"])
    assert widest.get("/users").json()["code"] == "role_not_allowed"


def test_a09_a_key_manages_no_credentials(api: Api, cast: Cast) -> None:
    every = ["claims:read", "claims:write", "admin:read", "admin:write", "account"]
    client, path = api.with_token(make_key(api, cast.asha, *every)["key"]), f"/users/{cast.asha.id}/api-keys"
    body = {"name": "k", "scopes": ["account"]}
    answers = [
        client.post(path, json=body),
        client.get(path),
        client.post("/auth/password", json={"new_password": "grey herons over the lake"}),
        client.get("/auth/sessions"),
        client.delete("/auth/sessions"),
        client.post("/auth/logout"),
    ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(403, "scope_missing")] * 6


def test_a09_last_use_is_told(api: Api, cast: Cast, database: Database, frozen_clock: Clock) -> None:
    made = make_key(api, cast.asha, "account")
    frozen_clock.move(minutes=3)
    api.with_token(made["key"]).get("/auth/me")
    used_at = clock.now()
    path = f"/users/{cast.asha.id}/api-keys"

    def shown() -> str:
        return api.as_(cast.asha).get(path).json()["items"][0]["last_used_at"]

    assert shown() == used_at.isoformat().replace("+00:00", "Z")
    api.app.state.gate.terms.presence.flush(database)
    with database.read_unit() as session:
        assert session.scalar(text("SELECT last_used_at FROM api_keys")) is not None


@pytest.mark.parametrize(
    "bad",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"name": ""},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2099-01-01T00:00:00Z"},
        {"expires_at": "2027-01-01T00:00:00"},
        {"user_id": "x"},
    ],
)
def test_a09_keys_that_are_not_right_are_refused(api: Api, cast: Cast, bad: dict[str, Any]) -> None:
    client, path = api.as_(cast.asha), f"/users/{cast.asha.id}/api-keys"
    assert client.post(path, json={"name": "k", "scopes": ["account"]} | bad).status_code == 422
    assert client.get(path).json()["items"] == []


def test_a09_strangers_neither_see_nor_make_nor_revoke_keys(api: Api, cast: Cast) -> None:
    made, path = make_key(api, cast.asha, "account"), f"/users/{cast.asha.id}/api-keys"
    for stranger in (cast.vikram, cast.city_desk, cast.rahul):
        client = api.as_(stranger)
        codes = [
            client.get(path).status_code,
            client.post(path, json={"name": "k", "scopes": ["account"]}).status_code,
            client.delete(f"{path}/{made['id']}").status_code,
            client.delete(f"/users/{stranger.id}/api-keys/{made['id']}").status_code,
        ]
        assert codes == [404] * 4
    assert api.as_(cast.admin).post(path, json={"name": "k", "scopes": ["account"]}).status_code == 404
    assert api.as_(cast.auditor).delete(f"{path}/{made['id']}").status_code == 404
    assert len(api.as_(cast.auditor).get(path).json()["items"]) == 1
    assert api.as_(cast.admin).delete(f"{path}/{made['id']}").status_code == 204
    assert api.with_token(made["key"]).get("/auth/me").status_code == 401


def test_a09_made_up_keys_count_against_the_address(database: Database, cast: Cast, tmp_path: Path) -> None:
    api = make_api(database, tmp_path, rate_limit="on", limits={"requests_per_minute": 5})
    codes = [api.with_token(f"inz_{n:012d}_{'x' * 43}").get("/auth/me").status_code for n in range(8)]
    assert codes == [401] * 5 + [429] * 3


def test_p07_an_invented_key_is_charged_to_the_address(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, rate_limit="on", limits={"requests_per_minute": 5})
    key = make_key(api, cast.admin, "account")["key"]
    assert [api.with_token(key).get("/auth/me").status_code for _ in range(5)] == [200] * 5
    invented = [f"inz_{n:012d}_{'x' * 43}" for n in range(7)]
    statuses = [api.with_token(text).get("/health/live").status_code for text in invented]
    # The address had one call of the key, before it was proven.
    assert statuses == [200] * 4 + [429] * 3
    assert [api.with_token(key).get("/auth/me").status_code for _ in range(2)] == [200, 429]


def set_password(session: Session, actor: Actor) -> None:
    service.set_password(session, None, user(session, actor.id, lock=True), password_hash="the owner's")


KEY = ("/users/{}/api-keys", {"name": "mine", "scopes": ["account"]})
NEW_PASSWORD = ("/auth/password", {"new_password": "grey herons over the lake"})


@pytest.mark.parametrize(
    ("end", "path", "body"),
    [(set_password, *KEY), (set_password, *NEW_PASSWORD), (sessions.sign_out_elsewhere, *KEY)],
    ids=["password and key", "password and password", "session and key"],
)
def test_a02_a_session_that_ends_meanwhile_leaves_no_way_back_in(
    real_database: Database,
    tmp_path: Path,
    end: Callable[[Session, Actor], None],
    path: str,
    body: dict[str, Any],
) -> None:
    api, answers = make_api(real_database, tmp_path), []
    with real_database.unit_of_work() as session:
        asha = people(session).asha
    thief = api.as_(asha)
    asking = threading.Thread(target=lambda: answers.append(thief.post(path.format(asha.id), json=body)))
    with real_database.unit_of_work() as session:
        end(session, asha)
        kept = user(session, asha.id).password_hash
        asking.start()
        while not real_database.is_sqlite and asking.is_alive() and not is_waited_for(real_database):
            pass
    asking.join()
    assert [answer.status_code for answer in answers] == [401]
    with real_database.read_unit() as session:
        assert user(session, asha.id).password_hash == kept
        assert session.scalar(text("SELECT count(*) FROM api_keys")) == 0
    api.app.state.gate.hasher.close()
