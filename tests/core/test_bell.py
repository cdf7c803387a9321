"""The bell inside a process: who is rung for what."""

from insurenz.core.bell import EVENTS, Bell
from insurenz.core.db import Database, ring_after_commit
from insurenz.deliveries.service import enqueue
from tests.deliveries.messages import outgoing


def test_a_ring_reaches_those_whom_it_concerns_and_those_who_hear_all() -> None:
    bell = Bell()
    events, mails, everything = bell.listen(EVENTS), bell.listen("email"), bell.listen()
    bell.ring("email")
    assert [flag.is_set() for flag in (events, mails, everything)] == [False, True, True]
    bell.ring()
    assert events.is_set()


def test_a_message_wakes_the_senders_of_its_channel_alone(database: Database) -> None:
    mails, webhooks = database.bell.listen("email"), database.bell.listen("webhook")
    with database.unit_of_work() as session:
        enqueue(session, [outgoing(channel="email"), outgoing(channel="email")])
        ring_after_commit(session)
        assert not mails.is_set()
    assert (mails.is_set(), webhooks.is_set()) == (True, False)
