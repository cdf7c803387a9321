"""What the database itself refuses of deliveries, whatever the code says."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from insurenz.core.db import Database
from insurenz.deliveries.channels import Permanent
from insurenz.deliveries.sending import Sender
from tests.deliveries.messages import DOWN, Scripted, outgoing, put


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deliveries SET state = 'lost'",
        "UPDATE deliveries SET state = 'delivered' WHERE state = 'due'",
        "UPDATE deliveries SET closed_at = created_at WHERE state = 'due'",
        "UPDATE deliveries SET closed_at = NULL WHERE state = 'dead'",
        "UPDATE deliveries SET body = NULL WHERE state = 'due'",
        "UPDATE deliveries SET body = NULL WHERE state = 'dead'",
        "UPDATE deliveries SET body = '{}' WHERE state = 'delivered'",
        "UPDATE deliveries SET lease_token = id WHERE state = 'due'",
        "UPDATE deliveries SET lease_until = next_at WHERE state = 'due'",
        "UPDATE deliveries SET lease_token = id, lease_until = next_at WHERE state = 'dead'",
        "UPDATE deliveries SET last_error = NULL WHERE state = 'dead'",
        "UPDATE deliveries SET attempts = -1, attempts_before = -1",
        "UPDATE deliveries SET attempts_before = attempts + 1",
        "UPDATE deliveries SET next_at = NULL",
        "UPDATE deliveries SET body_hash = NULL",
        "UPDATE deliveries SET event_id = (SELECT min(CAST(event_id AS VARCHAR)) FROM deliveries){uuid}",
        "DELETE FROM deliveries WHERE state = 'dead'",
        "UPDATE delivery_attempts SET n = 0",
        "UPDATE delivery_attempts SET outcome = 'lost'",
        "UPDATE delivery_attempts SET ended_at = NULL",
        "UPDATE delivery_attempts SET outcome = 'unfinished', error = NULL",
        "UPDATE delivery_attempts SET error = NULL WHERE outcome = 'passing'",
        "UPDATE delivery_attempts SET error = 'x' WHERE outcome = 'delivered'",
        "INSERT INTO delivery_attempts SELECT * FROM delivery_attempts",
        "INSERT INTO paused_channels VALUES ('external'), ('external')",
    ],
)
def test_d09_the_database_refuses_what_is_wrong_with_deliveries(database: Database, statement: str) -> None:
    put(database, count=3)
    Sender(database, Scripted([None, Permanent("http_410"), DOWN])).work()
    put(database, outgoing())
    statement = statement.replace("{uuid}", "" if database.is_sqlite else "::uuid")
    with database.unit_of_work() as session, pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(statement))
