"""A real browser, a real server, and a page of somebody else's on another port. Without the browser: skipped by name."""

import ctypes
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.installs import demo_server
from tests.server import Server
from tests.waiting import PATIENCE_SECONDS

HERE = Path(__file__).parent
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def missing() -> str | None:
    """The system package that the browser tests lack."""
    if shutil.which("chromium") is None:
        return "needs a system package: chromium"
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return "needs a system package: libatomic1"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder; skip them when there is no browser."""
    lacks = missing()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if lacks:
                item.add_marker(pytest.mark.skip(reason=lacks))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser, started once."""
    from playwright.sync_api import expect, sync_playwright

    # As everything else in the browser is waited for, however slow the machine.
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Any) -> Iterator[Any]:
    """A browser profile of its own."""
    opened = chromium.new_context()
    opened.set_default_timeout(PATIENCE_SECONDS * 1000)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo world."""
    # Nothing changes by itself: some tests look at everything that is stored.
    running = demo_server(tmp_path_factory.mktemp("e2e") / "data", INSURENZ_DOCUMENTS__PREVIEWS="off")
    yield running.start()
    running.stop()


class Elsewhere:
    """Pages of another origin: what to show under each path is put into `pages`."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        pages = self.pages

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = pages.get(self.path.strip("/"), "").encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.web = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.port = self.web.server_address[1]

    def show(self, name: str, html: str, **data: Any) -> None:
        """Serve a page; its script finds `data` as constants."""
        constants = "".join(f"const {key} = {json.dumps(value)};" for key, value in data.items())
        self.pages[name] = f"<!doctype html><title>open</title><script>{constants}</script>{html}"


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """A web server of another origin: another site as localhost, the same site as 127.0.0.1."""
    made = Elsewhere()
    threading.Thread(target=made.web.serve_forever, daemon=True).start()
    yield made
    made.web.shutdown()
    made.web.server_close()
