"""The queue of staff: views that are links, taking claims, one thing done to many, all of it by keyboard; and the palette."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.claims.stories import INCIDENT
from tests.e2e.app import (
    AXE,
    BUILT,
    LATER_LOOK,
    LOOKS,
    NOT_BUILT,
    PHONE,
    come_back,
    opened,
    sign_in,
    violations,
)
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

ASHA, ARJUN, ADMIN = "asha@demo.example", "arjun@demo.example", "admin@demo.example"
TOKENS: dict[tuple[str, str], str] = {}
MAY_COPY = ["clipboard-read", "clipboard-write"]


def token_of(server: Server, who: str) -> str:
    """Signed in once: each time costs a password's hash."""
    if (server.base, who) not in TOKENS:
        TOKENS[server.base, who] = server.sign_in(who)
    return TOKENS[server.base, who]


def file(server: Server, word: str, amount: str = "2500") -> str:
    """The number of a claim of Asha's that is found by this word."""
    body = {
        "user_policy_id": "POL-DEMO-0001",
        "claim_type": "medical",
        "incident_date": INCIDENT,
        "description": f"Plaster, {word}",
        "claim_amount": amount,
    }
    answer = server.call("POST", "/claims", token=token_of(server, ASHA), json_body=body)
    assert answer.status == 201, answer.body
    return str(answer.json()["claim_number"])


def claim(server: Server, number: str) -> dict[str, Any]:
    found: dict[str, Any] = server.call("GET", f"/claims/{number}", token=token_of(server, ADMIN)).json()
    return found


def act(server: Server, who: str, number: str, action: str, **fields: Any) -> None:
    path = f"/claims/{number}/actions/{action}"
    answer = server.call("POST", path, token=token_of(server, who), json_body=fields)
    assert answer.status == 200, answer.body


def row_of(page: Any, number: str) -> Any:
    return page.get_by_role("row").filter(has_text=number)


def numbers(page: Any) -> list[str]:
    shown: list[str] = page.locator("[data-row-link]").all_inner_texts()
    return shown


def test_a_view_is_passed_on_by_its_link(server: Server, chromium: Any) -> None:
    wanted = [file(server, "linkword", amount) for amount in ("3100", "3200", "90")]
    with opened(chromium, server, permissions=MAY_COPY) as page:
        sign_in(page, server, ARJUN)
        page.goto("/app/claims")
        page.get_by_role("link", name="Nobody's").click()
        page.get_by_role("searchbox").fill("linkword")
        page.wait_for_url("**text=linkword**")
        page.get_by_role("button", name="Filters").click()
        page.get_by_label("Amount from").fill("1000")
        page.get_by_label("Amount from").press("Enter")
        page.get_by_role("button", name="Claimed").click()
        expect(page.get_by_role("columnheader", name="Claimed")).to_have_attribute("aria-sort", "descending")
        expect(page.locator("[data-row-link]")).to_have_text([wanted[1], wanted[0]])
        page.get_by_role("button", name="Copy link").click()
        page.get_by_text("The link to this view is copied").wait_for()
        link = page.evaluate("navigator.clipboard.readText()")
        page.get_by_role("button", name="Keep this view").click()
        page.get_by_role("dialog").get_by_text("is not kept with it").wait_for()
        page.get_by_role("textbox", name="Name", exact=True).fill("Large and nobody's")
        page.get_by_role("button", name="Keep the view").click()
        page.get_by_role("link", name="Large and nobody's").click()
        page.get_by_role("heading", name="Large and nobody's").wait_for()
        assert "amount_min=1000" in page.url
        assert "linkword" not in page.url
        page.get_by_role("button", name="Remove the view Large and nobody's").click()
        expect(page.get_by_role("link", name="Large and nobody's")).to_have_count(0)
    with opened(chromium, server) as page:
        sign_in(page, server, ADMIN)
        page.goto(link)
        expect(page.locator("[data-row-link]")).to_have_text([wanted[1], wanted[0]])
        expect(page.get_by_role("link", name="Nobody's")).to_have_attribute("aria-current", "page")
        with page.expect_download() as download:
            page.get_by_role("link", name="Export (CSV)").click()
        table = download.value.path().read_text()
        assert re.findall(r"CLM-\d{8}-\w{8}", table) == [wanted[1], wanted[0]]


def test_of_two_who_take_a_claim_one_has_it_and_the_other_is_told_who(server: Server, chromium: Any) -> None:
    number = file(server, "raceword")
    with opened(chromium, server) as arjun, opened(chromium, server, expected=("409",)) as lakshmi:
        for page, who in ((arjun, ARJUN), (lakshmi, ADMIN)):
            sign_in(page, server, who)
            page.goto("/app/claims?text=raceword")
            row_of(page, number).hover()
        row_of(arjun, number).get_by_role("button", name="Take").click()
        arjun.get_by_text(f"{number} is yours.").wait_for()
        row_of(lakshmi, number).get_by_role("button", name="Take").click()
        lakshmi.get_by_text(f"Arjun Rao works on {number} already.").wait_for()
        expect(row_of(lakshmi, number)).to_contain_text("Arjun Rao")
        lakshmi.get_by_role("button", name="Dismiss").click()
    assert claim(server, number)["assignee"]["name"] == "Arjun Rao"


def test_the_next_one_is_another_for_each(server: Server, chromium: Any) -> None:
    file(server, "nextword"), file(server, "nextword")
    taken = []
    for who in (ARJUN, ADMIN):
        with opened(chromium, server) as page:
            sign_in(page, server, who)
            page.goto("/app/claims?workflow=retail")
            page.get_by_role("button", name="Take next").wait_for()
            page.keyboard.press("t")
            page.wait_for_url("**/app/claims/CLM-*")
            taken.append(page.url.rpartition("/")[2])
            page.wait_for_load_state("networkidle")
    assert [claim(server, number)["assignee"]["name"] for number in taken] == ["Arjun Rao", "Lakshmi Pillai"]
    for number in taken:
        server.call("DELETE", f"/claims/{number}/assignment", token=token_of(server, ADMIN))


def test_what_is_done_to_many_tells_of_each_that_was_refused(server: Server, chromium: Any) -> None:
    done, appealed, received = (file(server, "bulkword") for _ in range(3))
    act(server, ARJUN, done, "start_review")
    act(server, ARJUN, appealed, "reject", status_notes="Not covered.")
    act(server, ASHA, appealed, "appeal", reason="It is.")
    with opened(chromium, server) as page:
        page.clock.install()
        sign_in(page, server, ARJUN)
        page.goto("/app/claims?text=bulkword&sort=created_at")
        page.get_by_role("checkbox", name=f"Choose {done}").click()
        page.get_by_role("checkbox", name=f"Choose {received}").click(modifiers=["Shift"])
        tray = page.get_by_role("region", name="What to do with the chosen claims")
        tray.get_by_text("3 claims chosen").wait_for()
        tray.get_by_role("button", name="Approve 2 of 3").click()
        tray.get_by_text(f"{received} stands at “Received”").wait_for()
        tray.get_by_role("button", name="Approve: 2 claims").click()
        tray.get_by_text("1 claim is done").wait_for()
        tray.get_by_text("1 was refused and is still chosen").wait_for()
        refused = tray.get_by_role("listitem").filter(has_text=appealed)
        assert "Another person than before must decide." in refused.inner_text()
        expect(page.get_by_role("checkbox", name=f"Choose {appealed}")).to_be_checked()
        expect(page.get_by_role("checkbox", name=f"Choose {done}")).not_to_be_checked()
        expect(row_of(page, done)).to_contain_text("To be paid")
        typed_for_nothing(page, server, received)
    assert [claim(server, n)["status"] for n in (done, appealed, received)] == [
        "approved",
        "under_review",
        "rejected",
    ]


def typed_for_nothing(page: Any, server: Server, number: str) -> None:
    """Somebody else rejects the one chosen claim while a form is open on it: what was typed in it stays, and nothing is sent."""
    tray = page.get_by_role("region", name="What to do with the chosen claims")
    tray.get_by_role("button", name="Choose none").click()
    page.get_by_role("checkbox", name=f"Choose {number}").click()
    tray.get_by_role("button", name="Reject").click()
    tray.get_by_label("Note to the policyholder").fill("Not covered.")
    tray.get_by_role("button", name="Reject: 1 claim").wait_for()
    act(server, ADMIN, number, "reject", status_notes="Twice filed.")
    come_back(page, "**/claims?**")
    tray.get_by_text("No claim will be moved").wait_for()
    tray.get_by_text(f"{number} stands at “Rejected”").wait_for()
    expect(tray.get_by_role("button", name="Reject")).to_have_count(0)
    expect(tray.get_by_label("Note to the policyholder")).to_have_value("Not covered.")


def test_from_the_queue_to_a_claim_and_back_without_a_mouse(server: Server, chromium: Any) -> None:
    first, second = file(server, "keyword"), file(server, "keyword")
    with opened(chromium, server) as page:
        sign_in(page, server, ARJUN)
        page.goto("/app/claims?view=all")
        page.get_by_role("row").nth(1).wait_for()
        page.keyboard.press("/")
        page.keyboard.type("keyword")
        expect(page.locator("[data-row-link]")).to_have_count(2)
        page.keyboard.press("Tab")
        for key in "jjkjx":
            page.keyboard.press(key)
        order = numbers(page)
        assert sorted(order) == sorted([first, second])
        expect(page.get_by_role("checkbox", name=f"Choose {order[1]}")).to_be_checked()
        page.keyboard.press("a")
        page.get_by_text(f"{order[1]} is yours.").wait_for()
        page.keyboard.press("?")
        page.get_by_role("dialog").get_by_text("Take the claim").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("o")
        page.wait_for_url(f"**/app/claims/{order[1]}")
        page.wait_for_load_state("networkidle")
        page.go_back()
        link = page.locator("[data-row-link]", has_text=order[1])
        expect(link).to_be_focused()


def test_the_palette_opens_a_claim_by_words_and_lists_no_more_than_one_may_see(
    server: Server, chromium: Any
) -> None:
    number = file(server, "paletteword")
    with opened(chromium, server) as page:
        sign_in(page, server, ASHA)
        page.goto("/app/account")
        page.get_by_role("button", name="Search").click()
        field = page.get_by_role("combobox")
        field.fill("take")
        page.get_by_text("Nothing is called “take”.").wait_for()
        field.fill("paletteword")
        page.get_by_role("option", name=number).wait_for()
        field.press("Enter")
        page.wait_for_url(f"**/app/claims/{number}")
    with opened(chromium, server) as page:
        sign_in(page, server, "priya@demo.example")
        page.goto("/app/account")
        page.get_by_role("heading", level=1).wait_for()
        page.keyboard.press("Control+k")
        page.get_by_role("combobox").fill(number)
        page.get_by_text(f"Nothing is called “{number}”.").wait_for()
        page.get_by_role("combobox").fill("take next")
        expect(page.get_by_role("option")).to_have_text(["Take the next claim"])
        page.keyboard.press("Escape")
        expect(page.get_by_role("combobox")).to_have_count(0)


@pytest.mark.parametrize("look", LATER_LOOK)
def test_p08_axe_finds_nothing_in_the_queue(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    with opened(chromium, server, language=language, color_scheme=scheme) as page:
        sign_in(page, server, ADMIN)
        for size in (PHONE, {"width": 1280, "height": 900}):
            page.set_viewport_size(size)
            for search in ("?text=nothing", "?view=all&claim_type=medical"):
                page.goto(f"/app/claims{search}")
                page.get_by_role("heading", level=1).wait_for()
                page.wait_for_load_state("networkidle")
                assert violations(page) == [], search
            page.locator("button[aria-controls=queue-filters]").click()
            page.locator("[data-claim] input[type=checkbox]").first.click()
            page.locator("section.fixed").wait_for()
            page.wait_for_load_state("networkidle")
            assert violations(page) == []
            page.locator("section.fixed button").last.click()
            page.keyboard.press("Control+k")
            page.get_by_role("option").first.wait_for()
            assert violations(page) == []


@pytest.mark.parametrize("language", ["en", "hi"])
def test_nothing_of_the_queue_is_cut_off_on_the_narrowest_screen(
    server: Server, chromium: Any, language: str
) -> None:
    with opened(chromium, server, language=language, viewport={"width": 320, "height": 640}) as page:
        sign_in(page, server, ADMIN)
        page.goto("/app/claims?view=all&claim_type=medical")
        page.locator("[data-claim] input[type=checkbox]").first.click()
        page.locator("button[aria-controls=queue-filters]").click()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
