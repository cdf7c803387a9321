"""Whoever changes what was recorded is found: the first bad row is named, with what is wrong with it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from insurenz.core.db import Database
from insurenz.events.chain import export, seal
from insurenz.events.models import CHAINS, TEXTS, Event, EventChain
from insurenz.events.service import Subject, erase_text
from insurenz.events.verify import Fault, Wrong, verify
from tests.events.samples import MEERA, claim, count, move, moved_claim, stored, tamper


@pytest.fixture
def subject(database: Database) -> Subject:
    """A sealed claim of five events, between two other claims; a sixth event came after the seal."""
    moved_claim(database, 2)
    subject = moved_claim(database, 5, remarks="Please send the bill.")
    moved_claim(database, 3)
    assert seal(database) is False
    with database.unit_of_work() as session:
        move(session, subject, 6, remarks="Thank you.")
    return subject


def event_id(database: Database, subject: Subject, seq: int) -> str:
    with database.read_unit() as session:
        return session.query(Event.id).filter_by(subject_id=subject.id, seq=seq).scalar()


def change(database: Database, subject: Subject, seq: int, assignment: str, **values: Any) -> None:
    values |= {"subject": stored(database, subject.id), "seq": seq}
    tamper(database, f"UPDATE events SET {assignment} WHERE subject_id = :subject AND seq = :seq", values)


def delete(database: Database, subject: Subject, condition: str, table: str = "events") -> None:
    values = {"subject": stored(database, subject.id)}
    tamper(database, f"DELETE FROM {table} WHERE subject_id = :subject AND {condition}", values)


def found(database: Database, against: list[str] | None = None) -> list[tuple[Any, ...]]:
    """What verification finds, without its words."""
    faults = verify(database, against=against or []).faults
    return [(f.wrong, f.subject_id, f.seq, f.event_id, f.checkpoint, f.is_after_last_seal) for f in faults]


def test_r10_an_untouched_trail_is_sound(database: Database, subject: Subject) -> None:
    report = verify(database)
    assert (report.is_sound, report.first) == (True, None)
    assert (report.chains, report.events, report.texts, report.checkpoints, report.unsealed) == (
        3,
        11,
        6,
        1,
        1,
    )
    assert report.sealed_at is not None


def test_an_empty_trail_is_sound(database: Database) -> None:
    report = verify(database)
    assert (report.is_sound, report.events, report.sealed_at) == (True, 0, None)


ALTERATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "status": ("status = :new", {"new": "approved"}),
    "actor": ("actor_name = :new", {"new": "Somebody Else"}),
    "data": ("data = :new", {"new": '{"action":"approve"}'}),
    "version": ("version = :new", {"new": 77}),
    "hash": ("hash = :new", {"new": "0" * 64}),
    "id": ("id = :new", {"new": "00000000000000000000000000000001"}),
}


@pytest.mark.parametrize("name", ALTERATIONS)
@pytest.mark.parametrize(("seq", "is_after_last_seal"), [(1, False), (3, False), (5, False), (6, True)])
def test_r10_an_altered_row_is_named(
    database: Database, subject: Subject, name: str, seq: int, is_after_last_seal: bool
) -> None:
    assignment, values = ALTERATIONS[name]
    change(database, subject, seq, assignment, **values)
    uid = event_id(database, subject, seq)
    assert found(database) == [(Wrong.ALTERED, subject.id, seq, uid, None, is_after_last_seal)]


def test_r10_a_changed_time_is_found_to_the_microsecond(database: Database, subject: Subject) -> None:
    changed = "2026-11-22 06:30:00.000001" + ("" if database.is_sqlite else "+00")
    cast = "CAST(:new AS timestamptz)" if not database.is_sqlite else ":new"
    change(database, subject, 2, f"occurred_at = {cast}", new=changed)
    assert found(database)[0][:3] == (Wrong.ALTERED, subject.id, 2)


def test_r10_a_row_removed_from_the_middle_is_named(database: Database, subject: Subject) -> None:
    delete(database, subject, "seq = 3")
    assert found(database) == [(Wrong.MISSING, subject.id, 3, None, None, False)]


def test_r10_a_row_removed_and_the_rest_renumbered_is_found(database: Database, subject: Subject) -> None:
    delete(database, subject, "seq = 3")
    for seq in (4, 5, 6):
        change(database, subject, seq, f"seq = {seq - 1}")
    uid = event_id(database, subject, 3)
    assert found(database) == [(Wrong.ORDER, subject.id, 3, uid, None, False)]


def test_r10_two_rows_that_swapped_places_are_found(database: Database, subject: Subject) -> None:
    for old, new in ((2, -1), (3, 2), (-1, 3)):
        change(database, subject, old, f"seq = {new}")
    assert found(database) == [(Wrong.ORDER, subject.id, 2, event_id(database, subject, 2), None, False)]


def test_r10_a_row_moved_to_another_claim_is_found(database: Database, subject: Subject) -> None:
    other = moved_claim(database, 1)
    change(database, subject, 6, "subject_id = :other, seq = 2", other=stored(database, other.id))
    assert {fault[:3] for fault in found(database)} == {
        (Wrong.TAIL_CUT, subject.id, 6),
        (Wrong.ALTERED, other.id, 2),
    }


def cut(database: Database, subject: Subject, left: int) -> None:
    """Cut the tail and make the head fit, as somebody does who knows how it works."""
    delete(database, subject, f"seq > {left}")
    with database.unit_of_work() as session:
        head = session.query(Event.hash).filter_by(subject_id=subject.id, seq=left).scalar()
        fitted = {"head": head, "count": left, "sealed_count": left}
        session.execute(update(CHAINS).where(EventChain.subject_id == subject.id).values(fitted))


@pytest.mark.parametrize(("left", "is_after_last_seal"), [(2, False), (5, True)])
def test_r10_a_cut_tail_is_found_by_the_head(
    database: Database, subject: Subject, left: int, is_after_last_seal: bool
) -> None:
    delete(database, subject, f"seq > {left}")
    assert found(database) == [(Wrong.TAIL_CUT, subject.id, left + 1, None, None, is_after_last_seal)]


def test_r10_a_cut_tail_with_a_fitted_head_is_found_by_the_checkpoint(
    database: Database, subject: Subject
) -> None:
    cut(database, subject, 4)
    assert found(database) == [(Wrong.TAIL_CUT, subject.id, 5, None, 1, False)]
    assert verify(database).faults[0].detail == "checkpoint 1 sealed 5 events, 4 are left"


def test_r10_a_chain_written_anew_is_found_by_the_checkpoint(database: Database, subject: Subject) -> None:
    delete(database, subject, "seq > 0")
    delete(database, subject, "count > 0", table="event_chains")
    with database.unit_of_work() as session:
        for version in range(1, 7):
            move(session, subject, version)
    uid = event_id(database, subject, 5)
    assert found(database) == [(Wrong.ALTERED, subject.id, 5, uid, 1, False)]


@pytest.mark.parametrize("table", ["events", "event_chains"])
def test_r10_half_a_vanished_chain_is_found(database: Database, subject: Subject, table: str) -> None:
    delete(database, subject, "1 = 1", table=table)
    expected = (Wrong.CHAIN_GONE, 1, False) if table == "events" else (Wrong.HEAD_ALTERED, 6, True)
    ((wrong, subject_id, seq, _, _, is_after),) = found(database)
    assert ((wrong, seq, is_after), subject_id) == (expected, subject.id)


def test_r10_a_vanished_chain_is_found_by_the_checkpoint(database: Database, subject: Subject) -> None:
    for table in ("events", "event_chains"):
        delete(database, subject, "1 = 1", table=table)
    assert found(database) == [(Wrong.CHAIN_GONE, subject.id, 1, None, 1, False)]


def test_r10_a_changed_head_is_found(database: Database, subject: Subject) -> None:
    values = {"subject": stored(database, subject.id)}
    tamper(database, "UPDATE event_chains SET count = 2 WHERE subject_id = :subject", values)
    assert found(database) == [(Wrong.HEAD_ALTERED, subject.id, 6, None, None, True)]


TEXT_CHANGES = {
    "other words": ("body = 'Nothing is missing.'", Wrong.TEXT_ALTERED),
    "other salt": ("salt = 'x'", Wrong.TEXT_ALTERED),
    "half erased": ("salt = NULL", Wrong.TEXT_ALTERED),
    "other hash": ("hash = 'x', body = NULL, salt = NULL", Wrong.ALTERED),
    "other name": ("name = 'notes'", Wrong.ALTERED),
    "erased by nobody": ("body = NULL, salt = NULL", Wrong.TEXT_REMOVED),
}


@pytest.mark.parametrize("name", TEXT_CHANGES)
def test_r10_an_altered_text_is_named(database: Database, subject: Subject, name: str) -> None:
    assignment, wrong = TEXT_CHANGES[name]
    uid = event_id(database, subject, 3)
    values = {"event": stored(database, uid)}
    tamper(database, f"UPDATE event_texts SET {assignment} WHERE event_id = :event", values)
    assert found(database) == [(wrong, subject.id, 3, uid, None, False)]


def test_r10_a_removed_and_an_added_text_are_found(database: Database, subject: Subject) -> None:
    values = {"event": stored(database, event_id(database, subject, 2))}
    tamper(database, "DELETE FROM event_texts WHERE event_id = :event", values)
    assert found(database)[0][:3] == (Wrong.ALTERED, subject.id, 2)
    first = event_id(database, subject, 1)
    with database.unit_of_work() as session:
        added = {"event_id": first, "name": "notes", "hash": "x"}
        session.execute(TEXTS.insert(), added)
    assert found(database)[0][:3] == (Wrong.ALTERED, subject.id, 1)


def test_r10_erasing_a_text_keeps_the_trail_sound_and_leaves_nothing_to_guess_by(
    database: Database, subject: Subject
) -> None:
    uid = event_id(database, subject, 3)
    with database.unit_of_work() as session:
        assert erase_text(session, uid, "remarks", actor=MEERA) is True
    with database.unit_of_work() as session:
        assert erase_text(session, uid, "remarks", actor=MEERA) is False
        assert erase_text(session, uid, "notes") is False
        assert session.query(TEXTS.c.body, TEXTS.c.salt).filter_by(event_id=uid).all() == [(None, None)]
        last = session.query(Event).filter_by(subject_id=subject.id).order_by(Event.seq.desc()).first()
        assert (last.seq, last.type, last.actor_id) == (7, "text_erased", MEERA.id)
        assert last.data == {"event_id": uid, "text": "remarks"}
    assert verify(database).faults == []


CHECKPOINT_CHANGES = {
    "time": "created_at = '2020-01-01 00:00:00.000000'",
    "hash": "hash = 'x'",
    "heads": "heads = '[]'",
    "link": "prev_hash = 'x'",
}


@pytest.mark.parametrize("name", CHECKPOINT_CHANGES)
def test_r10_an_altered_checkpoint_is_named(database: Database, subject: Subject, name: str) -> None:
    seal(database)
    tamper(database, f"UPDATE checkpoints SET {CHECKPOINT_CHANGES[name]} WHERE seq = 1")
    faults = verify(database).faults
    assert (faults[0].wrong, faults[0].checkpoint) == (Wrong.CHECKPOINT_ALTERED, 1)
    assert {fault.wrong for fault in faults} == {Wrong.CHECKPOINT_ALTERED}


def test_r10_a_removed_checkpoint_is_named(database: Database, subject: Subject) -> None:
    seal(database)
    tamper(database, "DELETE FROM checkpoints WHERE seq = 1")
    assert verify(database).faults == [
        Fault(Wrong.CHECKPOINT_MISSING, "checkpoints 1 to 1 are gone", checkpoint=1)
    ]


@pytest.fixture
def exported(database: Database, subject: Subject) -> list[str]:
    """The checkpoints as they were carried away: two of them."""
    seal(database)
    with database.read_unit() as session:
        return list(export(session))


def test_r10_an_export_agrees_with_the_trail_it_was_taken_from(
    database: Database, subject: Subject, exported: list[str]
) -> None:
    with database.unit_of_work() as session:
        move(session, subject, 7)
    seal(database)
    assert (len(exported), found(database, exported), count(database, "checkpoints")) == (2, [], 3)
    with database.read_unit() as session:
        assert len(list(export(session, after=2))) == 1


def test_r10_an_export_finds_the_tail_cut_off_with_its_checkpoint(
    database: Database, subject: Subject, exported: list[str]
) -> None:
    cut(database, subject, 5)
    tamper(database, "DELETE FROM checkpoints WHERE seq = 2")
    assert found(database) == []
    assert found(database, exported) == [
        (Wrong.CHECKPOINT_MISSING, None, None, None, 2, False),
        (Wrong.TAIL_CUT, subject.id, 6, None, 2, False),
    ]


def test_r10_an_export_finds_everything_written_anew(
    database: Database, subject: Subject, exported: list[str]
) -> None:
    for table in ("checkpoints", "events", "event_chains", "event_texts"):
        tamper(database, f"DELETE FROM {table}")
    moved_claim(database, 4)
    seal(database)
    assert found(database) == []
    faults = found(database, exported)
    assert [fault[0] for fault in faults if fault[1] is None] == [
        Wrong.CHECKPOINT_ALTERED,
        Wrong.CHECKPOINT_MISSING,
    ]
    gone = [fault for fault in faults if fault[1] == subject.id]
    assert gone == [(Wrong.CHAIN_GONE, subject.id, 1, None, 1, False)]


@pytest.mark.parametrize("line", ["{}", "no json", "[1]", '{"seq": 1, "created_at": "x"}'])
def test_r10_a_line_that_is_no_export_is_said_to_be_none(database: Database, line: str) -> None:
    assert found(database, [line, ""]) == [(Wrong.EXPORT_ALTERED, None, None, None, None, False)]


def test_r10_an_altered_export_is_not_trusted(
    database: Database, subject: Subject, exported: list[str]
) -> None:
    altered = exported[0].replace('"seq": 1', '"seq": 2')
    assert [fault[0] for fault in found(database, [altered])] == [Wrong.EXPORT_ALTERED]


def test_many_faults_are_told_up_to_a_hundred(database: Database) -> None:
    for _ in range(103):
        with database.unit_of_work() as session:
            move(session, claim(), 1)
    tamper(database, "UPDATE events SET status = 'approved'")
    assert (len(verify(database).faults), verify(database).events) == (100, 103)


@pytest.mark.parametrize("events_at_once", [1, 2, 3, 7])
def test_chains_are_walked_alike_in_batches_of_any_size(
    database: Database, subject: Subject, monkeypatch: pytest.MonkeyPatch, events_at_once: int
) -> None:
    monkeypatch.setattr("insurenz.events.verify.EVENTS_AT_ONCE", events_at_once)
    monkeypatch.setattr("insurenz.events.verify.HEADS_AT_ONCE", 2)
    assert (found(database), verify(database).events) == ([], 11)
    change(database, subject, 4, "status = 'x'")
    assert [fault[:3] for fault in found(database)] == [(Wrong.ALTERED, subject.id, 4)]


def test_verification_sees_one_state_while_others_go_on(real_database: Database) -> None:
    subject = moved_claim(real_database, 3)
    writing: list[Callable[[], None]] = []

    def lines() -> Any:
        # Runs in the middle of the verification.
        with real_database.unit_of_work() as session:
            move(session, subject, 4)
        writing.append(lines)
        yield ""

    report = verify(real_database, against=lines())
    assert (report.faults, report.events, len(writing)) == ([], 3, 1)
    assert verify(real_database).events == 4
