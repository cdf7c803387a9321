"""The relay: every event reaches its consumers once and in order, whatever fails, expires or runs beside it."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.metrics import OPEN_EVENTS, RELAY_FAILURES
from insurenz.events.models import EventMark
from insurenz.events.relay import Relay, backlog, retry_after
from insurenz.events.service import Subject, record
from tests.conftest import Clock
from tests.events.reactions import CONSUMERS, Moody, prepare, tell, told
from tests.events.samples import claim, move, moved_claim


def drain(relay: Relay) -> None:
    while relay.turn():
        pass


def open_events(database: Database) -> int:
    with database.read_unit() as session:
        return backlog(session)


def mark(database: Database, seq: int) -> EventMark:
    with database.read_unit() as session:
        return session.scalars(select(EventMark).where(EventMark.seq == seq)).one()


def test_every_event_is_handed_over_once_and_closed(database: Database, frozen_clock: Clock) -> None:
    prepare(database)
    first, second = sorted((moved_claim(database, 3).id, moved_claim(database, 2).id))
    relay = Relay(database, CONSUMERS)
    drain(relay)
    assert [pair[0] for pair in told(database)].count(first) + [p[0] for p in told(database)].count(
        second
    ) == 5
    assert open_events(database) == 0
    closed = mark(database, 3)
    assert (closed.done_at, closed.attempts, closed.last_error) == (frozen_clock.at, 1, None)
    assert relay.turn() is False
    assert len(told(database)) == 5


def test_the_events_of_a_subject_come_in_their_order(database: Database) -> None:
    prepare(database)
    subject = moved_claim(database, 6)
    drain(Relay(database, CONSUMERS, batch=50))
    assert told(database) == [(subject.id, seq) for seq in range(1, 7)]


def test_events_that_nobody_listens_to_are_closed_together(database: Database) -> None:
    prepare(database)
    user = Subject("user", new_id())
    for _ in range(4):
        with database.unit_of_work() as session:
            record(session, "user_signed_in", subject=user, actor=None)
    assert Relay(database, CONSUMERS).turn() is False
    assert (open_events(database), told(database)) == (0, [])


def test_several_consumers_of_an_event_work_as_one(database: Database, frozen_clock: Clock) -> None:
    prepare(database)
    moody = Moody(1)
    subject = moved_claim(database, 1)
    relay = Relay(database, {"claim_moved": (tell, moody)})
    drain(relay)
    assert told(database) == []
    moody.fails_at.clear()
    frozen_clock.move(minutes=6)
    drain(relay)
    assert told(database) == [(subject.id, 1)] * 2


def test_a_failing_consumer_delays_its_subject_and_nobody_else(
    database: Database, frozen_clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    prepare(database)
    moody = Moody(2)
    subject = moved_claim(database, 4)
    relay = Relay(database, {"claim_moved": (moody,)})
    failures = RELAY_FAILURES.labels("claim_moved")._value
    before = failures.get()
    with caplog.at_level(logging.ERROR):
        drain(relay)
    other = moved_claim(database, 1)
    drain(relay)
    assert sorted(told(database)) == sorted([(subject.id, 1), (other.id, 1)])
    waiting = mark(database, 2)
    assert (waiting.done_at, waiting.attempts, waiting.last_error) == (None, 1, "RuntimeError")
    assert (waiting.lease_token, waiting.lease_until) == (None, None)
    assert waiting.next_at is not None
    assert timedelta(seconds=0.8) <= waiting.next_at - frozen_clock.at <= timedelta(seconds=1.2)
    assert (failures.get() - before, open_events(database)) == (1, 3)
    assert [r.getMessage() for r in caplog.records] == ["a consumer failed"]

    moody.fails_at.clear()
    frozen_clock.move(seconds=2)
    drain(relay)
    assert [pair for pair in told(database) if pair[0] == subject.id] == [
        (subject.id, n) for n in (1, 2, 3, 4)
    ]
    assert open_events(database) == 0


def test_an_event_is_tried_again_and_again_and_never_lost(database: Database, frozen_clock: Clock) -> None:
    prepare(database)
    moody = Moody(1)
    subject = moved_claim(database, 1)
    relay = Relay(database, {"claim_moved": (moody,)})
    for attempt in range(1, 16):
        drain(relay)
        assert mark(database, 1).attempts == attempt
        frozen_clock.move(minutes=6)
    assert told(database) == []
    moody.fails_at.clear()
    drain(relay)
    assert (told(database), open_events(database)) == ([(subject.id, 1)], 0)


def test_retries_come_later_and_later_up_to_five_minutes() -> None:
    waits = [retry_after(attempts, 0.5).total_seconds() for attempts in range(1, 12)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert [retry_after(n, 0).total_seconds() for n in (1, 10**6)] == [0.8, 240]
    assert [retry_after(n, 1).total_seconds() for n in (1, 10**6)] == [1.2, 360]


def test_readiness_waits_for_what_was_recorded_but_not_for_what_keeps_failing(database: Database) -> None:
    prepare(database)
    assert Relay(database, CONSUMERS).has_caught_up is False
    moved_claim(database, 2)
    relay = Relay(database, CONSUMERS)
    assert (relay.turn(), relay.has_caught_up) == (True, False)
    drain(relay)
    assert (relay.has_caught_up, OPEN_EVENTS._value.get()) == (True, 0)
    moved_claim(database, 1)
    assert relay.has_caught_up is True
    late = Relay(database, {"claim_moved": (Moody(1),)})
    drain(late)
    assert (late.has_caught_up, OPEN_EVENTS._value.get()) == (True, 1)


def test_readiness_comes_however_much_is_recorded_meanwhile(database: Database) -> None:
    prepare(database)
    moved_claim(database, 1)
    relay = Relay(database, CONSUMERS, batch=1)
    moved_claim(database, 1)
    assert (relay.turn(), relay.has_caught_up) == (True, False)
    moved_claim(database, 1)
    assert (relay.turn(), relay.has_caught_up, open_events(database)) == (True, True, 1)


def die(point: str) -> None:
    """End as a process does that is killed with a lease in its hands."""
    if point == "relay.leased":
        raise KeyboardInterrupt


def test_a_lease_keeps_others_away_until_it_expires(
    database: Database, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(database)
    subject = moved_claim(database, 2)
    killed, heir = (Relay(database, CONSUMERS, lease=timedelta(seconds=10)) for _ in range(2))

    monkeypatch.setattr("insurenz.events.relay.fault", die)
    with pytest.raises(KeyboardInterrupt):
        killed.turn()
    monkeypatch.undo()
    assert (heir.turn(), heir.has_caught_up) == (False, False)
    frozen_clock.move(seconds=9.9)
    assert (heir.turn(), told(database)) == (False, [])
    frozen_clock.move(seconds=0.1)
    drain(heir)
    assert told(database) == [(subject.id, 1), (subject.id, 2)]
    assert mark(database, 1).attempts == 2


def test_n07_a_write_under_an_old_lease_changes_nothing(
    database: Database, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(database)
    subject = moved_claim(database, 1)
    slow = Relay(database, {"claim_moved": (Moody(1),)}, lease=timedelta(seconds=10))
    heir = Relay(database, CONSUMERS)

    def sleep_over_the_lease(point: str) -> None:
        if point == "relay.leased":
            monkeypatch.undo()
            frozen_clock.move(seconds=11)
            heir.turn()

    monkeypatch.setattr("insurenz.events.relay.fault", sleep_over_the_lease)
    slow.turn()
    done = mark(database, 1)
    assert (told(database), done.attempts, done.last_error) == ([(subject.id, 1)], 2, None)
    assert done.done_at == frozen_clock.at


def test_n07_who_lost_the_lease_hands_over_nothing_though_the_heir_has_not_begun(
    database: Database, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(database)
    subject = moved_claim(database, 1)
    slow, heir = (Relay(database, CONSUMERS, lease=timedelta(seconds=10)) for _ in range(2))

    def lose_the_lease(point: str) -> None:
        if point == "relay.leased":
            frozen_clock.move(seconds=11)
            monkeypatch.setattr("insurenz.events.relay.fault", die)
            with pytest.raises(KeyboardInterrupt):
                heir.turn()
            monkeypatch.undo()

    monkeypatch.setattr("insurenz.events.relay.fault", lose_the_lease)
    slow.turn()
    taken = mark(database, 1)
    assert (told(database), taken.done_at, taken.attempts) == ([], None, 2)
    frozen_clock.move(seconds=10)
    drain(heir)
    assert told(database) == [(subject.id, 1)]


def test_n07_a_failure_under_an_old_lease_does_not_postpone_the_new_one(
    database: Database, frozen_clock: Clock
) -> None:
    prepare(database)
    moved_claim(database, 1)
    taken_over = new_id()

    def lose_the_lease(session: object, event: object) -> None:
        raise RuntimeError

    relay = Relay(database, {"claim_moved": (lose_the_lease,)})
    postpone = relay._postpone

    def first_let_another_take_it(*given: object) -> None:
        with database.unit_of_work() as session:
            session.execute(EventMark.__table__.update().values(lease_token=taken_over))
        postpone(*given)

    relay._postpone = first_let_another_take_it  # type: ignore[method-assign,assignment]
    relay.turn()
    assert (mark(database, 1).lease_token, mark(database, 1).next_at) == (taken_over, None)


def test_relays_side_by_side_hand_every_event_over_once_and_in_order(real_database: Database) -> None:
    prepare(real_database)
    subjects = [claim() for _ in range(8)]
    is_over = threading.Event()

    def write(subject: Subject) -> None:
        for version in range(1, 9):
            with real_database.unit_of_work() as session:
                move(session, subject, version)

    def work(_: int) -> None:
        relay = Relay(real_database, CONSUMERS, batch=3)
        while relay.turn() or not is_over.is_set():
            pass

    with ThreadPoolExecutor(11) as pool:
        relays = [pool.submit(work, n) for n in range(3)]
        list(pool.map(write, subjects))
        is_over.set()
        assert [relay.result() for relay in relays] == [None] * 3
    # A relay may have looked while another held the last leases.
    drain(Relay(real_database, CONSUMERS))
    assert open_events(real_database) == 0
    assert told(real_database) == sorted((s.id, seq) for s in subjects for seq in range(1, 9))


def test_an_idle_relay_needs_no_write_lock(real_database: Database) -> None:
    relay = Relay(real_database, CONSUMERS)
    with real_database.unit_of_work() as session:
        session.execute(text("SELECT 1"))
        assert relay.turn() is False
