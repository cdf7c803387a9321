"""The scrub: every rotten object is found, on both databases and both stores, in pieces that go on where they were."""

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from insurenz.core.db import Database
from insurenz.core.errors import Conflict
from insurenz.core.metrics import ALERTS, DOCUMENT_FAULTS, DOCUMENTS_CHECKED
from insurenz.core.storage import ObjectDamaged, ObjectStore, StoreFailed
from insurenz.documents import scrub as scrubbing
from insurenz.documents.models import Document, DocumentCheck, DocumentFault
from insurenz.documents.scrub import EVERY, LEASE, STORE, Fault, check_some, known, scrub, standing
from insurenz.events.models import Event
from tests.actors import Cast
from tests.conftest import Clock
from tests.documents.test_sweep import add_row
from tests.notifications.stories import Desk
from tests.stores import make_store, put
from tests.waiting import PATIENCE_SECONDS


def document(database: Database, store: ObjectStore, content: bytes = b"what was sent") -> tuple[str, str]:
    """A document with its object; gives id and key."""
    key = put(store, content)
    document_id = add_row(database, key)
    with database.unit_of_work() as session:
        same = update(Document).where(Document.id == document_id)
        session.execute(same.values(file_size=len(content), sha256=hashlib.sha256(content).hexdigest()))
    return document_id, key


def rot(store: ObjectStore, key: str, content: bytes) -> None:
    """Let other bytes lie there."""
    store.delete(key)
    put(store, content, key)


def faults(database: Database) -> list[Fault]:
    with database.read_unit() as session:
        return known(session)


def alerts(database: Database) -> list[dict[str, Any]]:
    with database.read_unit() as session:
        chosen = select(Event).where(Event.type == "document_check_failed").order_by(Event.seq)
        return [event.data for event in session.scalars(chosen)]


def counted() -> float:
    return float(ALERTS.labels("document_check_failed")._value.get())


def place(database: Database, name: str = "schedule") -> DocumentCheck:
    with database.read_unit() as session:
        return session.scalars(select(DocumentCheck).where(DocumentCheck.name == name)).one()


def test_r12_a_flipped_bit_a_cut_tail_and_a_missing_object_are_found_kept_and_told_once(
    database: Database, store: ObjectStore, cast: Cast, frozen_clock: Clock
) -> None:
    desk, before = Desk.of(database, cast), counted()
    _, flipped, cut, gone = (document(database, store) for _ in range(4))
    assert scrub(database, store).faults == []
    desk.tell()
    assert (alerts(database), desk.inbox(cast.admin)) == ([], [])
    rot(store, flipped[1], b"what was senu")
    rot(store, cut[1], b"what was sen")
    store.delete(gone[1])
    found = [Fault(flipped[0], "altered"), Fault(cut[0], "size"), Fault(gone[0], "missing")]
    scrubbed = scrub(database, store)
    assert (scrubbed.documents, scrubbed.faults) == (4, sorted(found))
    desk.tell()
    assert desk.inbox(cast.admin) == ["Documents Damaged"]
    assert desk.inbox(cast.auditor) == []
    [told] = alerts(database)
    assert (told["count"], Fault(told["document_id"], told["wrong"]) in found) == (3, True)
    assert counted() - before == 3
    # Known is known: admins hear of what is new.
    frozen_clock.move(days=2)
    assert (len(scrub(database, store).faults), len(alerts(database))) == (3, 1)
    rot(store, flipped[1], b"what was sent")
    put(store, b"what was sent", gone[1])
    assert scrub(database, store).faults == [Fault(cut[0], "size")]
    assert faults(database) == [Fault(cut[0], "size")]


def test_r12_what_is_wrong_with_a_document_may_become_another_thing(
    database: Database, store: ObjectStore
) -> None:
    one, other = document(database, store), document(database, store)
    rot(store, one[1], b"what was")
    rot(store, other[1], b"what was senu")
    assert scrub(database, store).faults == sorted([Fault(one[0], "size"), Fault(other[0], "altered")])
    store.delete(one[1])
    assert scrub(database, store).faults == sorted([Fault(one[0], "missing"), Fault(other[0], "altered")])


def test_r12_a_change_of_what_is_encrypted_is_found_where_decryption_fails(
    database: Database, tmp_path: Path
) -> None:
    store = make_store("encrypted", tmp_path)
    ids = [document(database, store, b"x" * 200_000) for _ in range(3)]
    file = tmp_path / "objects" / ids[1][1]
    content = bytearray(file.read_bytes())
    content[150_000] ^= 1
    file.write_bytes(content)
    # The id of its key: then it is as if that were lost.
    file = tmp_path / "objects" / ids[2][1]
    content = bytearray(file.read_bytes())
    content[16] ^= 1
    file.write_bytes(content)
    assert scrub(database, store).faults == sorted(Fault(each, "unreadable") for each, _ in ids[1:])


def test_a_sector_that_the_disk_cannot_read_is_one_document_and_not_the_end_of_the_scrub(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store("local", tmp_path)
    lost, _ = [document(database, store)[0] for _ in range(2)]
    read = store.read

    def broken(key: str) -> Any:
        yield from read(key) if len(calls) else ()
        if not calls:
            calls.append(key)
            raise ObjectDamaged(os.strerror(5))

    calls: list[str] = []
    monkeypatch.setattr(store, "read", broken)
    assert scrub(database, store).faults == [Fault(lost, "unreadable")]


def test_a_store_that_is_away_damages_nobodys_document(
    database: Database, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    document(database, store)

    def away(_key: str) -> Any:
        raise StoreFailed("no answer")

    monkeypatch.setattr(store, "read", away)
    with pytest.raises(StoreFailed):
        check_some(database, store, days=30)
    assert faults(database) == []


def test_a_document_that_goes_meanwhile_is_not_called_missing(
    database: Database, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    document(database, store)
    read = store.read

    def goes(key: str) -> Any:
        with database.unit_of_work() as session:
            session.execute(delete(Document))
        store.delete(key)
        return read(key)

    monkeypatch.setattr(store, "read", goes)
    assert scrub(database, store).faults == []


def test_what_is_known_of_a_document_goes_with_it(database: Database, store: ObjectStore) -> None:
    _, key = document(database, store)
    store.delete(key)
    assert len(scrub(database, store).faults) == 1
    with database.unit_of_work() as session:
        session.execute(delete(Document))
    with database.read_unit() as session:
        assert session.scalars(select(DocumentFault)).all() == []


# --- in pieces


def test_r12_a_scrub_that_is_broken_off_goes_on_where_it_was_and_tells_of_all(
    database: Database, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [document(database, store) for _ in range(6)]
    store.delete(ids[0][1])
    store.delete(ids[5][1])
    read, seen = store.read, []

    def noting(key: str) -> Any:
        seen.append(key)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return read(key)

    monkeypatch.setattr(store, "read", noting)
    with pytest.raises(KeyboardInterrupt):
        scrub(database, store, most_bytes=1)
    assert faults(database) == [Fault(ids[0][0], "missing")]
    scrubbed = scrub(database, store, most_bytes=1)
    assert [key for _, key in ids] == seen[:3] + seen[4:]
    assert scrubbed.documents == 6
    assert scrubbed.faults == [Fault(ids[0][0], "missing"), Fault(ids[5][0], "missing")]
    # And the next begins anew, as does one that is told to.
    assert scrub(database, store).documents == 6
    seen.clear()
    seen += ["x"] * 2
    with pytest.raises(KeyboardInterrupt):
        scrub(database, store, most_bytes=1)
    assert scrub(database, store, is_anew=True).documents == 6


def test_two_commands_at_once_are_one_too_many(database: Database, store: ObjectStore) -> None:
    for _ in range(3):
        document(database, store)

    def another(_bytes: int) -> None:
        with database.unit_of_work() as session:
            session.execute(update(DocumentCheck).values(next_at=scrubbing.clock.now()))

    with pytest.raises(Conflict) as refused:
        scrub(database, store, pace=another)
    assert refused.value.code == "scrub_runs"


def test_r12_the_schedule_goes_round_once_a_day_in_pieces_as_large_as_the_days_demand(
    database: Database, store: ObjectStore, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "LEAST_BYTES", 1)
    monkeypatch.setattr(scrubbing, "TURN", EVERY / 2)
    ids = [document(database, store) for _ in range(4)]
    began = frozen_clock.at
    # Within two days, two turns a day: a quarter each time.
    assert [check_some(database, store, days=2) for _ in range(5)] == [True, True, True, True, False]
    assert (place(database).finished_at, place(database).next_at) == (frozen_clock.at, began + EVERY)
    frozen_clock.move(hours=23)
    store.delete(ids[3][1])
    assert (check_some(database, store, days=2), faults(database)) == (False, [])
    frozen_clock.move(hours=1)
    while check_some(database, store, days=2):
        pass
    assert faults(database) == [Fault(ids[3][0], "missing")]
    # The command has a place of its own.
    assert check_some(database, store, days=2) is False
    assert scrub(database, store).documents == 4


def test_r12_a_piece_has_so_many_documents_and_a_round_begins_a_day_after_the_last_began(
    database: Database, store: ObjectStore, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "MOST_DOCUMENTS", 2)
    for _ in range(5):
        document(database, store)
    began = frozen_clock.at
    assert check_some(database, store, days=1) is True
    frozen_clock.move(hours=3)
    assert [check_some(database, store, days=1) for _ in range(2)] == [True, False]
    assert (place(database).finished_at, place(database).next_at) == (frozen_clock.at, began + EVERY)
    assert place(database).documents == 5
    # A round of the command is none of the schedule's.
    frozen_clock.move(hours=1)
    scrub(database, store)
    with database.read_unit() as session:
        assert standing(session) == (began + timedelta(hours=3), 0)


def test_a_piece_that_a_killed_process_took_is_taken_again_and_a_slow_one_writes_nothing_over_it(
    database: Database, store: ObjectStore, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    document(database, store)
    read = store.read

    def killed(_key: str) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "read", killed)
        with pytest.raises(KeyboardInterrupt):
            check_some(database, store, days=30)
    assert check_some(database, store, days=30) is False
    assert place(database).finished_at is None
    frozen_clock.move(seconds=LEASE.total_seconds())

    def slow(key: str) -> Any:
        with database.unit_of_work() as session:
            session.execute(update(DocumentCheck).values(next_at=frozen_clock.at + 2 * LEASE))
        store.delete(key)
        return read(key)

    monkeypatch.setattr(store, "read", slow)
    check_some(database, store, days=30)
    assert (place(database).finished_at, faults(database)) == (None, [])


def test_two_processes_never_read_the_same_piece(
    real_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store("local", tmp_path)
    document(real_database, store)
    begun, may_end, read = threading.Event(), threading.Event(), store.read

    def held(key: str) -> Any:
        begun.set()
        assert may_end.wait(PATIENCE_SECONDS)
        return read(key)

    monkeypatch.setattr(store, "read", held)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(check_some, real_database, store, days=30)
        assert begun.wait(PATIENCE_SECONDS)
        assert check_some(real_database, store, days=30) is False
        may_end.set()
        assert first.result(PATIENCE_SECONDS) is False
    assert place(real_database).finished_at is not None


def test_no_transaction_is_open_while_the_store_is_read(real_database: Database, tmp_path: Path) -> None:
    store, seen = make_store("local", tmp_path), set[int]()
    document(real_database, store)
    scrub(
        real_database,
        store,
        pace=lambda _bytes: seen.add(real_database.engine.pool.checkedout()),  # type: ignore[attr-defined]
    )
    assert seen == {0}


def test_metrics_tell_when_a_round_ended_and_what_is_known(
    database: Database, store: ObjectStore, frozen_clock: Clock
) -> None:
    _, key = document(database, store)
    with database.read_unit() as session:
        assert standing(session) == (None, 0)
    store.delete(key)
    check_some(database, store, days=30)
    scrubbing.tell_metrics(database)
    assert (DOCUMENT_FAULTS._value.get(), DOCUMENTS_CHECKED._value.get()) == (1, frozen_clock.at.timestamp())
    assert STORE.kind == "store"
