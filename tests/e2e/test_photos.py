"""Photos of pages on a phone: what is said of bad ones beside their sending."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import ImageChops, ImageStat
from playwright.sync_api import expect

from tests.documents import samples
from tests.e2e import bad_photos
from tests.e2e.app import AXE, BUILT, NOT_BUILT, PHONE, opened, sign_in, violations
from tests.e2e.bad_photos import BAD, GOOD, UNSEEN, jpeg, locked_pdf
from tests.e2e.served import AUDITOR
from tests.e2e.test_filing import ASHA, DATA, answer_until_documents, no_drafts
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

__all__ = ["no_drafts"]
BLURRED = "This photo looks blurred. Hold the phone still and take it again, or keep it."
LOCKED = "This file seems to open with a password only. Send it without one if you can, or keep it."
# What the app's own script says of each file that was chosen.
SAID = """async (input, script) => {
  const { hintAbout } = await import(script);
  const said = {};
  for (const file of input.files) said[file.name] = (await hintAbout(file)) ?? null;
  return said;
}"""

# Pictures are made once the test says so.
HELD_BACK = """() => {
  const make = HTMLCanvasElement.prototype.toBlob;
  const told = new Promise((tell) => { window.letGo = tell; });
  HTMLCanvasElement.prototype.toBlob = function (...how) { void told.then(() => make.apply(this, how)); };
}"""


def photo(name: str, content: bytes, kind: str = "image/jpeg") -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": content}


def test_bad_photos_are_told_from_good_ones(server: Server, chromium: Any) -> None:
    made = {**GOOD, **{name: make for kind in BAD.values() for name, make in kind.items()}}
    files = [photo(name, jpeg(make())) for name, make in made.items()]
    files += [
        photo("locked", locked_pdf(), "application/pdf"),
        photo("open", (DATA / "bill.pdf").read_bytes(), "application/pdf"),
        photo("damaged", b"\xff\xd8\xff"),
    ]
    manifest = json.loads((Path(BUILT).parent / "manifest.json").read_text())
    with opened(chromium, server) as page:
        page.goto("/app/sign-in")
        page.evaluate("document.body.innerHTML = '<input type=file multiple>'")
        chosen = page.locator("input")
        chosen.set_input_files(files)
        said = chosen.evaluate(SAID, f"/app/{manifest['src/uploads/hints.ts']['file']}")
    wanted = {name: kind for kind, photos in BAD.items() for name in photos}
    assert len(wanted) == 30
    assert {name: said.pop(name) for name in GOOD} == dict.fromkeys(GOOD)
    assert said == wanted | dict.fromkeys(UNSEEN) | {"locked": "locked", "open": None, "damaged": None}


def test_a_blurred_photo_is_sent_all_the_same_and_kept_or_taken_again(server: Server, chromium: Any) -> None:
    def once_sent(route: Any) -> None:
        page.get_by_text("Received safely ·").wait_for()
        route.continue_()

    with opened(chromium, server, viewport=PHONE, has_touch=True) as page:
        sign_in(page, server, ASHA)
        answer_until_documents(page)
        # Its sending waits for no hint.
        page.route("**/assets/hints-*.js", once_sent)
        bad = jpeg(bad_photos.blurred(bad_photos.receipt(), 4))
        page.get_by_label("Take a photo: Hospital or clinic bill").set_input_files(photo("bill.jpg", bad))
        page.get_by_text(BLURRED, exact=True).wait_for()
        expect(
            page.get_by_role("status").filter(has_text=f"bill.jpg: Received safely. {BLURRED}")
        ).to_have_count(1)
        assert violations(page) == []
        page.get_by_label("Choose another: bill.jpg").set_input_files(DATA / "scan.png")
        page.get_by_text("scan.png", exact=True).wait_for()
        expect(page.get_by_text("bill.jpg", exact=True)).to_have_count(0)
        locked = photo("locked.pdf", locked_pdf(), "application/pdf")
        page.get_by_label("Add files: Prescription or doctor's note").set_input_files(locked)
        page.get_by_text(LOCKED, exact=True).wait_for()
        page.get_by_role("button", name="Keep it: locked.pdf").click()
        page.get_by_text("Opens with a password only. Send it without one if you can. ·").wait_for()
        expect(page.get_by_text(LOCKED)).to_have_count(0)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="File the claim").click()
        page.get_by_role("heading", name="We have received your claim").wait_for()
        page.get_by_role("link", name="See your claim").click()
        for name in ("scan.png", "locked.pdf"):
            page.get_by_role("main").get_by_text(name).first.wait_for()
        expect(page.get_by_text("bill.jpg")).to_have_count(0)


def test_three_pages_are_photographed_seen_to_and_sent_as_one_file(server: Server, chromium: Any) -> None:
    on_its_side = bad_photos.receipt().rotate(90, expand=True)
    with opened(chromium, server, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        sign_in(page, server, ASHA)
        answer_until_documents(page)
        first = page.get_by_label("Photograph pages: Hospital or clinic bill")
        first.set_input_files(photo("1.jpg", jpeg(on_its_side)))
        dialog = page.get_by_role("dialog", name="Your pages")
        dialog.get_by_text("This page seems to lie on its side. Turn it.").wait_for()
        dialog.get_by_role("button", name="Turn page 1").click()
        expect(dialog.get_by_text("This page seems")).to_have_count(0)
        # A phone writes into each photo where it was taken.
        for name, content in (
            ("2.jpg", samples.photo()),
            ("3.jpg", jpeg(bad_photos.bill())),
            ("4.jpg", b"none"),
        ):
            dialog.get_by_label("Take the next page").set_input_files(photo(name, content))
        dialog.get_by_role("button", name="Use these pages").click()
        dialog.get_by_text("This photo cannot be read. Take it again.").wait_for()
        dialog.get_by_role("button", name="Remove page 4").click()
        dialog.get_by_role("button", name="Move page 3 up").click()
        dialog.get_by_role("button", name="Crop page 2").click()
        dialog.get_by_label("Bottom").focus()
        for _ in range(40):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert violations(page) == []
        # Leaving takes two steps.
        page.keyboard.press("Escape")
        dialog.get_by_text("These pages have not been added yet.").wait_for()
        assert violations(page) == []
        dialog.get_by_role("button", name="Use these pages").click()
        page.get_by_text("Received safely ·").wait_for()
        page.get_by_text("pages.pdf", exact=True).wait_for()
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="File the claim").click()
        page.wait_for_url("**/file/received/*")
        claim = re.search(r"CLM-\d{8}-\w{8}", page.url)
    assert claim is not None
    sent = only_document(server, claim[0])
    assert b"Exif" not in sent
    pdf = pikepdf.open(io.BytesIO(sent))
    assert pdf.get_warnings() == []
    # The receipt upright, the bill without its lower two fifths, the photo as its camera was held.
    assert [[round(float(side)) for side in page.mediabox] for page in pdf.pages] == [
        [0, 0, 656, 842],
        [0, 0, 842, 653],
        [0, 0, 632, 842],
    ]
    receipt = pypdfium2.PdfDocument(sent)[0].render(scale=1).to_pil().convert("L")
    wanted = bad_photos.receipt().convert("L").resize(receipt.size)
    assert ImageStat.Stat(ImageChops.difference(receipt, wanted)).mean[0] < 8


def test_pages_are_lost_neither_while_their_file_is_made_nor_when_it_cannot_be_taken(
    server: Server, chromium: Any
) -> None:
    def for_one_file(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "max_files": 1})

    with opened(chromium, server, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        page.route("**/config/public", for_one_file)
        sign_in(page, server, ASHA)
        answer_until_documents(page)
        page.get_by_text("at most 1 files").wait_for()
        page.evaluate(HELD_BACK)
        first = page.get_by_label("Photograph pages: Hospital or clinic bill")
        dialog = page.get_by_role("dialog", name="Your pages")
        use = dialog.get_by_role("button", name="Use these pages")
        first.set_input_files(photo("1.jpg", jpeg(bad_photos.receipt())))
        use.click()
        expect(dialog.get_by_role("button", name="Remove page 1")).to_be_disabled()
        expect(dialog.get_by_label("Take the next page")).to_be_disabled()
        page.keyboard.press("Escape")
        dialog.get_by_role("button", name="Discard these pages").click()
        expect(dialog).to_have_count(0)
        first.set_input_files(photo("2.jpg", jpeg(bad_photos.bill())))
        expect(dialog.get_by_role("button", name="Remove page 1")).to_be_enabled()
        page.evaluate("letGo()")
        use.click()
        page.get_by_text("Received safely ·").wait_for()
        expect(page.get_by_text("pages.pdf", exact=True)).to_have_count(1)
        first.set_input_files(photo("3.jpg", jpeg(bad_photos.bill())))
        use.click()
        dialog.get_by_text("These are too many files at once.").wait_for()
        expect(dialog.get_by_role("button", name="Remove page 1")).to_be_enabled()
        assert violations(page) == []


def only_document(server: Server, number: str) -> bytes:
    """The file of the newest claim, as it was sent."""
    asha, auditor = server.sign_in(ASHA), server.sign_in(AUDITOR)
    claim = server.call("GET", "/claims", token=asha).json()["items"][0]
    assert claim["claim_number"] == number
    (document,) = server.call("GET", f"/claims/{claim['id']}", token=asha).json()["documents"]
    path = f"/claims/{claim['id']}/documents/{document['id']}/refresh-url?original=true"
    link = server.call("GET", path, token=auditor).json()["url"]
    return server.call("GET", link.removeprefix(server.base), token=auditor).body
