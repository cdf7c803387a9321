"""The claim as processors work on it: documents beside the data, decisions by keyboard, queries, and two people at once."""

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.claims.stories import INCIDENT
from tests.e2e.app import (
    AXE,
    BUILT,
    EACH_LOOK,
    LOOKS,
    NOT_BUILT,
    PHONE,
    opened,
    sign_in,
    unheard,
    violations,
)
from tests.server import Server, form
from tests.waiting import soon

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

DATA = Path(__file__).resolve().parents[1] / "data"
ASHA, ARJUN, AUDITOR = "asha@demo.example", "arjun@demo.example", "auditor@demo.example"
NISHA, RAHUL, ADMIN = "desk@city.demo.example", "rahul@demo.example", "admin@demo.example"
DESK = {"width": 1280, "height": 900}
SECRET = "Ask the tax office about her"


def filed(server: Server, *names: str, amount: str = "2500") -> str:
    """The number of a claim that Asha has just filed, with these documents."""
    fields = {
        "user_policy_id": "POL-DEMO-0001",
        "claim_type": "medical",
        "incident_date": INCIDENT,
        "description": "Stitches after a fall",
        "claim_amount": amount,
    }
    body, headers = form(fields, [DATA / name for name in names])
    answer = server.call("POST", "/claims", token=server.sign_in(ASHA), body=body, headers=headers)
    assert answer.status == 201, answer.body
    return str(answer.json()["claim_number"])


def submitted(server: Server, *names: str) -> str:
    """The number of a claim that City Hospital has just submitted."""
    patient = {"patient_name": "Ravi Kumar", "claimed_amount": "45000", "payer_name": "Suraksha General"}
    claim = {"hospital_id": "HOSP_001", "payer_id": "PAY_001", "form_data": patient}
    body, headers = form({"claim": json.dumps(claim)}, [DATA / name for name in names])
    answer = server.call("POST", "/hospital-claims", token=server.sign_in(NISHA), body=body, headers=headers)
    assert answer.status == 201, answer.body
    return str(answer.json()["claim_number"])


def act(server: Server, who: str, number: str, action: str, **fields: Any) -> None:
    """What somebody does elsewhere."""
    answer = server.call(
        "POST", f"/claims/{number}/actions/{action}", token=server.sign_in(who), json_body=fields
    )
    assert answer.status == 200, answer.body


def read(server: Server, number: str, who: str = ADMIN) -> dict[str, Any]:
    claim: dict[str, Any] = server.call("GET", f"/claims/{number}", token=server.sign_in(who)).json()
    return claim


def come_to(page: Any, number: str) -> None:
    page.goto(f"/app/claims/{number}")
    page.get_by_role("heading", name=number, level=1).wait_for()


def test_two_reviewers_at_once_the_slower_learns_who_did_what_and_keeps_their_words(
    server: Server, chromium: Any
) -> None:
    number = filed(server, "bill.pdf")
    act(server, ARJUN, number, "start_review")
    with (
        opened(chromium, server, viewport=DESK, expected=("412", "409", "ERR_FAILED")) as page,
        opened(chromium, server, viewport=DESK) as other,
    ):
        sign_in(page, server, ARJUN)
        sign_in(other, server, ADMIN)
        # Else the page may know it first, and offers nothing to press.
        unheard(page)
        come_to(page, number)
        come_to(other, number)
        other.get_by_role("button", name="Approve", exact=True).wait_for()
        page.get_by_role("button", name="Reject", exact=True).click()
        page.get_by_label("Why is it rejected?").fill("The bill names no doctor.")
        other.keyboard.press("a")
        other.get_by_role("form", name="Approve").get_by_role("button", name="Approve").click()
        other.get_by_text("Nothing is left to do").or_(
            other.get_by_role("button", name="Mark as paid")
        ).wait_for()
        page.get_by_role("form", name="Reject").get_by_role("button", name="Reject").click()
        card = page.get_by_role("status").filter(has_text="The claim has changed since you opened this")
        card.get_by_text("Lakshmi Pillai · Approved ₹2,500").wait_for()
        assert re.search("seconds? ago|minutes? ago|now", card.inner_text())
        card.get_by_role("button", name="Compare").click()
        cells = card.get_by_role("row", name="Status").get_by_role("cell")
        expect(cells).to_have_text(["Under review", "To be paid"])
        expect(page.get_by_label("Why is it rejected?")).to_have_value("The bill names no doctor.")
    assert (read(server, number)["status"], read(server, number)["approved_amount"]) == (
        "approved",
        "2500.00",
    )


def test_a_claim_is_read_taken_and_approved_in_part_by_keyboard_alone(server: Server, chromium: Any) -> None:
    number = filed(server, "bill.pdf", "photo.jpg")
    with opened(chromium, server, viewport=DESK) as page:
        sign_in(page, server, ARJUN)
        come_to(page, number)
        keys = page.keyboard
        page.get_by_role("group", name="Page 1 of").locator("canvas").wait_for()
        keys.press("v")
        page.get_by_text("Verified", exact=True).wait_for()
        keys.press("]")
        page.get_by_role("img", name="photo.jpg").wait_for()
        keys.press("[")
        keys.press("t")
        page.get_by_text("The claim is yours now").wait_for()
        decide_by_keys(page)
    claim = read(server, number)
    assert (claim["status"], claim["approved_amount"], claim["assignee"]["name"]) == (
        "approved",
        "1800.50",
        "Arjun Rao",
    )
    marks = {document["file_name"]: document["verification"] for document in claim["documents"]}
    assert marks == {"bill.pdf": "verified", "photo.jpg": "unverified"}


def decide_by_keys(page: Any) -> None:
    """From a claim that was only filed to a part of it approved, with the reason that this needs."""
    keys = page.keyboard
    keys.press("s")
    page.get_by_role("form", name="Start review").get_by_text("Asha Nair will be told.").wait_for()
    keys.press("Control+Enter")
    page.get_by_role("button", name="Approve").wait_for()
    keys.press("a")
    expect(page.get_by_label("Approved amount")).to_be_focused()
    keys.type("1,800.50")
    keys.press("Enter")
    page.get_by_role("alert").get_by_text("Less than claimed is approved: say why").wait_for()
    expect(page.get_by_role("alert")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_label("Remarks")).to_be_focused()
    keys.type("The room is paid up to 1,800.50.")
    page.get_by_text("₹699.50 less than claimed").wait_for()
    page.get_by_text("Asha Nair can appeal within 30 days.").wait_for()
    keys.press("Control+Enter")
    page.get_by_role("button", name="Mark as paid").wait_for()


def test_a_note_is_for_staff_alone_and_keys_can_be_switched_off(server: Server, chromium: Any) -> None:
    number = filed(server)
    with opened(chromium, server, viewport=DESK) as page:
        sign_in(page, server, ARJUN)
        come_to(page, number)
        keys = page.keyboard
        keys.press("n")
        expect(page.get_by_label("Write a note for staff")).to_be_focused()
        keys.type(SECRET)
        keys.press("Control+Enter")
        page.get_by_role("tabpanel", name="Notes").get_by_role("listitem").get_by_text(SECRET).wait_for()
        keys.press("Escape")
        keys.press("?")
        dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
        dialog.get_by_role("checkbox", name="Single keys do something").uncheck()
        keys.press("Escape")
        keys.press("s")
        expect(page.get_by_role("form", name="Start review")).to_have_count(0)
        page.get_by_role("button", name="Start review").wait_for()
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        page.goto(f"/app/claims/{number}")
        page.get_by_role("heading", name="Medical claim").wait_for()
        page.wait_for_load_state("networkidle")
        assert SECRET not in page.content()
        assert page.context.request.get(f"{server.base}/claims/{number}/notes").status == 403


def test_everything_that_is_missing_goes_into_one_query(server: Server, chromium: Any) -> None:
    number = submitted(server, "bill.pdf", "letter.docx")
    with opened(chromium, server, viewport=DESK) as page:
        sign_in(page, server, RAHUL)
        come_to(page, number)
        page.get_by_role("button", name="Reject bill.pdf").click()
        page.get_by_label("Why is bill.pdf rejected?").fill("Page 2 is missing")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("Rejected: Page 2 is missing").wait_for()
        page.keyboard.press("q")
        query = page.get_by_role("form", name="Raise query")
        query.get_by_role("button", name="Raise query").click()
        query.get_by_role("alert").get_by_text("Choose what the query is about").wait_for()
        query.get_by_label("What the query is about").select_option("documentation")
        query.get_by_role("button", name="bill.pdf anew: Page 2 is missing").click()
        query.get_by_label("Another item").fill("Photo identity of the patient")
        # The keys that send the form add what was typed first.
        query.get_by_label("Another item").press("Control+Enter")
        query.get_by_label("What is to be cleared up?").fill("Two things before we can go on.")
        query.get_by_role("button", name="2 days").click()
        query.get_by_text("The claim waits for City Hospital until the query is answered.").wait_for()
        query.get_by_text("Nisha Kapoor and Thomas Mathew will be told.").wait_for()
        query.get_by_role("button", name="Raise query").click()
        page.get_by_text("Nothing to do here until City Hospital has answered.").wait_for()
        page.get_by_role("tab", name="Queries").click()
        asked = page.get_by_role("tabpanel", name="Queries").get_by_role("listitem").first
        expect(asked.get_by_role("listitem")).to_have_text(
            ["bill.pdf anew: Page 2 is missing", "Photo identity of the patient"]
        )
    (query,) = read(server, number, NISHA)["queries"]
    assert (query["category"], query["items"][1]) == ("documentation", "Photo identity of the patient")
    assert query["due_at"] is not None


def test_an_auditor_reads_everything_and_is_offered_nothing(server: Server, chromium: Any) -> None:
    number = filed(server, "bill.pdf")
    note = {"body": SECRET}
    path = f"/claims/{number}/notes"
    assert server.call("POST", path, token=server.sign_in(ARJUN), json_body=note).status == 201
    with opened(chromium, server, viewport=DESK) as page:
        sign_in(page, server, AUDITOR)
        come_to(page, number)
        page.get_by_text("You read everything and change nothing.").wait_for()
        page.get_by_text("Not judged yet", exact=True).wait_for()
        page.get_by_role("tab", name="Notes").click()
        page.get_by_role("tabpanel", name="Notes").get_by_text(SECRET).wait_for()
        offered = re.compile("Verify|Reject|Approve|Start review|Send|Keep the note|Nobody|Take")
        assert page.get_by_role("main").get_by_role("button", name=offered).count() == 0
        for key in "asdvxtmn":
            page.keyboard.press(key)
        assert page.get_by_role("main").locator("form, textarea").count() == 0
        # What the page has shown is on record a second later.
        auditor, path = server.sign_in(AUDITOR), f"/claims/{number}/viewers"
        assert soon(lambda: b'"opened"' in server.call("GET", path, token=auditor).body), "not on record"
        page.get_by_role("tab", name="History").click()
        page.get_by_text("Who looked at it").click()
        page.get_by_role("listitem").filter(has_text="bill.pdf · opened").get_by_text(
            "once · last"
        ).wait_for()
        assert violations(page) == []


def test_a_long_document_is_turned_searched_and_read_beside_the_claim(
    server: Server, chromium: Any, tmp_path: Path
) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(pdf(200))
    with opened(chromium, server, viewport=DESK) as page:
        number = filed(server, str(report))
        sign_in(page, server, ARJUN)
        come_to(page, number)
        page.get_by_role("group", name="Page 1 of 200").locator("canvas").wait_for()
        assert page.locator("[data-page] canvas").count() < 6
        page.keyboard.press("f")
        page.keyboard.press("PageDown")
        expect(page.get_by_label("Page", exact=True)).to_have_value("2")
        page.keyboard.press("End")
        page.get_by_role("group", name="Page 200 of 200").locator("canvas").wait_for()
        page.get_by_role("button", name="Find words").click()
        page.get_by_label("Find in this document").fill("this is page 123")
        page.get_by_text("On 1 page").wait_for()
        expect(page.get_by_label("Page", exact=True)).to_have_value("123")
        page.locator(".text-layer .found").first.wait_for()
        assert not is_wide(page.get_by_role("group", name="Page 123 of 200"))
        page.get_by_role("button", name="Turn to the right").click()
        assert soon(lambda: is_wide(page.get_by_role("group", name="Page 123 of 200"))), "it is not turned"
        line = page.get_by_role("separator", name="Width of the documents")
        line.focus()
        line.press("ArrowLeft")
        expect(line).to_have_attribute("aria-valuenow", "52")
        page.reload()
        expect(line).to_have_attribute("aria-valuenow", "52")


def is_wide(page: Any) -> bool:
    """Whether a page of a document is shown wider than high."""
    box = page.bounding_box()
    return bool(box["width"] > box["height"])


def test_scans_of_fax_machines_and_jpeg_2000_are_drawn(server: Server, chromium: Any, tmp_path: Path) -> None:
    Image.new("1", (400, 560), 0).save(tmp_path / "fax.pdf")
    Image.new("RGBA", (400, 560), (0, 0, 0, 255)).save(tmp_path / "scan.pdf")
    inside = [(tmp_path / name).read_bytes() for name in ("fax.pdf", "scan.pdf")]
    assert (b"CCITTFaxDecode" in inside[0], b"JPXDecode" in inside[1]) == (True, True)
    number = filed(server, str(tmp_path / "fax.pdf"), str(tmp_path / "scan.pdf"))
    with opened(chromium, server, viewport=DESK) as page:
        sign_in(page, server, ARJUN)
        come_to(page, number)
        for name in ("fax.pdf", "scan.pdf"):
            page.get_by_role("navigation", name="Documents").get_by_role("button", name=name).click()
            canvas = page.get_by_role("region", name=f"Document {name}").locator("canvas")
            canvas.wait_for()
            assert soon(partial(is_black, canvas)), f"{name} is not drawn"


def is_black(canvas: Any) -> bool:
    """Whether the middle is drawn black, of what was transparent at first."""
    return bool(canvas.evaluate(MIDDLE) == [0, 0, 0, 255])


MIDDLE = (
    """canvas => [...canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data]"""
)


def pdf(pages: int) -> bytes:
    """A plain PDF whose pages say their numbers."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n in range(pages):
        text = f"BT /F1 24 Tf 72 720 Td (This is page {n + 1}) Tj ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        ]
    out, places = b"%PDF-1.7\n", []
    for index, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{index} 0 obj\n{each}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + (head + tail).encode()


@pytest.mark.parametrize("look", EACH_LOOK)
def test_p08_axe_finds_nothing_on_the_desk(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    number = submitted(server, "bill.pdf", "photo.jpg", "letter.docx")
    decided = filed(server, "bill.pdf")
    for viewport in (DESK, PHONE):
        options = {"language": language, "color_scheme": scheme, "viewport": viewport}
        with opened(chromium, server, **options) as page:
            sign_in(page, server, ADMIN)
            come_to(page, decided)
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], "retail"
            come_to(page, number)
            for key in ("q", "Escape", "x", "Escape", "n", "Escape", "?"):
                page.keyboard.press(key)
                page.wait_for_load_state("networkidle")
                assert violations(page) == [], key
            page.keyboard.press("Escape")
            if viewport is PHONE:
                page.locator("button[aria-pressed=false]").first.click()
            for tab in page.get_by_role("tab").all() if viewport is DESK else []:
                tab.click()
                page.wait_for_load_state("networkidle")
                assert violations(page) == [], tab.inner_text()
            page.keyboard.press("]")
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], "picture"
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width == viewport["width"]
