"""Filing a claim on a phone: one question a page, three files of which one is cut and sent again, the receipt."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.app import AXE, BUILT, LOOKS, NOT_BUILT, PHONE, opened, sign_in, violations
from tests.e2e.test_session import STORAGE
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

DATA = Path(__file__).resolve().parents[1] / "data"
ASHA = "asha@demo.example"
STORY = "Slipped on the wet stairs of the station and broke the left wrist."


def go_on(page: Any) -> None:
    page.get_by_role("button", name="Continue").click()


def answer_until_documents(page: Any) -> None:
    """Policy, day, story and amount."""
    page.goto("/app/file")
    page.get_by_role("heading", name="Which policy is it about?").wait_for()
    page.get_by_role("radio", name="Medical insurance").check()
    go_on(page)
    day = page.get_by_label("Day")
    day.fill(day.get_attribute("max"))
    go_on(page)
    page.get_by_label("Description").fill(STORY)
    go_on(page)
    page.get_by_label("Amount").fill("18,250.50")
    go_on(page)
    page.get_by_role("heading", name="Add your documents").wait_for()


def test_a_claim_is_filed_on_a_phone_with_three_files_one_of_them_cut_and_sent_again(
    server: Server, chromium: Any
) -> None:
    with opened(chromium, server, viewport=PHONE, has_touch=True) as page:
        sign_in(page, server, ASHA)
        answer_until_documents(page)
        page.get_by_text("PDF, JPG, PNG, DOC or DOCX, up to 10 MB each").wait_for()
        page.get_by_label("Add files: Hospital or clinic bill").set_input_files(DATA / "bill.pdf")
        page.get_by_text("Received safely ·").wait_for()
        # The connection breaks under the second file, and holds for the third.
        page.route("**/uploads", lambda route: route.abort("connectionreset"), times=1)
        page.get_by_label("Add files: Prescription or doctor's note").set_input_files(DATA / "scan.png")
        page.get_by_text("The server cannot be reached.").wait_for()
        page.get_by_label("Take a photo: Test report or scan").set_input_files(DATA / "photo.jpg")
        page.get_by_text("Received safely ·").nth(1).wait_for()
        go_on(page)
        page.get_by_text("One file was not sent.").wait_for()
        page.get_by_role("button", name="File the claim").click()
        page.get_by_role("button", name="Send scan.png again").click()
        page.get_by_text("Received safely ·").nth(2).wait_for()
        assert page.get_by_text("₹18,250.50").is_visible()
        page.get_by_role("button", name="File the claim").click()
        page.get_by_role("heading", name="We have received your claim").wait_for()
        number = re.search(r"CLM-\d{8}-\w{8}", page.url)
        assert number is not None
        page.get_by_role("link", name="See your claim").click()
        page.get_by_role("heading", name="Medical claim").wait_for()
        main = page.get_by_role("main")
        for text in (number[0], "Received", "₹18,250.50", STORY, "bill.pdf", "scan.png", "photo.jpg"):
            assert main.get_by_text(text).first.is_visible(), text
        assert "net::ERR_CONNECTION_RESET" in page.complaints.pop()


def test_nothing_of_what_is_entered_lies_in_the_browsers_storage_and_leaving_asks_first(
    server: Server, chromium: Any
) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        answer_until_documents(page)
        stored = page.evaluate(STORAGE)
        assert (stored["local"], stored["session"], stored["databases"]) == ("{}", "{}", 0)
        page.get_by_role("button", name="Leave").click()
        page.get_by_role("button", name="Go on with the claim").click()
        page.get_by_role("heading", name="Add your documents").wait_for()
        with page.expect_event("dialog") as asked:
            page.close(run_before_unload=True)
        assert asked.value.type == "beforeunload"
        asked.value.accept()


def test_going_back_finds_every_answer_and_a_page_ahead_leads_to_the_first_open_one(
    server: Server, chromium: Any
) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        page.goto("/app/file/check")
        page.wait_for_url("**/app/file/policy")
        answer_until_documents(page)
        for label, value in (("Amount", "18,250.50"), ("Description", STORY)):
            page.go_back()
            assert page.get_by_label(label).input_value() == value
        page.get_by_role("link", name="Back").click()
        assert page.get_by_label("Day").input_value() != ""


def test_what_is_missing_or_cannot_be_is_said_beside_its_question(server: Server, chromium: Any) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        page.goto("/app/file/policy")
        go_on(page)
        page.get_by_role("alert").get_by_role("link", name="Choose a policy").click()
        page.get_by_role("radio", name="Medical insurance").check()
        go_on(page)
        page.get_by_label("Day").fill("2999-01-01")
        go_on(page)
        page.get_by_role("alert").get_by_text("The day must not lie in the future").wait_for()
        page.get_by_label("Day").fill(page.get_by_label("Day").get_attribute("max"))
        go_on(page)
        page.get_by_label("Description").fill(STORY)
        go_on(page)
        for typed, said in (("9 lakh", "Enter an amount such as"), ("0", "above 0"), ("600000", "at most")):
            page.get_by_label("Amount").fill(typed)
            go_on(page)
            page.get_by_role("alert").get_by_text(said).wait_for()
        page.get_by_label("Amount").fill("१२३४")
        go_on(page)
        zone = page.get_by_label("Add files: Anything else")
        zone.set_input_files([DATA / "README.md"])
        page.get_by_text("This kind of file is not taken.").wait_for()


def test_files_can_be_dropped_and_pasted(server: Server, chromium: Any) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        answer_until_documents(page)
        for event in ("drop", "paste"):
            page.evaluate(DELIVER, [event, f"{event}.pdf", list((DATA / "bill.pdf").read_bytes())])
            page.get_by_text(f"{event}.pdf", exact=True).wait_for()
        page.get_by_text("Received safely ·").nth(1).wait_for()


DELIVER = """([type, name, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, {type: 'application/pdf'}));
  const zone = [...document.querySelectorAll('h2')].at(-1);
  zone.dispatchEvent(type === 'drop' ? new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})
    : new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.mark.parametrize("look", LOOKS)
def test_p08_axe_finds_nothing_on_any_page_of_filing(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    with opened(chromium, server, language=language, color_scheme=scheme, viewport=PHONE) as page:
        sign_in(page, server, ASHA)
        page.goto("/app/file/policy")
        answers = {
            "policy": page.locator("input[type=radio]").first.check,
            "when": lambda: page.locator("input[type=date]").fill(
                page.locator("input[type=date]").get_attribute("max")
            ),
            "what": lambda: page.locator("textarea").fill(STORY),
            "amount": lambda: page.locator("input[name=amount]").fill("100"),
            "documents": lambda: page.locator("input[type=file]").last.set_input_files(DATA / "photo.jpg"),
            "check": lambda: None,
        }
        for name, answer in answers.items():
            page.wait_for_url(f"**/file/{name}")
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], name
            answer()
            assert violations(page) == [], name
            page.locator("form button[type=submit]").click()
        page.wait_for_url("**/file/received/*")
        page.locator("h2#next").wait_for()
        assert violations(page) == []
