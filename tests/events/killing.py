"""Starting the process that is to be killed, and what must hold afterwards, whatever it was killed at."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.events.chain import seal
from insurenz.events.models import Event, EventMark
from insurenz.events.relay import Relay, backlog
from insurenz.events.verify import verify
from tests.events.reactions import CONSUMERS, told
from tests.waiting import PATIENCE_SECONDS

Committed = set[tuple[str, int]]


def run(
    database: Database, subject_ids: Sequence[str], *, faults: str, rounds: int = 4
) -> tuple[int, Committed]:
    """Let the process run into its faults; its exit code, and the transitions it said were committed."""
    url = database.url.render_as_string(hide_password=False)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.events.killable", url, str(rounds), *subject_ids],
        env=os.environ | {"INSURENZ_FAULTS": faults},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    lines = [line.split() for line in ended.stdout.splitlines() if " " in line]
    return ended.returncode, {(uid, int(version)) for uid, version in lines}


def finish(database: Database) -> None:
    """What the next process does: takes the leases over when they have expired, and works the rest off."""
    relay = Relay(database, CONSUMERS, lease=timedelta(seconds=1))
    while True:
        while relay.turn():
            pass
        with database.read_unit() as session:
            if not backlog(session):
                return
        time.sleep(0.05)


def check(database: Database, committed: Committed) -> None:
    """Nothing told was lost, every transition has one event, every event was handed over once and in order."""
    with database.read_unit() as session:
        columns = (Event.subject_id, Event.seq, Event.version)
        events = session.execute(select(*columns).where(Event.subject_kind == "claim")).all()
        leased = session.scalars(select(EventMark.event_id).where(EventMark.done_at.is_(None))).all()
    assert committed <= {(uid, version) for uid, _, version in events}
    assert [seq for _, seq, _ in events] == [version for _, _, version in events]
    assert told(database) == sorted((uid, seq) for uid, seq, _ in events)
    assert leased == []
    while seal(database):
        pass
    assert verify(database).faults == []
