"""Filing a claim on a phone: one question a page, three files of which one is cut and sent again, the receipt."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.documents.tus import long_pdf
from tests.e2e.app import (
    AXE,
    BUILT,
    LATER_LOOK,
    LOOKS,
    NOT_BUILT,
    PHONE,
    held_back,
    opened,
    sign_in,
    violations,
)
from tests.e2e.breaking import line
from tests.e2e.test_session import STORAGE
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

DATA = Path(__file__).resolve().parents[1] / "data"
ASHA = "asha@demo.example"
STORY = "Slipped on the wet stairs of the station and broke the left wrist."


@pytest.fixture(autouse=True)
def no_drafts(server: Server) -> Iterator[None]:
    """What a test leaves unfinished is gone before the next one."""
    yield
    discard_drafts(server, ASHA)


def discard_drafts(server: Server, who: str) -> None:
    token = server.sign_in(who)
    for draft in server.call("GET", "/drafts", token=token).json()["items"]:
        server.call("DELETE", f"/drafts/{draft['id']}", token=token)


def go_on(page: Any) -> None:
    page.get_by_role("button", name="Continue").click()


def answer_until_documents(page: Any) -> None:
    """Policy, day, story and amount."""
    page.goto("/app/file/new/policy")  # whatever drafts other tests have left
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
    with (
        line(server.port) as phone_line,
        opened(
            chromium,
            server,
            expected=("net::ERR_",),
            viewport=PHONE,
            has_touch=True,
            base_url=f"http://127.0.0.1:{phone_line.port}",
        ) as page,
    ):
        sign_in(page, server, ASHA)
        answer_until_documents(page)
        page.get_by_text("PDF, JPG, PNG, DOC or DOCX, up to 10 MB each, at most 20 files").wait_for()
        page.get_by_label("Add files: Hospital or clinic bill").set_input_files(DATA / "bill.pdf")
        page.get_by_text("Received safely ·").wait_for()
        # The connection breaks in the middle of the second file, and holds for the third.
        phone_line.break_after((DATA / "scan.png").stat().st_size // 2)
        page.get_by_label("Add files: Prescription or doctor's note").set_input_files(DATA / "scan.png")
        page.get_by_text("The server cannot be reached.").wait_for()
        assert phone_line.breaks > 0
        phone_line.mend()
        page.get_by_label("Take a photo: Test report or scan").set_input_files(DATA / "photo.jpg")
        page.get_by_text("Received safely ·").nth(1).wait_for()
        go_on(page)
        page.get_by_text("One file was not sent.").wait_for()
        page.get_by_role("button", name="File the claim").click()
        page.get_by_role("button", name="Send scan.png again").click()
        page.get_by_text("Received safely ·").nth(2).wait_for()
        expect(page.get_by_text("₹18,250.50")).to_be_visible()
        page.get_by_role("button", name="File the claim").click()
        page.get_by_role("heading", name="We have received your claim").wait_for()
        number = re.search(r"CLM-\d{8}-\w{8}", page.url)
        assert number is not None
        page.get_by_role("link", name="See your claim").click()
        page.get_by_role("heading", name="Medical claim").wait_for()
        main = page.get_by_role("main")
        for text in (number[0], "Received", "₹18,250.50", STORY, "bill.pdf", "scan.png", "photo.jpg"):
            expect(main.get_by_text(text).first).to_be_visible()


def test_u09_a_file_of_which_a_part_came_goes_on_there_after_a_reload(server: Server, chromium: Any) -> None:
    content = long_pdf(5_000_000)
    scan = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": content}
    with (
        line(server.port) as phone_line,
        opened(
            chromium,
            server,
            expected=("net::ERR_",),
            viewport=PHONE,
            has_touch=True,
            base_url=f"http://127.0.0.1:{phone_line.port}",
        ) as page,
    ):
        page.on("dialog", lambda dialog: dialog.accept())
        sign_in(page, server, ASHA)
        answer_until_documents(page)
        phone_line.let_pass(3_000_000)
        page.get_by_label("Add files: Hospital or clinic bill").set_input_files(scan)
        page.get_by_text(re.compile(r"^Sending, (59|60) %$")).wait_for()
        page.get_by_text("Saved", exact=True).wait_for()
        page.reload()
        page.get_by_text(re.compile(r"^(59|60) % arrived\. Choose the file again to go on\.$")).wait_for()
        stored = page.evaluate(STORAGE)
        assert (stored["local"], stored["session"], stored["databases"]) == ("{}", "{}", 0)
        phone_line.mend()
        page.get_by_label("Choose scan.pdf again").set_input_files(scan)
        page.get_by_text("Received safely ·").wait_for()
        assert 2_000_000 <= phone_line.passed < 2_100_000
        go_on(page)
        page.get_by_role("button", name="File the claim").click()
        page.get_by_role("heading", name="We have received your claim").wait_for()


def test_a_claim_is_begun_in_one_browser_and_filed_in_another(server: Server, chromium: Any) -> None:
    with opened(chromium, server) as desk:
        sign_in(desk, server, ASHA)
        answer_until_documents(desk)
        desk.get_by_label("Add files: Hospital or clinic bill").set_input_files(DATA / "bill.pdf")
        desk.get_by_text("Received safely ·").wait_for()
        desk.get_by_text("Saved", exact=True).wait_for()
        # Nothing of it lies in this browser.
        stored = desk.evaluate(STORAGE)
        assert (stored["local"], stored["session"], stored["databases"]) == ("{}", "{}", 0)
        # The window is closed without a word: nothing is lost.
        desk.close(run_before_unload=True)
    with opened(chromium, server, viewport=PHONE, has_touch=True) as phone:
        sign_in(phone, server, ASHA)
        phone.goto("/app/")
        phone.get_by_role("heading", name="Go on with your claim").wait_for()
        phone.get_by_text("All answered. Check it and send it.").wait_for()
        phone.get_by_role("link", name=f"Go on: {STORY}").click()
        phone.get_by_role("heading", name="Your claim so far").wait_for()
        for said in ("POL-DEMO-0001 · Medical · Suraksha General", STORY, "₹18,250.50", "One file added."):
            expect(phone.get_by_text(said).first).to_be_visible()
        phone.get_by_role("link", name="What happened").click()
        phone.get_by_label("Description").fill(f"{STORY} Plaster for six weeks.")
        phone.get_by_role("button", name="Save and leave").click()
        phone.get_by_text("Your claim is saved.").wait_for()
        phone.get_by_role("link", name="Plaster for six weeks.").click()
        phone.get_by_role("link", name="Check and send").click()
        phone.get_by_text("Plaster for six weeks.").wait_for()
        phone.get_by_role("button", name="File the claim").click()
        phone.get_by_role("heading", name="We have received your claim").wait_for()
        phone.get_by_role("link", name="See your claim").click()
        phone.get_by_text("bill.pdf", exact=True).wait_for()
        phone.get_by_role("link", name="Home").click()
        phone.get_by_role("heading", name="Your claims").wait_for()
        expect(phone.get_by_role("heading", name="Go on with your claim")).to_have_count(0)


def test_two_devices_at_the_same_question_are_asked_which_answer_stays(server: Server, chromium: Any) -> None:
    with (
        opened(chromium, server) as desk,
        opened(chromium, server, viewport=PHONE, expected=("412",)) as phone,
    ):
        sign_in(desk, server, ASHA)
        answer_until_documents(desk)
        desk.get_by_text("Saved", exact=True).wait_for()
        sign_in(phone, server, ASHA)
        phone.goto(desk.url.replace("/documents", "/what"))
        phone.get_by_label("Description").fill("As it was said on the phone.")
        phone.get_by_text("Saved", exact=True).wait_for()
        desk.goto(desk.url.replace("/documents", "/what"))
        desk.get_by_label("Description").fill("As it was said at the desk.")
        desk.get_by_text("Saved", exact=True).wait_for()
        phone.get_by_label("Description").fill("As it was said on the phone, again.")
        phone.get_by_text("Changed on another device").wait_for()
        expect(phone.get_by_label("Description")).to_have_value("As it was said on the phone, again.")
        phone.get_by_role("button", name="Those of the other device").click()
        expect(phone.get_by_label("Description")).to_have_value("As it was said at the desk.")


def is_beginning(request: Any) -> bool:
    """Whether the page begins a draft."""
    return bool(request.method == "POST" and request.url.endswith("/drafts"))


def test_what_is_pressed_and_typed_while_the_draft_gets_its_address_is_done(
    server: Server, chromium: Any
) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        begun = held_back(page, "**/drafts", is_beginning)
        script = held_back(page, "**/assets/what-*")
        page.goto("/app/file/new/policy")
        with page.expect_request(is_beginning):
            page.get_by_role("radio", name="Medical insurance").check()
        go_on(page)
        day = page.get_by_label("Day")
        day.fill(day.get_attribute("max"))
        # On its way to the next page, whose script has not come yet.
        with page.expect_request("**/assets/what-*"):
            go_on(page)
        begun.pop().continue_()
        page.get_by_text("Saved", exact=True).wait_for()
        while script:
            script.pop().continue_()
        page.get_by_label("Description").fill(STORY)
        page.wait_for_url(re.compile(r"/file/[0-9a-f-]{32,36}/what$"))
        expect(page.get_by_label("Description")).to_be_focused()
        expect(page.get_by_label("Description")).to_have_value(STORY)


def test_without_a_network_nothing_typed_is_lost_and_it_is_saved_later(server: Server, chromium: Any) -> None:
    with opened(chromium, server, expected=("ERR_CONNECTION_RESET",)) as page:
        sign_in(page, server, ASHA)
        page.goto("/app/file/new/policy")
        page.get_by_role("radio", name="Medical insurance").check()
        page.get_by_text("Saved", exact=True).wait_for()
        page.route("**/drafts/*", lambda route: route.abort("connectionreset"))
        go_on(page)
        page.get_by_label("Day").fill(page.get_by_label("Day").get_attribute("max"))
        page.get_by_text("Not saved yet. We keep trying.").wait_for()
        page.get_by_role("button", name="Save and leave").click()
        page.get_by_role("dialog").get_by_text("Keep this window open").wait_for()
        page.get_by_role("button", name="Stay here").click()
        with page.expect_event("dialog") as asked:
            page.evaluate("() => setTimeout(() => window.location.reload())")
        assert asked.value.type == "beforeunload"
        asked.value.dismiss()
        page.unroute("**/drafts/*")
        page.get_by_text("Saved", exact=True).wait_for()
        page.reload()
        expect(page.get_by_label("Day")).not_to_have_value("")


def test_a_claim_that_was_begun_is_discarded_after_a_question(server: Server, chromium: Any) -> None:
    with opened(chromium, server, expected=("ERR_FAILED",)) as page:
        sign_in(page, server, ASHA)
        answer_until_documents(page)
        page.get_by_text("Saved", exact=True).wait_for()
        page.goto("/app/file")
        page.get_by_role("button", name=f"Discard: {STORY}").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
        page.route("**/drafts/*", lambda route: route.abort())
        dialog.get_by_role("button", name="Discard it").click()
        dialog.get_by_text("The server cannot be reached.").wait_for()
        dialog.get_by_role("button", name="Keep it").press("Enter")
        page.unroute("**/drafts/*")
        # The focus is where it came from, and the next time begins anew.
        expect(page.get_by_role("button", name=f"Discard: {STORY}")).to_be_focused()
        page.keyboard.press("Enter")
        expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
        expect(dialog.get_by_text("The server cannot be reached.")).to_have_count(0)
        dialog.get_by_role("button", name="Discard it").click()
        page.get_by_role("heading", name="Which policy is it about?").wait_for()
        assert server.call("GET", "/drafts", token=server.sign_in(ASHA)).json()["items"] == []


def test_going_back_finds_every_answer_and_a_page_ahead_leads_to_the_first_open_one(
    server: Server, chromium: Any
) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        page.goto("/app/file/new/check")
        page.wait_for_url("**/app/file/new/policy")
        answer_until_documents(page)
        for label, value in (("Amount", "18,250.50"), ("Description", STORY)):
            page.go_back()
            expect(page.get_by_label(label)).to_have_value(value)
        page.get_by_role("link", name="Back").click()
        expect(page.get_by_label("Day")).not_to_have_value("")


def test_what_is_missing_or_cannot_be_is_said_beside_its_question(server: Server, chromium: Any) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        page.goto("/app/file/new/policy")
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


@pytest.mark.parametrize("look", LATER_LOOK)
def test_p08_axe_finds_nothing_on_any_page_of_filing(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    with opened(chromium, server, language=language, color_scheme=scheme, viewport=PHONE) as page:
        sign_in(page, server, ASHA)
        page.goto("/app/file/new/policy")
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
            page.wait_for_url(f"**/file/*/{name}")
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], name
            answer()
            assert violations(page) == [], name
            if name == "check":
                page.get_by_text(re.compile("^(Saved|सहेजा गया)$")).wait_for()
                extra = (page.url.replace("/check", ""), "/app/file", "/app/", page.url)
                for address in extra:
                    page.goto(address)
                    page.get_by_role("heading", level=1).wait_for()
                    page.wait_for_load_state("networkidle")
                    assert violations(page) == [], address
            page.locator("form button[type=submit]").click()
        page.wait_for_url("**/file/received/*")
        page.locator("h2#next").wait_for()
        assert violations(page) == []
