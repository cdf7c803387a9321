"""A hospital's desk: what waits for it, submitting by keyboard, a query answered item by item, a denial contested."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

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
from tests.e2e.test_filing import discard_drafts, is_beginning
from tests.server import Server
from tests.waiting import soon

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

DATA = Path(__file__).resolve().parents[1] / "data"
DESK, WARD, PRIYA = "desk@city.demo.example", "ward@city.demo.example", "priya@demo.example"
ITEMS = ["Implant invoice", "ICU chart, day 2"]

NAME_OF_FOCUSED = """() => {
  const e = document.activeElement
  return e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent
}"""


# Presses the button of this name if it is there.
PRESS = "name => [...document.querySelectorAll('button')].find((each) => each.textContent === name)?.click()"


def submitted(server: Server, patient: str, **form: Any) -> str:
    """The number of a claim of City Hospital that was just submitted."""
    told = {"patient_name": patient, "claimed_amount": "45000", "payer_name": "Suraksha General"} | form
    body = {"hospital_id": "HOSP_001", "payer_id": "PAY_001", "form_data": told}
    answer = server.call("POST", "/hospital-claims", token=server.sign_in(DESK), json_body=body)
    assert answer.status == 201, answer.body
    return str(answer.json()["claim_number"])


def act(server: Server, number: str, action: str, who: str = PRIYA, **fields: Any) -> None:
    """What somebody else does by the API."""
    path = f"/claims/{number}/actions/{action}"
    answer = server.call("POST", path, token=server.sign_in(who), json_body=fields)
    assert answer.status == 200, answer.body


def ask(server: Server, number: str, due: timedelta) -> None:
    """A query with two missing documents."""
    due_at = (datetime.now(UTC).replace(second=0, microsecond=0) + due).isoformat()
    fields = {"remarks": "The implant cannot be told from the bill.", "query_category": "documentation"}
    act(server, number, "raise_query", missing_documents=ITEMS, due_at=due_at, **fields)


def shown(server: Server, number: str) -> dict[str, Any]:
    """The claim by the API."""
    claim: dict[str, Any] = server.call("GET", f"/claims/{number}", token=server.sign_in(DESK)).json()
    return claim


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the focus is on the control of this name."""

    def is_there() -> bool:
        page.keyboard.press("Tab")
        return bool(page.evaluate(NAME_OF_FOCUSED).strip().startswith(name))

    assert soon(is_there), f"no way to {name} by keyboard"


def copy_by_keyboard(page: Any, earlier: str) -> None:
    """Find the earlier claim and take it over; what is left to fill in then has the focus."""
    page.get_by_role("button", name="Copy from an earlier claim").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Patient or claim number")).to_be_focused()
    page.keyboard.type("Parvati")
    page.get_by_role("button", name=f"Copy the claim of Parvati Venkataraman, {earlier}").wait_for()
    tab_to(page, "Copy the claim of Parvati Venkataraman")
    page.keyboard.press("Enter")
    page.get_by_text(f"Copied from {earlier}").wait_for()
    page.get_by_text("Copied along, without a field here: tpa code.").wait_for()
    expect(page.get_by_label("Amount claimed (INR)")).to_be_focused()


def go_to_check(page: Any) -> None:
    """From the form to the page that shows it all."""
    tab_to(page, "Check before sending")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check before sending").wait_for()


def look_at_documents_once_more(page: Any) -> None:
    """What each file is for is told; the way back leads to where files are added, in sight."""
    page.get_by_role("listitem").filter(has_text="bill.pdf").get_by_text("Itemised bill").wait_for()
    tab_to(page, "Change: Documents")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Add files: Signed claim form")).to_be_focused()
    expect(page.get_by_role("heading", name="Signed claim form")).to_be_in_viewport()
    go_to_check(page)


def test_a_claim_is_submitted_by_keyboard_alone_from_an_earlier_one(server: Server, chromium: Any) -> None:
    own = {"uhid": "CH-7", "age": 61, "gender": "female", "admission_date": "2026-01-02", "tpa_code": "T-9"}
    earlier = submitted(server, "Parvati Venkataraman", diagnosis="Cataract", **own)
    with opened(chromium, server) as page:
        sign_in(page, server, DESK)
        page.goto("/app/")
        page.get_by_role("heading", name="What waits for us").wait_for()
        tab_to(page, "Submit a claim")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Submit a claim").wait_for()
        tab_to(page, "Check before sending")
        page.keyboard.press("Enter")
        alert = page.get_by_role("alert")
        expect(alert).to_be_focused()
        expect(alert).to_contain_text("3 things need a correction")
        copy_by_keyboard(page, earlier)
        page.keyboard.type("61,500")
        expect(page.get_by_label("Admitted on")).to_have_value("")
        expect(page.get_by_label("Diagnosis")).to_have_value("Cataract")
        with page.expect_file_chooser() as chooser:
            # On the way there the page takes in that its choosers are not shown, which else comes behind the key.
            tab_to(page, "Add files: Itemised bill")
            page.keyboard.press("Space")
        chooser.value.set_files([DATA / "bill.pdf"])
        page.get_by_text("Received safely ·").wait_for()
        page.get_by_text("Saved", exact=True).wait_for()
        page.reload()
        page.get_by_text("Received safely ·").wait_for()
        expect(page.get_by_label("Amount claimed (INR)")).to_have_value("61500")
        go_to_check(page)
        page.get_by_text("₹61,500").wait_for()
        page.get_by_text("Not there yet: Signed claim form").wait_for()
        look_at_documents_once_more(page)
        tab_to(page, "Submit to Suraksha General")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Submitted").wait_for()
        number = page.url.rpartition("/")[2]
    claim = shown(server, number)
    assert claim["form_data"] == {
        "patient_name": "Parvati Venkataraman",
        "claimed_amount": "61500",
        "payer_name": "Suraksha General",
        "diagnosis": "Cataract",
        "uhid": "CH-7",
        "age": 61,
        "gender": "female",
        "tpa_code": "T-9",
    }
    assert [document["file_name"] for document in claim["documents"]] == ["bill.pdf"]


def test_what_is_pressed_while_the_draft_gets_its_address_is_done(server: Server, chromium: Any) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, DESK)
        begun = held_back(page, "**/drafts", is_beginning)
        script = held_back(page, "**/assets/check-*")
        page.goto("/app/hospital/submit")
        page.get_by_label("Payer").select_option(label="Suraksha General")
        page.get_by_label("Patient's name").fill("Early Esha")
        with page.expect_request(is_beginning):
            page.get_by_label("Amount claimed (INR)").fill("12,000")
        # On its way to the next page, whose script has not come yet.
        page.get_by_role("button", name="Check before sending").click()
        with page.expect_response(lambda response: is_beginning(response.request)):
            begun.pop().continue_()
        page.evaluate("new Promise(requestAnimationFrame)")
        page.unroute("**/assets/check-*")
        while script:
            script.pop().continue_()
        page.get_by_role("heading", name="Check before sending").wait_for()
        expect(page).to_have_url(re.compile("/hospital/submit/check"))
    discard_drafts(server, DESK)


def test_a_query_waits_with_its_time_and_is_answered_item_by_item(server: Server, chromium: Any) -> None:
    number = submitted(server, "Gopal Krishnan")
    ask(server, number, timedelta(hours=3, minutes=30))
    without_hurry = submitted(server, "Later Lakshmi")
    ask(server, without_hurry, timedelta(days=5))
    with opened(chromium, server, viewport=PHONE) as page:
        sign_in(page, server, DESK)
        page.goto("/app/")
        soon = page.get_by_role("region", name="Due within a day")
        line = soon.get_by_role("listitem").filter(has_text=number)
        expect(line).to_contain_text(re.compile(r"due in 3 hrs \d+ mins"))
        expect(line).to_contain_text("Answer the query")
        later = page.get_by_role("region", name="To be answered")
        expect(later.get_by_role("listitem").filter(has_text=without_hurry)).to_contain_text(
            re.compile("due in [45] days")
        )
        line.get_by_role("link").click()
        page.get_by_text("The implant cannot be told from the bill.").first.wait_for()
        page.get_by_label("Add files: Implant invoice").set_input_files([DATA / "bill.pdf"])
        page.get_by_text("Received safely ·").wait_for()
        page.get_by_role("button", name="Send the answer").click()
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("ICU chart, day 2: add a file, or say why it is not there")
        page.get_by_label("Note, or why it is not there: ICU chart").fill("He was never in intensive care.")
        # Looking elsewhere loses nothing of it.
        page.get_by_role("link", name="Claims", exact=True).first.click()
        page.get_by_role("heading", name="Claims").wait_for()
        page.go_back()
        expect(page.get_by_label("Note, or why it is not there: ICU chart")).to_have_value(
            "He was never in intensive care."
        )
        page.get_by_label("Anything else").fill("Call us for more.")
        page.get_by_role("button", name="Send the answer").click()
        page.get_by_text("You have answered.").wait_for()
        expect(page.get_by_role("button", name="Send the answer")).to_have_count(0)
    (query,) = shown(server, number)["queries"]
    assert query["answer"] == (
        "Implant invoice: bill.pdf\nICU chart, day 2: He was never in intensive care.\n\nCall us for more."
    )
    assert len(query["document_ids"]) == 1


def test_a_form_is_corrected_until_somebody_looks_at_it(server: Server, chromium: Any) -> None:
    number = submitted(server, "Ravi Menon", diagnosis="Appendicitis", bed_code="W4-12")
    with opened(chromium, server, viewport=PHONE) as page:
        sign_in(page, server, DESK)
        page.goto(f"/app/claims/{number}")
        page.get_by_role("button", name="Correct").click()
        page.get_by_label("Patient's name").fill("")
        page.get_by_role("button", name="Save the correction").click()
        expect(page.get_by_role("alert")).to_contain_text("Enter the patient's name")
        page.get_by_label("Patient's name").fill("Ravi K Menon")
        page.get_by_label("Diagnosis").fill("Acute appendicitis")
        page.get_by_role("button", name="Save the correction").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ravi K Menon")
        form = shown(server, number)["form_data"]
        assert (form["diagnosis"], form["bed_code"], form["claimed_amount"]) == (
            "Acute appendicitis",
            "W4-12",
            "45000",
        )
        ask(server, number, timedelta(days=3))
        page.reload()
        expect(page.get_by_text("Acute appendicitis")).to_be_visible()
        expect(page.get_by_role("button", name="Correct")).to_have_count(0)


def test_what_was_written_stays_when_a_colleague_was_faster(server: Server, chromium: Any) -> None:
    number = submitted(server, "Faster Farid")
    act(server, number, "request_info", remarks="Which ward?")
    with opened(chromium, server, expected=("409", "412", "ERR_FAILED")) as page:
        sign_in(page, server, DESK)
        page.goto(f"/app/claims/{number}")
        page.get_by_label("Your answer").fill("Ward 4, bed 12, as always.")
        # Else the page may know it first, of what it was told before.
        page.route(f"**/claims/{number}", lambda route: route.abort())
        act(server, number, "provide_info", WARD, response="Ward 4.")
        page.get_by_role("button", name="Send the information").click()
        page.get_by_text("Somebody else was faster").wait_for()
        page.unroute(f"**/claims/{number}")
        # Unless the page has found that out by itself since it can read again.
        page.evaluate(PRESS, "Show how it stands now")
        page.get_by_text("What you had written was not sent").wait_for()
        page.get_by_text("Ward 4, bed 12, as always.", exact=True).wait_for()
        page.get_by_role("button", name="Throw it away").click()
        expect(page.get_by_text("Ward 4, bed 12, as always.")).to_have_count(0)


def test_a_denial_is_read_and_contested(server: Server, chromium: Any) -> None:
    number = submitted(server, "Denied Devi")
    act(server, number, "deny", remarks="See terms 4.2.", rejection_reason="Waiting period of two years")
    with opened(chromium, server) as page:
        sign_in(page, server, DESK)
        page.goto("/app/")
        choice = page.get_by_role("region", name="Denied: contest, or let it stand")
        choice.get_by_role("listitem").filter(has_text=number).get_by_role("link").click()
        reason = page.get_by_role("region", name="Why it was denied")
        expect(reason).to_contain_text("Waiting period of two years")
        expect(reason).to_contain_text("See terms 4.2.")
        page.get_by_text(
            "Not the person who denied it but another one at Suraksha General decides then."
        ).wait_for()
        page.get_by_text("This can be done 2 times more.").wait_for()
        page.get_by_role("button", name="Contest the denial").click()
        page.get_by_role("button", name="Contest the denial").click()
        expect(page.get_by_role("alert")).to_contain_text("Say why you disagree")
        page.get_by_label("Why should it be decided otherwise?").fill("The policy is four years old.")
        page.get_by_role("button", name="Contest the denial").click()
        page.get_by_text("Next: another person at Suraksha General decides.").wait_for()
    assert shown(server, number)["status"] == "claim_contested"


def fits_the_narrowest_screen(page: Any, path: str) -> None:
    """Nothing is to be scrolled sideways on the page that is shown."""
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("look", LATER_LOOK)
def test_p08_axe_finds_nothing_at_the_desk(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    asked, denied = submitted(server, "Axe Asha"), submitted(server, "Axe Arun")
    ask(server, asked, timedelta(days=1))
    act(server, denied, "deny", remarks="No.", rejection_reason="Excluded")
    paths = ["", "claims", "claims?text=nothing", f"claims/{asked}", f"claims/{denied}"]
    with opened(chromium, server, language=language, color_scheme=scheme) as page:
        sign_in(page, server, DESK)
        for path in [*paths, "hospital/submit", f"hospital/submitted/{asked}"]:
            page.goto(f"/app/{path}")
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], path
            if look == "hindi":
                fits_the_narrowest_screen(page, path)
        page.goto(f"/app/claims/{asked}")
        page.locator("section form button[type=submit]").first.click()
        page.get_by_role("alert").wait_for()
        assert violations(page) == []
        page.goto("/app/hospital/submit")
        page.locator("main header button").click()
        page.locator("main li button").first.click()
        page.locator("[name=claimed_amount]").fill("100")
        assert violations(page) == []
        page.locator("form button[type=submit]").click()
        page.wait_for_url("**/hospital/submit/check*")
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_load_state("networkidle")
        assert violations(page) == []
