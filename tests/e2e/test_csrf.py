"""A-10: a page of another origin, in a browser that holds the session: it changes nothing, by no route and no trick."""

import sqlite3
from typing import Any

import pytest

from tests.actors import PASSWORD
from tests.e2e.conftest import Elsewhere
from tests.permissions.calls import BODIES, call_of, operations
from tests.permissions.test_matrix import TABLE
from tests.permissions.test_real_http import Live, settled
from tests.permissions.world import COUNTS
from tests.server import Server
from tests.waiting import soon

# Rows that the server writes by itself: views, marks of the relay, checkpoints, how far the trail is checked.
OWN = {"access_log", "event_marks", "event_texts", "event_chains", "checkpoints", "events", "audit_check"}
# Public routes are sent what they would take.
TAKEN: dict[str, Any] = {
    "register": {"email": "csrf@matrix.example", "name": "X", "password": "a wholly new passphrase"},
    "login": {"email": "vikram@demo.example", "password": PASSWORD},
    "login_web": {"email": "vikram@demo.example", "password": PASSWORD},
    "request_password_reset": {"email": "asha@demo.example"},
    "change_password": {"new_password": "a wholly new passphrase"},
}
# What nobody is told of yet, and what is sent or tried again within a minute.
UNDER_WAY = """
SELECT (SELECT count(*) FROM event_marks WHERE done_at IS NULL) + (SELECT count(*) FROM deliveries
  WHERE state = 'due' AND channel IN ('email', 'webhook') AND next_at < datetime('now', '+60 seconds'))
"""
TRICKS = """
<body></body><script>
const quietly = promise => promise.catch(() => 0);
const until = (frame) => new Promise(done => { frame.onload = done; setTimeout(done, 1000); });
async function post(url, enctype, fields) {
  const frame = document.createElement('iframe'), form = document.createElement('form');
  frame.name = 'f' + Math.random();
  Object.assign(form, {action: url, method: 'post', enctype, target: frame.name});
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input');
    Object.assign(input, {name, value});
    form.append(input);
  }
  document.body.append(frame, form);
  const loaded = until(frame);
  form.submit();
  await loaded;
}
async function attack({method, url, body}) {
  const text = JSON.stringify(body), all = {credentials: 'include'}, hidden = {...all, mode: 'no-cors', method: 'POST'};
  const json = {'Content-Type': 'application/json', 'If-Match': '*'};
  await quietly(fetch(url, {...hidden, body: text}));
  await quietly(fetch(url, {...hidden, body: new Blob([text])}));
  await quietly(fetch(url, hidden));
  await quietly(fetch(url, {...all, method, headers: json, body: text}));
  await quietly(fetch(url, {...all, method}));
  navigator.sendBeacon(url, text);
  const split = text.lastIndexOf(':');
  await post(url, 'text/plain', {[text.slice(0, split) + ',"x":"']: '"}'});
  await post(url, 'application/x-www-form-urlencoded', body);
  await post(url, 'multipart/form-data', body);
}
(async () => { for (const target of TARGETS) await attack(target); document.title = 'done'; })();
</script>
"""
TOP_LEVEL = """
<form method=post action="{url}" enctype="{enctype}"><input name='{name}' value='{value}'></form>
<script>document.forms[0].submit()</script>
"""


@pytest.fixture(scope="module")
def live(server: Server) -> Live:
    """The objects on the server that the attacks are about."""
    return settled(server)


def targets(live: Live) -> list[dict[str, Any]]:
    """Every unsafe route of the document, with a body that it would take."""
    found = []
    for operation, (method, _) in operations(live).items():
        if method != "GET":
            call = call_of(live, operation)
            body = TAKEN.get(operation) or call.json or BODIES.get(operation) or {}
            aim = {"method": method, "url": live.server.base + call.path, "body": body}
            found.append(aim | {"is_public": TABLE[operation]["scope"] == "public"})
    return found


def at_rest(server: Server) -> None:
    """Wait until what happened before has been told and sent: nothing moves by itself then."""
    assert soon(lambda: _is_at_rest(server)), "something is still being told or sent"


def _is_at_rest(server: Server) -> bool:
    with sqlite3.connect(server.folder / "insurenz.db") as database:
        (count,) = database.execute(UNDER_WAY).fetchone()
    database.close()
    return bool(count == 0)


def state(server: Server) -> dict[str, Any]:
    """All that a request could change."""
    with sqlite3.connect(server.folder / "insurenz.db") as database:
        counted = {name: found for name, found in database.execute(str(COUNTS)) if name not in OWN}
        events = database.execute("SELECT count(*) FROM events WHERE type <> 'access_recorded'").fetchone()
    database.close()
    return counted | {"events": events}


def sign_in(context: Any, server: Server, email: str) -> None:
    """Let the browser hold a session."""
    answer = context.request.post(
        f"{server.base}/auth/web-login",
        data={"email": email, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status == 200


@pytest.mark.parametrize(
    "victim", ["admin@demo.example", pytest.param("asha@demo.example", marks=pytest.mark.load)]
)
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a10_a_page_of_another_origin_changes_nothing_on_any_route(
    server: Server, live: Live, context: Any, elsewhere: Elsewhere, host: str, victim: str
) -> None:
    aims = targets(live)
    sign_in(context, server, victim)
    at_rest(server)
    before = state(server)
    answers: list[tuple[str, str, int]] = []
    context.on("response", lambda a: answers.append((a.request.method, a.url, a.status)))
    elsewhere.show("tricks", TRICKS, TARGETS=aims)
    page = context.new_page()
    page.goto(f"http://{host}:{elsewhere.port}/tricks")
    page.wait_for_function("document.title === 'done'", timeout=120_000)
    assert state(server) == before
    unsafe = [(url, status) for method, url, status in answers if method not in ("GET", "OPTIONS")]
    assert {url for url, _ in unsafe} == {aim["url"] for aim in aims}
    assert {status // 100 for _, status in unsafe} == {4}
    # To a page of the same site the browser lends the cookie: refused for its origin. To another it does not.
    private = {aim["url"] for aim in aims if aim["method"] == "POST" and not aim["is_public"]}
    assert {status for url, status in unsafe if url in private} == {403 if host == "127.0.0.1" else 401}
    assert context.request.get(f"{server.base}/auth/me").json()["email"] == victim


@pytest.mark.parametrize("host", ["localhost", pytest.param("127.0.0.1", marks=pytest.mark.load)])
@pytest.mark.parametrize("path", ["/auth/logout", "/organisations", "/claims", "/auth/web-login"])
def test_a10_a_form_that_takes_the_whole_window_changes_nothing(
    server: Server, context: Any, elsewhere: Elsewhere, host: str, path: str
) -> None:
    sign_in(context, server, "admin@demo.example")
    at_rest(server)
    before = state(server)
    page = context.new_page()
    for number, enctype in enumerate(
        ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")
    ):
        form = TOP_LEVEL.format(
            url=server.base + path,
            enctype=enctype,
            name='{"kind":"payer","name":"X","number":"PAY_',
            value='66"}',
        )
        elsewhere.show(f"form{number}", form)
        with page.expect_response(server.base + path) as answer:
            page.goto(f"http://{host}:{elsewhere.port}/form{number}")
        assert answer.value.status in (401, 403, 415, 422)
    assert state(server) == before
    assert context.request.get(f"{server.base}/auth/me").json()["email"] == "admin@demo.example"
