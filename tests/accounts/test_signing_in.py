"""Signing in and registering: nothing tells who has an account, guessing is slowed, other sites cannot act."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import event
from starlette.testclient import TestClient

from insurenz.accounts.hashing import Hasher
from insurenz.core.db import Database
from insurenz.core.openapi import operations
from insurenz.core.permissions import ROUTES
from tests.actors import PASSWORD, Api, Cast, client_of, make_api
from tests.server import Server

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
WRONG = "wrong horse battery staple"


class CountingHasher(Hasher):
    """A hasher that counts what reaches it, and is quick."""

    def __init__(self) -> None:
        super().__init__(queue=64)
        self.count = 0

    async def hashed(self, password: str) -> str:
        self.count += 1
        return f"hash of {password}"

    async def verified(self, password_hash: str | None, password: str) -> bool:
        self.count += 1
        return password == PASSWORD and password_hash is not None


def counted(api: Api) -> CountingHasher:
    hasher = CountingHasher()
    api.app.state.gate = replace(api.app.state.gate, hasher=hasher)
    return hasher


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The text of every statement run meanwhile."""
    run: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SAVEPOINT" not in statement:
            run.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def work(api: Api, path: str, body: dict[str, str]) -> tuple[int, dict[str, Any], int, list[str]]:
    """Status, body, hashes and statements of one call."""
    hasher = counted(api)
    with statements(api.database) as run:
        answer = api.nobody.post(path, json=body)
    shown = {k: v for k, v in answer.json().items() if k != "request_id"}
    return answer.status_code, shown, hasher.count, run


def test_a05_a_wrong_password_and_an_unknown_or_disabled_user_look_the_same(api: Api, cast: Cast) -> None:
    api.as_(cast.admin).patch(
        f"/users/{cast.meera.id}", json={"is_active": False}, headers={"If-Match": '"1"'}
    )
    tries = [
        {"email": "asha@demo.example", "password": WRONG},
        {"email": "nobody@demo.example", "password": WRONG},
        {"email": "meera@demo.example", "password": PASSWORD},
    ]
    first, *others = [work(api, "/auth/login", body) for body in tries]
    assert (first[0], first[1]["code"], first[2], len(first[3])) == (401, "bad_credentials", 1, 1)
    assert others == [first, first]


def test_a05_registering_a_known_address_looks_like_a_new_one(api: Api, cast: Cast) -> None:
    def body(email: str) -> dict[str, str]:
        return {"email": email, "password": "grey herons over the lake", "name": "N. N."}

    new = work(api, "/auth/register", body("new@demo.example"))
    known = work(api, "/auth/register", body("Asha@demo.example"))
    assert new == known
    assert (new[0], new[2]) == (202, 1)
    assert [(m.to, m.subject) for m in api.mails] == [
        ("new@demo.example", "Your account at Insurenz"),
        ("asha@demo.example", "You already have an account"),
    ]
    signed_in = api.nobody.post("/auth/login", json={"email": "asha@demo.example", "password": PASSWORD})
    assert signed_in.status_code == 200


def test_a05_asking_for_a_new_password_looks_the_same_for_everybody(api: Api, cast: Cast) -> None:
    known = work(api, "/auth/password-reset", {"email": "asha@demo.example"})
    unknown = work(api, "/auth/password-reset", {"email": "nobody@demo.example"})
    assert known == unknown
    assert (known[0], known[2]) == (202, 0)
    assert [m.to for m in api.mails] == ["asha@demo.example"]


def test_who_registers_is_a_policyholder_and_can_sign_in(api: Api, cast: Cast) -> None:
    body = {"email": "New@Example.org", "password": "grey herons over the lake", "name": "Nila <b>"}
    assert api.nobody.post("/auth/register", json=body | {"role": "admin"}).status_code == 422
    assert api.nobody.post("/auth/register", json=body).status_code == 202
    answer = api.nobody.post("/auth/login", json={"email": "new@example.org", "password": body["password"]})
    me = api.with_token(answer.json()["access_token"]).get("/auth/me").json()
    assert (me["role"], me["name"], me["email"]) == ("policyholder", "Nila <b>", "new@example.org")
    # A stranger chooses the name: it must not be written to others in our name.
    assert [("Nila" in m.text, "Nila" in m.html) for m in api.mails] == [(False, False)]


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "a b@c.de", "a@b.c\nBcc: x@y.z", "é@example.org", "a@-b.c", "a\x00@b.cd"]
)
def test_addresses_that_are_none_are_refused(api: Api, cast: Cast, email: str) -> None:
    body = {"email": email, "password": "grey herons over the lake", "name": "N"}
    assert api.nobody.post("/auth/register", json=body).status_code == 422
    assert api.nobody.post("/auth/login", json={"email": email, "password": PASSWORD}).status_code == 422


def client_at(api: Api, address: str, cookies: dict[str, str] | None = None) -> TestClient:
    return client_of(api.app, client=(address, 50000), cookies=cookies)


def alerts() -> float:
    return REGISTRY.get_sample_value("insurenz_alerts_total", {"kind": "login_burst"}) or 0


def test_a06_a_thousand_guesses_from_fifty_addresses_reach_the_hash_twenty_times_at_most(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, rate_limit="on")
    login = {"email": "asha@demo.example", "password": PASSWORD}
    device = dict(client_at(api, "192.0.2.1").post("/auth/login", json=login).cookies)
    hasher, before = counted(api), alerts()
    refused = []
    for number in range(50):
        attacker = client_at(api, f"198.51.100.{number}")
        refused += [
            attacker.post("/auth/login", json=login | {"password": WRONG}).status_code for _ in range(20)
        ]
    assert hasher.count <= 20
    assert (refused.count(401), refused.count(429)) == (hasher.count, 1000 - hasher.count)
    assert alerts() - before == refused.count(429)
    stranger = client_at(api, "203.0.113.9").post("/auth/login", json=login)
    assert (stranger.status_code, int(stranger.headers["retry-after"]) <= 900) == (429, True)
    owner = client_at(api, "198.51.100.7", device)
    assert owner.post("/auth/login", json=login).status_code == 200


def test_a06_a_known_device_has_a_count_of_its_own(database: Database, cast: Cast, tmp_path: Path) -> None:
    api = make_api(database, tmp_path, rate_limit="on")
    login = {"email": "asha@demo.example", "password": PASSWORD}
    device = dict(client_at(api, "192.0.2.1").post("/auth/login", json=login).cookies)
    hasher = counted(api)
    tries = [
        client_at(api, f"192.0.2.{n}", device)
        .post("/auth/login", json=login | {"password": WRONG})
        .status_code
        for n in range(15)
    ]
    assert (tries.count(401), hasher.count) == (10, 10)
    assert client_at(api, "192.0.2.99").post("/auth/login", json=login).status_code == 200


def test_a06_a_device_is_known_for_the_account_it_signed_in_with_and_cannot_be_made_up(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, rate_limit="on", limits={"failed_logins": 1})
    login = {"email": "asha@demo.example", "password": PASSWORD}
    known = client_at(api, "192.0.2.1").post("/auth/login", json=login).cookies["insurenz_device"]
    counted(api)
    body = {"email": "vikram@demo.example", "password": WRONG}
    assert client_at(api, "192.0.2.2").post("/auth/login", json=body).status_code == 401
    for cookie in (known, "made.up", "", ".", f"{known}x", known.replace(".", ".x")):
        device = {"insurenz_device": cookie}
        assert client_at(api, "192.0.2.3", device).post("/auth/login", json=body).status_code == 429


def test_a06_a_page_of_another_site_does_not_make_a_device_forget_its_owner(api: Api, cast: Cast) -> None:
    form = {"username": "vikram@demo.example", "password": PASSWORD}
    # A form that sends itself: the browser sends no cookie with it, but would take one.
    strange = api.nobody.post("/auth/token", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert (strange.status_code, dict(strange.cookies)) == (200, {})
    own = api.nobody.post("/auth/token", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert (own.status_code, [*own.cookies]) == (200, ["insurenz_device"])


def test_a06_one_address_tries_ten_accounts_and_no_more(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, rate_limit="on")
    hasher, attacker = counted(api), client_at(api, "192.0.2.1")
    codes = [
        attacker.post("/auth/login", json={"email": f"u{n}@demo.example", "password": WRONG}).status_code
        for n in range(30)
    ]
    assert (codes.count(401), codes.count(429), hasher.count) == (10, 20, 10)
    assert (
        client_at(api, "192.0.2.2")
        .post("/auth/login", json={"email": "u1@demo.example", "password": WRONG})
        .status_code
        == 401
    )


def test_a06_right_passwords_do_not_count(database: Database, cast: Cast, tmp_path: Path) -> None:
    api = make_api(database, tmp_path, rate_limit="on")
    counted(api)
    login = {"email": "asha@demo.example", "password": PASSWORD}
    assert {client_at(api, "192.0.2.1").post("/auth/login", json=login).status_code for _ in range(25)} == {
        200
    }


def test_a06_a_session_thief_cannot_guess_the_present_password(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, rate_limit="on")
    hasher, client = counted(api), api.as_(cast.asha)
    body = {"current_password": WRONG, "new_password": "grey herons over the lake"}
    codes = [client.post("/auth/password", json=body).status_code for _ in range(15)]
    assert (codes.count(422), codes.count(429), hasher.count) == (10, 5, 10)


def test_a06_strangers_cannot_flood_a_mailbox(database: Database, cast: Cast, tmp_path: Path) -> None:
    api = make_api(database, tmp_path, rate_limit="on")
    counted(api)
    for known in ("asha@demo.example", "nobody@demo.example"):
        codes = [api.nobody.post("/auth/password-reset", json={"email": known}).status_code for _ in range(7)]
        assert codes == [202] * 5 + [429] * 2
    assert len(api.mails) == 5


EVIL = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "https://testserver"},
    {"Referer": "http://testserver/app/"},
]
OURS = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://testserver"},
    {"Origin": "http://127.0.0.1:8000"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://partner.example"},
]


@pytest.mark.parametrize("headers", EVIL)
def test_a10_the_cookie_is_worth_nothing_from_another_origin(
    api: Api, cast: Cast, headers: dict[str, str]
) -> None:
    browser = api.browser(cast.asha)
    browser.headers.pop("Sec-Fetch-Site")
    answer = browser.post("/auth/logout", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert browser.get("/auth/me", headers=headers).status_code == 200


@pytest.mark.parametrize("headers", OURS)
def test_a10_the_cookie_works_from_our_pages(
    database: Database, cast: Cast, tmp_path: Path, headers: dict[str, str]
) -> None:
    api = make_api(database, tmp_path, allowed_origins="https://partner.example")
    browser = api.browser(cast.asha)
    browser.headers.pop("Sec-Fetch-Site")
    assert browser.post("/auth/logout", headers=headers).status_code == 204


def test_a10_no_unsafe_route_takes_the_cookie_from_another_origin(api: Api, cast: Cast) -> None:
    browser = api.browser(cast.admin)
    for path, method, operation in operations(api.document):
        if method != "get" and not ROUTES[operation["operationId"]].is_public:
            answer = browser.request(method, path, headers={"Sec-Fetch-Site": "cross-site"})
            assert (answer.status_code, answer.json()["code"], path) == (403, "csrf", path)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", ""]
)
def test_a10_with_the_cookie_a_body_is_json(api: Api, cast: Cast, kind: str) -> None:
    browser = api.browser(cast.admin)
    answer = browser.post(
        "/organisations", content=b'{"kind": "payer", "name": "X"}', headers={"Content-Type": kind}
    )
    assert answer.status_code in (415, 422)
    assert len(browser.get("/organisations").json()["items"]) == 4
    assert browser.post("/organisations", json={"kind": "payer", "name": "X"}).status_code == 201


@pytest.mark.parametrize("headers", EVIL)
def test_a10_nobody_is_signed_in_from_another_origin(api: Api, cast: Cast, headers: dict[str, str]) -> None:
    body = {"email": "asha@demo.example", "password": PASSWORD}
    answer = api.nobody.post("/auth/web-login", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"], "set-cookie" in answer.headers) == (403, "csrf", False)


def test_a10_a_bearer_token_needs_no_origin(api: Api, cast: Cast) -> None:
    client = api.as_(cast.asha)
    client.cookies.set("insurenz", "whatever")
    assert client.post("/auth/logout", headers={"Origin": "https://evil.example"}).status_code == 204


@pytest.mark.load
def test_a05_known_and_unknown_users_take_the_same_time(tmp_path: Path) -> None:
    server = Server(tmp_path / "data").start()
    times: dict[str, list[float]] = {}

    def measure(path: str, body: dict[str, str]) -> None:
        started = time.perf_counter()
        server.call("POST", path, json_body=body)
        times.setdefault(f"{path} {body['email']}", []).append(time.perf_counter() - started)

    try:
        for _ in range(150):
            for email in ("asha@demo.example", "nobody@demo.example"):
                measure("/auth/login", {"email": email, "password": WRONG})
                measure("/auth/password-reset", {"email": email})
    finally:
        server.stop()
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    print({name: f"{seconds * 1000:.1f} ms" for name, seconds in medians.items()})
    for path in ("/auth/login", "/auth/password-reset"):
        known, unknown = (medians[f"{path} {who}@demo.example"] for who in ("asha", "nobody"))
        assert 0.75 <= known / unknown <= 1.25
