"""Sending: each delivery at least once, under one key and one lease, again and again, and not for ever."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from insurenz.accounts import queries as accounts
from insurenz.accounts import service as users
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.metrics import DELIVERY_ATTEMPTS
from insurenz.deliveries import service
from insurenz.deliveries.body import hash_of
from insurenz.deliveries.channels import Passing, Permanent, Sending
from insurenz.deliveries.models import Attempt, Delivery
from insurenz.deliveries.sending import LEASE, Sender
from tests.actors import Cast
from tests.conftest import Clock
from tests.deliveries.messages import (
    BODY,
    DOWN,
    Scripted,
    attempts,
    delivery,
    outgoing,
    put,
    states,
)


def counted(outcome: str) -> float:
    return DELIVERY_ATTEMPTS.labels("external", outcome)._value.get()


class Dies(BaseException):
    """Kill -9, as far as a test can do it in its own process."""


def die(_sending: Sending) -> None:
    raise Dies


def test_n07_a_write_under_an_old_lease_changes_nothing(database: Database, frozen_clock: Clock) -> None:
    put(database)
    heir = Sender(database, Scripted())

    def sleep_over_the_lease(_sending: Sending) -> None:
        frozen_clock.move(seconds=LEASE.total_seconds())
        heir.work()
        frozen_clock.move(minutes=1)
        raise Permanent("http_410", status_code=410)

    before = counted("dead")
    Sender(database, Scripted([sleep_over_the_lease])).work()
    row = delivery(database)
    assert (row.state, row.attempts, row.last_error) == ("delivered", 2, None)
    assert row.closed_at == frozen_clock.at - timedelta(minutes=1)
    assert attempts(database) == [(1, "unfinished", None, None), (2, "delivered", 202, None)]
    assert counted("dead") == before


def test_n07_a_late_receipt_under_an_old_lease_does_not_close_what_another_is_sending(
    database: Database, frozen_clock: Clock
) -> None:
    put(database)

    def be_killed_in_time(_sending: Sending) -> None:
        frozen_clock.move(seconds=LEASE.total_seconds())
        with pytest.raises(Dies):
            Sender(database, Scripted([die])).work()

    Sender(database, Scripted([be_killed_in_time])).work()
    row = delivery(database)
    assert (row.state, row.attempts, row.lease_until) == ("due", 2, frozen_clock.at + LEASE)
    assert [outcome for _, outcome, _, _ in attempts(database)] == ["unfinished", "unfinished"]


@pytest.mark.parametrize("failure", [DOWN, Permanent("http_404", status_code=404)])
def test_n07_a_late_failure_under_an_old_lease_leaves_what_another_is_sending(
    database: Database, frozen_clock: Clock, failure: Exception
) -> None:
    put(database)

    def fail_too_late(_sending: Sending) -> None:
        frozen_clock.move(seconds=LEASE.total_seconds())
        with pytest.raises(Dies):
            Sender(database, Scripted([die])).work()
        raise failure

    Sender(database, Scripted([fail_too_late])).work()
    row = delivery(database)
    assert (row.state, row.attempts, row.last_error) == ("due", 2, None)
    assert (row.lease_until, row.next_at) == (frozen_clock.at + LEASE, frozen_clock.at - LEASE)
    assert [outcome for _, outcome, _, _ in attempts(database)] == ["unfinished", "unfinished"]


def test_n07_what_waited_in_its_process_until_another_may_take_it_is_not_begun(
    database: Database, frozen_clock: Clock
) -> None:
    put(database)
    channel = Scripted()
    sender = Sender(database, channel)
    [taken] = sender.turn((), 1)
    frozen_clock.move(seconds=LEASE.total_seconds() / 2 + 1)
    sender.turn([(taken, sender.send(taken))], 0)
    row = delivery(database)
    assert (channel.keys, row.state, row.lease_until) == ([], "due", None)
    # It has used up none of its tries, and need not wait.
    assert (row.attempts, row.next_at, row.last_error) == (0, frozen_clock.at, None)
    assert attempts(database) == []
    Sender(database, channel).work()
    assert attempts(database) == [(1, "delivered", 202, None)]


def test_n07_what_is_given_back_when_another_has_it_takes_no_attempt_away(
    database: Database, frozen_clock: Clock
) -> None:
    put(database)
    slow = Sender(database, Scripted())
    [taken] = slow.turn((), 1)
    frozen_clock.move(seconds=LEASE.total_seconds())
    with pytest.raises(Dies):
        Sender(database, Scripted([die])).work()
    slow.turn([(taken, slow.send(taken))], 0)
    row = delivery(database)
    assert (row.state, row.attempts, row.lease_until) == ("due", 2, frozen_clock.at + LEASE)
    assert [(n, outcome) for n, outcome, _, _ in attempts(database)] == [(1, "unfinished"), (2, "unfinished")]


def test_r02_senders_side_by_side_send_each_delivery_once(real_database: Database) -> None:
    ids = put(real_database, count=60)
    channel = Scripted()
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(Sender(real_database, channel).work) for _ in range(3)]:
            done.result()
    # One may have looked while another held the last lease.
    Sender(real_database, channel).work()
    assert sorted(channel.keys) == sorted(ids)
    assert states(real_database) == ["delivered"] * 60


def test_a_delivery_is_sent_closed_and_its_message_dropped(database: Database, frozen_clock: Clock) -> None:
    [delivery_id] = put(database)
    channel, before = Scripted(), counted("delivered")
    Sender(database, channel).work()
    row = delivery(database)
    assert (channel.keys, channel.bodies) == ([delivery_id], [BODY])
    assert (row.state, row.closed_at, row.attempts, row.body) == ("delivered", frozen_clock.at, 1, None)
    assert (row.lease_token, row.lease_until, row.last_error) == (None, None, None)
    assert (row.body_hash, row.template_version) == (hash_of(BODY), 1)
    assert attempts(database) == [(1, "delivered", 202, None)]
    assert counted("delivered") == before + 1
    Sender(database, channel).work()
    assert len(channel.keys) == 1


def test_the_oldest_due_goes_first_and_what_is_not_due_yet_waits(
    database: Database, frozen_clock: Clock
) -> None:
    at = [frozen_clock.at + timedelta(seconds=n) for n in (-1, -3, 60, -2)]
    ids = put(database, *(outgoing(next_at=each) for each in at))
    channel = Scripted()
    sender = Sender(database, channel)
    assert sender.look() == (True, at[2])
    sender.work()
    assert channel.keys == [ids[1], ids[3], ids[0]]
    assert sender.look() == (False, at[2])
    frozen_clock.move(minutes=1)
    sender.work()
    assert channel.keys[3:] == [ids[2]]
    assert sender.look() == (False, None)


def test_r02_the_same_message_is_in_the_queue_once(database: Database) -> None:
    event, user = new_id(), new_id()
    first = outgoing(event_id=event)
    put(database, first)
    others = [outgoing(event_id=event, target=user), outgoing(event_id=event, channel="email")]
    with database.unit_of_work() as session:
        service.enqueue(session, [first, *others, outgoing(event_id=event, body={"another": "body"})])
        service.enqueue(session, [])
    assert states(database) == ["due"] * 3
    with database.read_unit() as session:
        assert set(session.scalars(select(Delivery.body_hash))) == {hash_of(BODY)}


def test_r04_a_receiver_that_stays_down_is_tried_by_the_schedule_and_then_no_more(
    database: Database, frozen_clock: Clock
) -> None:
    [delivery_id] = put(database)
    channel = Scripted([DOWN])
    sender = Sender(database, channel)
    waits = []
    for tries in range(1, 8):
        sender.work()
        row = delivery(database)
        assert (row.state, row.attempts, row.last_error) == ("due", tries, "http_503")
        assert (row.lease_token, row.body) == (None, BODY)
        waits.append((row.next_at - frozen_clock.at).total_seconds())
        frozen_clock.at = row.next_at - timedelta(microseconds=1)
        sender.work()
        frozen_clock.at = row.next_at
    schedule = [5, 300, 1800, 7200, 18000, 36000, 36000]
    assert [0.8 <= wait / base <= 1.2 for wait, base in zip(waits, schedule, strict=True)] == [True] * 7
    assert len({round(wait / base, 9) for wait, base in zip(waits, schedule, strict=True)}) == 7
    before = counted("dead")
    sender.work()
    row = delivery(database)
    assert (row.state, row.attempts, row.closed_at) == ("dead", 8, frozen_clock.at)
    # It can be replayed, so its message stays.
    assert (row.body, row.last_error) == (BODY, "http_503")
    assert attempts(database) == [(n, "passing", 503, "http_503") for n in range(1, 9)]
    assert (channel.keys, counted("dead")) == ([delivery_id] * 8, before + 1)
    frozen_clock.move(days=30)
    sender.work()
    assert len(channel.keys) == 8


def test_a_receiver_that_asks_for_time_is_given_it(database: Database, frozen_clock: Clock) -> None:
    put(database)
    sender = Sender(database, Scripted([Passing("http_429", timedelta(seconds=9), status_code=429)]))
    sender.work()
    assert delivery(database).next_at == frozen_clock.at + timedelta(seconds=9)


def test_what_the_receiver_refuses_for_good_is_not_tried_again(
    database: Database, frozen_clock: Clock
) -> None:
    put(database)
    Sender(database, Scripted([Permanent("http_410", status_code=410)])).work()
    row = delivery(database)
    assert (row.state, row.attempts, row.last_error) == ("dead", 1, "http_410")
    assert attempts(database) == [(1, "permanent", 410, "http_410")]


def test_a_defect_of_a_channel_loses_nothing_and_stops_nobody(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = put(database, count=2)
    with caplog.at_level(logging.ERROR):
        Sender(database, Scripted([ZeroDivisionError("its words may hold a name"), None])).work()
    assert (delivery(database, first).state, delivery(database, second).state) == ("due", "delivered")
    assert attempts(database, first) == [(1, "passing", None, "ZeroDivisionError")]
    assert [record.getMessage() for record in caplog.records] == ["a channel failed"]


def test_n03_a_lease_keeps_others_away_until_it_expires(database: Database, frozen_clock: Clock) -> None:
    put(database)
    with pytest.raises(Dies):
        Sender(database, Scripted([die])).work()
    channel = Scripted()
    heir = Sender(database, channel)
    assert heir.look() == (False, None)
    frozen_clock.at = delivery(database).lease_until - timedelta(microseconds=1)
    heir.work()
    assert (channel.keys, states(database)) == ([], ["due"])
    frozen_clock.move(microseconds=1)
    assert heir.look() == (True, None)
    heir.work()
    assert states(database) == ["delivered"]
    assert attempts(database) == [(1, "unfinished", None, None), (2, "delivered", 202, None)]


def test_a_turn_closes_what_was_sent_and_takes_as_many_as_asked(database: Database) -> None:
    ids = put(database, count=5)
    sender = Sender(database, Scripted([None, DOWN, None]))
    taken = sender.turn([], 2)
    assert [each.sending.id for each in taken] == ids[:2]
    following = sender.turn([(each, sender.send(each)) for each in taken], 2)
    assert sorted(each.sending.id for each in following) == ids[2:4]
    assert sender.turn([(each, sender.send(each)) for each in following], 0) == []
    assert states(database) == ["delivered", "due", "delivered", "delivered", "due"]
    assert [delivery(database, name).attempts for name in ids] == [1, 1, 1, 1, 0]


def test_a_channel_sends_only_what_is_addressed_to_it(database: Database) -> None:
    put(database, outgoing(), outgoing(channel="email", target=new_id()))
    Sender(database, Scripted()).work()
    assert states(database) == ["delivered", "due"]


def test_an_idle_sender_needs_no_write_lock(real_database: Database) -> None:
    put(real_database, outgoing(channel="email"))
    sender = Sender(real_database, Scripted())
    with real_database.unit_of_work() as session:
        session.execute(text("UPDATE deliveries SET attempts = attempts"))
        assert sender.look() == (False, None)


def test_z08_who_lost_the_right_meanwhile_is_not_told(
    database: Database, cast: Cast, frozen_clock: Clock
) -> None:
    at_city = {"hospital_id": cast.city.id, "payer_id": cast.suraksha.id, "channel": "external"}
    people = (cast.city_desk, cast.city_ward, cast.priya, cast.rahul)
    later = frozen_clock.at + timedelta(hours=8)
    rows = [outgoing(target=p.id, user_id=p.id, next_at=later, **at_city) for p in people]
    ids = put(database, *rows)
    with database.unit_of_work() as session:
        users.disable(session, cast.admin, accounts.user(session, cast.city_desk.id))
        users.unassign(session, cast.admin, accounts.user(session, cast.priya.id), cast.city)
        users.assign(session, cast.admin, accounts.user(session, cast.rahul.id), cast.health)
    frozen_clock.move(hours=8)
    channel, before = Scripted(), counted("cancelled")
    Sender(database, channel).work()
    assert channel.keys == [ids[1]]
    for delivery_id in (ids[0], ids[2], ids[3]):
        row = delivery(database, delivery_id)
        assert (row.state, row.last_error, row.attempts) == ("cancelled", "not_entitled", 0)
        assert (row.body, row.body_hash, row.closed_at) == (None, hash_of(BODY), frozen_clock.at)
        assert attempts(database, delivery_id) == []
    assert counted("cancelled") == before + 3


def test_z08_the_right_is_asked_again_before_each_attempt(
    database: Database, cast: Cast, frozen_clock: Clock
) -> None:
    row = outgoing(target=cast.asha.id, user_id=cast.asha.id, claimant_id=cast.asha.id)
    put(database, row)
    channel = Scripted([DOWN])
    sender = Sender(database, channel)
    sender.work()
    with database.unit_of_work() as session:
        users.disable(session, cast.admin, accounts.user(session, cast.asha.id))
    frozen_clock.move(minutes=1)
    sender.work()
    assert (len(channel.keys), states(database)) == (1, ["cancelled"])
    assert attempts(database) == [(1, "passing", 503, "http_503")]


def test_a_paused_channel_keeps_its_deliveries_due(database: Database, cast: Cast) -> None:
    put(database, count=2)
    channel = Scripted()
    sender = Sender(database, channel)
    with database.unit_of_work() as session:
        service.pause(session, cast.admin, "external", is_paused=True)
        service.pause(session, cast.admin, "email", is_paused=True)
    assert sender.look() == (False, None)
    sender.work()
    assert (channel.keys, states(database)) == ([], ["due", "due"])
    with database.unit_of_work() as session:
        service.pause(session, cast.admin, "external", is_paused=False)
    assert sender.look() == (True, None)
    sender.work()
    assert states(database) == ["delivered", "delivered"]


def test_pausing_in_the_middle_leaves_the_rest(database: Database, cast: Cast) -> None:
    put(database, count=3)

    def pause(_sending: Sending) -> None:
        with database.unit_of_work() as session:
            service.pause(session, cast.admin, "external", is_paused=True)

    Sender(database, Scripted([pause])).work()
    assert states(database) == ["delivered", "due", "due"]


def test_the_attempt_is_on_record_before_anything_is_sent(database: Database, frozen_clock: Clock) -> None:
    put(database)
    seen = []

    def look(_sending: Sending) -> None:
        with database.read_unit() as session:
            seen.extend(session.scalars(select(Attempt)))
        frozen_clock.move(seconds=3)

    started = frozen_clock.at
    Sender(database, Scripted([look])).work()
    [attempt] = seen
    assert (attempt.outcome, attempt.started_at, attempt.ended_at) == ("unfinished", started, None)
    with database.read_unit() as session:
        ended = session.scalars(select(Attempt)).one()
    assert (ended.outcome, ended.started_at, ended.ended_at) == ("delivered", started, frozen_clock.at)
