"""One event of a claim, seen everywhere at once; run by test_everywhere.py in a network of its own."""

import json
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.catcher import Catcher, catcher
from tests.deliveries.devices import Browser, browser
from tests.e2e.app import sign_in
from tests.e2e.conftest import ARGS
from tests.e2e.test_bell import badge
from tests.firestore.emulated import Front
from tests.firestore.emulator import PROJECT, Emulator
from tests.growth.busy import FILING
from tests.growth.test_story import SERVICE_SECRET
from tests.installs import demo_server
from tests.notifications.listening import Follower
from tests.receiver import Receiver, receiver
from tests.server import Server
from tests.waiting import soon

UID = "firebase-asha"


@dataclass
class Everywhere:
    """A server with every channel, Asha's stream and her own front end, which listens to Firestore."""

    server: Server
    post: Catcher
    service: Receiver
    pushes: Receiver
    chats: Receiver
    browser: Browser
    page: Any
    front: Front
    asha: str
    # What came on the stream, and what the front end was told last of each document.
    frames: list[Any] = field(default_factory=list)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)

    def sights(self, number: str) -> Mapping[str, Callable[[], bool]]:
        """Where a claim can be seen, and whether it is by now. A channel more is a line more."""
        return {
            "inbox": lambda: any(item["claim_id"] == number for item in self.inbox()),
            "stream": lambda: any(frame.item["claim_id"] == number for frame in self.told()),
            "mail": lambda: any(number in str(each.mail["Subject"]) for each in self.post.caught),
            "service": lambda: any(
                json.loads(call.body)["claim_id"] == number for call in self.service.calls
            ),
            "push": lambda: any(number in str(self.browser.opened(call.body)) for call in self.pushes.calls),
            "chat": lambda: any(number in call.body.decode() for call in self.chats.calls),
            "firestore": lambda: any(each.get("claim_id") == number for each in self.documents.values()),
        }

    def inbox(self) -> list[Any]:
        items: list[Any] = self.server.call("GET", "/notifications", token=self.asha).json()["items"]
        return items

    def told(self) -> list[Any]:
        return [frame for frame in self.frames if frame.event == "notification"]

    def badge(self) -> int:
        return int(self.server.call("GET", "/notifications/unread-count", token=self.asha).json()["unread"])

    def page_badge(self) -> str:
        """What the bell of the web app shows."""
        shown: str = badge(self.page).inner_text()
        return shown

    def follow(self) -> Follower:
        """Keep what comes on the stream."""
        follower = Follower(self.server, self.asha)

        def keep() -> None:
            while (frame := follower.next()) is not None:
                self.frames.append(frame)

        threading.Thread(target=keep, daemon=True).start()
        return follower


@contextmanager
def everywhere(folder: Path) -> Iterator[Everywhere]:
    """All of it, running."""
    emulator = Emulator()
    emulator.start()
    with ExitStack() as stack:
        stack.callback(emulator.stop)
        service, pushes, chats = (stack.enter_context(receiver()) for _ in range(3))
        post = stack.enter_context(catcher())
        settings = {
            "NOTIFICATION_SERVICE_URL": service.url,
            "NOTIFICATION_SERVICE_SECRET": SERVICE_SECRET,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(post.port),
            "FIRESTORE_PROJECT": PROJECT,
            "INSURENZ_PUSH__ENABLED": "on",
            "INSURENZ_PUSH__CONTACT": "mailto:claims@example.org",
            "INSURENZ_PUSH__SERVICES": origin(pushes.url),
            "INSURENZ_CHAT__TARGETS": json.dumps({"desk": chats.url.replace("http://", "json://")}),
        }
        server = demo_server(folder / "data", **settings).start()
        stack.callback(server.kill)
        is_known_to_firestore(server, "asha@demo.example", UID)
        front = Front()
        stack.callback(front.close)
        asha, device = server.sign_in("asha@demo.example"), browser(at=origin(pushes.url))
        kept = server.call("POST", "/notifications/devices", token=asha, json_body=device.subscription())
        assert kept.status == 201, kept.body
        page = stack.enter_context(web_app(server))
        made = Everywhere(server, post, service, pushes, chats, device, page, front, asha)
        stack.callback(front.listen(UID, made.documents))
        stack.callback(made.follow().close)
        yield made


def origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


@contextmanager
def web_app(server: Server) -> Iterator[Any]:
    """Asha's first page in a real browser."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        page = chromium.new_page(base_url=server.base)
        sign_in(page, server, "asha@demo.example")
        page.goto("/app/")
        badge(page).wait_for()
        yield page
        chromium.close()


def is_known_to_firestore(server: Server, email: str, uid: str) -> None:
    """An admin gives somebody the id by which Firestore knows them."""
    admin = server.sign_in("admin@demo.example")
    users = server.call("GET", "/users?limit=200", token=admin).json()["items"]
    user = next(each for each in users if each["email"] == email)
    headers, change = {"If-Match": f'"{user["version"]}"'}, {"external_uid": uid}
    answer = server.call("PATCH", f"/users/{user['id']}", token=admin, json_body=change, headers=headers)
    assert answer.status == 200, answer.body


def seconds_until_seen(sights: Mapping[str, Callable[[], bool]]) -> dict[str, float]:
    """How long it takes from now until it is seen at each place."""
    began, seen = time.monotonic(), dict[str, float]()

    def look() -> bool:
        for name, has_seen in sights.items():
            if name not in seen and has_seen():
                seen[name] = round(time.monotonic() - began, 2)
        return len(seen) == len(sights)

    assert soon(look), f"seen only at {seen}"
    return seen


def main() -> None:
    """Asha files a claim, sees it everywhere, and reads it in her own front end: her badge falls, and her stream says so."""
    with everywhere(Path(sys.argv[1])) as it:
        before, shown = it.badge(), it.page_badge()
        claim = it.server.call("POST", "/claims", token=it.asha, json_body=FILING).json()
        seen = seconds_until_seen(
            {**it.sights(claim["claim_number"]), "web app": lambda: it.page_badge() != shown}
        )
        assert it.badge() == before + 1
        [told] = [item for item in it.inbox() if item["claim_id"] == claim["claim_number"]]
        assert it.documents[told["id"]]["recipient_ids"] == [UID]
        it.front.reads(told["id"], UID)
        read = seconds_until_seen(
            {
                "badge": lambda: it.badge() == before,
                "web app's badge": lambda: it.page_badge() == shown,
                "stream's badge": lambda: any(
                    (frame.item["id"], frame.data["unread"]) == (told["id"], before) and frame.item["read_at"]
                    for frame in it.told()
                ),
            }
        )
    print(json.dumps({"seen": seen, "read": read}))


if __name__ == "__main__":
    main()
