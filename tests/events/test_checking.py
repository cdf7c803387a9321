"""The trail is checked by itself, in pieces that any process may do; what was changed is told to admins."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from insurenz.core.db import Database
from insurenz.core.metrics import ALERTS, AUDIT_CHECKED, AUDIT_FAULTS
from insurenz.events.chain import seal
from insurenz.events.checking import EVERY, LEASE, TRAIL, check_some, standing
from insurenz.events.models import AUDIT_CHECK, AuditCheck, Event
from insurenz.events.verify import Audit, auditing, verify
from insurenz.events.watch import Watch
from tests.actors import Cast
from tests.conftest import Clock
from tests.events.samples import moved_claim, stored, tamper
from tests.notifications.stories import Desk
from tests.waiting import PATIENCE_SECONDS


def check_all(database: Database, at_once: int = 4) -> int:
    """Every piece there is now; gives how many."""
    pieces = 1
    while check_some(database, at_once=at_once):
        pieces += 1
    return pieces


def place(database: Database) -> AuditCheck:
    with database.read_unit() as session:
        return session.scalars(select(AuditCheck)).one()


def alerts(database: Database) -> list[dict[str, Any]]:
    with database.read_unit() as session:
        chosen = select(Event).where(Event.type == "audit_check_failed").order_by(Event.seq)
        return [event.data for event in session.scalars(chosen)]


def alter(database: Database, subject_id: str, seq: int) -> None:
    values = {"subject": stored(database, subject_id), "seq": seq}
    tamper(database, "UPDATE events SET status = 'paid' WHERE subject_id = :subject AND seq = :seq", values)


def counted() -> float:
    return float(ALERTS.labels("audit_check_failed")._value.get())


def test_r10_pieces_of_any_size_find_what_one_walk_finds(database: Database, frozen_clock: Clock) -> None:
    claims = [moved_claim(database, events, remarks="Please send the bill.") for events in (3, 1, 5, 2, 4)]
    seal(database)
    moved_claim(database, 2)
    seal(database)
    for size in (1, 4, 1000):
        assert check_all(database, size) >= 2
        assert (place(database).last_faults, place(database).finished_at) == (0, frozen_clock.at)
        frozen_clock.move(days=1)
    alter(database, claims[2].id, 4)
    alter(database, claims[4].id, 1)
    tamper(database, "UPDATE checkpoints SET hash = prev_hash WHERE seq = 1")
    whole = verify(database).faults
    for size in (1, 4, 1000):
        walked = []
        after, seq = None, 0
        while True:
            with auditing(database) as audit:
                after = audit.walk_chains(after, most=size)
                walked += audit.report_with_seals().faults
            if after is None:
                break
        while seq is not None:
            with auditing(database) as audit:
                seq = audit.walk_checkpoints(seq, most=size)
                walked += audit.report_with_seals().faults
        found = {(fault.wrong, fault.subject_id, fault.seq, fault.checkpoint) for fault in whole}
        assert {(each.wrong, each.subject_id, each.seq, each.checkpoint) for each in walked} >= found
    assert {fault.subject_id for fault in whole} == {claims[2].id, claims[4].id, None}


def test_r10_a_changed_row_is_told_to_admins_once_with_its_place_and_nothing_of_it(
    database: Database, cast: Cast, frozen_clock: Clock
) -> None:
    desk, before = Desk.of(database, cast), counted()
    subject = moved_claim(database, 3, remarks="Please send the bill.")
    check_all(database, 1000)
    desk.tell()
    assert (alerts(database), desk.inbox(cast.admin)) == ([], [])
    alter(database, subject.id, 2)
    frozen_clock.move(days=1)
    check_all(database)
    desk.tell()
    with database.read_unit() as session:
        event_id = session.scalars(select(Event.id).filter_by(subject_id=subject.id, seq=2)).one()
    [told] = alerts(database)
    assert told == {
        "wrong": "altered",
        "count": 1,
        "subject_kind": "claim",
        "subject_id": subject.id,
        "seq": 2,
        "event_id": event_id,
        "checkpoint": None,
    }
    assert counted() - before == 1
    assert desk.inbox(cast.admin) == ["Audit Check Failed"]
    assert desk.inbox(cast.auditor) == []
    frozen_clock.move(days=1)
    check_all(database)
    assert len(alerts(database)) == 2


@pytest.mark.parametrize("gone", ["events", "checkpoints"])
def test_r10_a_chain_that_is_gone_is_found_at_the_end_of_a_check(
    database: Database, frozen_clock: Clock, gone: str
) -> None:
    subject = moved_claim(database, 3)
    seal(database)
    moved_claim(database, 2)
    seal(database)
    tamper(
        database,
        "DELETE FROM events WHERE subject_id = :subject"
        if gone == "events"
        else "DELETE FROM checkpoints WHERE seq = 1",
        {"subject": stored(database, subject.id)} if gone == "events" else {},
    )
    check_all(database)
    assert place(database).last_faults >= 1


def test_a_check_begins_once_a_day_and_goes_on_where_it_was(database: Database, frozen_clock: Clock) -> None:
    for _ in range(3):
        moved_claim(database, 4)
    assert check_some(database, at_once=4) is True
    began, first = frozen_clock.at, place(database)
    assert (first.subject_kind, first.is_sealing, first.finished_at) == ("claim", False, None)
    frozen_clock.move(minutes=1)
    assert check_some(database, at_once=4) is True
    assert place(database).subject_id != first.subject_id
    check_all(database)
    done = place(database)
    assert (done.finished_at, done.next_at, done.subject_id) == (frozen_clock.at, began + EVERY, None)
    frozen_clock.at = began + EVERY
    frozen_clock.move(seconds=-1)
    assert check_some(database) is False
    assert place(database).next_at == began + EVERY
    frozen_clock.move(seconds=1)
    assert check_some(database) is True
    assert place(database).started_at == began + EVERY


def test_a_piece_that_a_killed_process_took_is_taken_again_and_a_slow_one_writes_nothing_over_it(
    database: Database, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved_claim(database, 4)
    moved_claim(database, 4)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Audit, "walk_chains", killed)
        with pytest.raises(KeyboardInterrupt):
            check_some(database)
    assert check_some(database) is False
    frozen_clock.move(seconds=LEASE.total_seconds())
    walk = Audit.walk_chains

    def slow(audit: Audit, *given: Any, **more: Any) -> Any:
        with database.unit_of_work() as session:
            session.execute(update(AUDIT_CHECK).values(next_at=frozen_clock.at + 2 * LEASE))
        return walk(audit, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Audit, "walk_chains", slow)
        assert check_some(database, at_once=4) is False
    assert place(database).subject_id is None


def test_two_processes_never_check_the_same_piece(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved_claim(real_database, 4)
    begun, may_end, walk = threading.Event(), threading.Event(), Audit.walk_chains

    def held(audit: Audit, *given: Any, **more: Any) -> Any:
        begun.set()
        assert may_end.wait(PATIENCE_SECONDS)
        return walk(audit, *given, **more)

    monkeypatch.setattr(Audit, "walk_chains", held)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(check_some, real_database)
        assert begun.wait(PATIENCE_SECONDS)
        assert check_some(real_database) is False
        may_end.set()
        assert first.result(PATIENCE_SECONDS) is True
    assert place(real_database).is_sealing is True


def test_metrics_tell_when_a_check_ended_and_what_it_found(database: Database, frozen_clock: Clock) -> None:
    subject, looking = moved_claim(database, 3), Watch(database)
    with database.read_unit() as session:
        assert standing(session) == (None, 0)
    alter(database, subject.id, 2)
    check_some(database)
    looking.look()
    assert AUDIT_FAULTS._value.get() == 1
    check_all(database)
    looking.look()
    assert (AUDIT_FAULTS._value.get(), AUDIT_CHECKED._value.get()) == (1, frozen_clock.at.timestamp())
    assert TRAIL.kind == "audit"
