"""The tables themselves: rows that neither database lets anybody change or remove."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.events.access_log import AccessLog
from insurenz.events.chain import seal
from insurenz.events.verify import verify
from tests.events.samples import count, moved_claim

TABLES = {
    "events": "type = 'x'",
    "checkpoints": "hash = 'x'",
    "access_log": "what = 'x'",
    "event_texts": "body = 'x'",
}


@pytest.fixture
def filled(database: Database) -> Database:
    """Two rows in each table that only grows."""
    moved_claim(database, 2, remarks="Please send the bill.")
    seal(database)
    views = AccessLog(database)
    for _ in range(2):
        views.note(actor_id=new_id(), subject_kind="claim", subject_id=new_id(), what="claim")
    views.flush()
    seal(database)
    return database


def refused(database: Database, statement: str) -> str:
    with pytest.raises(IntegrityError) as refusal, database.unit_of_work() as session:
        session.execute(text(statement))
    return str(refusal.value.orig).splitlines()[0]


@pytest.mark.parametrize("table", TABLES)
def test_r10_the_database_refuses_to_change_or_remove_a_row(filled: Database, table: str) -> None:
    before = count(filled, table)
    assert refused(filled, f"DELETE FROM {table}") == f"{table} is append-only: DELETE refused"
    told = refused(filled, f"UPDATE {table} SET {TABLES[table]}")
    assert told.startswith(f"{table} is append-only: UPDATE refused")
    assert (count(filled, table), verify(filled).faults) == (before, [])
    assert before >= 2


@pytest.mark.parametrize(
    "assignment",
    [
        "body = NULL",
        "salt = NULL",
        "hash = 'x', body = NULL, salt = NULL",
        "name = 'x', body = NULL, salt = NULL",
    ],
)
def test_r10_a_text_can_only_be_erased_as_a_whole(filled: Database, assignment: str) -> None:
    assert refused(filled, f"UPDATE event_texts SET {assignment}") == (
        "event_texts is append-only: UPDATE refused, a text can only be erased"
    )
    assert verify(filled).faults == []


@pytest.mark.parametrize("table", TABLES)
def test_r10_a_table_cannot_be_emptied_at_once(filled: Database, table: str) -> None:
    command = "DELETE FROM" if filled.is_sqlite else "TRUNCATE"
    told = refused(filled, f"{command} {table}")
    assert told == f"{table} is append-only: {command.split(maxsplit=1)[0]} refused"
    assert verify(filled).faults == []
