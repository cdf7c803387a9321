"""Sealing: each checkpoint covers what moved since the one before, and sealers never stand in each other's way."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from insurenz.core import faults
from insurenz.core.db import Database
from insurenz.events.chain import GENESIS, export, seal
from insurenz.events.models import Checkpoint, EventChain
from insurenz.events.verify import verify
from tests.conftest import Clock
from tests.events.samples import claim, count, move, moved_claim


def test_a_checkpoint_holds_the_heads_that_moved_since_the_last(
    database: Database, frozen_clock: Clock
) -> None:
    first, second = moved_claim(database, 2), moved_claim(database, 1)
    seal(database)
    with database.unit_of_work() as session:
        head = move(session, first, 3).hash
    seal(database)
    with database.read_unit() as session:
        older, newer = session.scalars(select(Checkpoint).order_by(Checkpoint.seq))
        assert sorted(h[:3] for h in older.heads) == sorted([["claim", first.id, 2], ["claim", second.id, 1]])
        assert newer.heads == [["claim", first.id, 3, head]]
        assert (older.prev_hash, newer.prev_hash, newer.created_at) == (GENESIS, older.hash, frozen_clock.at)
        assert session.scalars(select(EventChain.count - EventChain.sealed_count)).all() == [0, 0]


def test_nothing_is_sealed_when_nothing_moved(database: Database) -> None:
    assert (seal(database), count(database, "checkpoints")) == (False, 0)
    moved_claim(database, 1)
    assert (seal(database), seal(database), count(database, "checkpoints")) == (False, False, 1)


def test_many_chains_are_sealed_in_several_checkpoints(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insurenz.events.chain.HEADS_PER_CHECKPOINT", 2)
    for _ in range(5):
        moved_claim(database, 1)
    assert [seal(database) for _ in range(4)] == [True, True, False, False]
    assert (count(database, "checkpoints"), verify(database).unsealed) == (3, 0)


def test_the_export_is_one_line_of_json_per_checkpoint(database: Database, frozen_clock: Clock) -> None:
    for _ in range(23):
        moved_claim(database, 1)
        seal(database)
    with database.read_unit() as session:
        lines = [json.loads(line) for line in export(session)]
        assert [json.loads(line)["seq"] for line in export(session, after=21)] == [22, 23]
    assert [line["seq"] for line in lines] == list(range(1, 24))
    assert lines[0]["created_at"] == "2026-11-22T06:30:00.000000+00:00"
    assert set(lines[0]) == {"seq", "created_at", "heads", "prev_hash", "hash"}


def test_sealers_and_writers_at_once_leave_one_line_of_checkpoints(real_database: Database) -> None:
    is_over = threading.Event()

    def write(_: int) -> None:
        subject = claim()
        for version in range(1, 13):
            with real_database.unit_of_work() as session:
                move(session, subject, version)

    def keep_sealing(_: int) -> None:
        while not is_over.is_set():
            seal(real_database)

    with ThreadPoolExecutor(7) as pool:
        sealers = [pool.submit(keep_sealing, n) for n in range(3)]
        list(pool.map(write, range(4)))
        is_over.set()
        assert [sealer.result() for sealer in sealers] == [None] * 3
    while seal(real_database):
        pass
    report = verify(real_database)
    assert (report.faults, report.events, report.unsealed) == ([], 48, 0)
    assert report.checkpoints == count(real_database, "checkpoints") > 0


# Writers of SQLite take turns as a whole.
@pytest.mark.parametrize("real_database", ["postgresql"], indirect=True)
def test_a_sealer_waits_for_nobody_and_seals_what_was_held_the_next_time(real_database: Database) -> None:
    held, free = moved_claim(real_database, 1), moved_claim(real_database, 1)
    with real_database.unit_of_work() as session:
        move(session, held, 2)
        # It would wait until the lock times out: whoever writes is this very thread.
        seal(real_database)
    seal(real_database)
    with real_database.read_unit() as session:
        sealed = session.scalars(select(Checkpoint).order_by(Checkpoint.seq)).all()
    assert [[head[:3] for head in each.heads] for each in sealed] == [
        [["claim", free.id, 1]],
        [["claim", held.id, 2]],
    ]


def test_a_sealer_that_fails_before_writing_has_sealed_nothing(real_database: Database) -> None:
    moved_claim(real_database, 1)
    faults.plan("seal.before=raise")
    with pytest.raises(faults.InjectedFault):
        seal(real_database)
    faults.plan("")
    assert (count(real_database, "checkpoints"), verify(real_database).unsealed) == (0, 1)
    seal(real_database)
    assert (count(real_database, "checkpoints"), verify(real_database).unsealed) == (1, 0)
