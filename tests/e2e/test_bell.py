"""The bell: what happens is shown as it happens, in all tabs by one stream, and without any stream a little later."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
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
    opened,
    sign_in,
    violations,
)
from tests.server import Server
from tests.waiting import soon

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

# People of whose inboxes no other test makes anything.
VIKRAM, ARJUN = "vikram@demo.example", "arjun@demo.example"
FARIDA, MEERA = "desk@lakeside.demo.example", "meera@demo.example"
STREAM = "**/notifications/stream*"
BELL = re.compile("^(Notifications|सूचनाएँ),")


@pytest.fixture(autouse=True)
def all_read(server: Server) -> None:
    """Nobody has anything unread from before."""
    for person in (VIKRAM, FARIDA):
        assert server.call("POST", "/notifications/read-all", token=server.sign_in(person)).status == 200


@pytest.fixture
def claim(server: Server) -> str:
    """The number of a claim that Vikram has just filed."""
    body = {
        "user_policy_id": "POL-DEMO-0004",
        "claim_type": "property",
        "incident_date": INCIDENT,
        "description": "A burst pipe under the sink",
        "claim_amount": "2500",
    }
    answer = server.call("POST", "/claims", token=server.sign_in(VIKRAM), json_body=body)
    assert answer.status == 201, answer.body
    return str(answer.json()["claim_number"])


def act(server: Server, who: str, number: str, action: str, **fields: Any) -> None:
    """What somebody else does meanwhile."""
    path = f"/claims/{number}/actions/{action}"
    answer = server.call("POST", path, token=server.sign_in(who), json_body=fields)
    assert answer.status == 200, answer.body


def write(server: Server, number: str, body: str) -> None:
    """A message of the insurer's."""
    path = f"/claims/{number}/messages"
    answer = server.call("POST", path, token=server.sign_in(ARJUN), json_body={"body": body})
    assert answer.status == 201, answer.body


def is_told(server: Server, who: str, number: str, what: str) -> None:
    """Wait until this was told of the claim."""
    token, path = server.sign_in(who), f"/notifications?claim_id={number}"
    assert soon(lambda: what.encode() in server.call("GET", path, token=token).body), f"not told: {what}"


def settled(server: Server, who: str, number: str) -> None:
    """Wait until it was told that the claim has come, and take it as read."""
    is_told(server, who, number, "We have received your claim")
    server.call("POST", "/notifications/read-all", token=server.sign_in(who))


def bell(page: Any) -> Any:
    return page.get_by_role("banner").get_by_role("button", name=BELL)


def badge(page: Any) -> Any:
    return bell(page).locator("data")


def listening(page: Any) -> None:
    """Wait until a tab hears what the one that leads is told: it waits to take its place then."""
    waiting = "navigator.locks.query().then(({ pending }) => pending.length)"
    assert soon(lambda: bool(page.evaluate(waiting))), "it does not listen"


@contextmanager
def two_tabs(
    chromium: Any, server: Server, who: str, path: str, **options: Any
) -> Iterator[tuple[Any, Any, list[str]]]:
    """Two tabs of one browser, the first of which leads; and every stream that they have asked for."""
    with opened(chromium, server, **options) as one:
        sign_in(one, server, who)
        asked: list[str] = []
        one.context.on("request", lambda r: asked.append(r.url) if "/stream" in r.url else None)
        with one.expect_response(STREAM):
            one.goto(path)
        two = one.context.new_page()
        two.goto(path)
        for tab in (one, two):
            tab.get_by_role("heading", level=1).wait_for()
        expect(bell(two)).to_be_visible()
        listening(two)
        yield one, two, asked


def test_what_happens_is_shown_in_all_tabs_by_one_stream_and_read_in_all(
    server: Server, chromium: Any, claim: str
) -> None:
    settled(server, VIKRAM, claim)
    with two_tabs(chromium, server, VIKRAM, "/app/claims") as (one, two, asked):
        line = two.get_by_role("main").get_by_role("listitem").filter(has_text=claim)
        expect(line).to_contain_text("Received")
        act(server, ARJUN, claim, "start_review")
        for tab in (one, two):
            expect(badge(tab)).to_have_text("1")
            expect(tab).to_have_title("(1) Claims · Insurenz")
            expect(badge(tab)).to_have_attribute("data-unseen", "true")
        expect(line).to_contain_text("Under review")
        expect(two.get_by_role("status").filter(has_text=f"New: Under Review, {claim}")).to_have_count(1)
        assert [re.sub(r"\d+", "N", url.rpartition("/")[2]) for url in asked] == ["stream?after=N"]

        # Looking takes the mark of what is new away everywhere, reading the count.
        bell(two).press("Enter")
        expect(badge(one)).not_to_have_attribute("data-unseen", "true")
        panel = two.get_by_role("region", name="Notifications")
        bell(two).press("Tab")
        two.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        expect(bell(two)).to_be_focused()
        bell(two).press("Enter")
        panel.get_by_role("link", name="Unread: Under Review").press("Enter")
        two.wait_for_url(f"**/app/claims/{claim}")
        for tab in (one, two):
            expect(badge(tab)).to_have_count(0)
        expect(one).to_have_title("Claims · Insurenz")


def test_when_the_tab_that_listens_is_closed_another_goes_on_where_it_was(
    server: Server, chromium: Any, claim: str
) -> None:
    settled(server, VIKRAM, claim)
    with two_tabs(chromium, server, VIKRAM, f"/app/claims/{claim}") as (one, two, asked):
        two.get_by_label("Write a message").fill("Not sent yet")
        # It hears what the first one is told.
        write(server, claim, "Is it still wet?")
        two.get_by_role("listitem").filter(has_text="Is it still wet?").wait_for()
        with two.expect_response(STREAM):
            one.close()
        assert re.fullmatch(r"stream\?after=\d+", asked[-1].rpartition("/")[2])
        assert len(asked) == 2
        write(server, claim, "Which pipe was it?")
        two.get_by_role("listitem").filter(has_text="Which pipe was it?").wait_for()
        # Whoever has the claim before them has read it; and nothing typed is lost.
        expect(badge(two)).to_have_count(0)
        expect(two.get_by_label("Write a message")).to_have_value("Not sent yet")
        assert server.call("GET", "/notifications/unread-count", token=server.sign_in(VIKRAM)).json() == {
            "unread": 0
        }


def test_without_a_stream_the_badge_comes_by_asking(server: Server, chromium: Any, claim: str) -> None:
    settled(server, VIKRAM, claim)
    with opened(chromium, server, expected=("ERR_FAILED",)) as page:
        sign_in(page, server, VIKRAM)
        page.route(STREAM, lambda route: route.abort())
        with page.expect_response("**/notifications?limit=1"):
            page.goto("/app/claims")
        line = page.get_by_role("main").get_by_role("listitem").filter(has_text=claim)
        expect(line).to_contain_text("Received")
        act(server, ARJUN, claim, "start_review")
        # Coming back to the window asks at once; looked at, it asks by itself now and then.
        for _ in range(200):
            page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
            page.wait_for_timeout(100)
            if badge(page).count():
                break
        expect(badge(page)).to_have_text("1")
        expect(line).to_contain_text("Under review")


def test_the_end_of_the_session_ends_it_in_every_tab(server: Server, chromium: Any) -> None:
    # What is on its way when it ends is refused.
    with two_tabs(chromium, server, VIKRAM, "/app/claims", expected=("401",)) as (one, two, _):
        one.get_by_role("button", name="Account and settings").click()
        one.get_by_role("button", name="Sign out", exact=True).click()
        one.get_by_role("heading", name="Sign in", level=1).wait_for()
        two.get_by_role("heading", name="Sign in", level=1).wait_for()


def test_a_hospital_gets_a_query_as_it_is_raised_and_puts_it_away(server: Server, chromium: Any) -> None:
    query = {"remarks": "Which ward was it?", "query_category": "documentation"}
    form = {"patient_name": "R. Pillai", "claimed_amount": "12000", "payer_name": "Suraksha General"}
    body = {"hospital_id": "HOSP_002", "payer_id": "PAY_001", "form_data": form}
    answer = server.call("POST", "/hospital-claims", token=server.sign_in(FARIDA), json_body=body)
    assert answer.status == 201, answer.body
    number = str(answer.json()["claim_number"])
    with opened(chromium, server) as page:
        sign_in(page, server, FARIDA)
        page.goto("/app/notifications?show=unread")
        page.get_by_text("You have read everything").wait_for()
        act(server, MEERA, number, "raise_query", **query)
        group = page.get_by_role("region", name=number)
        line = group.get_by_role("listitem")
        expect(line).to_contain_text("Which ward was it?")
        page.get_by_role("link", name="To act on").click()
        line.get_by_role("button", name="Mark as read").click()
        expect(badge(page)).to_have_count(0)
        line.get_by_role("button", name="Mark as unread").click()
        expect(badge(page)).to_have_text("1")
        page.get_by_role("button", name="Mark all as read").click()
        expect(badge(page)).to_have_count(0)
        line.get_by_role("button", name="Archive").click()
        expect(group).to_have_count(0)
        page.get_by_role("link", name="Archived").click()
        expect(line).to_contain_text("QC Query Raised")
        line.get_by_role("link").click()
        page.wait_for_url(f"**/app/claims/{number}")


@pytest.mark.parametrize("look", LATER_LOOK)
def test_p08_axe_finds_nothing_in_the_bell_and_its_page(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    with opened(chromium, server, language=language, color_scheme=scheme, viewport=PHONE) as page:
        sign_in(page, server, ARJUN)
        for path in ("notifications", "notifications?show=unread", "notifications?show=archived"):
            page.goto(f"/app/{path}")
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], path
        bell(page).click()
        page.get_by_role("banner").get_by_role("listitem").first.wait_for()
        assert violations(page) == []
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") == 320
