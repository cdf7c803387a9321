"""Cross-site requests from a real browser: pages of another origin change nothing with the session of ours."""

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.actors import PASSWORD
from tests.server import Server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed"),
]

ATTACKS = {
    "form": '<form method=post action="{base}/auth/logout"></form>',
    "form_with_fields": '<form method=post action="{base}/organisations"><input name=kind value=payer></form>',
    "form_that_looks_like_json": (
        '<form method=post enctype="text/plain" action="{base}/organisations">'
        """<input name='{{"kind":"payer","name":"X","number":"PAY_' value='66"}}'></form>"""
    ),
    "form_with_files": (
        '<form method=post enctype="multipart/form-data" action="{base}/claims">'
        '<input name=user_policy_id value="POL-DEMO-0001"><input name=claim_type value=medical>'
        "<input name=description value=x><input name=claim_amount value=1></form>"
    ),
    "sign_in_as_another": (
        '<form method=post enctype="text/plain" action="{base}/auth/web-login">'
        """<input name='{{"email":"vikram@demo.example","password":"{password}","x":"' value='"}}'></form>"""
    ),
    "fetch": "<script>fetch('{base}/auth/logout', {{method: 'POST', mode: 'no-cors', credentials: 'include'}})</script>",
    "fetch_delete": (
        "<script>fetch('{base}/auth/sessions', {{method: 'DELETE', credentials: 'include'}}).catch(() => 0)</script>"
    ),
    "beacon": "<script>navigator.sendBeacon('{base}/auth/logout', new Blob(['{{}}'], {{type: 'text/plain'}}))</script>",
}


class Evil(BaseHTTPRequestHandler):
    """A page of another origin, one attack per path."""

    base = ""

    def do_GET(self) -> None:
        page = ATTACKS.get(self.path.strip("/"), "").format(base=self.base, password=PASSWORD)
        body = f"<!doctype html>{page}<script>document.forms[0]?.submit()</script>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("csrf")
    running = Server(folder / "data").start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def evil(server: Server) -> Iterator[int]:
    """The port of the other origin, reached as another site (localhost) and as the same one (127.0.0.1)."""
    Evil.base = server.base
    web = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield web.server_address[1]
    web.shutdown()
    web.server_close()


def state(server: Server) -> list[Any]:
    """What the attacks would change."""
    token = server.sign_in("admin@demo.example")
    paths = ("/organisations", "/claims")
    return [[item["id"] for item in server.call("GET", path, token=token).json()["items"]] for path in paths]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a10_pages_of_another_origin_change_nothing(server: Server, evil: int, host: str) -> None:
    driver = pytest.importorskip("playwright.sync_api", exc_type=ImportError)
    before = state(server)
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context()
        login = {"email": "admin@demo.example", "password": PASSWORD}
        signed_in = context.request.post(
            f"{server.base}/auth/web-login", data=login, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert signed_in.status == 200
        seen: list[tuple[str, int]] = []
        context.on("response", lambda answer: seen.append((answer.request.method, answer.status)))
        for attack in ATTACKS:
            page = context.new_page()
            page.goto(f"http://{host}:{evil}/{attack}")
            page.wait_for_timeout(300)
            page.close()
        me = context.request.get(f"{server.base}/auth/me")
        assert (me.status, json.loads(me.body())["email"]) == (200, "admin@demo.example")
        browser.close()
    attempts = [status for method, status in seen if method in ("POST", "DELETE")]
    assert len(attempts) >= 5
    assert all(400 <= status < 500 for status in attempts)
    if host == "127.0.0.1":
        # The same site, so the browser sent the cookie along: it was refused for its origin, not for its absence.
        assert attempts.count(403) >= 4
    assert state(server) == before
