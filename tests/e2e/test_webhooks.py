"""A webhook in the browser: made with its secret, tried, warned of, switched off and on, and what was given up sent again."""

from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import expect

from insurenz.core.db import Database
from insurenz.deliveries.models import OffBecause, Webhook
from insurenz.deliveries.service import enqueue
from insurenz.deliveries.webhooks import health
from tests.deliveries.hooked import to
from tests.e2e.app import AXE, BUILT, LATER_LOOK, LOOKS, NOT_BUILT, PHONE, opened, sign_in, violations
from tests.e2e.test_admin import ADMIN, AUDITOR, DESK, NARROW, choose, settled
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

# A name that nobody has, so the server reaches nothing.
URL = "https://claims.city.invalid/insurenz"


def hook(server: Server, number: str = "HOSP_001") -> str:
    """A webhook of an organisation; gives its id."""
    body = {"organisation": number, "url": URL, "events": ["claim_approved", "claim_denied"]}
    made = server.call("POST", "/webhooks", token=server.sign_in(ADMIN), json_body=body)
    assert made.status == 201, made.body
    return str(made.json()["id"])


def switched_off_for_failing(server: Server, webhook_id: str) -> None:
    """Two messages were refused, and then it was switched off."""
    stored = f"sqlite:///{server.folder / 'insurenz.db'}"
    # At once: else the server might try to send them first.
    with closing(Database(stored)) as database, database.unit_of_work() as session:
        enqueue(session, [to(webhook_id), to(webhook_id)])
        health.switch_off(session, session.get_one(Webhook, webhook_id), OffBecause.FAILING)


def test_a_webhook_is_made_tried_and_its_secret_changed(server: Server, chromium: Any) -> None:
    with opened(chromium, server, expected=("422",)) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        sign_in(page, server, ADMIN)
        page.goto("/app/admin/webhooks")
        page.get_by_role("main").get_by_role("link", name="Add a webhook").click()
        page.get_by_role("button", name="Add a webhook").click()
        wrong = page.get_by_role("alert").get_by_role("link")
        expect(wrong).to_have_count(2)
        assert sorted(wrong.all_inner_texts()) == ["Choose a hospital or payer", "Enter an address"]
        choose(page, "Organisation", "lakeside", "Lakeside Clinic")
        page.get_by_label("Address").fill("http://127.0.0.1/")
        page.get_by_role("button", name="Add a webhook").click()
        page.get_by_role("alert").get_by_text("The address must begin with https.").wait_for()
        page.get_by_label("Address").fill(URL)
        page.get_by_label("Claim approved").check()
        page.get_by_role("button", name="Add a webhook").click()
        secret = page.locator("main code").inner_text()
        page.get_by_role("button", name="Copy").click()
        page.get_by_role("button", name="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == secret
        page.get_by_role("button", name="I have kept it").click()
        page.get_by_role("heading", name="Lakeside Clinic", level=1).wait_for()
        assert secret not in page.content()

        page.get_by_role("button", name="Send a test").click()
        line = page.get_by_role("main").get_by_role("listitem").filter(has_text="Webhook tried")
        line.first.wait_for()

        page.get_by_role("button", name="New secret").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Both secrets hold for").select_option("72")
        dialog.get_by_role("button", name="New secret").click()
        assert dialog.locator("code").inner_text() != secret
        dialog.get_by_role("button", name="I have kept it").click()
        page.get_by_text("Signed with the secret before as well until").wait_for()


def test_a_webhook_that_was_switched_off_comes_back_with_what_it_missed_and_is_deleted(
    server: Server, chromium: Any
) -> None:
    webhook_id = hook(server, "PAY_002")
    switched_off_for_failing(server, webhook_id)
    with opened(chromium, server) as page:
        sign_in(page, server, ADMIN)
        page.goto(f"/app/admin/webhooks/{webhook_id}")
        page.get_by_text("Nothing reached it for five days.").wait_for()
        page.get_by_role("button", name="Switch on").click()
        page.get_by_role("button", name="Send again what was given up").click()
        page.get_by_text("2 messages are sent again").wait_for()

        page.get_by_role("button", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        page.get_by_text("The webhook is deleted").wait_for()
        expect(page.locator(f"a[href$='{webhook_id}']")).to_have_count(0)


def test_an_auditor_sees_webhooks_and_changes_nothing(server: Server, chromium: Any) -> None:
    hook(server)
    with opened(chromium, server) as page:
        sign_in(page, server, AUDITOR)
        page.goto("/app/admin/webhooks")
        page.get_by_role("main").get_by_role("link", name="City Hospital").first.click()
        page.get_by_role("heading", name="City Hospital", level=1).wait_for()
        settled(page)
        assert page.get_by_role("main").get_by_role("button").all_inner_texts() == []


@pytest.mark.parametrize("look", LATER_LOOK)
def test_p08_axe_finds_nothing_in_webhooks(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    off = hook(server, "PAY_001")
    switched_off_for_failing(server, off)
    sizes = {"light and dark": (DESK, PHONE), "hindi": (PHONE,)}[look]
    with opened(chromium, server, language=language, color_scheme=scheme, viewport=sizes[0]) as page:
        sign_in(page, server, ADMIN)
        for path in ("webhooks", "webhooks/new", f"webhooks/{off}"):
            page.goto(f"/app/admin/{path}")
            settled(page)
            for size in sizes:
                page.set_viewport_size(size)
                assert violations(page) == [], f"{path} at {size['width']}"
            page.set_viewport_size(NARROW)
            assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], path
            page.set_viewport_size(sizes[0])
