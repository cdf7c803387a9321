"""Many webhooks, some of them dead: none is delayed by another, in virtual time and in threads."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.deliveries import service
from insurenz.deliveries.channels import Sending
from insurenz.deliveries.lanes import AT_ONCE_OF_TARGETS
from insurenz.deliveries.models import Attempt, Delivery
from insurenz.deliveries.retry import WAITS
from insurenz.deliveries.sending import Sender, Taken
from tests.actors import Cast, people
from tests.conftest import Clock
from tests.deliveries.hooked import Post, hangs, hook, sender_of, to
from tests.deliveries.messages import Pretended, Scripted, put, states
from tests.deliveries.test_lanes import running
from tests.waiting import PATIENCE_SECONDS, soon

HUNG, QUICK = timedelta(seconds=15), timedelta(seconds=0.2)


class Lane:
    """What a lane does, in virtual time: as many sendings at once, each of which lasts as long as its receiver takes."""

    def __init__(self, sender: Sender, clock: Clock, dead: Sequence[str]) -> None:
        self.sender, self.clock, self.dead = sender, clock, dead
        self.sending: list[tuple[datetime, Taken]] = []

    def run(self, until: datetime) -> None:
        """Work until then."""
        while self.clock.at < until:
            over = [each for each in self.sending if each[0] <= self.clock.at]
            self.sending = [each for each in self.sending if each not in over]
            sent = [(taken, self.sender.send(taken)) for _, taken in over]
            busy = [taken.sending.target for _, taken in self.sending]
            for taken in self.sender.turn(sent, AT_ONCE_OF_TARGETS - len(busy), busy=busy):
                lasts = HUNG if taken.sending.target in self.dead else QUICK
                self.sending.append((self.clock.at + lasts, taken))
            busy = [taken.sending.target for _, taken in self.sending]
            is_ready, next_at = self.sender.look(busy)
            assert not is_ready or len(busy) == AT_ONCE_OF_TARGETS
            self.clock.at = min([until, *filter(None, [next_at]), *(ends for ends, _ in self.sending)])


def attempts_of(database: Database, target: str) -> list[list[Attempt]]:
    """The attempts of each delivery to a target."""
    with database.read_unit() as session:
        chosen = select(Attempt).join(Delivery, Delivery.id == Attempt.delivery_id)
        chosen = chosen.where(Delivery.target == target).order_by(Attempt.delivery_id, Attempt.n)
        found: dict[str, list[Attempt]] = {}
        for attempt in session.scalars(chosen):
            found.setdefault(attempt.delivery_id, []).append(attempt)
        return list(found.values())


def of_target(database: Database, target: str) -> Sequence[Delivery]:
    with database.read_unit() as session:
        return session.scalars(select(Delivery).where(Delivery.target == target).order_by(Delivery.id)).all()


def test_r04_of_fifty_webhooks_five_are_dead_and_the_others_do_not_notice(
    real_database: Database, frozen_clock: Clock
) -> None:
    database, post, began = real_database, Post(), frozen_clock.at
    with database.unit_of_work() as session:
        cast = people(session)
    firms = ("city", "lakeside", "suraksha")
    urls = [f"https://n{n}.example/" for n in range(50)]
    hooks = [hook(database, cast, at=firms[n % 3], url=url) for n, url in enumerate(urls)]
    dead, flooded, living = hooks[:4], hooks[4], hooks[5:]
    for url in urls[:5]:
        post.will(hangs, url=url)
    lane = Lane(sender_of(database, post), frozen_clock, [*dead, flooded])
    put(database, *(to(flooded) for _ in range(4)), *(to(each) for each in dead))
    # Also when retries of the dead are due.
    for seconds in (0, 20, 310):
        lane.run(began + timedelta(seconds=seconds))
        put(database, *(to(each) for each in living))
    lane.run(began + timedelta(hours=40))
    for target in living:
        for row in of_target(database, target):
            assert (row.state, row.attempts) == ("delivered", 1)
            # In the first or the second round, as with nobody dead: there are more of them than are sent to at once.
            assert row.closed_at is not None
            assert row.closed_at - row.created_at <= 2 * QUICK
    for target in dead:
        [tries] = attempts_of(database, target)
        assert [attempt.error for attempt in tries] == ["timeout"] * (len(WAITS) + 1)
        for (before, after), wait in zip(pairwise(tries), WAITS, strict=True):
            assert before.ended_at is not None
            assert before.ended_at - before.started_at == HUNG
            assert 0.8 * wait <= after.started_at - before.ended_at <= 1.2 * wait
        assert of_target(database, target)[0].state == "dead"
    tried = attempts_of(database, flooded)
    assert {len(tries) for tries in tried} == {len(WAITS) + 1}
    # Never two at once.
    spans = sorted((a.started_at, a.ended_at) for tries in tried for a in tries)
    assert all(before[1] <= after[0] for before, after in pairwise(spans) if before[1])


class SomeHang(Pretended):
    """A channel some of whose receivers do not answer until the test lets them."""

    name = "webhook"

    def __init__(self, hanging: Sequence[str]) -> None:
        self.hanging, self.over = hanging, threading.Event()
        self.began: list[str] = []

    def send(self, sending: Sending, _body: object, *, key: str) -> None:
        self.began.append(sending.target)
        if sending.target in self.hanging:
            assert self.over.wait(PATIENCE_SECONDS)


def test_r04_in_threads_too_those_that_hang_hold_one_place_each(real_database: Database) -> None:
    targets = [new_id() for _ in range(50)]
    channel = SomeHang(targets[:5])
    try:
        with running(real_database, channel):  # type: ignore[arg-type]
            put(real_database, *(to(target) for target in targets[:5] for _ in range(10)))
            assert soon(lambda: len(channel.began) == 5)
            put(real_database, *(to(target) for target in targets[5:] for _ in range(2)))
            assert soon(lambda: states(real_database).count("delivered") == 90)
            assert sorted(each for each in channel.began if each in targets[:5]) == sorted(targets[:5])
            channel.over.set()
            assert soon(lambda: set(states(real_database)) == {"delivered"})
            assert len(channel.began) == 140
    finally:
        channel.over.set()


def test_two_processes_never_take_the_same_and_leave_nothing(real_database: Database) -> None:
    targets = [new_id() for _ in range(3)]
    ids = put(real_database, *(to(target) for target in targets for _ in range(4)))
    senders = [Sender(real_database, Scripted(name="webhook")) for _ in range(2)]
    first = senders[0].turn((), 10)
    second = senders[1].turn((), 10)
    assert [sorted(taken.sending.target for taken in each) for each in (first, second)] == [
        sorted(targets)
    ] * 2
    assert not {taken.sending.id for taken in first} & {taken.sending.id for taken in second}
    # What a target gets next is what it has waited for longest.
    assert sorted(taken.sending.id for taken in first) == sorted(ids[::4])
    taken: list[Any] = [*zip(senders, (first, second), strict=True)]
    for sender, batch in taken:
        assert sender.turn([(each, sender.send(each)) for each in batch], 0) == []
    senders[0].work()
    assert set(states(real_database)) == {"delivered"}


def test_a_paused_channel_takes_nothing_of_any_target(database: Database, cast: Cast) -> None:
    put(database, to(hook(database, cast)))
    sender = Sender(database, Scripted(name="webhook"))
    with database.unit_of_work() as session:
        service.pause(session, cast.admin, "webhook", is_paused=True)
    assert (sender.look()[0], sender.turn((), 5)) == (False, [])
    with database.unit_of_work() as session:
        service.pause(session, cast.admin, "webhook", is_paused=False)
    assert (sender.look()[0], len(sender.turn((), 5))) == (True, 1)
