"""The external notification service, end to end: what it is sent, and what each of its answers leads to."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from insurenz.core import clock, http
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.settings import Settings
from insurenz.deliveries import service
from insurenz.deliveries.channels import NAMES, Channels, posting
from insurenz.deliveries.models import State
from insurenz.deliveries.schemas import PauseIn
from insurenz.deliveries.sending import Sender
from insurenz.events.models import Event
from insurenz.notifications.messages import recipient, shape
from tests.conftest import Clock
from tests.deliveries.messages import BODY, attempts, delivery, outgoing, put, states
from tests.receiver import (
    Receiver,
    Step,
    answers,
    drips,
    drips_body,
    drops,
    hangs,
    receiver,
    resets,
    says,
)

PAGE = Path(__file__).parents[2] / "docs/notification-service.md"
KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


MakeSender = Callable[..., Sender]


@pytest.fixture
def one() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture
def sender_to(database: Database, tmp_path: Path) -> Iterator[MakeSender]:
    """Makes a sender to a receiver, as the settings of an install make it."""
    made: list[Channels] = []

    def make(one: Receiver, **settings: Any) -> Sender:
        given = {"notification_service_url": one.url, "notification_service_secret": SECRET, **settings}
        made.append(Channels.of(Settings(_env_file=None, data_dir=tmp_path, **given), database))
        return Sender(database, made[-1].by_name["external"])

    yield make
    for channels in made:
        channels.close()


def test_the_service_is_sent_a_signed_post_that_it_can_verify(
    database: Database, frozen_clock: Clock, one: Receiver, sender_to: MakeSender
) -> None:
    [delivery_id] = put(database)
    sender_to(one).work()
    [call] = one.calls
    at = str(int(frozen_clock.at.timestamp()))
    sign = hmac.new(KEY, f"{delivery_id}.{at}.".encode() + call.body, hashlib.sha256)
    assert (call.path, json.loads(call.body)) == ("/notify?tenant=3", BODY)
    assert {name: call.headers[name] for name in call.headers if name not in ("host", "accept-encoding")} == {
        "content-type": "application/json",
        "content-length": str(len(call.body)),
        "user-agent": "Insurenz",
        "webhook-id": delivery_id,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(sign.digest()).decode()}",
    }
    assert (delivery(database).state, attempts(database)) == ("delivered", [(1, "delivered", 204, None)])
    # What stays of the message tells whether it was this one.
    assert delivery(database).body_hash == hashlib.sha256(call.body).hexdigest()


def test_a_message_is_sent_alike_at_each_attempt_but_for_its_time(
    database: Database, frozen_clock: Clock, one: Receiver, sender_to: MakeSender
) -> None:
    put(database)
    one.will(answers(503), answers(200))
    sender = sender_to(one)
    sender.work()
    frozen_clock.move(seconds=7)
    sender.work()
    first, second = one.calls
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    times = [int(call.headers["webhook-timestamp"]) for call in (first, second)]
    assert times[1] - times[0] == 7
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_receipt(database: Database, one: Receiver, sender_to: MakeSender, status: int) -> None:
    put(database)
    one.will(answers(status))
    sender_to(one).work()
    assert attempts(database) == [(1, "delivered", status, None)]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 422, 451])
def test_a_refusal_of_the_message_ends_it_at_once(
    database: Database, one: Receiver, sender_to: MakeSender, status: int
) -> None:
    put(database)
    one.will(answers(status))
    sender_to(one).work()
    assert attempts(database) == [(1, "permanent", status, f"http_{status}")]
    assert states(database) == [State.DEAD]


@pytest.mark.parametrize("status", [302, 304, 408, 425, 429, 500, 501, 502, 503, 504, 599])
def test_what_may_pass_is_tried_again(
    database: Database, frozen_clock: Clock, one: Receiver, sender_to: MakeSender, status: int
) -> None:
    put(database)
    one.will(answers(status, "Location: http://127.0.0.1:1/\r\n"), answers(200))
    sender = sender_to(one)
    sender.work()
    assert states(database) == [State.DUE]
    frozen_clock.at = delivery(database).next_at
    sender.work()
    assert attempts(database) == [
        (1, "passing", status, f"http_{status}"),
        (2, "delivered", 200, None),
    ]


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (hangs, "timeout"),
        (drips, "timeout"),
        (drops, "connection_lost"),
        (resets, "connection_lost"),
        (says(b"nonsense\r\n\r\n"), "answer_malformed"),
    ],
)
def test_r02_a_receiver_that_fails_is_called_once_an_attempt_and_told_in_the_end(
    database: Database,
    frozen_clock: Clock,
    one: Receiver,
    sender_to: MakeSender,
    monkeypatch: pytest.MonkeyPatch,
    step: Step,
    error: str,
) -> None:
    [delivery_id] = put(database)
    one.will(step, step, answers(200))
    sender = sender_to(one)
    for number in (1, 2, 3):
        with monkeypatch.context() as patch:
            if error == "timeout" and number < 3:
                patch.setattr(posting, "TIMEOUT_SECONDS", 2)
            sender.work()
        one.wait_for(number)
        frozen_clock.at = max(frozen_clock.at, delivery(database).next_at)
    assert one.keys == [delivery_id] * 3
    assert attempts(database) == [
        (1, "passing", None, error),
        (2, "passing", None, error),
        (3, "delivered", 200, None),
    ]


def test_nobody_there_is_tried_again(database: Database, one: Receiver, sender_to: MakeSender) -> None:
    put(database)
    sender_to(one, notification_service_url="http://127.0.0.1:9/").work()
    assert attempts(database) == [(1, "passing", None, "connection_refused")]


def test_a_receipt_whose_body_never_ends_is_a_receipt(
    database: Database, one: Receiver, sender_to: MakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "BODY_SECONDS", 0.1)
    put(database)
    one.will(drips_body)
    sender_to(one).work()
    assert attempts(database) == [(1, "delivered", 200, None)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("9", 9),
        ("3600", 10),
        ("99999999999999999999", 10),
        ("a while", None),
        ("-5", None),
        ("1e3", None),
        ("٩", None),
        ("Sun, 99 Nov 2026 00:00:00 GMT", None),
        ("date+8", 8),
        ("date-8", None),
    ],
)
def test_r04_the_service_is_left_alone_for_as_long_as_it_asks_within_reason(
    database: Database,
    frozen_clock: Clock,
    one: Receiver,
    sender_to: MakeSender,
    asked: str,
    expected: float | None,
) -> None:
    if asked.startswith("date"):
        moment = frozen_clock.at + timedelta(seconds=int(asked.removeprefix("date")))
        asked = format_datetime(moment, usegmt=True)
    put(database)
    one.will(answers(429, f"Retry-After: {asked}\r\n"))
    sender_to(one).work()
    wait = (delivery(database).next_at - frozen_clock.at).total_seconds()
    assert (wait == expected) if expected else (4 <= wait <= 6)


def test_without_a_secret_a_trial_sends_unsigned(
    database: Database, one: Receiver, sender_to: MakeSender
) -> None:
    put(database)
    sender_to(one, notification_service_secret="").work()
    assert "webhook-signature" not in one.calls[0].headers


def test_a_dead_delivery_that_is_replayed_arrives_under_its_key(
    database: Database, one: Receiver, sender_to: MakeSender
) -> None:
    [delivery_id] = put(database)
    one.will(answers(410), answers(503), answers(200))
    sender = sender_to(one)
    sender.work()
    with database.unit_of_work() as session:
        service.replay(session, None, delivery_id)
    sender.work()
    # All of its retries are there again.
    assert states(database) == [State.DUE]
    with database.unit_of_work() as session:
        service.replay(session, None, delivery_id)
    sender.work()
    assert one.keys == [delivery_id] * 3
    assert [outcome for _, outcome, _, _ in attempts(database)] == ["permanent", "passing", "delivered"]


def test_the_channels_of_an_install_are_those_it_has_settings_for(database: Database, tmp_path: Path) -> None:
    def configured(**given: Any) -> frozenset[str]:
        key = "q7Zr0tYbW3mN8xKvL5cD2fGhJ6sPaUeRiOoT"
        return Channels.of(
            Settings(_env_file=None, data_dir=tmp_path, jwt_secret_key=key, **given), database
        ).configured

    # Mails of development lie in a mailbox; in production nobody would ever look there.
    assert configured() == {"email", "webhook"}
    assert configured(env="production") == {"webhook"}
    assert configured(env="production", smtp_host="smtp.example.org") == {"email", "webhook"}
    assert configured(env="production", notification_service_url="https://notify.example.org") == {
        "external",
        "webhook",
    }
    assert set(PauseIn.model_json_schema()["properties"]["channel"].get("enum", ["external"])) == set(NAMES)


def test_the_body_is_spelled_alike_on_both_databases(
    database: Database, one: Receiver, sender_to: MakeSender
) -> None:
    body = {"z": [1, "ü", None, True], "a": {"y": "", "b": "\u2028"}, "amount": "1.10"}
    put(database, outgoing(body=body))
    sender_to(one).work()
    assert one.calls[0].body.decode() == '{"a":{"b":"\u2028","y":""},"amount":"1.10","z":[1,"ü",null,true]}'


def test_the_page_for_receivers_verifies_what_is_sent(
    database: Database, one: Receiver, sender_to: MakeSender
) -> None:
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {"SECRET": SECRET}
    exec(code, names)
    put(database)
    sender_to(one).work()
    [call] = one.calls
    is_genuine = names["is_genuine"]
    assert is_genuine(call.headers, call.body) is True
    assert is_genuine(call.headers, call.body + b" ") is False
    with clock.standing_at(clock.now() - timedelta(minutes=6)):
        put(database)
        sender_to(one).work()
    assert is_genuine(one.calls[1].headers, one.calls[1].body) is False


def test_the_page_for_receivers_shows_the_body_as_it_is_made() -> None:
    [example] = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    shown = json.loads(example)
    event = Event(id=new_id(), type="claim_qc_query", subject_kind="claim", subject_id=new_id(), data={})
    event.data = {"query_category": "documentation"}
    [person] = shown["recipients"]
    made = shape(
        event,
        title="",
        message="",
        texts={"remarks": "r", "missing_documents": "d"},
        recipients=[person],
        read_by=[],
        is_delivered=False,
        updated_at=clock.now(),
        base_url="https://claims.example.org",
    )
    assert list(shown) == list(made)
    for place in ("metadata", "triggered_by"):
        assert set(shown[place]) == set(made[place])
    assert set(shown["metadata"]["qc_query_details"]) == set(made["metadata"]["qc_query_details"])
    assert (shown["recipient_ids"], shown["recipient_roles"]) == (
        made["recipient_ids"],
        made["recipient_roles"],
    )
    told = SimpleNamespace(id="i", email="e", name="n", role="hospital_user", level=0)
    assert set(person) == set(recipient(told))
