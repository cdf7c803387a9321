"""The server's own pages in a real browser: nothing the policy forbids, and the API docs sign in and call."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.actors import PASSWORD
from tests.server import Server
from tests.waiting import PATIENCE_SECONDS, soon


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page that fails the test for anything its console complains of."""
    context = chromium.new_context(color_scheme="dark")
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    opened, complaints = context.new_page(), []
    opened.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("requestfailed", lambda request: complaints.append(request.url))
    yield opened
    context.close()
    assert complaints == []


def test_p08_the_mailbox_breaks_no_policy(server: Server, page: Any) -> None:
    server.call("POST", "/auth/password-reset", json_body={"email": "asha@demo.example"})
    # It is sent after the answer.
    assert soon(lambda: b'href="/mailbox/' in server.call("GET", "/mailbox").body), "no mail came"
    page.goto(f"{server.base}/mailbox")
    page.get_by_role("row").nth(1).get_by_role("link").last.click()
    assert page.frame_locator("iframe").locator("a").first.inner_text() != ""
    assert page.locator("pre a").first.get_attribute("href").startswith(server.base)


def test_p08_the_api_docs_sign_in_and_call(server: Server, page: Any) -> None:
    page.goto(f"{server.base}/docs")
    page.click(".btn.authorize")
    page.fill("#oauth_username", "asha@demo.example")
    page.fill("#oauth_password", PASSWORD)
    page.locator(".auth-container", has=page.locator("#oauth_username")).locator("button.authorize").click()
    page.locator(".auth-container", has_text="Logout").first.wait_for()
    page.click(".btn-done")
    page.click("#operations-tag-policies")
    page.click("#operations-policies-my_policies")
    page.click("#operations-policies-my_policies .execute")
    answer = page.locator("#operations-policies-my_policies .live-responses-table .response")
    answer.wait_for()
    assert "200" in answer.inner_text()
    assert "POL-DEMO-0001" in answer.inner_text()
