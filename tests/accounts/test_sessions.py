"""Sessions: rotation and replay of refresh tokens, ends at once, timeouts to the second."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from insurenz.accounts import sessions
from insurenz.accounts.tokens import digest
from insurenz.core import db
from insurenz.core.db import Database, Session
from insurenz.core.openapi import operations
from insurenz.core.permissions import ROUTES
from tests.actors import PASSWORD, Api, Cast, client_of, make_api, people
from tests.waiting import soon

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def log_in(api: Api, email: str = "asha@demo.example") -> dict[str, Any]:
    return api.nobody.post("/auth/login", json={"email": email, "password": PASSWORD}).json()


def refresh(api: Api, token: str, **headers: str) -> Any:
    return api.nobody.post("/auth/refresh", json={"refresh_token": token}, headers=headers)


def ended(session: Session, reason: str) -> int:
    return (
        session.scalar(text("SELECT count(*) FROM sessions WHERE end_reason = :r").bindparams(r=reason)) or 0
    )


def events(session: Session, kind: str) -> int:
    return session.scalar(text("SELECT count(*) FROM events WHERE type = :t").bindparams(t=kind)) or 0


def test_a01_signing_in_gives_tokens_of_one_session(api: Api, cast: Cast) -> None:
    tokens = log_in(api)
    assert sorted(tokens) == ["access_token", "expires_in", "refresh_token", "token_type"]
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 1800)
    assert api.with_token(tokens["access_token"]).get("/auth/me").json()["email"] == "asha@demo.example"
    assert api.with_token(tokens["refresh_token"]).get("/auth/me").status_code == 401


def test_a01_the_form_of_the_docs_page_gives_the_same(api: Api, cast: Cast) -> None:
    form = {"username": "asha@demo.example", "password": PASSWORD, "grant_type": "password"}
    answer = api.nobody.post("/auth/token", data=form)
    assert (answer.status_code, sorted(answer.json())) == (200, sorted(log_in(api)))


def test_a01_refresh_tokens_rotate_and_a_replayed_one_ends_the_session(
    api: Api, cast: Cast, db: Session
) -> None:
    first = log_in(api)
    second = refresh(api, first["refresh_token"]).json()
    third = refresh(api, second["refresh_token"]).json()
    assert len({t["refresh_token"] for t in (first, second, third)}) == 3
    assert api.with_token(third["access_token"]).get("/auth/me").status_code == 200
    replayed = refresh(api, first["refresh_token"])
    assert (replayed.status_code, replayed.json()["code"]) == (401, "refresh_replayed")
    assert refresh(api, third["refresh_token"]).status_code == 401
    assert api.with_token(third["access_token"]).get("/auth/me").status_code == 401
    assert (ended(db, "replayed"), events(db, "session_replayed")) == (1, 1)


def test_a01_replaying_the_token_just_used_ends_the_session_too(api: Api, cast: Cast) -> None:
    first = log_in(api)
    second = refresh(api, first["refresh_token"]).json()
    assert refresh(api, first["refresh_token"]).status_code == 401
    assert refresh(api, second["refresh_token"]).status_code == 401


def test_a01_a_client_whose_answer_was_lost_asks_again_with_its_key(api: Api, cast: Cast) -> None:
    first = log_in(api)["refresh_token"]
    second = refresh(api, first, **{"Idempotency-Key": "k1"}).json()["refresh_token"]
    again = refresh(api, first, **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["refresh_token"]) == (200, second)
    assert api.with_token(again.json()["access_token"]).get("/auth/me").status_code == 200
    third = refresh(api, second, **{"Idempotency-Key": "k2"})
    assert third.status_code == 200
    assert refresh(api, first, **{"Idempotency-Key": "k1"}).status_code == 401
    assert refresh(api, third.json()["refresh_token"]).status_code == 401


def test_a01_a_thief_without_the_key_gets_nothing(api: Api, cast: Cast) -> None:
    first = log_in(api)["refresh_token"]
    refresh(api, first, **{"Idempotency-Key": "k1"})
    assert refresh(api, first, **{"Idempotency-Key": "k2"}).json()["code"] == "refresh_replayed"


def test_a01_of_two_refreshes_at_once_one_wins_and_the_session_lives(
    real_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = make_api(real_database, tmp_path)
    with real_database.unit_of_work() as session:
        people(session)
    under_way = api.app.state.gate.refreshes._present
    for _ in range(3):
        token, start = log_in(api)["refresh_token"], threading.Barrier(4)

        def go(token: str = token, start: threading.Barrier = start) -> Any:
            start.wait()
            return refresh(api, token)

        def wait_for_all(point: str, token: str = token) -> None:
            if point == "unit.before_commit":
                assert soon(lambda: len(under_way[digest(token)]) == 4)

        # The winner commits late, so that all four are under way before the first is answered.
        with monkeypatch.context() as patch, ThreadPoolExecutor(4) as pool:
            patch.setattr(db, "fault", wait_for_all)
            answers = [f.result() for f in [pool.submit(go) for _ in range(4)]]
        codes = sorted(a.status_code for a in answers)
        winner = next(a for a in answers if a.status_code == 200).json()
        assert codes == [200, 409, 409, 409]
        assert api.with_token(winner["access_token"]).get("/auth/me").status_code == 200
        assert refresh(api, winner["refresh_token"]).status_code == 200


def test_a01_the_browser_gets_a_cookie_no_script_reads_and_no_token(
    api: Api, cast: Cast, tmp_path: Path
) -> None:
    body = {"email": "priya@demo.example", "password": PASSWORD}
    answer = api.nobody.post("/auth/web-login", json=body, headers=SAME_SITE)
    [cookie] = [c for c in answer.headers.get_list("set-cookie") if c.startswith("insurenz=")]
    assert cookie.partition(";")[2] == " HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"
    assert answer.json() == {
        "id": cast.priya.id,
        "email": "priya@demo.example",
        "name": cast.priya.name,
        "role": "claim_processor_l1",
        "level": 1,
        "entity_assignments": [
            {"kind": "hospital", "id": cast.city.id, "number": "HOSP_001", "name": "City Hospital"}
        ],
    }
    assert answer.headers["cache-control"] == "no-store"


def test_a01_over_https_the_cookie_is_bound_to_the_host(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, public_url="https://claims.example.org")
    client = client_of(api.app, base_url="https://claims.example.org")
    body = {"email": "asha@demo.example", "password": PASSWORD}
    answer = client.post("/auth/web-login", json=body, headers=SAME_SITE)
    cookies = answer.headers.get_list("set-cookie")
    assert cookies[0].startswith("__Host-insurenz=ey")
    assert all(c.endswith("; Path=/; SameSite=lax; Secure") and "HttpOnly" in c for c in cookies)
    assert all("domain" not in c.lower() for c in cookies)
    assert client.get("/auth/me").status_code == 200


def test_a01_no_secret_is_in_the_database(api: Api, cast: Cast, database: Database) -> None:
    secrets = [PASSWORD]
    client = api.nobody
    client.post(
        "/auth/web-login", json={"email": "asha@demo.example", "password": PASSWORD}, headers=SAME_SITE
    )
    secrets += [part for value in client.cookies.values() for part in value.split(".")]
    tokens = log_in(api)
    tokens |= refresh(api, tokens["refresh_token"], **{"Idempotency-Key": "lost-answer-key"}).json()
    secrets += [tokens["access_token"], tokens["refresh_token"], tokens["refresh_token"].split(".")[2]]
    path = f"/users/{cast.asha.id}/api-keys"
    key = {"name": "k", "scopes": ["claims:read"]}
    made = api.as_(cast.asha).post(path, json=key, headers={"Idempotency-Key": "1"}).json()["key"]
    secrets += [made, made.split("_", 2)[2]]
    api.nobody.post("/auth/password-reset", json={"email": "asha@demo.example"})
    api.as_(cast.admin).post(
        "/users/invitations",
        json={"email": "p@x.org", "name": "P", "role": "auditor"},
        headers={"Idempotency-Key": "2"},
    )
    secrets += [mail.text.split("token=")[1].split()[0] for mail in api.mails]
    dumped = dump(database)
    assert len(secrets) > 10
    assert [s for s in secrets if s in dumped and len(s) > 8] == []


def dump(database: Database) -> str:
    """Every value of every table."""
    from insurenz.core.db import Base

    with database.read_unit() as session:
        rows = [row for table in Base.metadata.sorted_tables for row in session.execute(table.select())]
    assert len(rows) > 20
    return "\n".join(repr(tuple(row)) for row in rows)


def disable(api: Api, cast: Cast) -> None:
    change(api, cast, {"is_active": False})


def change(api: Api, cast: Cast, body: dict[str, Any], user: str = "") -> None:
    path = f"/users/{user or cast.priya.id}"
    etag = api.as_(cast.admin).get(path).headers["etag"]
    assert api.as_(cast.admin).patch(path, json=body, headers={"If-Match": etag}).status_code == 200


def change_password(api: Api, cast: Cast) -> None:
    body = {"current_password": PASSWORD, "new_password": "grey herons over the lake"}
    assert api.as_(cast.priya).post("/auth/password", json=body).status_code == 204


def log_out(client: TestClient) -> None:
    assert client.post("/auth/logout").status_code == 204


ENDINGS: list[Callable[[Api, Cast], None]] = [
    disable,
    change_password,
    lambda api, cast: change(api, cast, {"role": "auditor"}),
    lambda api, cast: change(api, cast, {"level": 2}),
    lambda api, cast: change(api, cast, {"role": "claim_processor_l3"}),
]


@pytest.mark.parametrize("end", ENDINGS, ids=["disabled", "password", "role", "level", "levelled_role"])
def test_a02_access_ends_at_once_on_every_route(
    api: Api, cast: Cast, end: Callable[[Api, Cast], None]
) -> None:
    bearer, browser = api.as_(cast.priya), api.browser(cast.priya)
    key = {"name": "k", "scopes": ["account", "claims:read", "claims:write", "admin:read", "admin:write"]}
    made = bearer.post(f"/users/{cast.priya.id}/api-keys", json=key).json()["key"]
    clients = [bearer, browser, api.with_token(made)]
    assert [client.get("/auth/me").status_code for client in clients] == [200] * 3
    end(api, cast)
    for path, method, operation in operations(api.document):
        if not ROUTES[operation["operationId"]].is_public:
            for client in clients:
                answer = client.request(method, path.replace("{", "").replace("}", ""))
                assert (answer.status_code, path) == (401, path)


def test_a02_logging_out_ends_the_bearer_and_the_cookie(api: Api, cast: Cast, db: Session) -> None:
    for client in (api.as_(cast.asha), api.browser(cast.asha)):
        kept = dict(client.cookies)
        log_out(client)
        for name, value in kept.items():
            client.cookies.set(name, value)
        assert client.get("/auth/me").status_code == 401
        assert client.post("/auth/logout").status_code == 401
    assert (ended(db, "logout"), events(db, "signed_out")) == (2, 2)


def test_a02_enabling_again_does_not_bring_sessions_back(api: Api, cast: Cast) -> None:
    client = api.as_(cast.priya)
    disable(api, cast)
    assert (
        api.nobody.post("/auth/login", json={"email": cast.priya.email, "password": PASSWORD}).status_code
        == 401
    )
    change(api, cast, {"is_active": True})
    assert client.get("/auth/me").status_code == 401
    assert (
        api.nobody.post("/auth/login", json={"email": cast.priya.email, "password": PASSWORD}).status_code
        == 200
    )


def test_a02_a_refresh_token_of_a_disabled_user_is_worth_nothing(api: Api, cast: Cast) -> None:
    token = log_in(api, "priya@demo.example")["refresh_token"]
    disable(api, cast)
    assert refresh(api, token).json()["code"] == "refresh_invalid"


def test_one_sees_and_ends_ones_own_sessions(api: Api, cast: Cast) -> None:
    here, elsewhere = api.as_(cast.asha), api.browser(cast.asha)
    shown = here.get("/auth/sessions").json()["items"]
    assert [(s["kind"], s["is_current"], s["user_agent"]) for s in shown] == [
        ("bearer", True, "tests"),
        ("cookie", False, "tests"),
    ]
    stranger = api.as_(cast.vikram)
    assert stranger.delete(f"/auth/sessions/{shown[1]['id']}").status_code == 404
    assert stranger.delete("/auth/sessions/x").status_code == 404
    assert elsewhere.get("/auth/me").status_code == 200
    assert here.delete(f"/auth/sessions/{shown[1]['id']}").status_code == 204
    assert elsewhere.get("/auth/me").status_code == 401
    third = api.browser(cast.asha)
    assert here.delete("/auth/sessions").status_code == 204
    assert (third.get("/auth/me").status_code, here.get("/auth/me").status_code) == (401, 200)


def test_a02_a_session_that_is_named_in_capitals_ends_too(api: Api, cast: Cast) -> None:
    here, elsewhere = api.as_(cast.asha), api.browser(cast.asha)
    [other] = [s for s in here.get("/auth/sessions").json()["items"] if not s["is_current"]]
    assert here.delete(f"/auth/sessions/{other['id'].upper()}").status_code == 204
    assert elsewhere.get("/auth/me").status_code == 401


def test_a_second_refresh_that_came_while_the_first_was_at_work_has_company() -> None:
    company = sessions.Company()
    with company.arrive("t") as first:
        assert not first
        with company.arrive("t") as second, company.arrive("other") as other:
            assert first
            assert second
            assert not other
    with company.arrive("t") as later:
        assert not later


def test_p07_each_identity_has_a_limit_of_its_own(database: Database, cast: Cast, tmp_path: Path) -> None:
    api = make_api(database, tmp_path, rate_limit="on", limits={"requests_per_minute": 5})
    asha, vikram, browser = api.as_(cast.asha), api.as_(cast.vikram), api.browser(cast.arjun)
    assert [asha.get("/auth/me").status_code for _ in range(7)] == [200] * 5 + [429] * 2
    assert api.as_(cast.asha).get("/auth/me").headers["retry-after"].isdigit()
    assert [vikram.get("/auth/me").status_code for _ in range(5)] == [200] * 5
    assert [browser.get("/auth/me").status_code for _ in range(6)] == [200] * 5 + [429]
    # A token that is not ours is nobody's: it counts against the address.
    forged = [api.with_token(f"forged{n}").get("/auth/me").status_code for n in range(7)]
    assert forged == [401] * 5 + [429] * 2
