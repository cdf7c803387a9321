"""Units of work: what commits, what does not, and the settings both databases must run with."""

import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from insurenz.core import clock
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


@pytest.mark.parametrize("real_database", ["postgresql"], indirect=True)
def test_r08_what_was_closed_by_a_restarted_server_costs_no_unit(real_database: Database) -> None:
    database, count_ = real_database, 4
    units = [unit for unit in (database.unit_of_work, database.read_unit) for _ in range(count_)]
    ask = text("SELECT pg_backend_pid()")

    def backends() -> set[int]:
        """Of connections that are held at the same time."""
        with ExitStack() as stack:
            return {stack.enter_context(unit()).execute(ask).scalar_one() for unit in units}

    before = backends()
    assert len(before) == len(units)
    with psycopg.connect(
        database.url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as other:
        for pid in before:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    after = backends()
    assert (len(after), before & after) == (len(units), set())


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
