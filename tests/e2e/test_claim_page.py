"""A claim's page: where it stands, messages, documents, withdrawing and appealing, and the lists that lead to it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.claims.stories import INCIDENT
from tests.e2e.app import (
    AXE,
    BUILT,
    EACH_LOOK,
    LOOKS,
    NOT_BUILT,
    PHONE,
    held_back,
    opened,
    sign_in,
    unheard,
    violations,
)
from tests.server import Server
from tests.waiting import soon

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

DATA = Path(__file__).resolve().parents[1] / "data"
ASHA, VIKRAM = "asha@demo.example", "vikram@demo.example"


@pytest.fixture
def fresh_claim(server: Server) -> str:
    """The number of a claim that Asha has just filed."""
    body = {
        "user_policy_id": "POL-DEMO-0001",
        "claim_type": "medical",
        "incident_date": INCIDENT,
        "description": "Stitches after a fall",
        "claim_amount": "2500",
    }
    answer = server.call("POST", "/claims", token=server.sign_in(ASHA), json_body=body)
    assert answer.status == 201, answer.body
    return str(answer.json()["claim_number"])


def act(server: Server, number: str, action: str, by: str = "arjun@demo.example", **fields: Any) -> None:
    """What the insurer does, or somebody at another device."""
    path = f"/claims/{number}/actions/{action}"
    answer = server.call("POST", path, token=server.sign_in(by), json_body=fields)
    assert answer.status == 200, answer.body


def test_a_message_goes_with_a_file_and_both_sides_see_who_read_it(
    server: Server, chromium: Any, fresh_claim: str
) -> None:
    with opened(chromium, server) as asha, opened(chromium, server) as arjun:
        sign_in(asha, server, ASHA)
        asha.goto(f"/app/claims/{fresh_claim}")
        asha.get_by_label("Write a message").fill("Here is the bill.")
        asha.get_by_role("button", name="Add files").click()
        files = asha.get_by_label("Add files: Files that go with the message")
        files.set_input_files(DATA / "bill.pdf")
        asha.get_by_text("Received safely").first.wait_for()
        asha.get_by_role("button", name="Send", exact=True).click()
        sent = asha.get_by_role("listitem").filter(has_text="Here is the bill.")
        sent.get_by_role("button", name="Look at bill.pdf").wait_for()
        expect(asha.get_by_label("Write a message")).to_have_value("")
        expect(files).to_have_count(0)
        sign_in(arjun, server, "arjun@demo.example")
        arjun.goto(f"/app/claims/{fresh_claim}")
        with arjun.expect_response("**/messages/read"):
            arjun.get_by_role("tab", name="Messages").click()
        got = arjun.get_by_role("listitem").filter(has_text="Here is the bill.")
        got.get_by_text("New", exact=True).wait_for()
        arjun.get_by_label("Write a message").fill("Thank you.")
        arjun.keyboard.press("Control+Enter")
        arjun.get_by_role("listitem").filter(has_text="Thank you.").wait_for()
        asha.reload()
        sent.get_by_text("by Arjun Rao").wait_for()
        asha.get_by_role("listitem").filter(has_text="Thank you.").get_by_text("New", exact=True).wait_for()
        sent.get_by_role("button", name="Look at bill.pdf").click()
        dialog = asha.get_by_role("dialog")
        dialog.locator("canvas").first.wait_for()
        assert violations(asha) == []


def test_documents_are_added_later(server: Server, chromium: Any, fresh_claim: str) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        page.goto(f"/app/claims/{fresh_claim}")
        page.get_by_role("button", name="Add documents").click()
        page.get_by_label("Add files: New documents").set_input_files([DATA / "bill.pdf", DATA / "photo.jpg"])
        page.get_by_role("button", name="Add 2 files to the claim").click()
        page.get_by_text("2 documents added").wait_for()
        expect(page.locator("li img")).to_have_count(1)
        page.get_by_role("button", name="Look at bill.pdf").click()
        page.get_by_role("dialog").locator("canvas").first.wait_for()
        with page.expect_download() as download:
            page.get_by_role("dialog").get_by_role("link", name="Download").click()
        page.keyboard.press("Escape")
        assert Path(download.value.path()).read_bytes() == (DATA / "bill.pdf").read_bytes()
        page.get_by_role("button", name="Look at photo.jpg").click()
        picture = page.get_by_role("dialog").get_by_role("img", name="photo.jpg")
        picture.wait_for()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="Ask a person").click()
        expect(page.get_by_label("Write a message")).to_be_focused()


def test_withdrawing_names_its_consequence_first(server: Server, chromium: Any, fresh_claim: str) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        page.goto(f"/app/claims/{fresh_claim}")
        page.get_by_role("button", name="Correct", exact=True).click()
        page.get_by_label("Amount (INR)").fill("nothing")
        page.get_by_role("button", name="Save the correction").click()
        page.get_by_role("alert").get_by_text("Enter an amount such as").wait_for()
        page.get_by_label("Amount (INR)").fill("2,750")
        page.get_by_role("textbox", name="What happened").fill("Stitches after a fall from a ladder")
        page.get_by_role("button", name="Save the correction").click()
        page.get_by_text("Stitches after a fall from a ladder").first.wait_for()
        page.get_by_text("₹2,750").last.wait_for()
        page.get_by_role("button", name="Withdraw the claim").click()
        dialog = page.get_by_role("dialog")
        assert "Suraksha General is told and stops working on it." in dialog.inner_text()
        dialog.get_by_role("button", name="Keep the claim").click()
        page.get_by_role("button", name="Withdraw the claim").click()
        dialog.get_by_role("button", name="Withdraw the claim").click()
        page.get_by_text("You have withdrawn this claim.").wait_for()
        expect(page.get_by_role("button", name="Withdraw the claim")).to_have_count(0)


def test_who_was_slower_is_told_and_changes_nothing(server: Server, chromium: Any, fresh_claim: str) -> None:
    with opened(chromium, server, expected=("412", "409", "ERR_FAILED")) as page:
        sign_in(page, server, ASHA)
        # Else the page knows it first: from the stream, or by asking while there is none.
        unheard(page)
        page.goto(f"/app/claims/{fresh_claim}")
        page.get_by_role("button", name="Withdraw the claim").click()
        act(server, fresh_claim, "reject", status_notes="Not covered.")
        page.get_by_role("dialog").get_by_role("button", name="Withdraw the claim").click()
        page.get_by_text("Somebody else was faster").wait_for()
        page.get_by_role("button", name="Show how it stands now").click()
        page.get_by_text("Your claim was rejected.").wait_for()


def test_a_question_that_the_claim_has_left_behind_says_so_by_itself(
    server: Server, chromium: Any, fresh_claim: str
) -> None:
    with opened(chromium, server, expected=("412", "ERR_FAILED")) as page:
        sign_in(page, server, ASHA)
        page.goto(f"/app/claims/{fresh_claim}")
        page.get_by_role("button", name="Withdraw the claim").click()
        act(server, fresh_claim, "reject", status_notes="Not covered.")
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("Somebody else was faster").wait_for()
        expect(dialog.get_by_role("button", name="Withdraw the claim")).to_have_count(0)
        dialog.get_by_role("button", name="Show how it stands now").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="Appeal the decision").click()
        dialog.get_by_label("Why should it be decided otherwise?").fill("The policy covers burns.")
        # Else the page knows it first: its receipt comes to all of one's devices.
        page.route(f"**/claims/{fresh_claim}", lambda route: route.abort())
        act(server, fresh_claim, "appeal", by=ASHA, reason="Sent from the telephone.")
        dialog.get_by_role("button", name="Send the appeal").click()
        dialog.get_by_text("Somebody else was faster").wait_for()
        expect(dialog.get_by_role("button", name="Send the appeal")).to_have_count(0)
        expect(dialog.get_by_label("Why should it be decided otherwise?")).to_have_value(
            "The policy covers burns."
        )


def test_what_happens_before_the_page_listens_is_shown_also_when_its_notice_is_read_already(
    server: Server, chromium: Any, fresh_claim: str
) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        listening = held_back(page, "**/assets/live-*")
        notices = held_back(page, "**/notifications?unread=true*")
        with page.expect_request("**/assets/live-*"), page.expect_request("**/notifications?unread=true*"):
            page.goto(f"/app/claims/{fresh_claim}")
        page.get_by_role("button", name="Withdraw the claim").wait_for()
        act(server, fresh_claim, "reject", status_notes="Not covered.")
        told = f"/notifications?claim_id={fresh_claim}&event_type=claim_status_updated"
        token = server.sign_in(ASHA)
        assert soon(lambda: bool(server.call("GET", told, token=token).json()["items"])), "it is not told"
        with page.expect_response("**/read"):
            notices.pop().continue_()
        listening.pop().continue_()
        page.get_by_text("Your claim was rejected.").wait_for()


def test_a_rejection_gives_its_reason_and_is_appealed_once(
    server: Server, chromium: Any, fresh_claim: str
) -> None:
    act(server, fresh_claim, "reject", status_notes="The bill names no doctor.")
    with opened(chromium, server, viewport=PHONE) as page:
        sign_in(page, server, ASHA)
        page.goto(f"/app/claims/{fresh_claim}")
        page.get_by_text("The bill names no doctor.").first.wait_for()
        page.get_by_role("button", name="Appeal the decision").click()
        dialog = page.get_by_role("dialog")
        assert "Another person than before decides anew. You can appeal once, until" in dialog.inner_text()
        dialog.get_by_role("button", name="Send the appeal").click()
        dialog.get_by_role("alert").get_by_text("Say why you disagree").wait_for()
        dialog.get_by_label("Why should it be decided otherwise?").fill("Her stamp is on its back.")
        dialog.get_by_role("button", name="Send the appeal").click()
        page.get_by_text("A person at Suraksha General is deciding on your claim.").wait_for()
        page.get_by_text("Her stamp is on its back.").wait_for()
        expect(page.get_by_role("button", name="Appeal the decision")).to_have_count(0)


def test_news_on_the_first_page_are_read_by_looking_at_the_claim(
    server: Server, chromium: Any, fresh_claim: str
) -> None:
    act(server, fresh_claim, "reject", status_notes="Not covered.")
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        line = (
            page.get_by_role("listitem")
            .filter(has_text="Your claim was rejected")
            .filter(has_text=fresh_claim)
        )
        for _ in range(50):
            page.goto("/app/")
            page.get_by_role("heading", name="New for you").wait_for()
            if line.count():
                break
        with page.expect_response("**/notifications/*/read"):
            line.get_by_role("link").click()
        page.get_by_role("heading", name="Medical claim").wait_for()
        page.get_by_role("link", name="Home").click()
        page.get_by_role("heading", name="Your claims").wait_for()
        expect(line).to_have_count(0)


def test_the_lists_filters_stand_in_the_address(server: Server, chromium: Any) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        page.goto("/app/claims")
        page.get_by_role("navigation", name="Status").get_by_role("link", name="Approved").click()
        page.wait_for_url("**/app/claims?status=approved")
        page.get_by_label("Type").select_option("vehicle")
        page.get_by_text("No claim fits").wait_for()
        page.get_by_role("link", name="Clear filters").click()
        page.wait_for_url("**/app/claims")
        page.get_by_label("Search by number or words").fill("appendix")
        page.wait_for_url("**/app/claims?text=appendix")
        expect(page.get_by_role("listitem").filter(has_text="inflamed appendix")).to_have_count(1)
        page.reload()
        expect(page.get_by_label("Search by number or words")).to_have_value("appendix")


def test_somebody_elses_claim_is_not_found(server: Server, chromium: Any, fresh_claim: str) -> None:
    with opened(chromium, server, expected=("404",)) as page:
        sign_in(page, server, VIKRAM)
        page.goto(f"/app/claims/{fresh_claim}")
        page.get_by_role("heading", name="Not found").wait_for()


@pytest.mark.parametrize("look", EACH_LOOK)
def test_p08_axe_finds_nothing_on_lists_and_claims(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    with opened(chromium, server, language=language, color_scheme=scheme) as page:
        sign_in(page, server, ASHA)
        token = server.sign_in(ASHA)
        numbers = {
            c["status"]: c["claim_number"] for c in server.call("GET", "/claims", token=token).json()["items"]
        }
        for path in ["", "claims", "claims?text=nothing", *(f"claims/{n}" for n in numbers.values())]:
            page.goto(f"/app/{path}")
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], path
        for button in ("withdraw", "appeal"):
            open_dialog(page, numbers, button)
            assert violations(page) == [], button


@pytest.mark.parametrize("language", ["en", "hi"])
def test_nothing_is_cut_off_on_the_narrowest_screen(server: Server, chromium: Any, language: str) -> None:
    with opened(chromium, server, language=language, viewport={"width": 320, "height": 640}) as page:
        sign_in(page, server, ASHA)
        token = server.sign_in(ASHA)
        claims = server.call("GET", "/claims", token=token).json()["items"]
        numbers = {c["status"]: c["claim_number"] for c in claims}.values()
        for path in [
            "",
            "claims",
            "account",
            "file",
            "file/new/policy",
            *(f"claims/{number}" for number in numbers),
        ]:
            page.goto(f"/app/{path}")
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path


def open_dialog(page: Any, numbers: dict[str, str], which: str) -> None:
    page.goto(f"/app/claims/{numbers['pending' if which == 'withdraw' else 'rejected']}")
    name = {"withdraw": "Withdraw the claim|दावा वापस लें", "appeal": "Appeal the decision|फ़ैसले पर अपील"}[which]
    page.locator(f"button:text-matches('{name}')").first.click()
    page.get_by_role("dialog").wait_for()
