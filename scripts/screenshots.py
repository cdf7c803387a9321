"""Pictures of every page of the web app, on a phone and a desk, light and dark, of a server with the demo world.

./run --port 8010 --data /tmp/shots &
.venv/bin/python scripts/screenshots.py http://127.0.0.1:8010 /tmp/pictures [PART OF A NAME ...]
"""

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright
from shots import admin, desk, hospital

PASSWORD = "insurenz-demo-passphrase"
ASHA, VIKRAM, ADMIN = "asha@demo.example", "vikram@demo.example", "admin@demo.example"
NISHA, RAHUL, AUDITOR = "desk@city.demo.example", "rahul@demo.example", "auditor@demo.example"
WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
Prepare = Callable[[Any], None]


@dataclass(frozen=True)
class Shot:
    """One page: as whom, where, and what is done there before the picture."""

    name: str
    path: str
    who: str = ""
    prepare: Prepare | None = None


def open_menu(page: Any) -> None:
    """The account menu."""
    page.get_by_role("button", name="Account").or_(page.get_by_role("button", name="खाता")).first.click()


def open_bell(page: Any) -> None:
    """The newest notifications, below the bell."""
    page.get_by_role("button", name=re.compile("Notifications|सूचनाएँ")).click()
    page.locator("header section li").first.wait_for()


def press_submit(page: Any) -> None:
    """The form, sent empty."""
    page.locator("form button[type=submit]").click()


def file_until(last: str) -> Prepare:
    """The wizard, filled in until this page of it."""

    def fill(page: Any) -> None:
        go = page.locator("form button[type=submit]")
        steps: dict[str, Prepare] = {
            "*/policy": lambda p: p.locator("input[type=radio]").first.check(),
            "*/when": lambda p: p.locator("input[type=date]").fill(
                p.locator("input[type=date]").get_attribute("max")
            ),
            "*/what": lambda p: p.locator("textarea").fill(
                "Slipped on the wet stairs of the station and broke the left wrist; plaster at City Hospital."
            ),
            "*/amount": lambda p: p.locator("input[name=amount]").fill("18250"),
            "*/documents": add_files,
            "*/check": lambda p: None,
            "received/*": lambda p: p.locator("h2#next").wait_for(),
        }
        for name, answer in steps.items():
            page.wait_for_url(f"**/file/{name}")
            answer(page)
            if last in name:
                return
            go.click()

    return fill


def add_files(page: Any) -> None:
    """Two files."""
    data = Path(__file__).resolve().parent.parent / "tests/data"
    zones = page.locator("input[type=file][multiple]")
    zones.nth(0).set_input_files([data / "bill.pdf"])
    zones.last.set_input_files([data / "photo.jpg"])
    page.wait_for_timeout(1500)


def begun(path: str) -> Prepare:
    """Somewhere else, when a claim was begun: `{draft}` in the path is its own address."""

    def go(page: Any) -> None:
        file_until("amount")(page)
        page.get_by_text(re.compile("^(Saved|सहेजा गया)$")).wait_for()
        draft = page.url.rpartition("/")[0].partition("/app")[2]
        page.goto(f"{page.url.partition('/app')[0]}/app{path.format(draft=draft)}")
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_load_state("networkidle")

    return go


def open_claim(status: str) -> Prepare:
    """The newest claim of this status."""

    def go(page: Any) -> None:
        page.goto(f"{page.url.partition('/app')[0]}/app/claims?status={status}")
        page.locator("li a[href*='/claims/CLM']").first.click()
        page.wait_for_url("**/claims/CLM-*")
        page.locator("main h1").wait_for()
        page.wait_for_load_state("networkidle")

    return go


def press(prepare: Prepare, button: str) -> Prepare:
    """What a button there opens; its name in either language."""

    def go(page: Any) -> None:
        prepare(page)
        page.locator("main").get_by_role("button", name=re.compile(button)).first.click()

    return go


def open_tables(page: Any) -> None:
    """Every table behind a chart."""
    for button in page.locator("main button[aria-controls]").all():
        button.click()


def choose_claims(page: Any) -> None:
    """Three rows of the queue, and the first thing that can be done to them."""
    for row in range(3):
        page.locator("[data-claim] input[type=checkbox]").nth(row).click()
    page.wait_for_load_state("networkidle")
    page.locator("section.fixed .border-t button").first.click()


def open_palette(page: Any) -> None:
    """The palette, with a name typed."""
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").fill("asha")
    page.wait_for_load_state("networkidle")


SHOTS = (
    Shot("sign-in", "/sign-in"),
    Shot("sign-in-errors", "/sign-in", prepare=press_submit),
    Shot("forgot-password", "/forgot-password"),
    Shot("register", "/register"),
    Shot("reset-password", "/reset-password#token=x"),
    Shot("account", "/account", ASHA),
    Shot("menu", "/account", ASHA, open_menu),
    Shot("nowhere", "/nowhere", ASHA),
    Shot("home", "/", ASHA),
    Shot("home-begun", "/file/new/policy", ASHA, begun("/")),
    Shot("file-0-begun", "/file/new/policy", ASHA, begun("/file")),
    Shot("file-0-parts", "/file/new/policy", ASHA, begun("{draft}")),
    Shot("file-1-policy", "/file/new/policy", ASHA, file_until("policy")),
    Shot("file-2-when", "/file/new/policy", ASHA, file_until("when")),
    Shot("file-3-what", "/file/new/policy", ASHA, file_until("what")),
    Shot("file-4-amount", "/file/new/policy", ASHA, file_until("amount")),
    Shot("file-5-documents", "/file/new/policy", ASHA, file_until("documents")),
    Shot("file-6-check", "/file/new/policy", ASHA, file_until("check")),
    Shot("file-7-received", "/file/new/policy", VIKRAM, file_until("received")),
    Shot("claim-pending", "/", ASHA, open_claim("pending")),
    Shot("claim-review", "/", ASHA, open_claim("under_review")),
    Shot("claim-rejected", "/", ASHA, open_claim("rejected")),
    Shot("claim-approved", "/", ASHA, open_claim("approved")),
    Shot("claim-withdraw", "/", ASHA, press(open_claim("pending"), "Withdraw|वापस लें")),
    Shot("claim-appeal", "/", ASHA, press(open_claim("rejected"), "Appeal|अपील")),
    Shot("claim-add", "/", ASHA, press(open_claim("pending"), "Add documents|काग़ज़ात जोड़ें")),
    Shot("claim-not-found", "/claims/CLM-20260101-ABCDEFGH", ASHA),
    Shot("claim-completed", "/", ASHA, open_claim("completed")),
    Shot("claims", "/claims", ASHA),
    Shot("claims-filtered", "/claims?status=under_review&text=fell", ASHA),
    Shot("bell", "/account", ASHA, open_bell),
    Shot("bell-hospital", "/account", NISHA, open_bell),
    Shot("notifications", "/notifications", ASHA),
    Shot("notifications-hospital", "/notifications?show=act", NISHA),
    Shot("notifications-staff", "/notifications?show=unread", RAHUL),
    Shot("notifications-none", "/notifications", AUDITOR),
    Shot("claims-none", "/claims?text=nothing", ASHA),
    Shot("analytics", "/analytics", ADMIN),
    Shot("analytics-year", "/analytics?from=2026-01-01&workflow=hospital", ADMIN, open_tables),
    Shot("analytics-none", "/analytics?from=2020-01-01&to=2020-02-01", ADMIN),
    Shot("analytics-no-rights", "/analytics", ASHA),
    *(Shot(*each) for each in admin.SHOTS),
    *(Shot(*each) for each in desk.SHOTS),
    Shot("queue", "/claims", ADMIN),
    Shot("queue-all", "/claims?view=all", ADMIN),
    Shot("queue-mine-none", "/claims?assignee=me&status_group=disputed", ADMIN),
    Shot("queue-bulk", "/claims?view=all&claim_type=medical", ADMIN, choose_claims),
    Shot("palette", "/claims", ADMIN, open_palette),
    *(Shot(*each) for each in hospital.SHOTS),
)


def sign_in(context: Any, base: str, who: str) -> None:
    """Let the browser hold a session."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = context.request.post(
        f"{base}/auth/web-login", data={"email": who, "password": PASSWORD}, headers=headers
    )
    assert answer.ok, answer.text()
    for draft in context.request.get(f"{base}/drafts").json().get("items", []):
        context.request.delete(f"{base}/drafts/{draft['id']}", headers=headers)


def picture(browser: Any, base: str, folder: Path, shot: Shot, *, look: tuple[str, str, str]) -> None:
    """One picture of one page."""
    width, theme, language = look
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    context = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")
    choice = {
        "name": "insurenz-language",
        "value": language,
        "domain": urlsplit(base).hostname,
        "path": "/app",
    }
    context.add_cookies([choice])
    if shot.who:
        sign_in(context, base, shot.who)
    page = context.new_page()
    page.goto(f"{base}/app{shot.path}")
    page.wait_for_load_state("networkidle")
    if shot.prepare:
        shot.prepare(page)
        page.wait_for_timeout(300)
    # All of it at once, with what sticks to an edge at the edge of all.
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    page.screenshot(path=folder / f"{shot.name}-{width}-{theme}-{language}.png")
    context.close()


def main(base: str, folder: Path, parts: list[str]) -> None:
    """All pictures, or those whose name holds one of the parts."""
    folder.mkdir(parents=True, exist_ok=True)
    looks = [(w, theme, "en") for w in WIDTHS for theme in ("light", "dark")] + [("phone", "light", "hi")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for shot in SHOTS:
            for look in looks:
                name = f"{shot.name}-{'-'.join(look)}"
                if not parts or any(part in name for part in parts):
                    picture(browser, base, folder, shot, look=look)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]), sys.argv[3:])
