"""Starting the processes that are to be killed, and what must hold afterwards, whatever they were killed at."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.deliveries.models import Attempt, Delivery
from tests.receiver import Receiver
from tests.waiting import PATIENCE_SECONDS


def start(database: Database, receiver: Receiver, *, faults: str = "") -> subprocess.Popen[bytes]:
    """Let a process send, and run into its faults."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.deliveries.killable", url, receiver.url]
    return subprocess.Popen(command, env=os.environ | {"INSURENZ_FAULTS": faults})


def run(database: Database, receiver: Receiver, *, faults: str = "") -> int:
    """The same, until it ends; its exit code."""
    return start(database, receiver, faults=faults).wait(PATIENCE_SECONDS)


def check(database: Database, receiver: Receiver, ids: Sequence[str]) -> None:
    """Every delivery arrived; nobody holds one; no receiver was called more often than the attempts and kills say."""
    with database.read_unit() as session:
        rows = {row.id: row for row in session.scalars(select(Delivery))}
        attempts = session.scalars(select(Attempt)).all()
    assert sorted(rows) == sorted(ids)
    assert {row.state for row in rows.values()} == {"delivered"}
    assert {row.lease_token for row in rows.values()} == {None}
    calls = Counter(receiver.keys)
    made = Counter(attempt.delivery_id for attempt in attempts)
    unfinished = Counter(attempt.delivery_id for attempt in attempts if attempt.outcome == "unfinished")
    for delivery_id, row in rows.items():
        assert 1 <= calls[delivery_id] <= row.attempts == made[delivery_id]
        assert calls[delivery_id] - 1 <= unfinished[delivery_id]
    assert Counter(a.delivery_id for a in attempts if a.outcome == "delivered") == Counter(ids)
