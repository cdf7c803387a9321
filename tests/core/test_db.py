"""Units of work: what commits, what does not, and the settings both databases must run with."""

import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, StatementError

from insurenz.core import clock, db
from insurenz.core.db import Database, after_commit
from insurenz.core.idempotency import IdempotencyKey
from insurenz.core.ids import new_id


def key(name: str) -> IdempotencyKey:
    return IdempotencyKey(caller_id=new_id(), key=name, fingerprint="f", created_at=clock.now())


def count(database: Database) -> int:
    with database.read_unit() as session:
        return session.execute(text("SELECT count(*) FROM idempotency_keys")).scalar_one()


def test_a_unit_of_work_commits_at_its_end_and_then_calls(real_database: Database) -> None:
    called = []
    with real_database.unit_of_work() as session:
        session.add(key("a"))
        after_commit(session, lambda: called.append(count(real_database)))
        assert called == []
    assert called == [1]


def test_a_unit_that_raises_leaves_nothing_and_calls_nobody(real_database: Database) -> None:
    called = []
    with pytest.raises(RuntimeError), real_database.unit_of_work() as session:
        session.add(key("a"))
        session.flush()
        after_commit(session, lambda: called.append(1))
        raise RuntimeError
    assert (count(real_database), called) == (0, [])


def test_a_read_unit_changes_nothing(database: Database) -> None:
    with database.read_unit() as session:
        session.add(key("a"))
    assert count(database) == 0


UNITS = 4
ASK = text("SELECT pg_backend_pid()")


def backends(database: Database) -> set[int]:
    """Of connections that are held at the same time: some that write, and some that read."""
    with ExitStack() as stack:
        units = [unit for unit in (database.unit_of_work, database.read_unit) for _ in range(UNITS)]
        return {stack.enter_context(unit()).execute(ASK).scalar_one() for unit in units}


def end(database: Database, pids: set[int]) -> None:
    """What a server that is restarted does to its connections."""
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as other:
        for pid in pids:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.parametrize("real_database", ["postgresql"], indirect=True)
def test_r08_what_was_closed_by_a_restarted_server_while_it_was_idle_costs_no_unit(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "LOOK_AFTER_SECONDS", 0)
    before = backends(real_database)
    end(real_database, before)
    after = backends(real_database)
    assert (len(before), len(after), before & after) == (2 * UNITS, 2 * UNITS, set())


@pytest.mark.parametrize("real_database", ["postgresql"], indirect=True)
def test_r08_of_connections_that_are_used_all_the_time_one_finds_out_for_all(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "LOOK_AFTER_SECONDS", 3600)
    before = backends(real_database)
    end(real_database, before)
    found_out = 0
    for unit in (real_database.unit_of_work, real_database.read_unit):
        # The first may hear the server's last words, and be kept for the next to hear its end.
        for _ in range(2):
            try:
                with unit() as session:
                    session.execute(ASK)
            except OperationalError:
                found_out += 1
    assert 2 <= found_out <= 4
    assert backends(real_database) & before == set()


def test_sqlite_loses_nothing_it_acknowledged(real_database: Database) -> None:
    if not real_database.is_sqlite:
        with real_database.engine.connect() as connection:
            # Whether the server syncs is its operator's; that we wait for it is ours.
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        return
    with real_database.engine.connect() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]
    assert found == ["wal", 2, 1, 10_000]


def test_writers_of_sqlite_wait_for_each_other_and_none_fails(real_database: Database) -> None:
    def write() -> None:
        for _ in range(10):
            with real_database.unit_of_work() as session:
                before = session.execute(text("SELECT count(*) FROM idempotency_keys")).scalar_one()
                session.add(key(f"k{before}"))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(real_database) == 80


@pytest.mark.parametrize("naive", [datetime(2026, 1, 1)])  # noqa: DTZ001 - the point of the test
def test_d09_a_time_without_a_zone_is_refused(database: Database, naive: datetime) -> None:
    with pytest.raises(StatementError, match="without a zone"), database.unit_of_work() as session:
        session.add(IdempotencyKey(caller_id=new_id(), key="a", fingerprint="f", created_at=naive))
    assert count(database) == 0


def test_d09_times_come_back_aware_and_to_the_microsecond(database: Database) -> None:
    at = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with database.unit_of_work() as session:
        session.add(IdempotencyKey(caller_id=new_id(), key="a", fingerprint="f", created_at=at))
    with database.read_unit() as session:
        found = session.execute(select(IdempotencyKey.created_at)).scalar_one()
    assert (found, found.tzinfo) == (at, UTC)
