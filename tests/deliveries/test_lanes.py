"""The threads that send: woken in time, apart from each other, and no hindrance to stopping."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from insurenz.core import clock
from insurenz.core.background import stop_all
from insurenz.core.db import Database
from insurenz.core.metrics import ALERTS, DEAD_DELIVERIES, OLDEST_DUE
from insurenz.deliveries import lanes
from insurenz.deliveries.channels import Channels, Permanent, Sending
from insurenz.deliveries.lanes import AT_ONCE, DeliveryThreads, Lane, delivery_threads, measure
from insurenz.deliveries.models import Delivery
from insurenz.deliveries.sending import Sender
from tests.conftest import Clock
from tests.deliveries.messages import Pretended, Scripted, attempts, outgoing, put, states
from tests.waiting import PATIENCE_SECONDS, soon


@pytest.fixture(autouse=True)
def no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sweep can stand in for a wake-up."""
    monkeypatch.setattr(lanes, "SWEEP_SECONDS", 3600)


@contextmanager
def running(database: Database, *channels: Scripted) -> Iterator[DeliveryThreads]:
    threads = delivery_threads(database, Channels({channel.name: channel for channel in channels}))
    threads.start()
    try:
        yield threads
    finally:
        threads.stop()


class Hanging(Pretended):
    """A channel whose receiver does not answer until the test lets it."""

    def __init__(self, name: str = "external") -> None:
        self.name = name
        self.over = threading.Event()
        self.began: list[str] = []

    def send(self, sending: Sending, _body: object, *, key: str) -> None:
        self.began.append(key)
        assert self.over.wait(PATIENCE_SECONDS)


def test_r04_a_hanging_receiver_delays_no_other_channel(real_database: Database) -> None:
    hanging, other = Hanging(), Scripted(name="email")
    try:
        with running(real_database, hanging, other):  # type: ignore[arg-type]
            put(real_database, count=AT_ONCE + 3)
            assert soon(lambda: len(hanging.began) == AT_ONCE)
            ids = put(real_database, *(outgoing(channel="email") for _ in range(9)))
            assert soon(lambda: states(real_database)[-9:] == ["delivered"] * 9)
            assert sorted(other.keys) == sorted(ids)
            # As many as may be at the same time, and no more.
            assert len(hanging.began) == AT_ONCE
            hanging.over.set()
            assert soon(lambda: states(real_database) == ["delivered"] * (AT_ONCE + 12))
            assert len(set(hanging.began)) == len(hanging.began) == AT_ONCE + 3
    finally:
        hanging.over.set()


def leased(database: Database) -> int:
    with database.read_unit() as session:
        return session.scalars(select(func.count()).where(Delivery.lease_token.is_not(None))).one()


def test_where_mails_are_received_quickly_some_are_leased_ahead_and_where_not_none(
    real_database: Database,
) -> None:
    hanging = Hanging()
    put(real_database, count=4 * AT_ONCE)
    lane = Lane(Sender(real_database, hanging), threading.Event())  # type: ignore[arg-type]
    lane._turn()
    assert leased(real_database) == AT_ONCE
    lane._turn()
    assert leased(real_database) == AT_ONCE
    hanging.over.set()
    assert soon(lambda: lane._sent.qsize() == AT_ONCE)
    hanging.over.clear()
    lane._turn()
    assert (leased(real_database), states(real_database).count("delivered")) == (2 * AT_ONCE, AT_ONCE)
    assert soon(lambda: len(hanging.began) == 2 * AT_ONCE)
    lane._turn()
    # No more threads than before, and nothing more while nothing is received.
    assert (leased(real_database), len(hanging.began)) == (2 * AT_ONCE, 2 * AT_ONCE)
    hanging.over.set()
    lane.stop(time.monotonic() + PATIENCE_SECONDS)
    # What no thread has begun is given back.
    assert (states(real_database).count("delivered"), len(hanging.began)) == (2 * AT_ONCE, 2 * AT_ONCE)
    assert leased(real_database) == 0


def test_a_commit_wakes_the_lane(real_database: Database) -> None:
    channel = Scripted()
    with running(real_database, channel):
        for _ in range(3):
            put(real_database)
            assert soon(lambda: set(states(real_database)) == {"delivered"})
    assert len(channel.keys) == 3


def test_what_becomes_due_later_is_sent_then(real_database: Database) -> None:
    channel = Scripted()
    later = clock.now() + timedelta(seconds=0.5)
    put(real_database, outgoing(next_at=later))
    with running(real_database, channel):
        assert soon(lambda: states(real_database) == ["delivered"])
    assert channel.at[0] >= later


def test_r09_a_process_stops_though_a_receiver_hangs(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "STOP_SECONDS", 0.2)
    hanging = Hanging()
    put(real_database)
    with running(real_database, hanging) as threads:  # type: ignore[arg-type]
        assert soon(lambda: len(hanging.began) == 1)
        threads.stop()
        assert [loop.is_alive() for loop in threads.loops] == [False, False]
        put(real_database)
    hanging.over.set()
    assert states(real_database) == ["due", "due"]
    assert attempts(real_database) == [(1, "unfinished", None, None)]


def test_what_is_answered_while_the_process_stops_is_written(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "STOP_SECONDS", PATIENCE_SECONDS)
    hanging = Hanging()
    put(real_database)
    with running(real_database, hanging) as threads:  # type: ignore[arg-type]
        assert soon(lambda: len(hanging.began) == 1)
        stop_all(threads.loops)
        hanging.over.set()
    assert states(real_database) == ["delivered"]


def test_a_database_that_fails_meanwhile_delays_and_stops_nothing_and_nothing_is_sent_again(
    real_database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    close = Sender._deliver
    failures = [RuntimeError("gone away")]

    def fail_once(*given: object) -> None:
        if failures:
            raise failures.pop()
        close(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(Sender, "_deliver", fail_once)
    alerts = ALERTS.labels("loop_deliver_external")._value
    before = alerts.get()
    channel = Scripted()
    with caplog.at_level(logging.ERROR), running(real_database, channel):
        first = put(real_database)
        assert soon(lambda: alerts.get() == before + 1)
        second = put(real_database)
        assert soon(lambda: states(real_database) == ["delivered"] * 2)
    assert channel.keys == [*first, *second]
    assert [record.getMessage() for record in caplog.records] == ["background work failed"]


def test_without_channels_nothing_looks_for_deliveries(real_database: Database) -> None:
    with running(real_database) as threads:
        assert [loop.name for loop in threads.loops] == ["measure_deliveries"]


def test_what_waits_and_what_was_given_up_is_measured(database: Database, frozen_clock: Clock) -> None:
    measure(database)
    assert (OLDEST_DUE.labels("external")._value.get(), DEAD_DELIVERIES.labels("external")._value.get()) == (
        0,
        0,
    )
    put(database, count=2)
    Sender(database, Scripted([Permanent("http_410")])).work()
    put(database, outgoing(next_at=clock.now() + timedelta(hours=1)))
    put(database)
    frozen_clock.move(seconds=90)
    measure(database)
    assert OLDEST_DUE.labels("external")._value.get() == 90
    assert DEAD_DELIVERIES.labels("external")._value.get() == 2
