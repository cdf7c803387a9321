"""Notices on this device: asked for by a press, shown by the worker, opened at the claim; and a number confirmed by its code.

Debian's Chromium has no push service to subscribe at, so its subscription is a stand-in; the push itself is the browser's.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.deliveries.models import Delivery
from tests.deliveries.devices import browser
from tests.e2e.app import AXE, BUILT, NOT_BUILT, PHONE, held_back, opened, sign_in, violations
from tests.installs import demo_server
from tests.server import Server
from tests.waiting import soon

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

ASHA, VIKRAM = "asha@demo.example", "vikram@demo.example"
# What PushManager would give, of a service that nobody runs.
STAND_IN = """(given) => {
  let kept = null;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const made = (options) => ({
    endpoint: given.endpoint,
    options: { applicationServerKey: options.applicationServerKey.buffer },
    toJSON: () => given,
    unsubscribe: async () => { kept = null; return true; },
  });
  PushManager.prototype.subscribe = async (options) => (kept = made(options));
  PushManager.prototype.getSubscription = async () => kept;
}"""


# The page's own look after this browser waits until what was pressed is done.
WAITS = """async () => {
  for (let tries = 0; tries < 3000; tries++) {
    if ((await navigator.locks.query()).pending.some(({ name }) => name === "insurenz-push")) return;
    await new Promise((again) => setTimeout(again, 10));
  }
  throw new Error("nothing waits");
}"""


# The notices of this browser as they are shown.
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
  ({ tag, title, body, data }) => [tag, title, body, data.path])"""


@pytest.fixture(scope="module")
def pushing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with Web Push, and a way to numbers that leads nowhere."""
    more = {"INSURENZ_PUSH__ENABLED": "on", "INSURENZ_CHAT__WAYS": "sms: json://127.0.0.1:9/{to}"}
    running = demo_server(tmp_path_factory.mktemp("pushing") / "data", **more)
    yield running.start()
    running.stop()


def devices(server: Server, email: str) -> list[str]:
    answer = server.call("GET", "/notifications/devices", token=server.sign_in(email))
    return [each["name"] for each in answer.json()["items"]]


def is_telling(request: Any) -> bool:
    """Whether the page tells the server of this browser."""
    return bool(request.method == "POST" and request.url.endswith("/notifications/devices"))


def code_in(server: Server) -> str:
    """The code that is on its way."""
    stored = f"sqlite:///{server.folder / 'insurenz.db'}"
    with closing(Database(stored)) as database, database.read_unit() as session:
        row = session.scalars(select(Delivery).where(Delivery.channel == "chat")).one()
    return str((row.body or {})["code"])


def test_a_press_while_the_page_still_looks_after_this_browser_is_not_undone(
    pushing: Server, chromium: Any
) -> None:
    with opened(chromium, pushing) as page:
        page.context.grant_permissions(["notifications"])
        page.add_init_script(f"({STAND_IN})({json.dumps(browser('tablet').subscription())})")
        sign_in(page, pushing, VIKRAM)
        looks = held_back(page, "**/assets/renewing-*")
        told = held_back(page, "**/notifications/devices", is_telling)
        with page.expect_request("**/assets/renewing-*"):
            page.goto("/app/account")
        with page.expect_request(is_telling):
            page.get_by_role("button", name="Show notices on this device").click()
        looks.pop().continue_()
        page.evaluate(WAITS)
        page.unroute("**/notifications/devices")
        with page.expect_response(lambda response: is_telling(response.request)):
            told.pop().continue_()
        page.get_by_text("On this device you get notices while you are signed in.").wait_for()
        assert page.evaluate(
            "navigator.serviceWorker.getRegistration('/app/').then((it) => it.pushManager.getSubscription())"
        )
        assert len(devices(pushing, VIKRAM)) == 1


def test_notices_begin_with_a_press_and_lead_to_the_claim(pushing: Server, chromium: Any) -> None:
    with opened(chromium, pushing, viewport=PHONE) as page:
        page.context.grant_permissions(["notifications"])
        page.add_init_script(f"({STAND_IN})({json.dumps(browser('phone').subscription())})")
        sign_in(page, pushing, ASHA)
        page.goto("/app/account")
        page.get_by_text("On this device you get no notices.").wait_for()
        assert page.evaluate("navigator.serviceWorker.getRegistration('/app/')") is None
        page.get_by_role("button", name="Show notices on this device").click()
        page.get_by_text("On this device you get notices while you are signed in.").wait_for()
        [name] = devices(pushing, ASHA)
        assert name.startswith("Chrome on ")
        assert page.get_by_role("list", name="Devices that get notices").inner_text().split("\n")[0] == name
        assert violations(page) == []
        push(
            page,
            {
                "id": "n1",
                "title": "A claim was decided",
                "body": "Claim C-1",
                "path": "/app/claims",
                "language": "en",
            },
        )
        assert soon(lambda: page.evaluate(SHOWN)), "no notice is shown"
        assert page.evaluate(SHOWN) == [["n1", "A claim was decided", "Claim C-1", "/app/claims"]]
        page.get_by_role("button", name="Stop on this device").click()
        page.get_by_text("On this device you get no notices.").wait_for()
        assert devices(pushing, ASHA) == []


def push(page: Any, told: dict[str, str]) -> None:
    """Hand the worker a push as the browser does."""
    session = page.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(each["registrationId"] for each in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    assert soon(lambda: page.evaluate("true") and registrations), "the browser does not name its worker"
    message = {
        "origin": page.url.split("/app")[0],
        "registrationId": registrations[0],
        "data": json.dumps(told),
    }
    session.send("ServiceWorker.deliverPushMessage", message)


def test_a_number_is_confirmed_by_the_code_that_came_there(pushing: Server, chromium: Any) -> None:
    with opened(chromium, pushing, expected=("422",), viewport=PHONE, permissions=[]) as page:
        sign_in(page, pushing, VIKRAM)
        page.goto("/app/account")
        # Nobody is asked whether they want notices: this browser has said no.
        page.get_by_text("This browser blocks notices from here").wait_for()
        page.get_by_role("button", name="Add one").click()
        page.get_by_label("Mobile number").fill("+91 98000 00000")
        page.get_by_role("button", name="Send me a code").click()
        page.get_by_label("Code of 6 digits").wait_for()
        page.get_by_label("Code of 6 digits").fill("000000" if code_in(pushing) != "000000" else "111111")
        page.get_by_role("button", name="Confirm").click()
        page.get_by_role("alert").get_by_text("code", exact=False).first.wait_for()
        page.get_by_label("Code of 6 digits").fill(code_in(pushing))
        page.get_by_role("button", name="Confirm").click()
        page.get_by_role("button", name="Send a test").wait_for()
        page.get_by_text("Text message, ending in 0000").wait_for()
        page.get_by_role("button", name="Remove Text message").click()
        page.get_by_text("Text message, ending in 0000").wait_for(state="detached")
