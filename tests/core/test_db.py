"""Units of work: what commits, what does not, and the settings both databases must run with."""

import pytest
from sqlalchemy import text

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
