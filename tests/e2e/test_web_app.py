"""The web app in a real browser: signing in and out, one's own account, and nothing left behind."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.actors import PASSWORD
from tests.e2e.app import (
    AXE,
    BUILT,
    EACH_LOOK,
    LOOKS,
    NOT_BUILT,
    PHONE,
    link_in_mail,
    opened,
    sign_in,
    violations,
)
from tests.e2e.test_session import STORAGE
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

ASHA = "asha@demo.example"
NEW_PASSWORD = "gravel umbrella nineteen kettles"
ENTRANCE = [
    "/app/sign-in",
    "/app/forgot-password",
    "/app/register",
    "/app/reset-password#token=x",
    "/app/invitation",
]
INSIDE = ["/app/", "/app/account", "/app/nowhere"]


def test_a01_one_signs_in_with_a_password_and_the_browser_keeps_nothing_but_a_cookie(
    server: Server, chromium: Any
) -> None:
    # What is on its way when one signs out is refused.
    with opened(chromium, server, expected=("401",)) as page:
        page.goto("/app/account")
        page.wait_for_url("**/app/sign-in?next=%2Faccount")
        page.get_by_label("E-mail address").fill(ASHA)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("heading", name="Your account", level=1).wait_for()
        expect(page).to_have_url(f"{server.base}/app/account")
        stored = page.evaluate(STORAGE)
        assert (stored["local"], stored["session"], stored["databases"], stored["caches"]) == (
            "{}",
            "{}",
            0,
            0,
        )
        assert stored["cookie"] == "insurenz-language=en"
        page.get_by_role("button", name="Account and settings").click()
        page.get_by_role("button", name="Sign out", exact=True).first.click()
        page.get_by_role("heading", name="Sign in", level=1).wait_for()
        assert page.context.request.get(f"{server.base}/auth/me").status == 401


def test_what_is_wrong_stands_on_top_with_the_focus_and_beside_its_field(
    server: Server, chromium: Any
) -> None:
    with opened(chromium, server, expected=("401",)) as page:
        page.goto("/app/sign-in")
        page.get_by_role("button", name="Sign in", exact=True).click()
        summary = page.get_by_role("alert")
        expect(summary).to_be_focused()
        expect(summary.get_by_role("link")).to_have_text(["Enter your e-mail address", "Enter your password"])
        summary.get_by_role("link", name="Enter your password").press("Enter")
        field = page.get_by_label("Password", exact=True)
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        page.get_by_label("E-mail address").fill(ASHA)
        field.fill("not the passphrase of the demo")
        field.press("Enter")
        summary.get_by_text("E-mail address and password do not match.").wait_for()


def test_in_the_demo_one_press_signs_in(server: Server, chromium: Any) -> None:
    with opened(chromium, server) as page:
        page.goto("/app/")
        page.get_by_role("button", name="Sign in as Vikram Singh").click()
        page.get_by_role("heading", name="Vikram").wait_for()
        expect(page).to_have_url(f"{server.base}/app")
        hints = page.get_by_role("heading", name="Try this in the demo")
        hints.wait_for()
        page.get_by_role("button", name="Put these hints away").click()
        page.reload()
        page.get_by_role("heading", name="Vikram").wait_for()
        assert hints.count() == 0


def test_a_session_that_was_ended_elsewhere_leads_to_sign_in_and_back(server: Server, chromium: Any) -> None:
    with opened(chromium, server, expected=("401", "ERR_FAILED")) as page:
        sign_in(page, server, ASHA)
        # Else the page would notice by itself: by the stream, or by asking while there is none.
        page.route("**/notifications/stream*", lambda route: route.abort())
        page.route("**/notifications?*", lambda route: route.abort())
        page.goto("/app/account")
        page.get_by_text("This device").wait_for()
        page.wait_for_load_state("networkidle")
        page.context.request.post(f"{server.base}/auth/logout", headers={"Sec-Fetch-Site": "same-origin"})
        page.get_by_label("Present password").fill(PASSWORD)
        page.get_by_label("New password").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Change the password").click()
        page.wait_for_url("**/app/sign-in?next=%2Faccount")


def test_a_forgotten_password_is_chosen_anew_by_the_mails_link(server: Server, chromium: Any) -> None:
    email = "forgetful@reset.example"
    new = {"email": email, "name": "Forgetful", "password": "the first of two passphrases"}
    assert server.call("POST", "/auth/register", json_body=new).status == 202
    with opened(chromium, server, expected=("422",)) as page:
        page.goto("/app/sign-in")
        page.get_by_role("link", name="Forgot your password?").click()
        # The page before it has such a field, too.
        page.get_by_role("button", name="Send the link").wait_for()
        page.get_by_label("E-mail address").fill(email)
        page.get_by_role("button", name="Send the link").click()
        page.get_by_role("heading", name="Look into your mailbox").wait_for()
        link = link_in_mail(server, email, "reset-password")
        page.goto(link)
        page.get_by_label("New password").fill("too short")
        page.get_by_role("button", name="Save the new password").click()
        page.get_by_role("alert").get_by_text("Use at least 15 characters.").wait_for()
        expect(page).to_have_url(f"{server.base}/app/reset-password")
        page.get_by_label("New password").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Save the new password").click()
        page.get_by_text("Your new password is saved.").wait_for()
    assert (
        server.call("POST", "/auth/login", json_body={"email": email, "password": NEW_PASSWORD}).status == 200
    )


def test_the_language_is_changed_at_once_and_remembered(server: Server, chromium: Any) -> None:
    with opened(chromium, server) as page:
        page.goto("/app/sign-in")
        page.get_by_role("button", name="हिन्दी").click()
        page.get_by_role("heading", name="साइन इन करें").wait_for()
        page.get_by_role("button", name="गहरा").click()
        page.reload()
        expect(page.locator("html")).to_have_attribute("lang", "hi")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("look", EACH_LOOK)
def test_p08_axe_finds_nothing_on_the_pages_of_people_not_signed_in(
    server: Server, chromium: Any, look: str
) -> None:
    scheme, language = LOOKS[look]
    with opened(chromium, server, language=language, color_scheme=scheme, viewport=PHONE) as page:
        for path in ENTRANCE:
            page.goto(path)
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], path


@pytest.mark.parametrize("look", EACH_LOOK)
def test_p08_axe_finds_nothing_inside(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    with opened(chromium, server, language=language, color_scheme=scheme) as page:
        sign_in(page, server, ASHA)
        for path in INSIDE:
            page.goto(path)
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], path
