"""Statements on the driver itself: what goes in comes out, errors are SQLAlchemy's, broken links leave the pool."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from sqlalchemy import Table, bindparam, literal, select, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from insurenz.core import clock
from insurenz.core.db import Database, Session
from insurenz.core.errors import NotFound
from insurenz.core.idempotency import IdempotencyKey
from insurenz.core.ids import new_id
from insurenz.core.statements import Statement, insert_many, insert_together
from tests.installs import make_migrated

KEYS = cast("Table", IdempotencyKey.__table__)
NAMED = Statement(select(*KEYS.c).where(KEYS.c.key == bindparam("key")))


def row(name: str, **given: Any) -> dict[str, Any]:
    return {
        "caller_id": new_id(),
        "key": name,
        "fingerprint": "f",
        "created_at": clock.now(),
        "headers": None,
    } | given


def test_d09_every_kind_of_value_comes_back_as_it_went_in(real_database: Database) -> None:
    given = row("a", status_code=201, body=None, headers={"ä": ["\u2028", 1, None]})
    with real_database.unit_of_work() as session:
        insert_together(session, {KEYS: [given]})
    with real_database.read_unit() as session:
        found = NAMED.first(session, {"key": "a"})
        assert {name: getattr(found, name) for name in given} == given
        assert (NAMED.first(session, {"key": "b"}), NAMED.all(session, {"key": "b"})) == (None, [])


def test_many_rows_go_in_as_they_are(real_database: Database) -> None:
    given = [row(f"k{n}", status_code=n, body=None if n % 2 else "ä", headers=[[n], []]) for n in range(700)]
    with real_database.unit_of_work() as session:
        insert_many(session, KEYS, given)
        insert_many(session, KEYS, [])
    with real_database.read_unit() as session:
        for each in (given[0], given[699]):
            found = NAMED.first(session, {"key": each["key"]})
            assert {name: getattr(found, name) for name in each} == each
        assert session.scalar(text("SELECT count(*) FROM idempotency_keys")) == 700


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_statement_runs_after_a_rollback_whole_or_to_a_savepoint(
    real_database: Database, *, is_whole: bool
) -> None:
    with real_database.unit_of_work() as session:
        for _ in range(8):
            # Often enough that the driver prepares it.
            assert NAMED.all(session, {"key": "a"}) == []
        (session if is_whole else session.begin_nested()).rollback()
        assert NAMED.all(session, {"key": "a"}) == []


def link(session: Session) -> Any:
    return session.connection().connection.driver_connection


def prepared(session: Session) -> tuple[int, int]:
    """How many statements the driver has prepared, and how many the server knows of."""
    known = session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
    return len(link(session)._prepared._names), known or 0


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[Database]:
    made = make_migrated("postgresql", tmp_path)
    yield made
    made.close()


def test_what_is_prepared_outlives_a_unit_that_is_refused_and_a_snapshot(postgresql: Database) -> None:
    for unit in (postgresql.unit_of_work, postgresql.snapshot):
        with pytest.raises(NotFound), unit() as session:
            before = link(session)
            NAMED.all(session, {"key": "a"})
            raise NotFound
        with unit() as session:
            assert (link(session), prepared(session)) == (before, (1, 1))


def test_what_the_database_refused_leaves_nothing_prepared_behind(postgresql: Database) -> None:
    taken = row("a")
    with postgresql.unit_of_work() as session:
        insert_together(session, {KEYS: [taken]})
    for _ in range(3):
        with pytest.raises(IntegrityError), postgresql.unit_of_work() as session:
            NAMED.all(session, {"key": "a"})
            insert_together(session, {KEYS: [taken]})
    with postgresql.unit_of_work() as session:
        assert prepared(session) == (0, 0)


def test_a_table_that_is_altered_meanwhile_costs_a_connection_one_unit(postgresql: Database) -> None:
    with postgresql.unit_of_work() as session:
        NAMED.all(session, {"key": "a"})
    with psycopg.connect(postgresql.url.set(drivername="postgresql").render_as_string(False)) as other:
        other.execute("ALTER TABLE idempotency_keys ALTER COLUMN fingerprint TYPE text")
    with pytest.raises(DBAPIError), postgresql.unit_of_work() as session:
        NAMED.all(session, {"key": "a"})
    with postgresql.unit_of_work() as session:
        assert NAMED.all(session, {"key": "a"}) == []


def test_a_snapshot_sees_one_moment_though_its_first_statement_was_prepared_before(
    real_database: Database,
) -> None:
    with real_database.read_unit() as session:
        for _ in range(8):
            assert NAMED.all(session, {"key": "a"}) == []
    for name in ("a", "b"):
        with real_database.snapshot() as session:
            before = NAMED.all(session, {"key": name})
            with real_database.unit_of_work() as other:
                insert_together(other, {KEYS: [row(name)]})
            assert (before, NAMED.all(session, {"key": name})) == ([], [])
        with real_database.snapshot() as session:
            assert len(NAMED.all(session, {"key": name})) == 1


def test_what_stands_in_a_statement_is_read_as_it_is_written(database: Database) -> None:
    odd = "it's \\ 100 % :name $1 ? ä"
    said = Statement(select(literal(odd).label("odd"), literal(7).label("n")).where(bindparam("yes") == "y'"))
    with database.read_unit() as session:
        assert said.all(session, {"yes": "y'"}) == [(odd, 7)]
        assert said.all(session, {"yes": "n"}) == []


def test_a_constraint_that_refuses_is_an_integrity_error_and_nothing_stays(real_database: Database) -> None:
    twice = row("a")
    with pytest.raises(IntegrityError), real_database.unit_of_work() as session:
        insert_together(session, {KEYS: [twice, twice]})
    with real_database.read_unit() as session:
        assert NAMED.all(session, {"key": "a"}) == []


def test_what_is_refused_as_first_of_its_unit_leaves_the_connection_to_the_next(
    real_database: Database,
) -> None:
    given = row("a")
    with real_database.unit_of_work() as session:
        insert_together(session, {KEYS: [given]})
    # The second time on it is known to the driver, and goes with BEGIN.
    for _ in range(3):
        with pytest.raises(IntegrityError), real_database.unit_of_work() as session:
            insert_together(session, {KEYS: [given]})
        with real_database.unit_of_work() as session:
            assert [found.key for found in NAMED.all(session, {"key": "a"})] == ["a"]


@pytest.mark.parametrize("real_database", ["postgresql"], indirect=True)
def test_a_text_is_refused_and_never_cut_off_at_its_nul(real_database: Database) -> None:
    with pytest.raises(DataError), real_database.unit_of_work() as session:
        insert_together(session, {KEYS: [row("a\0b")]})
    with real_database.read_unit() as session:
        assert NAMED.all(session, {"key": "a"}) == []


@pytest.mark.parametrize("real_database", ["postgresql"], indirect=True)
def test_a_connection_that_broke_is_told_as_such_and_leaves_the_pool(real_database: Database) -> None:
    with pytest.raises(OperationalError) as told, real_database.unit_of_work() as session:
        (pid,) = session.execute(text("SELECT pg_backend_pid()")).one()
        with real_database.unit_of_work() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        NAMED.first(session, {"key": "a"})
    assert isinstance(told.value, DBAPIError)
    assert told.value.connection_invalidated
    with real_database.unit_of_work() as session:
        assert NAMED.first(session, {"key": "a"}) is None
