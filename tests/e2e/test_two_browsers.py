"""A hospital and its payer at work at once, each in a browser of their own: whatever one does moves the other's bell."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.app import AXE, BUILT, NOT_BUILT, opened, sign_in
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

DATA = Path(__file__).resolve().parents[1] / "data"
FARIDA, MEERA, RAHUL = "desk@lakeside.demo.example", "meera@demo.example", "rahul@demo.example"
BELL = re.compile("^Notifications,")


def news(page: Any, title: str, number: str) -> None:
    """Wait until the bell rings of it, and go to the claim by it."""
    bell = page.get_by_role("banner").get_by_role("button", name=BELL)
    expect(bell.locator("data")).to_be_visible()
    bell.click()
    notices = page.get_by_role("region", name="Notifications").get_by_role("listitem").filter(has_text=number)
    notices.get_by_role("link", name=f"Unread: {title}").click()
    page.wait_for_url(f"**/app/claims/{number}")
    page.get_by_role("heading", level=1).wait_for()


def leave(page: Any) -> None:
    """Go to the list: who has the claim before them has read what happens to it."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Claims").click()
    page.wait_for_url("**/app/claims")


def submit(page: Any) -> str:
    """The number of a claim that is filled in and sent."""
    page.get_by_role("link", name="Submit a claim").click()
    page.get_by_label("Payer").select_option(label="Suraksha General")
    page.get_by_label("Patient's name").fill("Usha Menon")
    page.get_by_label("Amount claimed (INR)").fill("88,000")
    page.get_by_label("Add files: Itemised bill").set_input_files([DATA / "bill.pdf"])
    page.get_by_text("Received safely ·").wait_for()
    page.get_by_role("button", name="Check before sending").click()
    page.get_by_role("button", name="Submit to Suraksha General").click()
    page.get_by_role("heading", name="Submitted").wait_for()
    return str(page.url.rpartition("/")[2])


def decide(page: Any, action: str, **fields: str) -> None:
    """Open the form of an action, fill it in, and send it."""
    page.get_by_role("button", name=action, exact=True).click()
    form = page.get_by_role("form", name=action)
    for label, text in fields.items():
        form.get_by_label(label.replace("_", " ")).fill(text)
    form.get_by_role("button", name=action, exact=True).click()
    expect(form).to_have_count(0)


def query(page: Any) -> None:
    """Ask for what is missing."""
    page.get_by_role("button", name="Raise query").click()
    form = page.get_by_role("form", name="Raise query")
    form.get_by_label("What the query is about").select_option("documentation")
    form.get_by_label("Another item").fill("Discharge summary")
    form.get_by_label("Another item").press("Enter")
    form.get_by_label("What is to be cleared up?").fill("The stay cannot be told from the bill.")
    form.get_by_role("button", name="Raise query").click()
    page.get_by_text("Nothing to do here until Lakeside Clinic has answered.").wait_for()


def test_a_claim_is_queried_answered_denied_contested_and_approved_between_two_browsers(
    server: Server, chromium: Any
) -> None:
    for person in (FARIDA, MEERA, RAHUL):
        server.call("POST", "/notifications/read-all", token=server.sign_in(person))
    with opened(chromium, server) as desk, opened(chromium, server) as payer:
        sign_in(desk, server, FARIDA)
        sign_in(payer, server, MEERA)
        payer.goto("/app/claims")
        payer.get_by_role("heading", level=1).wait_for()
        desk.goto("/app/")
        number = submit(desk)

        news(payer, "Claim Submitted", number)
        query(payer)
        leave(payer)

        news(desk, "QC Query Raised", number)
        desk.get_by_label("Note, or why it is not there: Discharge summary").fill("She is still with us.")
        desk.get_by_role("button", name="Send the answer").click()
        desk.get_by_text("You have answered.").wait_for()
        leave(desk)

        news(payer, "QC Query Answered", number)
        decide(payer, "Deny", Ground_of_the_denial="Stay not needed", **{"Why is it denied?": "See terms 3."})
        leave(payer)

        news(desk, "Claim Denied", number)
        desk.get_by_role("button", name="Contest the denial").click()
        desk.get_by_label("Why should it be decided otherwise?").fill("The pain would not have ended.")
        desk.get_by_role("button", name="Contest the denial").click()
        desk.get_by_text("You have contested the denial.").wait_for()
        leave(desk)

        news(payer, "Claim Contested", number)
        payer.get_by_text("The pain would not have ended.").first.wait_for()
        expect(payer.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
        with opened(chromium, server) as other:
            sign_in(other, server, RAHUL)
            other.goto("/app/claims")
            news(other, "Claim Contested", number)
            decide(other, "Approve")

        news(desk, "Claim Approved", number)
        desk.get_by_text("Approved in full.").wait_for()
    claim = server.call("GET", f"/claims/{number}", token=server.sign_in(RAHUL)).json()
    assert (claim["status"], claim["approved_amount"]) == ("claim_approved", "88000.00")
