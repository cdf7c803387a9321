"""Parts of the product by themselves, in the settings of a measured install; prints what they took as JSON.

inside.py STATE requests TOLD COUNT   actions that are told to so many, without a relay: what each writes
inside.py STATE relay                 the relay without requests: what it tells of what has been recorded
inside.py STATE clear                 the clean-up of notifications
inside.py STATE deliver CHANNEL COUNT PORT    so many deliveries, webhooks to that port: see sent.py
inside.py STATE fill COUNT            so many deliveries that were sent before
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sent import deliver, fill
from server import connect
from sqlalchemy import text
from statements import actions_on, statements_logged

from insurenz.asgi import create_app
from insurenz.cli.opening import open_database, open_settings
from insurenz.core.db import Database

WRITTEN = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
# Counts of rows are handed in when a connection ends.
SETTLE_SECONDS = 1
WARM = 5


def requests(database: Database, app: Any, state: dict[str, Any], told: str, count: str) -> dict[str, float]:
    """Statements, rows and bytes of WAL of one request of so many; the bytes are their median."""
    hospital, client, name = state["hospitals"][told], TestClient(app), str(database.url.database)
    # It looks for claims as it goes.
    session = connect(name)
    steps = actions_on(session, hospital["id"])
    headers = {"Authorization": f"Bearer {hospital['processor']}"}

    def act() -> None:
        claim, status = next(steps)
        client.patch(f"/claims/{claim}/status", json={"status": status}, headers=headers).raise_for_status()

    for _ in range(WARM):
        act()
    before = _rows(database, name)
    with statements_logged(name) as counted:
        sizes = [_logged(act) for _ in range(int(count))]
    rows = _rows(database, name) - before
    return {
        "statements": counted.total() / len(sizes),
        "rows": rows / len(sizes),
        "wal": statistics.median(sizes),
        "n": len(sizes),
    }


def relay(database: Database, app: Any, _state: dict[str, Any]) -> dict[str, float]:
    """Tell everybody of all that is open."""
    told = "SELECT coalesce(sum(last_rev), 0) FROM inbox_state"
    before, started = _scalar(database, told), time.perf_counter()
    while app.state.events.relay.turn():
        pass
    seconds = time.perf_counter() - started
    return {"told": _scalar(database, told) - before, "seconds": seconds}


def clear(_database: Database, _app: Any, _state: dict[str, Any]) -> dict[str, float]:
    """Clear what has expired; how many that were, and the seconds it took."""
    from insurenz.notifications import cleanup_expired_notifications  # noqa: PLC0415 - not in every checkout

    started = time.perf_counter()
    removed = cleanup_expired_notifications()
    return {"removed": removed, "seconds": time.perf_counter() - started}


def _logged(act: Callable[[], None]) -> int:
    with connect() as session:
        place = "SELECT pg_current_wal_insert_lsn() - '0/0'"
        before = session.execute(place).fetchone()
        act()
        after = session.execute(place).fetchone()
        return int(after[0] - before[0]) if before and after else 0


def _rows(database: Database, name: str) -> int:
    database.close()
    time.sleep(SETTLE_SECONDS)
    with connect(name) as session:
        found = session.execute(WRITTEN).fetchone()
        return int(found[0]) if found else 0


def _scalar(database: Database, statement: str) -> int:
    with database.read_unit() as session:
        return int(session.execute(text(statement)).scalar_one())


def main() -> None:
    """Do what is asked for."""
    seeded = json.loads(Path(sys.argv[1]).read_text())
    settings = open_settings()
    database = open_database(settings, is_prepared=False)
    parts = {"requests": requests, "relay": relay, "clear": clear, "deliver": deliver, "fill": fill}
    print(json.dumps(parts[sys.argv[2]](database, create_app(settings, database), seeded, *sys.argv[3:])))


if __name__ == "__main__":
    main()
