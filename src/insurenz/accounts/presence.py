"""When sessions and API keys were last used: kept in memory, written to the database in batches off the requests."""

import threading
from datetime import datetime, timedelta

from sqlalchemy import Update, bindparam, or_, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from insurenz.accounts.models import ApiKey, UserSession
from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.statements import Statement

# Written entries stay this long, for a request may still hold a row that it read before the write.
_KEPT = timedelta(minutes=1)


class _Uses:
    """The latest use of each id, and which of them are not written yet."""

    def __init__(self) -> None:
        self.latest: dict[str, datetime] = {}
        self.unwritten: dict[str, datetime] = {}


class Presence:
    """Exact to the moment within this process; other processes learn of it with the next batch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions, self._keys = _Uses(), _Uses()

    def touch_session(self, session_id: str) -> None:
        """Note that a session was used now."""
        self._touch(self._sessions, session_id)

    def touch_key(self, key_id: str) -> None:
        """Note that an API key was used now."""
        self._touch(self._keys, key_id)

    def session_seen(self, session_id: str, stored: datetime) -> datetime:
        """When a session was last used, given what its row says."""
        seen = self._sessions.latest.get(session_id)
        return max(seen, stored) if seen else stored

    def key_used(self, key_id: str, stored: datetime | None) -> datetime | None:
        """When an API key was last used, given what its row says."""
        seen = self._keys.latest.get(key_id)
        return max(seen, stored) if seen and stored else seen or stored

    def flush(self, database: Database) -> None:
        """Write what was noted since the last time."""
        sessions, keys = self._take(self._sessions), self._take(self._keys)
        if not sessions and not keys:
            return
        try:
            with database.unit_of_work() as session:
                _write_sessions(session, sessions)
                _write_keys(session, keys)
        except SQLAlchemyError:
            self._put_back(sessions, keys)
            raise

    def _touch(self, uses: _Uses, used: str) -> None:
        now = clock.now()
        with self._lock:
            uses.latest[used] = uses.unwritten[used] = now

    def _take(self, uses: _Uses) -> dict[str, datetime]:
        with self._lock:
            taken, uses.unwritten = uses.unwritten, {}
            old = clock.now() - _KEPT
            uses.latest = {k: at for k, at in uses.latest.items() if at > old or k in taken}
            return taken

    def _put_back(self, sessions: dict[str, datetime], keys: dict[str, datetime]) -> None:
        with self._lock:
            self._sessions.unwritten = sessions | self._sessions.unwritten
            self._keys.unwritten = keys | self._keys.unwritten


# On a server many at once: a statement for each would cost as much as the requests that they tell of. Locked in the
# order of ids, so that two processes that write the same rows wait for each other and never in a circle.
_SESSIONS = Statement(
    text("""
WITH seen AS (
  SELECT sessions.id, item.seen_at
  FROM unnest(string_to_array(:ids, ',')::uuid[], string_to_array(:times, ',')::timestamptz[]) AS item (id, seen_at)
  JOIN sessions USING (id) WHERE sessions.last_seen_at < item.seen_at ORDER BY id FOR UPDATE OF sessions
)
UPDATE sessions SET last_seen_at = seen.seen_at FROM seen WHERE sessions.id = seen.id
""")
)


def _write_sessions(session: Session, seen: dict[str, datetime]) -> None:
    if seen and session.connection().dialect.name == "postgresql":
        times = ",".join(at.isoformat() for at in seen.values())
        _SESSIONS.run(session, {"ids": ",".join(seen), "times": times})
        return
    later = UserSession.last_seen_at < bindparam("seen_at")
    statement = update(UserSession).where(UserSession.id == bindparam("key"), later)
    _write(session, statement.values(last_seen_at=bindparam("seen_at")), seen)


def _write_keys(session: Session, used: dict[str, datetime]) -> None:
    later = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < bindparam("seen_at"))
    statement = update(ApiKey).where(ApiKey.id == bindparam("key"), later)
    _write(session, statement.values(last_used_at=bindparam("seen_at")), used)


def _write(session: Session, statement: Update, seen: dict[str, datetime]) -> None:
    # In the order of ids, as above.
    rows = [{"key": key, "seen_at": at} for key, at in sorted(seen.items())]
    if rows:
        session.connection().execute(statement, rows)
