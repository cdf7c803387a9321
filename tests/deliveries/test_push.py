"""Web Push: what is told on which device, sealed; what services' answers mean; and that no device holds up another."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from insurenz.core.addresses import is_public
from insurenz.core.db import Database
from insurenz.core.http import HttpConnections
from insurenz.deliveries.channels.push import Push
from insurenz.deliveries.models import Delivery, Target
from insurenz.deliveries.sending import Sender
from insurenz.deliveries.targets import service
from insurenz.deliveries.targets.push import PushRules
from insurenz.events.models import Event
from tests.actors import Cast
from tests.conftest import Clock
from tests.deliveries.devices import KEY, RULES, Browser, browser, claims_in, pusher, subscribed
from tests.deliveries.hooked import Post, answers, hangs
from tests.deliveries.messages import attempts, delivery, outgoing, put, states
from tests.notifications.stories import Desk
from tests.receiver import receiver

PUSHING = frozenset({"push"})
ALL_OF_IT = {"id", "title", "body", "path", "language"}


@pytest.fixture
def desk(database: Database, cast: Cast) -> Desk:
    """The product's consumers in an install with Web Push."""
    return Desk.of(database, cast, channels=PUSHING)


def targets(database: Database) -> set[str]:
    """The endpoints that are kept."""
    with database.read_unit() as session:
        return {target.address["endpoint"] for target in session.scalars(select(Target))}


def due(database: Database, desk: Desk, **given: Any) -> str:
    """Lakeside's desk is to be told that a claim was denied; gives the event's id."""
    event = desk.happen("claim_denied", by=desk.cast.meera, status="claim_denial", **given)
    desk.tell()
    return event


def test_one_push_in_the_persons_language_for_each_device_opened_there_alone(
    desk: Desk, frozen_clock: Clock
) -> None:
    one, two = browser("one"), browser("two")
    subscribed(desk.database, desk.cast.lakeside_desk, one)
    subscribed(desk.database, desk.cast.lakeside_desk, two, language="hi")
    subscribed(desk.database, desk.cast.meera, browser("actors"))
    event = due(desk.database, desk, rejection_reason="x", texts={"rejection_reason": "canary of a reason"})
    post = Post()
    pusher(desk.database, post).work()
    assert states(desk.database) == ["delivered", "delivered"]
    assert [url for url, _, _ in post.calls] == [one.endpoint, two.endpoint]
    (_, headers, first), (_, _, second) = post.calls
    with desk.database.read_unit() as session:
        path = f"/app/claims/{session.get_one(Event, event).subject_id}"
    said = {"id": event, "title": "A claim was decided", "body": "Claim CSHLSIP-2026-014", "path": path}
    assert one.opened(first) == {**said, "language": "en"}
    in_hindi = {"title": "दावे पर फ़ैसला हुआ", "body": "दावा CSHLSIP-2026-014", "language": "hi"}
    assert two.opened(second) == {**said, **in_hindi}
    with pytest.raises(Exception, match=r"tag|Decrypt|Invalid"):
        two.opened(first)
    assert claims_in(headers, RULES.public_key) == {
        "aud": "https://updates.push.services.mozilla.com",
        "exp": int((frozen_clock.at + timedelta(hours=12)).timestamp()),
        "sub": "mailto:claims@example.org",
    }
    topic = delivery_ids(desk.database)[0].replace("-", "")
    assert {name: headers[name] for name in ("TTL", "Urgency", "Topic", "Content-Encoding")} == {
        "TTL": "259200",
        "Urgency": "high",
        "Topic": topic,
        "Content-Encoding": "aes128gcm",
    }


def delivery_ids(database: Database) -> list[str]:
    with database.read_unit() as session:
        return list(session.scalars(select(Delivery.id).order_by(Delivery.id)))


def test_nothing_of_the_claim_but_its_number_lies_in_the_queue(desk: Desk) -> None:
    subscribed(desk.database, desk.cast.lakeside_desk, browser())
    event = due(desk.database, desk, texts={"rejection_reason": "canary"})
    with desk.database.read_unit() as session:
        row = session.scalars(select(Delivery)).one()
        path = f"/app/claims/{session.get_one(Event, event).subject_id}"
    body = {"id": event, "claim_id": "CSHLSIP-2026-014", "category": "decision", "path": path}
    assert (row.body, row.user_id) == (body, desk.cast.lakeside_desk.id)


def test_who_has_no_device_is_explained_so_and_gets_no_row(desk: Desk) -> None:
    event = due(desk.database, desk)
    recipients, _ = desk.told(event)
    not_set_up = {"email": "not_configured", "chat": "not_configured"}
    told = ("works_for_hospital", {"push": "no_target", **not_set_up})
    assert recipients == {desk.cast.lakeside_desk.id: told}
    assert states(desk.database) == []
    subscribed(desk.database, desk.cast.lakeside_desk, browser())
    recipients, _ = desk.told(due(desk.database, desk))
    assert recipients[desk.cast.lakeside_desk.id][1]["push"] == "due"
    assert states(desk.database) == ["due"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_removed_and_costs_the_others_nothing(
    desk: Desk, frozen_clock: Clock, status: int
) -> None:
    gone, there = browser("gone"), browser("there")
    ids = subscribed(desk.database, desk.cast.lakeside_desk, gone, there)
    due(desk.database, desk)
    post = Post()
    post.will(answers(status), url=gone.endpoint)
    sender = pusher(desk.database, post)
    sender.work()
    assert states(desk.database) == ["cancelled", "delivered"]
    assert targets(desk.database) == {there.endpoint}
    first, second = delivery_ids(desk.database)
    assert attempts(desk.database, first) == [(1, "permanent", status, f"http_{status}")]
    assert attempts(desk.database, second) == [(1, "delivered", 204, None)]
    row = delivery(desk.database, first)
    assert (row.body, row.last_error, row.target) == (None, f"http_{status}", ids[0])
    with desk.database.read_unit() as session:
        removed = session.scalars(select(Event).where(Event.type == "target_removed")).one()
    assert (removed.subject_id, removed.actor_id) == (desk.cast.lakeside_desk.id, None)
    assert removed.data == {"target_id": ids[0], "channel": "push"}
    due(desk.database, desk)
    sender.work()
    assert len(post.calls) == 3


def test_a_device_whose_service_hangs_is_tried_again_alone(desk: Desk, frozen_clock: Clock) -> None:
    slow, quick = browser("slow"), browser("quick")
    subscribed(desk.database, desk.cast.lakeside_desk, slow, quick)
    due(desk.database, desk)
    post = Post()
    post.will(hangs, answers(201), url=slow.endpoint)
    sender = pusher(desk.database, post)
    sender.work()
    assert states(desk.database) == ["due", "delivered"]
    frozen_clock.move(seconds=10)
    sender.work()
    assert states(desk.database) == ["delivered", "delivered"]
    assert [url for url, _, _ in post.calls] == [slow.endpoint, quick.endpoint, slow.endpoint]
    topics = [headers["Topic"] for _, headers, _ in post.calls]
    assert topics[0] == topics[2] != topics[1]


@pytest.mark.parametrize(
    ("status", "state", "error"),
    [
        (429, "due", "http_429"),
        (503, "due", "http_503"),
        # The clock or the key of this server: no message is lost by it.
        (401, "due", "http_401"),
        (403, "due", "http_403"),
        (400, "dead", "http_400"),
        (413, "dead", "http_413"),
    ],
)
def test_other_answers_keep_the_device(
    database: Database, cast: Cast, frozen_clock: Clock, status: int, state: str, error: str
) -> None:
    one = browser()
    subscribed(database, cast.asha, one)
    id_ = put(database, message(database, cast))[0]
    post = Post()
    post.will(answers(status), url=one.endpoint)
    pusher(database, post).work()
    assert (delivery(database, id_).state, delivery(database, id_).last_error) == (state, error)
    assert targets(database) == {one.endpoint}


def message(database: Database, cast: Cast) -> Any:
    """A push of Anil's own claim to his one device."""
    with database.read_unit() as session:
        target = session.scalars(select(Target)).one().id
    body = {"id": "x", "claim_id": "C-1", "category": "progress", "path": "/app/claims/1"}
    own = {"user_id": cast.asha.id, "claimant_id": cast.asha.id}
    return outgoing(channel="push", target=target, body=body, **own)


def test_a_service_that_asks_for_time_is_given_it(
    database: Database, cast: Cast, frozen_clock: Clock
) -> None:
    one = browser()
    subscribed(database, cast.asha, one)
    put(database, message(database, cast))
    post = Post()
    post.will(answers(429, "9"), answers(201), url=one.endpoint)
    sender = pusher(database, post)
    sender.work()
    frozen_clock.move(seconds=8)
    sender.work()
    assert len(post.calls) == 1
    frozen_clock.move(seconds=1)
    sender.work()
    assert states(database) == ["delivered"]


def test_a_device_removed_meanwhile_is_sent_nothing(database: Database, cast: Cast) -> None:
    subscribed(database, cast.asha, browser())
    id_ = put(database, message(database, cast))[0]
    with database.unit_of_work() as session:
        service.remove(session, cast.asha, session.scalars(select(Target)).one())
    post = Post()
    pusher(database, post).work()
    assert (post.calls, delivery(database, id_).state) == ([], "cancelled")
    assert delivery(database, id_).last_error == "target_removed"


def test_whoever_is_disabled_is_told_nothing_more_and_their_devices_are_forgotten(
    desk: Desk, cast: Cast
) -> None:
    from insurenz.accounts import queries
    from insurenz.accounts import service as users

    subscribed(desk.database, cast.lakeside_desk, browser())
    due(desk.database, desk)
    with desk.database.unit_of_work() as session:
        users.disable(session, cast.admin, queries.user(session, cast.lakeside_desk.id))
    post = Post()
    pusher(desk.database, post).work()
    assert (post.calls, states(desk.database)) == ([], ["cancelled"])
    desk.tell()
    assert targets(desk.database) == set()


def test_a_real_push_service_of_the_own_network_gets_what_its_browser_opens(
    database: Database, cast: Cast
) -> None:
    with receiver() as at_home:
        origin = f"http://127.0.0.1:{at_home.port}"
        rules = PushRules(frozenset({origin}), "https://claims.example.org", KEY)
        one = Browser(f"{origin}/push/abc?x=1")
        with database.unit_of_work() as session:
            given = {"name": "Phone", "language": "en", "endpoint": one.endpoint, "keys": one.keys}
            service.keep_device(session, cast.asha, rules, **given)
        put(database, message(database, cast))
        channel = Push(database, rules, HttpConnections(may_reach=is_public), HttpConnections())
        Sender(database, channel).work()
        [call] = at_home.calls
    channel.close()
    assert set(one.opened(call.body)) == ALL_OF_IT
    headers = {"Authorization": call.headers["authorization"]}
    assert claims_in(headers, rules.public_key)["aud"] == origin
    assert call.path == "/push/abc?x=1"


def test_what_a_browser_named_is_never_reached_in_the_own_network(database: Database, cast: Cast) -> None:
    with receiver() as hidden:
        rules = PushRules(frozenset({"*"}), "https://claims.example.org", KEY)
        one = Browser(f"https://127.0.0.1:{hidden.port}/admin")
        with database.unit_of_work() as session:
            given = {"name": "Phone", "language": "en", "endpoint": one.endpoint, "keys": one.keys}
            service.keep_device(session, cast.asha, rules, **given)
        id_ = put(database, message(database, cast))[0]
        channel = Push(database, rules, HttpConnections(may_reach=is_public), HttpConnections())
        Sender(database, channel).work()
        assert hidden.connections == 0
    assert attempts(database, id_) == [(1, "passing", None, "address_not_allowed")]
