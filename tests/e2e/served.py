"""Opens files as they are served in every way a browser can be brought to, and tells of every script that ran by it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as NothingCame

from insurenz.core.db import Database
from insurenz.core.settings import Settings
from insurenz.core.storage import store_for
from insurenz.documents import previews
from tests.actors import INSPECTOR
from tests.claims.stories import FIELDS
from tests.e2e.app import sign_in
from tests.server import Server

ASHA, AUDITOR = "asha@demo.example", "auditor@demo.example"
# What brings a browser to take a file for something that acts.
TAGS = (
    '<iframe src="{url}"></iframe>',
    '<embed src="{url}">',
    '<object data="{url}"></object>',
    '<object data="{url}" type="text/html"></object>',
    '<img src="{url}" alt="">',
    '<script src="{url}"></script>',
    '<link rel="stylesheet" href="{url}">',
    '<video src="{url}"></video>',
)
# Of the pages that show the files; every other script is one of theirs.
OWN = ("/app/assets/",)


@dataclass
class Canary:
    """What a page did that a file must not bring about: scripts of others, dialogs, windows, ways to elsewhere."""

    server: str
    own: Sequence[str]
    ran: list[str] = field(default_factory=list)

    def script(self, parsed: dict[str, Any]) -> None:
        """A script that the browser has compiled."""
        url = parsed["url"]
        # Those of the test itself have no place, or one that the driver gives them.
        if url and not url.startswith(("__playwright", "pptr:", "debugger:")) and not self._is_own(url):
            self.ran.append(f"script {url}")

    def request(self, request: Any) -> None:
        """A request that left the browser."""
        if not request.url.startswith((self.server, "blob:", "data:", *self.own)):
            self.ran.append(f"request {request.url}")

    def note(self, what: str) -> None:
        """Anything else."""
        self.ran.append(what)

    def _is_own(self, url: str) -> bool:
        return any(url.startswith(f"{self.server}{path}") for path in OWN) or url in self.own


@contextmanager
def watched(chromium: Any, server: Server, *own: str) -> Iterator[tuple[Any, Canary]]:
    """A page of a profile of its own, whose scripts, dialogs, windows and requests are told to a canary."""
    # A policy of pages would hide what the served file's own must keep.
    context = chromium.new_context(base_url=server.base, accept_downloads=False, reduced_motion="reduce")
    canary, page = Canary(server.base, own), context.new_page()
    spy = context.new_cdp_session(page)
    spy.on("Debugger.scriptParsed", canary.script)
    spy.send("Debugger.enable")
    page.on("dialog", lambda dialog: (canary.note(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda said: canary.note(f"console {said.text}") if "canary" in said.text else None)
    context.on("page", lambda opened: canary.note(f"window {opened.url}"))
    context.on("request", canary.request)
    yield page, canary
    context.close()


@dataclass
class Filed:
    """Claims whose documents are the files, and the links under which they are served."""

    numbers: list[str]
    names: list[str]
    links: list[str]


def filed(server: Server, files: Sequence[tuple[str, bytes]]) -> Filed:
    """Send each file ahead, file claims with those that are taken, make their previews, and ask for all links."""
    asha, taken = server.sign_in(ASHA), []
    for name, content in files:
        body = _form(name, content)
        headers = {"Content-Type": "multipart/form-data; boundary=served"}
        answer = server.call("POST", "/uploads", token=asha, body=body, headers=headers)
        assert answer.status in (201, 413, 415, 422), answer.body
        taken += [answer.json()["id"]] if answer.status == 201 else []
    claims = []
    for start in range(0, len(taken), 20):
        given = FIELDS | {"upload_ids": taken[start : start + 20]}
        answer = server.call("POST", "/claims", token=asha, json_body=given)
        assert answer.status == 201, answer.body
        claims.append(answer.json())
    _make_previews(server)
    auditor = server.sign_in(AUDITOR)
    links, names = [], []
    for claim in claims:
        shown = server.call("GET", f"/claims/{claim['id']}", token=asha).json()
        for document in shown["documents"]:
            path = f"/claims/{claim['id']}/documents/{document['id']}/refresh-url?original=true"
            original = server.call("GET", path, token=auditor).json()["url"]
            made = (document["preview_url"], document["thumbnail_url"])
            links += [each for each in (document["url"], original, *made) if each]
            names.append(document["file_name"])
    return Filed([claim["claim_number"] for claim in claims], names, links)


def _form(name: str, content: bytes) -> bytes:
    """A form with one file, its name escaped as browsers do."""
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").encode("utf-8", "replace")
    head = b'--served\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n\r\n' % escaped
    return head + content + b"\r\n--served--\r\n"


def _make_previews(server: Server) -> None:
    """What the job would do by and by."""
    database = Database(server.database_url or f"sqlite:///{server.folder / 'insurenz.db'}")
    store = store_for(Settings(_env_file=None, data_dir=server.folder))
    while previews.make_waiting(database, store, INSPECTOR):
        pass
    database.close()


def open_links(page: Any, server: Server, links: Sequence[str]) -> list[str]:
    """Go to each link as to a page; gives those that were shown and not downloaded."""
    shown = []
    for link in links:
        page.goto("about:blank")
        try:
            page.goto(link, wait_until="load")
            shown.append(link)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
    return shown


def page_with(links: Sequence[str]) -> str:
    """A page that takes each link for everything a page can be made of."""
    return "\n".join(tag.format(url=escape(link)) for link in links for tag in TAGS)


def look_at_all(page: Any, server: Server, numbers: Sequence[str]) -> tuple[int, list[str]]:
    """Open every document that the web app shows on its pages; gives how many, and those of which nothing was seen."""
    sign_in(page, server, ASHA)
    looked_at, blank = 0, []
    for number in numbers:
        page.goto(f"/app/claims/{number}")
        page.get_by_role("heading", name="Documents").wait_for()
        buttons = page.get_by_role("button", name="Look at")
        for index in range(buttons.count()):
            buttons.nth(index).click()
            dialog = page.get_by_role("dialog")
            try:
                dialog.locator("canvas, img, [role=alert], p").first.wait_for()
            except NothingCame:
                blank.append(str(buttons.nth(index).get_attribute("aria-label")))
            page.keyboard.press("Escape")
            dialog.wait_for(state="hidden")
            looked_at += 1
    return looked_at, blank
