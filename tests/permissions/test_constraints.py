"""D-09: what the database itself refuses of documents, inboxes and what people keep, whatever the code says."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.permissions.world import World

NOBODY = "'018f00000000700080000000000000aa'"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET file_size = 0",
        "UPDATE documents SET file_type = 'html'",
        "UPDATE documents SET object_key = 'the same'",
        "UPDATE documents SET sha256 = NULL",
        "UPDATE partial_uploads SET received = -1",
        "UPDATE partial_uploads SET received = file_size",
        f"UPDATE partial_uploads SET user_id = {NOBODY}",
        "UPDATE drafts SET version = 0",
        f"UPDATE drafts SET user_id = {NOBODY}",
        f"UPDATE claim_views SET user_id = {NOBODY}",
        "UPDATE inbox_state SET unread = -1",
        "UPDATE inbox_state SET seen_rev = last_rev + 1",
        "UPDATE inbox SET rev = NULL",
        "INSERT INTO inbox SELECT * FROM inbox",
        "INSERT INTO told SELECT * FROM told",
        "INSERT INTO notices SELECT * FROM notices",
        "UPDATE suppressions SET reason = 'bored'",
        f"UPDATE suppressions SET user_id = {NOBODY}",
        "UPDATE targets SET channel = 'pigeon'",
        "UPDATE targets SET name = ''",
        "UPDATE targets SET language = 'xx'",
        "UPDATE targets SET code_hash = address_hash, code_until = NULL",
        "INSERT INTO quiet_hours (user_id, starts, ends, zone) SELECT id, '22:00', '22:00', 'UTC' FROM users",
        "INSERT INTO upload_days (user_id, day, sent_bytes) SELECT id, '2026-11-22', -1 FROM users",
        "DELETE FROM users",
    ],
)
def test_d09_the_database_refuses_what_is_wrong_with_what_people_keep(world: World, statement: str) -> None:
    words = statement.split()
    table = words[words.index("FROM" if "FROM" in words else "UPDATE") + 1]
    assert world.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0
    with world.undone(), pytest.raises(IntegrityError):
        world.connection.execute(text(statement))
