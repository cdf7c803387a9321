"""Views: written in batches beside the trail, each batch under a digest in a chain that checkpoints cover."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from insurenz.core import context, faults
from insurenz.core.db import Database
from insurenz.core.errors import Unavailable
from insurenz.core.ids import new_id
from insurenz.events.access_log import SUBJECT, AccessLog
from insurenz.events.chain import seal
from insurenz.events.models import VIEWS, AccessLogRow, Checkpoint, Event
from insurenz.events.verify import Wrong, verify
from tests.conftest import Clock
from tests.events.samples import count, moved_claim, tamper

READER, CLAIM = new_id(), new_id()


def look(views: AccessLog, times: int = 1) -> None:
    for _ in range(times):
        views.note(actor_id=READER, subject_kind="claim", subject_id=CLAIM, what="document")


def test_a_view_is_written_at_the_next_flush(database: Database, frozen_clock: Clock) -> None:
    views = AccessLog(database)
    token = context.request_id.set("req-1")
    look(views)
    context.request_id.reset(token)
    assert count(database, "access_log") == 0
    frozen_clock.move(seconds=1)
    assert views.flush() is False
    with database.read_unit() as session:
        (row,) = session.scalars(select(AccessLogRow))
        (event,) = session.scalars(select(Event))
    assert (row.actor_id, row.subject_kind, row.subject_id, row.what, row.request_id, row.at) == (
        *(READER, "claim", CLAIM, "document", "req-1"),
        Clock().at,
    )
    assert (event.subject_kind, event.type, event.data["rows"]) == (VIEWS, "access_recorded", 1)
    assert row.batch_id == event.id


def test_views_are_neither_queued_nor_do_they_wake_anybody(database: Database) -> None:
    views, rings = AccessLog(database), database.bell.listen()
    look(views)
    views.flush()
    assert (count(database, "event_marks"), rings.is_set()) == (0, False)


def test_a_flush_without_views_writes_nothing(database: Database) -> None:
    assert (AccessLog(database).flush(), count(database, "events")) == (False, 0)


def test_many_views_go_in_several_batches_and_keep_their_order(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insurenz.events.access_log.ROWS_PER_BATCH", 10)
    views = AccessLog(database)
    look(views, 25)
    assert [views.flush() for _ in range(4)] == [True, True, False, False]
    report = verify(database)
    assert (report.views, report.events, report.faults) == (25, 3, [])


def test_views_that_could_not_be_written_are_written_later(real_database: Database) -> None:
    views = AccessLog(real_database)
    look(views, 3)
    faults.plan("unit.before_commit=raise")
    with pytest.raises(faults.InjectedFault):
        views.flush()
    faults.plan("")
    assert count(real_database, "access_log") == 0
    views.flush()
    assert (count(real_database, "access_log"), verify(real_database).faults) == (3, [])


def test_no_view_goes_unrecorded_when_too_many_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insurenz.events.access_log.MOST_WAITING", 2)
    views = AccessLog(database)
    look(views, 2)
    with pytest.raises(Unavailable):
        look(views)
    views.flush()
    assert count(database, "access_log") == 2


def test_readers_and_writers_at_once_lose_and_double_no_view(real_database: Database) -> None:
    views = AccessLog(real_database)

    def work(_: int) -> None:
        for _ in range(20):
            look(views, 5)
            views.flush()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    report = verify(real_database)
    assert (report.views, count(real_database, "access_log"), report.faults) == (400, 400, [])


ALTERATIONS = {
    "another reader": "UPDATE access_log SET actor_id = batch_id WHERE position = 2",
    "another time": "UPDATE access_log SET at = '2020-01-01 00:00:00.000000' WHERE position = 2",
    "a view removed": "DELETE FROM access_log WHERE position = 2",
    "the last view removed": "DELETE FROM access_log WHERE position = 3",
    "all views removed": "DELETE FROM access_log",
    "another object": "UPDATE access_log SET what = 'claim' WHERE position = 1",
}


@pytest.mark.parametrize("name", ALTERATIONS)
def test_r10_altered_views_are_found(database: Database, name: str) -> None:
    views = AccessLog(database)
    look(views, 3)
    views.flush()
    seal(database)
    tamper(database, ALTERATIONS[name])
    (fault,) = verify(database).faults
    assert (fault.wrong, fault.subject_kind, fault.seq) == (Wrong.ACCESS_ALTERED, VIEWS, 1)
    assert not fault.is_after_last_seal


def test_r10_added_views_and_a_dropped_log_are_found(database: Database) -> None:
    moved_claim(database, 1)
    views = AccessLog(database)
    look(views, 2)
    views.flush()
    seal(database)
    with database.unit_of_work() as session:
        columns = "position, at, actor_id, subject_kind, subject_id, what"
        claimed = f"SELECT subject_id, {columns} FROM access_log WHERE position = 1"
        session.execute(text(f"INSERT INTO access_log (batch_id, {columns}) {claimed}"))
    assert [(f.wrong, f.event_id) for f in verify(database).faults] == [(Wrong.ACCESS_ALTERED, CLAIM)]
    tamper(database, "DELETE FROM access_log")
    for table in ("events", "event_chains"):
        tamper(database, f"DELETE FROM {table} WHERE subject_kind = 'access_log'")
    assert [(f.wrong, f.subject_kind) for f in verify(database).faults] == [(Wrong.CHAIN_GONE, VIEWS)]


def test_checkpoints_cover_the_log_of_views(database: Database) -> None:
    views = AccessLog(database)
    look(views)
    views.flush()
    seal(database)
    with database.read_unit() as session:
        (checkpoint,) = session.scalars(select(Checkpoint))
    assert [head[:3] for head in checkpoint.heads] == [[VIEWS, SUBJECT.id, 1]]
