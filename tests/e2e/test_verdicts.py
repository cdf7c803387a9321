"""What is said of a document on the desk, by two people at once."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.app import AXE, BUILT, NOT_BUILT, opened, sign_in, unheard
from tests.e2e.test_desk import ADMIN, ARJUN, DESK, come_to, filed, read
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)


def judge(server: Server, number: str, name: str, **said: str) -> None:
    """What somebody else says of a document."""
    token = server.sign_in(ADMIN)
    claim = server.call("GET", f"/claims/{number}", token=token).json()
    [of_name] = [each["id"] for each in claim["documents"] if each["file_name"] == name]
    path = f"/claims/{number}/documents/{of_name}/verification"
    assert server.call("POST", path, token=token, json_body=said).status == 200


def test_of_two_who_judge_a_document_the_slower_learns_of_it_and_keeps_their_words(
    server: Server, chromium: Any
) -> None:
    number = filed(server, "bill.pdf", "photo.jpg")
    with opened(chromium, server, viewport=DESK, expected=("412", "ERR_FAILED")) as page:
        sign_in(page, server, ARJUN)
        unheard(page)
        come_to(page, number)
        # What another says of another document is no conflict.
        judge(server, number, "photo.jpg", verification="verified")
        page.get_by_role("button", name="Verify bill.pdf").click()
        page.get_by_text("Verified", exact=True).wait_for()
        page.get_by_role("button", name="Take the mark back").click()
        page.get_by_role("button", name="Reject bill.pdf").click()
        why = page.get_by_label("Why is bill.pdf rejected?")
        why.fill("It names no doctor.")
        judge(server, number, "bill.pdf", verification="rejected", reason="It is blurred.")
        sent = page.get_by_role("form", name="Reject bill.pdf").get_by_role("button", name="Reject")
        sent.click()
        card = page.get_by_role("status").filter(has_text="Somebody else was faster")
        card.wait_for()
        page.get_by_text("Rejected: It is blurred.").wait_for()
        expect(why).to_have_value("It names no doctor.")
        reasons = [each["verification_reason"] for each in read(server, number)["documents"]]
        assert sorted(reasons, key=str) == ["It is blurred.", None]
        card.get_by_role("button", name="Show how it stands now").click()
        expect(why).to_be_focused()
        sent.click()
        page.get_by_text("Rejected: It names no doctor.").wait_for()
    marks = {each["file_name"]: each["verification"] for each in read(server, number)["documents"]}
    assert marks == {"bill.pdf": "rejected", "photo.jpg": "verified"}
