"""Pictures of every page of the web app, on a phone and a desk, light and dark, of a server with the demo world.

./run --port 8010 --data /tmp/shots &
.venv/bin/python scripts/screenshots.py http://127.0.0.1:8010 /tmp/pictures [PART OF A NAME ...]
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

PASSWORD = "insurenz-demo-passphrase"
ASHA = "asha@demo.example"
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


def press_submit(page: Any) -> None:
    """The form, sent empty."""
    page.locator("form button[type=submit]").click()


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
)


def sign_in(context: Any, base: str, who: str) -> None:
    """Let the browser hold a session."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = context.request.post(
        f"{base}/auth/web-login", data={"email": who, "password": PASSWORD}, headers=headers
    )
    assert answer.ok, answer.text()


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
    page.screenshot(path=folder / f"{shot.name}-{width}-{theme}-{language}.png", full_page=True)
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
