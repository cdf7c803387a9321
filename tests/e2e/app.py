"""The web app in the browser as a person uses it, and what is looked for on every page."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.actors import PASSWORD
from tests.server import Server
from tests.waiting import PATIENCE_SECONDS, soon

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
BUILT = ROOT / "src/insurenz/web/app/index.html"
NOT_BUILT = "needs the built web app and its packages: python3 scripts/build_web_app.py"
PHONE = {"width": 390, "height": 844}
# A colour scheme of the device and a language, as which every page is judged; what is light is judged in the dark, too.
LOOKS = {"light and dark": ("light", "en"), "hindi": ("light", "hi")}
# Every page once more, in another script: for `./test --load`.
# For pages of few people, or that seldom change: all of it under `./test --load`.
LATER_LOOK = [pytest.param(look, marks=pytest.mark.load) for look in ("light and dark", "hindi")]
EACH_LOOK = ["light and dark", pytest.param("hindi", marks=pytest.mark.load)]


def unheard(page: Any) -> None:
    """Keep from a page what happens: it hears nothing, and cannot ask either. Its console complains of ERR_FAILED."""
    for path in ("**/notifications/stream*", "**/notifications?*"):
        page.route(path, lambda route: route.abort())


def held_back(page: Any, pattern: str, which: Callable[[Any], bool] = lambda _: True) -> list[Any]:
    """The requests of a page, or those of them, that are let go when their test says so."""
    held: list[Any] = []

    def hold(route: Any) -> None:
        if which(route.request):
            held.append(route)
        else:
            route.continue_()

    page.route(pattern, hold)
    return held


@contextmanager
def opened(
    chromium: Any, server: Server, *, language: str = "en", expected: Sequence[str] = (), **options: Any
) -> Iterator[Any]:
    """A page in a profile of its own; fails for anything its console complains of but what is expected, at any time."""
    context = chromium.new_context(**{"base_url": server.base, "reduced_motion": "reduce", **options})
    choice = {"name": "insurenz-language", "value": language, "domain": "127.0.0.1", "path": "/app"}
    context.add_cookies([choice])
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page, complaints = context.new_page(), []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    unexpected = [each for each in complaints if not any(word in each for word in expected)]
    assert unexpected == [], unexpected


def link_in_mail(server: Server, email: str, page: str) -> str:
    """The link to this page of the newest mail that has one, once it has come to this address."""
    found: list[str] = []

    def has_come() -> bool:
        mailbox = server.call("GET", f"/mailbox?to={email}").body.decode()
        for mail in re.findall(r'href="(/mailbox/[^"/]+)"', mailbox):
            text = server.call("GET", mail).body.decode()
            if email in text:
                found.extend(re.findall(rf'href="(http[^"]+/app/{page}#token=[^"]+)"', text))
        return bool(found)

    assert soon(has_come), f"no mail with a link to {page} came"
    return found[0]


def sign_in(page: Any, server: Server, email: str) -> None:
    """Let the browser hold a session, without the page of it."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    body = {"email": email, "password": PASSWORD}
    answer = page.context.request.post(f"{server.base}/auth/web-login", data=body, headers=headers)
    assert answer.status == 200


def come_back(page: Any, reads: str) -> None:
    """Look elsewhere for a while, on a page whose clock is installed; what it shows is then read anew by these requests."""
    page.clock.fast_forward("01:00")
    with page.expect_response(reads):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Any) -> list[str]:
    """What axe finds wrong with the page as it is; in English also by its colours in the dark."""
    page.evaluate(_axe())
    found = page.evaluate("async () => (await axe.run()).violations")
    if page.locator("html").get_attribute("lang") == "en":
        page.emulate_media(color_scheme="dark")
        found += page.evaluate("async () => (await axe.run({ runOnly: ['color-contrast'] })).violations")
        page.emulate_media(color_scheme="light")
    return [f"{v['id']}: {node['target']}" for v in found for node in v["nodes"]]
