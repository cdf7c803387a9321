"""One's own account: what one is told by which channel, and one's quiet hours."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.app import AXE, BUILT, NOT_BUILT, PHONE, opened, sign_in
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

VIKRAM = "vikram@demo.example"


def chosen(server: Server) -> tuple[list[str], Any]:
    """What Vikram has switched off, and his quiet hours."""
    answer = server.call("GET", "/notifications/preferences", token=server.sign_in(VIKRAM)).json()
    off = [f"{each['category']}.{each['channel']}" for each in answer["preferences"] if not each["is_on"]]
    return off, answer["quiet_hours"]


def test_what_one_is_told_is_chosen_and_stays(server: Server, chromium: Any) -> None:
    with opened(chromium, server, expected=("422",), viewport=PHONE, timezone_id="Asia/Kolkata") as page:
        sign_in(page, server, VIKRAM)
        page.goto("/app/account")
        mandatory = page.get_by_role("checkbox", name="Decisions: E-mail")
        expect(mandatory).to_be_checked()
        expect(mandatory).to_be_disabled()
        page.get_by_role("checkbox", name="Progress of a claim: E-mail").uncheck()
        page.get_by_role("checkbox", name="Quiet hours").check()
        page.get_by_label("From").fill("21:30")
        page.get_by_label("Time zone").select_option("Europe/Berlin")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_text("Saved. This holds from now on.").wait_for()
        assert chosen(server) == (
            ["progress.email"],
            {"starts": "21:30", "ends": "07:00", "zone": "Europe/Berlin"},
        )
        page.reload()
        expect(page.get_by_role("checkbox", name="Progress of a claim: E-mail")).not_to_be_checked()
        expect(page.get_by_label("From")).to_have_value("21:30")
        page.get_by_label("To", exact=True).fill("21:30")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_text("Quiet hours end at another time than they begin.").wait_for()
        page.get_by_role("checkbox", name="Quiet hours").uncheck()
        page.get_by_role("checkbox", name="Progress of a claim: E-mail").check()
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_text("Saved. This holds from now on.").wait_for()
        assert chosen(server) == ([], None)
