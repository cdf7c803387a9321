"""Recording: what a row holds, what its hash covers, what is refused, and how writers of one subject take turns."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event as sa_event
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from insurenz.core import context
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.events.chain import CONTENT, GENESIS, event_hash
from insurenz.events.models import EVENTS, Event, EventChain, EventMark
from insurenz.events.queries import history
from insurenz.events.relay import backlog
from insurenz.events.service import Subject, record
from insurenz.events.verify import verify
from tests.conftest import Clock
from tests.events.samples import MEERA, claim, count, move, moved_claim


def test_an_event_holds_the_subject_the_actor_and_the_request_as_they_were(
    database: Database, frozen_clock: Clock
) -> None:
    subject = Subject(
        "claim", new_id(), "CSHLSIP-2026-014", new_id(), new_id(), None, "City Hospital", "qc_query"
    )
    token = context.request_id.set("req-1")
    with database.unit_of_work() as session:
        returned = record(
            session,
            "claim_qc_query",
            subject=subject,
            actor=MEERA,
            data={"action": "raise_query", "from": "qc_pending", "to": "qc_query"},
            texts={"remarks": "The bill is missing."},
            version=2,
        )
    context.request_id.reset(token)
    with database.read_unit() as session:
        (row,) = session.execute(select(EVENTS)).mappings()
    assert {name: row[name] for name in row if name not in ("id", "hash")} == {
        "seq": 1,
        "type": "claim_qc_query",
        "subject_kind": "claim",
        "subject_id": subject.id,
        "claim_number": "CSHLSIP-2026-014",
        "version": 2,
        "hospital_id": subject.hospital_id,
        "payer_id": subject.payer_id,
        "claimant_id": None,
        "hospital_name": "City Hospital",
        "status": "qc_query",
        "actor_id": MEERA.id,
        "actor_role": "claim_processor_l2",
        "actor_name": "Meera Iyer",
        "actor_email": "meera@demo.example",
        "data": {"action": "raise_query", "from": "qc_pending", "to": "qc_query"},
        "occurred_at": frozen_clock.at,
        "request_id": "req-1",
        "prev_hash": GENESIS,
    }
    assert {name: getattr(returned, name) for name in row} == dict(row)


def test_the_hash_covers_every_column_but_the_place_in_the_chain() -> None:
    assert set(EVENTS.c.keys()) - set(CONTENT) == {"seq", "hash"}


def test_the_hash_is_the_documented_one() -> None:
    row: dict[str, Any] = dict.fromkeys(CONTENT)
    row |= {"id": "1", "type": "t", "data": {"b": [1, True, None], "a": "é"}, "prev_hash": GENESIS}
    row |= {"occurred_at": Clock().at, "subject_kind": "claim", "subject_id": "2"}
    assert event_hash(row, {"remarks": "ab"}) == GOLDEN


# sha256sum of the JSON written out by hand.
GOLDEN = "5a66fcebdb461bd9086e8cff94804793dcb63d3553fdc8d34360f1236297a48b"


def test_several_events_of_one_unit_stand_in_their_order(database: Database) -> None:
    first, second = claim(), claim()
    with database.unit_of_work() as session:
        hashes = [move(session, first, 1).hash, move(session, first, 2).hash]
        move(session, second, 1)
    with database.read_unit() as session:
        entries = history(session, "claim", first.id).items
        head = session.get_one(EventChain, ("claim", first.id))
        assert [(e.event.seq, e.event.hash) for e in entries] == [(1, hashes[0]), (2, hashes[1])]
        assert [e.event.prev_hash for e in entries] == [GENESIS, hashes[0]]
        assert (head.head, head.count, head.sealed_count) == (hashes[1], 2, 0)
        assert backlog(session) == 3


def test_n01_a_committed_transition_has_one_event_and_a_rolled_back_one_none(database: Database) -> None:
    subject, rings = claim(), database.bell.listen()
    with pytest.raises(RuntimeError), database.unit_of_work() as session:
        move(session, subject, 1, remarks="never")
        raise RuntimeError
    tables = ("events", "event_texts", "event_chains", "event_marks")
    assert ([count(database, table) for table in tables], rings.is_set()) == ([0, 0, 0, 0], False)
    with database.unit_of_work() as session:
        move(session, subject, 1, remarks="once")
        assert not rings.is_set()
    assert ([count(database, table) for table in tables], rings.is_set()) == ([1, 1, 1, 1], True)


def test_the_same_transition_twice_is_refused_by_the_database(database: Database) -> None:
    subject = moved_claim(database, 2)
    for version in (1, 2):
        with pytest.raises(IntegrityError), database.unit_of_work() as session:
            move(session, subject, version)
    assert (count(database, "events"), verify(database).faults) == (2, [])


def test_events_that_are_no_transitions_may_repeat(database: Database) -> None:
    user = Subject("user", new_id())
    for _ in range(2):
        with database.unit_of_work() as session:
            record(session, "user_signed_in", subject=user, actor=None)
    assert count(database, "events") == 2


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"amount": 1.5}, "data.amount is a float"),
        ({"at": Clock().at}, "data.at is a datetime"),
        ({"list": [{"x": {1, 2}}]}, r"data.list\[0\].x is a set"),
        ({"map": {1: "a"}}, "data.map is a dict"),
        ({"name": "a\0b"}, "data.name has a character"),
        ({"name": "\ud800"}, "data.name has a character"),
    ],
    ids=["fraction", "time", "set", "number as key", "NUL", "lone surrogate"],
)
def test_data_that_no_database_keeps_unchanged_is_refused(
    database: Database, data: dict[str, Any], place: str
) -> None:
    with pytest.raises(ValueError, match=place), database.unit_of_work() as session:
        record(session, "claim_changed", subject=claim(), actor=None, data=data)
    assert count(database, "events") == 0


def test_data_comes_back_as_it_was_given(database: Database) -> None:
    data = {
        "n": 2**60,
        "b": True,
        "none": None,
        "list": [1, "x", {"y": []}],
        "text": "₹ \t\n नमस्ते 🙂 \x7f\u202e",
    }
    subject = claim()
    with database.unit_of_work() as session:
        record(session, "claim_changed", subject=subject, actor=None, data=data, texts={"notes": "🙂\n"})
    with database.read_unit() as session:
        (entry,) = history(session, "claim", subject.id).items
    assert (entry.event.data, entry.texts, verify(database).faults) == (data, {"notes": "🙂\n"}, [])


@pytest.mark.parametrize(("texts", "rows"), [({}, 2), ({"remarks": "a", "reason": "b"}, 4)])
def test_an_event_costs_a_fixed_number_of_statements(
    database: Database, texts: dict[str, str], rows: int
) -> None:
    begun, more = (2 + rows, 2 + rows) if database.is_sqlite else (3, 2)
    statements: list[str] = []
    subject = claim()
    with database.unit_of_work() as session:
        session.connection()
        bind = session.connection()
        sa_event.listen(bind, "before_cursor_execute", lambda *a: statements.append(a[2]))
        costs = []
        for version in (1, 2):
            statements.clear()
            move(session, subject, version, **texts)
            costs.append(len([s for s in statements if "SAVEPOINT" not in s]))
    assert costs == [begun, more]


def test_writers_of_one_subject_take_turns_and_leave_no_gap(real_database: Database) -> None:
    subject = claim()

    def write(worker: int) -> None:
        for n in range(6):
            with real_database.unit_of_work() as session:
                record(session, "claim_changed", subject=subject, actor=None, data={"n": n})
                record(session, "claim_changed", subject=subject, actor=None, data={"worker": worker})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with real_database.read_unit() as session:
        seqs = session.scalars(select(Event.seq).order_by(Event.seq)).all()
        marks = session.scalars(select(EventMark.seq).order_by(EventMark.seq)).all()
    assert seqs == marks == list(range(1, 97))
    assert verify(real_database).faults == []


def test_writers_who_begin_a_chain_at_once_all_get_a_place_in_it(real_database: Database) -> None:
    subjects = [claim() for _ in range(5)]

    def write(worker: int) -> None:
        for subject in subjects:
            with real_database.unit_of_work() as session:
                # Version 1 takes the short way, the others look for the chain first.
                version = 1 if worker == 0 else None
                record(session, f"event_{worker}", subject=subject, actor=None, version=version)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    report = verify(real_database)
    assert (report.chains, report.events, report.faults) == (5, 40, [])
    with real_database.read_unit() as session:
        assert sorted(session.scalars(select(Event.seq))) == sorted(list(range(1, 9)) * 5)
