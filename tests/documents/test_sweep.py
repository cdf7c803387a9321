"""The sweep: objects and rows one to one again, on both databases and both stores, and nothing that is in use removed."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, update

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.metrics import ALERTS
from insurenz.core.storage import Entry, LocalStore, ObjectStore, StoreFailed, new_key
from insurenz.documents import sweep as sweeping
from insurenz.documents.models import Document
from insurenz.documents.sweep import Swept, sweep, sweep_recent
from tests.conftest import Clock
from tests.stores import make_store, put, spools
from tests.swift import swift_server
from tests.waiting import PATIENCE_SECONDS

GRACE = timedelta(hours=24)
NEXT_DAY = timedelta(hours=25)


def add_row(database: Database, key: str, expires_at: datetime | None = None) -> str:
    """A document whose object has this key; gives its id."""
    row: dict[str, Any] = {
        "id": new_id(), "object_key": key, "file_name": "bill.pdf", "file_type": "pdf", "file_size": 1,
        "sha256": "0" * 64, "uploaded_by": new_id(), "uploaded_at": clock.now(), "is_encrypted": False,
        "has_active_content": False, "details": {}, "scan_state": "not_scanned", "verification": "unverified",
        "expires_at": expires_at,
    }  # fmt: skip
    with database.unit_of_work() as session:
        session.execute(insert(Document), [row])
    return str(row["id"])


def document(database: Database, store: ObjectStore, expires_at: datetime | None = None) -> tuple[str, str]:
    """A document with its object; gives id and key."""
    key = put(store, b"x")
    return add_row(database, key, expires_at), key


def left(database: Database, store: ObjectStore) -> tuple[list[str], list[str]]:
    """The keys of the rows, and those of the objects."""
    with database.read_unit() as session:
        rows = session.scalars(select(Document.object_key)).all()
    return sorted(rows), sorted(entry.key for entry in store.entries())


def tomorrow(database: Database, store: ObjectStore, **how: Any) -> Swept:
    """What a sweep does once everything of today is of age."""
    return sweep(database, store, grace=GRACE, now=clock.now() + NEXT_DAY, **how)


def test_u10_an_object_without_a_row_goes_when_it_is_of_age_and_not_before(
    database: Database, store: ObjectStore
) -> None:
    _, kept = document(database, store)
    orphan = put(store, b"orphan")
    assert sweep(database, store, grace=GRACE) == Swept(objects=2)
    assert left(database, store) == ([kept], sorted([kept, orphan]))
    assert tomorrow(database, store) == Swept(objects=2, orphans=1, orphan_bytes=6)
    assert left(database, store) == ([kept], [kept])
    assert tomorrow(database, store) == Swept(objects=1)


def test_u10_a_row_without_an_object_is_named_told_and_kept(
    database: Database, store: ObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    whole, lost = document(database, store), document(database, store)
    store.delete(lost[1])
    before = ALERTS.labels("object_missing")._value.get()
    with caplog.at_level(logging.ERROR):
        assert sweep(database, store, grace=GRACE) == Swept(objects=1, missing=1, missing_ids=[lost[0]])
    assert ALERTS.labels("object_missing")._value.get() == before + 1
    assert [getattr(record, "document_ids", None) for record in caplog.records] == [[lost[0]]]
    assert left(database, store) == (sorted([whole[1], lost[1]]), [whole[1]])


def test_u10_an_upload_that_nobody_used_goes_when_its_time_is_over(
    database: Database, store: ObjectStore
) -> None:
    now = clock.now()
    document(database, store, now - timedelta(seconds=1))
    _, waiting = document(database, store, now + timedelta(hours=2))
    _, used = document(database, store)
    assert sweep(database, store, grace=GRACE) == Swept(objects=2, expired=1)
    assert left(database, store) == (sorted([waiting, used]), sorted([waiting, used]))


def test_u10_an_upload_stays_to_the_last_moment_of_its_time(database: Database, store: ObjectStore) -> None:
    ends_at = clock.now()
    after = ends_at + timedelta(microseconds=1)
    document(database, store, ends_at)

    def expired(now: datetime, **how: Any) -> int:
        return sweep(database, store, grace=GRACE, now=now, **how).expired

    assert (expired(ends_at, is_dry=True), expired(after, is_dry=True)) == (0, 1)
    assert (expired(ends_at), expired(after), left(database, store)) == (0, 1, ([], []))


def test_u10_an_object_without_a_row_stays_to_the_last_moment_of_its_grace(
    database: Database, tmp_path: Path
) -> None:
    store = LocalStore(tmp_path / "objects")
    document(database, store)
    put_at = clock.now().replace(microsecond=0)
    os.utime(tmp_path / "objects" / put(store, b"orphan"), (put_at.timestamp(),) * 2)
    of_age = put_at + GRACE
    assert sweep(database, store, grace=GRACE, now=of_age).orphans == 0
    assert sweep(database, store, grace=GRACE, now=of_age + timedelta(microseconds=1)).orphans == 1


def test_u10_what_comes_meanwhile_does_not_stand_in_for_what_is_missing(
    database: Database, store: ObjectStore, frozen_clock: Clock
) -> None:
    lost, key = document(database, store)
    store.delete(key)
    began = frozen_clock.at
    frozen_clock.move(seconds=1)
    document(database, store)
    assert sweep(database, store, grace=GRACE, now=began).missing_ids == [lost]


def test_an_upload_that_is_used_while_it_is_swept_stays(
    database: Database, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = document(database, store, clock.now() - timedelta(seconds=1))
    unused = sweeping._Sweep._unused

    def used_meanwhile(one: Any) -> Any:
        ids = unused(one)
        with database.unit_of_work() as session:
            session.execute(update(Document).values(expires_at=None))
        return ids

    monkeypatch.setattr(sweeping._Sweep, "_unused", used_meanwhile)
    assert sweep(database, store, grace=GRACE) == Swept(objects=1)
    assert left(database, store) == ([key], [key])


def test_u10_when_it_is_cut_short_between_row_and_object_the_next_sweep_takes_the_object(
    database: Database, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    document(database, store, clock.now() - timedelta(seconds=1))
    _, kept = document(database, store)

    def fail(_key: str) -> None:
        raise StoreFailed("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(store, "delete", fail)
        with pytest.raises(StoreFailed):
            sweep(database, store, grace=GRACE)
    assert (len(left(database, store)[0]), len(left(database, store)[1])) == (1, 2)
    assert tomorrow(database, store) == Swept(objects=2, orphans=1, orphan_bytes=1)
    assert left(database, store) == ([kept], [kept])


def test_a_dry_sweep_counts_and_removes_nothing(
    database: Database, store: ObjectStore, tmp_path: Path
) -> None:
    _, kept = document(database, store)
    _, expired = document(database, store, clock.now() - timedelta(seconds=1))
    orphan = put(store, b"orphan")
    crashed = store.create(new_key())
    crashed.write([b"half"])
    found = tomorrow(database, store, is_dry=True)
    assert found == Swept(objects=3, orphans=1, orphan_bytes=6, expired=1, spools=1)
    assert left(database, store) == (sorted([kept, expired]), sorted([kept, expired, orphan]))
    assert len(spools(tmp_path)) == 1
    crashed.abort()


def test_where_most_objects_have_no_row_they_are_left_alone_unless_it_is_forced(
    database: Database, store: ObjectStore
) -> None:
    """Another install's bucket, a database that was restored from long ago, one that was made anew by mistake."""
    _, kept = document(database, store)
    strangers = [put(store, b"x") for _ in range(2)]
    before = ALERTS.labels("sweep_refused")._value.get()
    assert tomorrow(database, store) == Swept(objects=3, left_alone=2)
    assert ALERTS.labels("sweep_refused")._value.get() == before + 1
    assert left(database, store) == ([kept], sorted([kept, *strangers]))
    assert tomorrow(database, store, is_forced=True) == Swept(objects=3, orphans=2, orphan_bytes=2)
    assert left(database, store) == ([kept], [kept])


def test_what_others_keep_in_the_same_place_is_never_touched(database: Database, store: ObjectStore) -> None:
    others = ["notes", "2026/report", "2026/11/22/short"]
    for name in others:
        put(store, b"x", name)
    assert tomorrow(database, store, is_forced=True) == Swept()
    assert left(database, store) == ([], sorted(others))


def test_only_the_days_that_are_asked_for_are_looked_at(database: Database, store: ObjectStore) -> None:
    secret = "s" * 42
    keys = [f"2026/11/{day}/{secret}{n}" for day in ("01", "22") for n in range(3)]
    for key in keys:
        put(store, b"x", key)
        if not key.endswith("0"):
            add_row(database, key)
    store.delete(keys[1])
    store.delete(keys[4])
    swept = tomorrow(database, store, days=["2026/11/22"])
    assert (swept.objects, swept.orphans, swept.missing) == (2, 1, 1)
    assert [key for key in keys if store.has(key)] == [keys[0], keys[2], keys[5]]


def test_more_than_a_page_of_everything(
    database: Database, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "PAGE", 4)
    monkeypatch.setattr(sweeping, "NAMED", 5)
    past = clock.now() - timedelta(seconds=1)
    for _ in range(9):
        document(database, store)
    gone = [document(database, store) for _ in range(9)]
    for _, key in gone:
        store.delete(key)
    for _ in range(5):
        document(database, store, past)
    put(store, b"orphan")
    swept = tomorrow(database, store)
    assert (swept.objects, swept.orphans, swept.expired, swept.missing) == (10, 1, 5, 9)
    assert swept.missing_ids == sorted(document_id for document_id, _ in gone)[:5]


def test_a_whole_store_costs_a_statement_a_page_and_no_look_at_single_objects(
    database: Database, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(12):
        document(database, store)
    began = clock.now()
    # Of what comes meanwhile nothing is expected.
    document(database, store)
    monkeypatch.setattr(sweeping, "PAGE", 5)
    asked, run = [], []
    monkeypatch.setattr(store, "has", asked.append)

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        run.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    sweep(database, store, grace=GRACE, now=began)
    event.remove(database.engine, "before_cursor_execute", note)
    selects = [statement for statement in run if statement.startswith("SELECT")]
    assert (asked, len(selects)) == ([], 6)


class Watching(LocalStore):
    """Tells of each call whether a transaction was open meanwhile."""

    def __init__(self, folder: Path, database: Database) -> None:
        super().__init__(folder)
        self._database, self.seen = database, set[int]()

    def _look(self) -> None:
        self.seen.add(self._database.engine.pool.checkedout())  # type: ignore[attr-defined]

    def delete(self, key: str) -> None:
        self._look()
        super().delete(key)

    def has(self, key: str) -> bool:
        self._look()
        return super().has(key)

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        for entry in super().entries(prefix):
            self._look()
            yield entry


def test_no_transaction_is_open_while_the_store_works(real_database: Database, tmp_path: Path) -> None:
    store = Watching(tmp_path / "watched", real_database)
    _, lost = document(real_database, store)
    document(real_database, store)
    document(real_database, store, clock.now() - timedelta(seconds=1))
    put(store, b"orphan")
    store.delete(lost)
    swept = tomorrow(real_database, store)
    assert (swept.orphans, swept.expired, swept.missing, store.seen) == (1, 1, 1, {0})


@pytest.mark.parametrize("kind", ["local", "s3"])
def test_u10_what_kill_9_left_is_swept(database: Database, kind: str, tmp_path: Path) -> None:
    server = swift_server().environment() if kind == "s3" else {}
    command = [sys.executable, "-m", "tests.documents.killable", str(tmp_path)]
    killed = subprocess.run(command, env=os.environ | server, timeout=PATIENCE_SECONDS)
    assert killed.returncode == -signal.SIGKILL
    settings = {name.lower(): value for name, value in server.items()}
    store = make_store("local", tmp_path, **settings)
    document(database, store)
    # An object that went up to a bucket still has its spool.
    was_spooled = {"local": 1, "s3": 2}[kind]
    assert len(spools(tmp_path)) == was_spooled
    assert tomorrow(database, store) == Swept(objects=2, orphans=1, orphan_bytes=5, spools=was_spooled)
    assert (spools(tmp_path), len(list(store.entries()))) == ([], 1)


def test_the_hourly_sweep_covers_every_day_on_which_something_comes_of_age(
    database: Database, tmp_path: Path, frozen_clock: Clock
) -> None:
    store = LocalStore(tmp_path / "objects")
    days: dict[int, str] = {}
    for age in range(5):
        frozen_clock.at = datetime(2026, 11, 22, 0, 30, tzinfo=frozen_clock.at.tzinfo) - timedelta(days=age)
        days[age] = put(store, b"orphan")
        document(database, store)
        os.utime(tmp_path / "objects" / days[age], (frozen_clock.at.timestamp(),) * 2)
    frozen_clock.at = datetime(2026, 11, 22, 6, 30, tzinfo=frozen_clock.at.tzinfo)
    sweep_recent(database, store, grace=GRACE)
    assert [age for age, key in days.items() if store.has(key)] == [0, 4]
    # Today as well, where that is old enough.
    sweep_recent(database, store, grace=timedelta(hours=7))
    assert [age for age, key in days.items() if store.has(key)] == [0, 4]
    sweep_recent(database, store, grace=timedelta(hours=5))
    assert [age for age, key in days.items() if store.has(key)] == [4]
    sweep(database, store, grace=GRACE)
    assert [age for age, key in days.items() if store.has(key)] == []


def test_a_document_that_goes_while_it_is_looked_for_is_not_called_missing(
    database: Database, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = document(database, store)
    store.delete(key)

    def goes(_key: str) -> bool:
        with database.unit_of_work() as session:
            session.execute(delete(Document))
        return False

    monkeypatch.setattr(store, "has", goes)
    assert sweep(database, store, grace=GRACE) == Swept()
