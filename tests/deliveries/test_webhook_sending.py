"""What a webhook is sent and how it fares: signed, tried again, warned of, switched off, never into the own network."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.http import HttpConnections
from insurenz.core.settings import Settings
from insurenz.deliveries import service as deliveries
from insurenz.deliveries.channels import Channels
from insurenz.deliveries.channels.webhook import Webhooks
from insurenz.deliveries.models import Webhook
from insurenz.deliveries.sending import Sender
from insurenz.deliveries.webhooks import service
from insurenz.deliveries.webhooks.health import note_failure
from insurenz.events.models import Event
from tests.actors import Api, Cast
from tests.conftest import Clock
from tests.core.test_http import contexts, looked_up
from tests.deliveries.hooked import URL, Post, answers, hangs, hook, sender_of, to, webhook
from tests.deliveries.messages import BODY, attempts, delivery, put, states
from tests.receiver import Receiver, receiver
from tests.receiver import answers as says

PAGE = Path(__file__).parents[2] / "docs/webhooks.md"


@pytest.fixture
def post() -> Post:
    return Post()


def events_of(database: Database, webhook_id: str) -> list[tuple[str, dict[str, Any]]]:
    """What was recorded of a webhook: type and data."""
    with database.read_unit() as session:
        chosen = select(Event).where(Event.subject_kind == "webhook", Event.subject_id == webhook_id)
        return [(row.type, row.data) for row in session.scalars(chosen.order_by(Event.seq))]


def signature(secret: str, headers: Any, body: bytes) -> str:
    """What the header is to hold for this secret, worked out by itself."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def inbox(api: Api, person: Any) -> list[tuple[str, str, str | None]]:
    """Title, message and link of what somebody was told, newest first."""
    while api.app.state.events.relay.turn():
        pass
    items = api.as_(person).get("/notifications").json()["items"]
    return [(each["title"], each["message"], each["link"]) for each in items]


def test_a_webhook_is_sent_a_post_that_is_signed_with_its_own_secret(
    database: Database, cast: Cast, frozen_clock: Clock, post: Post
) -> None:
    own, other = hook(database, cast), hook(database, cast, at="suraksha", url="https://pay.example/x?y=1")
    first, second = put(database, to(own), to(other))
    sender_of(database, post).work()
    for (url, headers, body), id_, hook_id in zip(post.calls, (first, second), (own, other), strict=True):
        assert url == webhook(database, hook_id).url
        assert json.loads(body) == BODY
        assert headers == {
            "Content-Type": "application/json",
            "User-Agent": "Insurenz",
            "webhook-id": id_,
            "webhook-timestamp": str(int(frozen_clock.at.timestamp())),
            "webhook-signature": signature(webhook(database, hook_id).secret, headers, body),
        }
    assert states(database) == ["delivered"] * 2


def test_while_secrets_overlap_both_sign_and_then_the_new_one_alone(
    database: Database, cast: Cast, frozen_clock: Clock, post: Post
) -> None:
    own = hook(database, cast)
    old = webhook(database, own).secret
    with database.unit_of_work() as session:
        service.rotate_secret(session, cast.admin, session.get_one(Webhook, own), overlap=timedelta(hours=2))
    new = webhook(database, own).secret
    sender = sender_of(database, post)
    for minutes in (0, 119, 1):
        frozen_clock.move(minutes=minutes)
        put(database, to(own))
        sender.work()
    signed = [
        [
            secret
            for secret in (new, old)
            if signature(secret, headers, body) in headers["webhook-signature"].split(" ")
        ]
        for _, headers, body in post.calls
    ]
    assert signed == [[new, old], [new, old], [new]]
    assert [len(headers["webhook-signature"].split(" ")) for _, headers, _ in post.calls] == [2, 2, 1]


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 408, 413, 422, 429, 451, 500, 503])
def test_whatever_is_answered_but_that_it_is_gone_is_tried_again(
    database: Database, cast: Cast, frozen_clock: Clock, post: Post, status: int
) -> None:
    put(database, to(hook(database, cast)))
    post.will(answers(status), answers(200))
    sender = sender_of(database, post)
    sender.work()
    assert attempts(database) == [(1, "passing", status, f"http_{status}")]
    assert timedelta(seconds=4) <= delivery(database).next_at - frozen_clock.at <= timedelta(seconds=6)
    frozen_clock.move(seconds=6)
    sender.work()
    assert states(database) == ["delivered"]


def test_r04_410_switches_a_webhook_off_at_once_and_admins_are_told(api: Api, cast: Cast, post: Post) -> None:
    database = api.database
    own, other = hook(database, cast), hook(database, cast, url="https://other.example/")
    put(database, to(own), to(own), to(other))
    post.will(answers(410))
    sender_of(database, post).work()
    assert sorted(states(database)) == ["dead", "dead", "delivered"]
    assert len(post.calls) == 2
    now = webhook(database, own)
    assert (now.is_active, now.off_because, webhook(database, other).is_active) == (False, "gone", True)
    assert events_of(database, own)[1:] == [
        ("webhook_disabled", {"organisation": "HOSP_002", "reason": "gone"})
    ]
    assert inbox(api, cast.admin)[0] == (
        "Webhook Switched Off",
        "A webhook of HOSP_002 was switched off: nothing reached it any more. "
        "What it did not get can be sent again.",
        f"http://127.0.0.1:8000/app/admin/webhooks/{own}",
    )
    for person in (cast.lakeside_desk, cast.auditor, cast.meera, cast.asha):
        assert [title for title, _, _ in inbox(api, person) if "Webhook" in title] == []


def test_r04_retry_after_is_honoured_within_reason(
    database: Database, cast: Cast, frozen_clock: Clock, post: Post
) -> None:
    put(database, to(hook(database, cast)))
    post.will(answers(429, "9"), answers(503, "100000"), answers(200))
    sender = sender_of(database, post)
    sender.work()
    assert (delivery(database).next_at - frozen_clock.at).total_seconds() == 9
    frozen_clock.move(seconds=9)
    sender.work()
    assert (delivery(database).next_at - frozen_clock.at).total_seconds() == 600


def test_r04_after_five_days_of_failures_alone_it_is_off_and_admins_were_warned_before(
    api: Api, cast: Cast, frozen_clock: Clock, post: Post
) -> None:
    database, began = api.database, frozen_clock.at
    own = hook(database, cast)
    post.will(hangs)
    sender = sender_of(database, post)
    told: list[tuple[float, str]] = []
    for hours in range(0, 24 * 7, 3):
        if hours % 24 == 0:
            put(database, to(own))
        sender.work()
        for title, _, _ in inbox(api, cast.admin)[::-1][len(told) :]:
            told.append(((frozen_clock.at - began) / timedelta(days=1), title))
        frozen_clock.move(hours=3)
    assert [title for _, title in told] == ["Webhook Failing", "Webhook Switched Off"]
    (warned, _), (ended, _) = told
    # At the first attempt after a day, and after five: there is one every few hours.
    assert 1 <= warned < 1.5
    assert 5 <= ended < 5.5
    assert webhook(database, own).off_because == "failing"
    # What was still to be tried is given up with it, and nothing is sent any more.
    last = post.at[-1]
    assert (last - began) / timedelta(days=1) == pytest.approx(ended, abs=0.01)
    assert "due" not in states(database)[:10]


def test_it_is_warned_of_after_a_day_and_off_after_five_to_the_second(
    database: Database, cast: Cast, frozen_clock: Clock
) -> None:
    own, second = hook(database, cast), timedelta(seconds=1)

    def fail_after(wait: timedelta) -> list[str]:
        frozen_clock.at += wait
        with database.unit_of_work() as session:
            note_failure(session, own, is_gone=False)
        return [type_ for type_, _ in events_of(database, own)[1:]]

    day = timedelta(days=1)
    assert [fail_after(wait) for wait in (0 * day, day - second, second, 4 * day - second, second)] == [
        [],
        [],
        ["webhook_failing"],
        ["webhook_failing"],
        ["webhook_failing", "webhook_disabled"],
    ]
    assert (webhook(database, own).is_active, webhook(database, own).off_because) == (False, "failing")


def test_what_a_webhook_is_sent_again_has_all_of_its_tries_anew(
    database: Database, cast: Cast, frozen_clock: Clock, post: Post
) -> None:
    own = hook(database, cast)
    put(database, to(own))
    post.will(answers(503))
    sender = sender_of(database, post)
    for _ in range(8):
        sender.work()
        frozen_clock.at = max(frozen_clock.at, delivery(database).next_at)
    assert states(database) == ["dead"]
    with database.unit_of_work() as session:
        assert service.replay_dead(session, None, session.get_one(Webhook, own)) == 1
    sender.work()
    assert (states(database), delivery(database).attempts) == (["due"], 9)
    assert timedelta(seconds=4) <= delivery(database).next_at - frozen_clock.at <= timedelta(seconds=6)


def test_one_receipt_in_five_days_and_the_count_begins_anew(
    database: Database, cast: Cast, frozen_clock: Clock, post: Post
) -> None:
    own = hook(database, cast)
    sender = sender_of(database, post)
    for day in range(12):
        post.will(answers(200) if day in (4, 8) else hangs)
        put(database, to(own))
        sender.work()
        failing = webhook(database, own).failing_since
        assert (failing is None) == (day in (4, 8))
        frozen_clock.move(days=1)
    assert webhook(database, own).is_active
    warned = [type_ for type_, _ in events_of(database, own) if type_ == "webhook_failing"]
    assert len(warned) == 3


def test_what_was_given_up_arrives_under_its_keys_once_it_is_on_again(
    api: Api, cast: Cast, frozen_clock: Clock, post: Post
) -> None:
    database, client = api.database, api.as_(cast.admin)
    own = hook(database, cast)
    ids = put(database, to(own), to(own), to(own))
    post.will(answers(410), answers(200))
    sender = sender_of(database, post)
    sender.work()
    refused = client.post(f"/webhooks/{own}/replay")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_off")
    # One by one it is the same: it is off.
    with database.unit_of_work() as session:
        deliveries.replay(session, None, ids[1])
    sender.work()
    assert (delivery(database, ids[1]).state, delivery(database, ids[1]).last_error) == (
        "dead",
        "webhook_off",
    )
    version = client.get(f"/webhooks/{own}").headers["etag"]
    on = client.patch(f"/webhooks/{own}", json={"is_active": True}, headers={"If-Match": version})
    assert (on.json()["is_active"], on.json()["off_because"]) == (True, None)
    assert client.post(f"/webhooks/{own}/replay").json() == {"count": 3}
    assert client.post(f"/webhooks/{own}/replay").json() == {"count": 0}
    sender.work()
    assert states(database) == ["delivered"] * 3
    assert [headers["webhook-id"] for _, headers, _ in post.calls] == [ids[0], *ids]
    assert [type_ for type_, _ in events_of(database, own)].count("webhook_replayed") == 1


def test_p04_a_name_that_leads_inside_by_the_time_of_sending_is_not_connected_to(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = Channels.of(Settings(_env_file=None), database)
    with receiver() as inside, closing(channels):
        put(database, to(hook(database, cast, url=f"https://rebound.example:{inside.port}/")))
        asked = looked_up(monkeypatch, [("127.0.0.1", inside.port)])
        Sender(database, channels.by_name["webhook"]).work()
        assert attempts(database) == [(1, "passing", None, "address_not_allowed")]
        assert (asked, inside.connections) == (["rebound.example"], 0)


def test_p04_a_redirect_leads_nowhere(database: Database, cast: Cast, tmp_path: Path) -> None:
    server, client = contexts(tmp_path, "IP:127.0.0.1")
    with receiver() as inside, receiver(says(307, f"Location: {inside.url}\r\n"), tls=server) as outside:
        put(database, to(hook(database, cast, url=outside.url)))
        with closing(HttpConnections(client)) as http:
            Sender(database, Webhooks(database, http)).work()
        assert attempts(database) == [(1, "passing", 307, "http_307")]
        assert (len(outside.calls), inside.connections) == (1, 0)


def test_the_page_for_receivers_verifies_what_is_sent(database: Database, cast: Cast, tmp_path: Path) -> None:
    server, client = contexts(tmp_path, "IP:127.0.0.1")
    with receiver(tls=server) as there, closing(HttpConnections(client)) as http:
        own = hook(database, cast, url=there.url)
        names: dict[str, Any] = {"SECRET": webhook(database, own).secret}
        [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
        exec(code, names)
        put(database, to(own))
        sender = Sender(database, Webhooks(database, http))
        sender.work()
        verdicts = _verdicts(names, there, 0)
        assert verdicts == [True, False]
        with clock.standing_at(clock.now() - timedelta(minutes=6)):
            put(database, to(own))
            sender.work()
        assert _verdicts(names, there, 1) == [False, False]
        # Signed with two secrets, the older of which this receiver has.
        with database.unit_of_work() as session:
            service.rotate_secret(
                session, cast.admin, session.get_one(Webhook, own), overlap=timedelta(hours=1)
            )
        put(database, to(own))
        sender.work()
        assert _verdicts(names, there, 2) == [True, False]


def _verdicts(names: dict[str, Any], there: Receiver, nth: int) -> Sequence[bool]:
    call = there.calls[nth]
    return [names["is_genuine"](call.headers, body) for body in (call.body, call.body + b" ")]


def test_urls_are_told_by_no_event(database: Database, cast: Cast) -> None:
    own = hook(database, cast, url=f"{URL}?token=abc")
    assert "token" not in str(events_of(database, own))
