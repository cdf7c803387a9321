"""Administration in the browser: people come and go, what was given up is sent again, auditors only look."""

import re
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.deliveries import suppression
from insurenz.deliveries.channels import Permanent
from insurenz.deliveries.models import Delivery
from insurenz.deliveries.sending import Sender
from insurenz.deliveries.suppression import suppress
from tests.deliveries.messages import Scripted, outgoing, put
from tests.e2e.app import (
    AXE,
    BUILT,
    LATER_LOOK,
    LOOKS,
    NOT_BUILT,
    PHONE,
    come_back,
    link_in_mail,
    opened,
    sign_in,
    violations,
)
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

ADMIN, AUDITOR = "admin@demo.example", "auditor@demo.example"
NEW_PASSWORD = "harbour lantern thirty biscuits"
DESK = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}


def user_of(server: Server, email: str) -> dict[str, Any]:
    """A user as admins see them."""
    found = server.call("GET", f"/users?text={email}", token=server.sign_in(ADMIN)).json()["items"]
    return dict(found[0])


def invited(server: Server, email: str, name: str) -> dict[str, Any]:
    """A user that no other test knows of."""
    body = {"email": email, "name": name, "role": "auditor", "organisations": []}
    answer = server.call("POST", "/users/invitations", token=server.sign_in(ADMIN), json_body=body)
    assert answer.status in (200, 201, 202), answer.body
    return user_of(server, email)


def pages_of(server: Server) -> list[str]:
    """Every page of administration, with something and with nothing on it."""
    rahul = user_of(server, "rahul@")["id"]
    return [
        "users",
        "users?text=nobody",
        f"users/{rahul}",
        "users/nobody",
        "users/new",
        "organisations",
        "organisations/HOSP_001",
        "organisations/new",
        "policies",
        "policies/POL-DEMO-0001",
        "policies/new",
        "deliveries",
        "workflows/retail",
        "workflows/hospital",
        f"audit?subject_kind=user&subject_id={rahul}",
    ]


def settled(page: Any) -> None:
    """Wait until the page has what it shows."""
    page.get_by_role("heading", level=1).wait_for()
    expect(page.locator(".skeleton")).to_have_count(0)


def given_up(server: Server) -> tuple[str, str]:
    """A delivery of the newest claim's event that its receiver refused: its id, and the claim's number."""
    token = server.sign_in(ADMIN)
    event = server.call("GET", "/audit?type=claim_submitted&limit=1", token=token).json()["items"][0]
    with closing(Database(f"sqlite:///{server.folder / 'insurenz.db'}")) as database:
        [delivery_id] = put(database, outgoing(event_id=event["id"]))
        Sender(database, Scripted([Permanent("http_410", status_code=410)])).work()
    return delivery_id, event["claim_number"]


def choose(page: Any, label: str, typed: str, name: str) -> None:
    """Type a part of a name into a picker, and take the choice."""
    page.get_by_role("combobox", name=label).press_sequentially(typed)
    page.get_by_role("option", name=name).click()


def invite_who_is_here(page: Any) -> None:
    """Refused at the field of the address, to which the summary leads."""
    page.get_by_label("E-mail address").fill("asha@demo.example")
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_role("alert").get_by_role("link", name="A user with this e-mail address").click()
    expect(page.get_by_label("E-mail address")).to_be_focused()


def test_somebody_is_invited_comes_in_works_for_a_payer_and_is_disabled(
    server: Server, chromium: Any
) -> None:
    email = "kiran@invited.example"
    with (
        opened(chromium, server, expected=("409", "422")) as admin,
        opened(chromium, server, expected=("401",)) as kiran,
    ):
        sign_in(admin, server, ADMIN)
        admin.goto("/app/admin/users")
        admin.get_by_role("link", name="Invite somebody").click()
        admin.get_by_role("button", name="Send the invitation").click()
        wrong = admin.get_by_role("alert").get_by_role("link")
        expect(wrong).to_have_text(["Enter a name", "Enter an e-mail address"])
        admin.get_by_label("Name").fill("Kiran Das")
        invite_who_is_here(admin)
        admin.get_by_label("E-mail address").fill(email)
        admin.get_by_label("Level").select_option("1")
        admin.get_by_role("button", name="Send the invitation").click()
        admin.get_by_role("heading", name="Kiran Das", level=1).wait_for()
        admin.get_by_text("No password yet").wait_for()

        kiran.goto(link_in_mail(server, email, "invitation"))
        kiran.get_by_label("Password", exact=True).or_(kiran.get_by_label("New password")).fill(NEW_PASSWORD)
        kiran.locator("form button[type=submit]").click()
        kiran.get_by_label("E-mail address").fill(email)
        kiran.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
        kiran.get_by_role("button", name="Sign in", exact=True).click()
        kiran.get_by_role("button", name="Account and settings").wait_for()
        kiran.goto("/app/claims")
        settled(kiran)
        assert kiran.get_by_role("main").get_by_text(re.compile(r"CLM-\d")).count() == 0

        choose(admin, "Add a hospital or payer", "suraksha", "Suraksha General")
        admin.get_by_role("button", name="Remove Suraksha General").wait_for()
        kiran.reload()
        kiran.get_by_role("main").get_by_text(re.compile(r"CLM-\d")).first.wait_for()

        admin.get_by_role("button", name="Remove Suraksha General").click()
        expect(admin.get_by_role("combobox", name="Add a hospital or payer")).to_be_focused()
        admin.reload()
        admin.get_by_role("button", name="Disable").click()
        dialog = admin.get_by_role("dialog")
        assert "Every session and API key of theirs ends at once" in dialog.inner_text()
        dialog.get_by_role("button", name="Disable").click()
        admin.get_by_text("Kiran Das is disabled and cannot sign in.").wait_for()
        kiran.reload()
        kiran.wait_for_url("**/app/sign-in*")


def test_who_was_slower_learns_who_was_faster_and_keeps_what_was_typed(server: Server, chromium: Any) -> None:
    user = invited(server, "thomas@invited.example", "Thomas George")
    with opened(chromium, server, expected=("412", "409")) as page:
        page.clock.install()
        sign_in(page, server, ADMIN)
        page.goto(f"/app/admin/users/{user['id']}")
        page.get_by_role("button", name="Edit details").click()
        expect(page.get_by_label("Name")).to_be_focused()
        page.get_by_label("Name").fill("Thomas K George")
        faster = server.call(
            "PATCH",
            f"/users/{user['id']}",
            token=server.sign_in(ADMIN),
            json_body={"external_uid": "ward-7"},
            headers={"If-Match": f'"{user["version"]}"'},
        )
        assert faster.status == 200
        # The page learns of it behind the form, which began with what was there before.
        come_back(page, f"**/users/{user['id']}")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Somebody else changed this meanwhile").wait_for()
        page.get_by_text("Lakshmi Pillai: Details changed").wait_for()
        page.get_by_role("button", name="Show how it stands now").click()
        expect(page.get_by_text("Somebody else changed this meanwhile")).to_have_count(0)
        expect(page.get_by_label("Name")).to_have_value("Thomas K George")
        page.get_by_label("External id").fill("ward-7")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("heading", name="Thomas K George", level=1).wait_for()
    now = user_of(server, "thomas@invited.example")
    assert (now["name"], now["external_uid"]) == ("Thomas K George", "ward-7")


def test_what_was_given_up_stands_first_and_is_sent_again(server: Server, chromium: Any) -> None:
    _, number = given_up(server)
    with opened(chromium, server) as page:
        sign_in(page, server, ADMIN)
        page.goto("/app/admin/deliveries")
        line = page.get_by_role("main").get_by_role("listitem").filter(has_text=number)
        line.get_by_text("the receiver answered 410").first.wait_for()
        line.get_by_text("1 attempt").first.click()
        line.get_by_role("cell", name="Refused for good").wait_for()
        page.get_by_role("button", name=f"Send again: {number}").click()
        expect(line.filter(has_text="Given up")).to_have_count(0)
        with closing(Database(f"sqlite:///{server.folder / 'insurenz.db'}")) as database:
            Sender(database, Scripted()).work()
        page.get_by_role("link", name="Delivered").click()
        line.get_by_text("2 attempts").first.wait_for()


def test_a_channel_sends_what_it_gave_up_again_and_somebody_is_written_to_again(
    server: Server, chromium: Any
) -> None:
    asha = user_of(server, "asha@")
    with closing(Database(f"sqlite:///{server.folder / 'insurenz.db'}")) as database:
        [delivery_id] = put(database, outgoing())
        Sender(database, Scripted([Permanent("http_410", status_code=410)])).work()
        with database.unit_of_work() as session:
            suppress(session, asha["id"], "email", reason="bounced")
        with opened(chromium, server) as page:
            sign_in(page, server, ADMIN)
            page.goto("/app/admin/deliveries")
            page.get_by_role("button", name="Send given up again").first.click()
            page.get_by_role("dialog").get_by_role("button", name="Send again").click()
            expect(page.get_by_role("button", name="Send given up again")).to_have_count(0)
            person = page.get_by_role("main").get_by_role("listitem").filter(has_text="asha@demo.example")
            person.get_by_text("Nobody is at this address").wait_for()
            assert violations(page) == []
            person.get_by_role("button", name=f"Write again: {asha['name']}").click()
            page.get_by_text("Everybody is written to").first.wait_for()
        with database.unit_of_work() as session:
            assert session.scalar(select(Delivery.state).where(Delivery.id == delivery_id)) == "due"
            assert suppression.listing(session) == ([], None)


def test_an_auditor_sees_it_all_and_can_change_nothing(server: Server, chromium: Any) -> None:
    given_up(server)
    acts = {"Invite somebody", "Add an organisation", "Add a policy"}
    with opened(chromium, server, expected=("404",)) as page:
        sign_in(page, server, AUDITOR)
        for path in [path for path in pages_of(server) if "?" not in path and "workflows" not in path]:
            page.goto(f"/app/admin/{path}")
            settled(page)
            main = page.get_by_role("main")
            if path.endswith("/new"):
                main.get_by_text("Not open to you").wait_for()
                continue
            buttons = set(main.get_by_role("button").all_inner_texts()) - {"Show more"}
            assert buttons == set(), path
            assert acts.isdisjoint(main.get_by_role("link").all_inner_texts()), path
            assert main.locator("input[type=checkbox]:enabled").count() == 0, path
        page.goto("/app/admin/audit")
        page.get_by_label("Claim number").fill(newest_claim(server))
        filed = page.locator("summary").filter(has_text="Claim filed")
        expect(filed).to_have_count(1)
        filed.click()
        filed.locator("xpath=..").get_by_text("Place in its chain").wait_for()
        page.get_by_label("Claim number").fill("CLM-20200101-NOWHERE0")
        page.get_by_role("heading", name="Nothing fits").wait_for()


def newest_claim(server: Server) -> str:
    """The number of the claim that was filed last."""
    token = server.sign_in(AUDITOR)
    event = server.call("GET", "/audit?type=claim_submitted&limit=1", token=token).json()["items"][0]
    return str(event["claim_number"])


def test_others_are_told_that_it_is_not_open_to_them(server: Server, chromium: Any) -> None:
    with opened(chromium, server) as page:
        sign_in(page, server, "asha@demo.example")
        page.goto("/app/admin/users")
        page.get_by_role("heading", name="Not open to you").wait_for()
        assert page.get_by_role("link", name="Administration").count() == 0


@pytest.mark.parametrize("look", LATER_LOOK)
def test_p08_axe_finds_nothing_in_administration(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    # Light on both, the others on one.
    sizes = {"light and dark": (DESK, PHONE), "hindi": (PHONE,)}[look]
    with opened(chromium, server, language=language, color_scheme=scheme, viewport=sizes[0]) as page:
        sign_in(page, server, ADMIN)
        for path in pages_of(server):
            page.goto(f"/app/admin/{path}")
            settled(page)
            for summary in page.locator("main li summary").all()[:1]:
                summary.click()
            for size in sizes:
                page.set_viewport_size(size)
                assert violations(page) == [], f"{path} at {size['width']}"
            page.set_viewport_size(NARROW)
            assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], path
            page.set_viewport_size(sizes[0])
