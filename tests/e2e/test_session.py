"""A-01: the session of a browser travels in a cookie that no script can read, and lies nowhere else."""

import sqlite3
from typing import Any

from tests.actors import PASSWORD
from tests.claims.stories import INCIDENT
from tests.server import Server

ASHA = "asha@demo.example"
STORAGE = """async () => ({
  cookie: document.cookie,
  local: JSON.stringify(localStorage),
  session: JSON.stringify(sessionStorage),
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
})"""
EMPTY = {"cookie": "", "local": "{}", "session": "{}", "databases": 0, "caches": 0}
CALL = """async ([method, path, body]) => {
  const headers = body === null ? {} : {'Content-Type': 'application/json'};
  const answer = await fetch(path, {method, headers, body: body === null ? null : JSON.stringify(body)});
  return [answer.status, await answer.text()];
}"""
# From sign-in to sign-out, as the web app calls: each step with the status it is answered with.
FLOW: list[tuple[str, str, Any, int]] = [
    ("POST", "/auth/web-login", {"email": ASHA, "password": "wrong"}, 401),
    ("POST", "/auth/web-login", {"email": ASHA, "password": PASSWORD}, 200),
    ("GET", "/auth/me", None, 200),
    ("GET", "/policies/my", None, 200),
    (
        "POST",
        "/claims",
        {
            "user_policy_id": "POL-DEMO-0001",
            "claim_type": "medical",
            "incident_date": INCIDENT,
            "description": "Fracture of the left wrist",
            "claim_amount": "18250",
        },
        201,
    ),
    ("GET", "/auth/sessions", None, 200),
    ("POST", "/auth/logout", None, 204),
    ("GET", "/auth/me", None, 401),
]


def test_a01_the_session_is_a_cookie_that_no_script_reads_and_nothing_is_stored(
    server: Server, context: Any
) -> None:
    page = context.new_page()
    # The page of the API docs: the one whose policy lets it call the server.
    page.goto(f"{server.base}/docs")
    secrets: set[str] = set()
    for method, path, body, status in FLOW:
        answered, text = page.evaluate(CALL, [method, path, body])
        assert answered == status, (path, text)
        assert page.evaluate(STORAGE) == EMPTY, path
        cookies = {cookie["name"]: cookie for cookie in context.cookies()}
        secrets |= {cookie["value"] for cookie in cookies.values()}
        assert not [value for value in secrets if value in text], path
        for cookie in cookies.values():
            assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
            assert cookie["domain"] == "127.0.0.1"
        is_signed_in = path != "/auth/web-login" or status == 200
        ended = path == "/auth/logout" or status == 401
        assert ("insurenz" in cookies) == (is_signed_in and not ended), path
    assert len(secrets) >= 2
    _is_nowhere_else(server, secrets)


def _is_nowhere_else(server: Server, secrets: set[str]) -> None:
    with sqlite3.connect(server.folder / "insurenz.db") as database:
        stored = "\n".join(database.iterdump())
    database.close()
    logged = (server.folder.parent / f"{server.folder.name}.log").read_text(errors="replace")
    pieces = {piece for secret in secrets for piece in (secret, secret.rpartition(".")[2]) if len(piece) > 20}
    assert pieces
    assert [piece for piece in pieces if piece in stored or piece in logged] == []


def test_a02_a_browser_whose_user_is_disabled_is_out_with_its_next_request(
    server: Server, context: Any
) -> None:
    admin = server.sign_in("admin@demo.example")
    page = context.new_page()
    page.goto(f"{server.base}/docs")
    vikram = "vikram@demo.example"
    assert page.evaluate(CALL, ["POST", "/auth/web-login", {"email": vikram, "password": PASSWORD}])[0] == 200
    found = server.call("GET", "/users?role=policyholder", token=admin).json()["items"]
    user = next(user for user in found if user["email"] == vikram)
    path, version = f"/users/{user['id']}", {"If-Match": f'"{user["version"]}"'}
    off = server.call("PATCH", path, token=admin, json_body={"is_active": False}, headers=version)
    assert off.status == 200
    assert page.evaluate(CALL, ["GET", "/auth/me", None])[0] == 401
    version = {"If-Match": f'"{off.json()["version"]}"'}
    assert (
        server.call("PATCH", path, token=admin, json_body={"is_active": True}, headers=version).status == 200
    )
    assert page.evaluate(CALL, ["GET", "/auth/me", None])[0] == 401
