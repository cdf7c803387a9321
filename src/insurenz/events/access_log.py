"""Who looked at what: gathered in memory, written twice a second in batches whose digest stands in a chain of their own.

Reading never writes to the chain of what is read. Views of the last half second are lost when the process is killed.
"""

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from insurenz.core import clock, context
from insurenz.core.db import Database
from insurenz.core.errors import Unavailable
from insurenz.core.metrics import ALERTS
from insurenz.events.chain import digest, spell_time
from insurenz.events.models import ACCESS_LOG, VIEWS
from insurenz.events.service import Subject, append

# All views of the install share one chain, so its subject is no object: the nil UUID.
SUBJECT = Subject(VIEWS, "00000000-0000-0000-0000-000000000000")
RECORDED = "access_recorded"
ROWS_PER_BATCH = 1000
MOST_WAITING = 20_000
# About 20 MB.
MOST_SEEN = 100_000

COLUMNS = ("position", "at", "actor_id", "subject_kind", "subject_id", "what", "request_id")


def batch_digest(rows: Iterable[Sequence[Any]]) -> str:
    """The digest of one batch: rows as COLUMNS name them, in the order of their positions."""
    return digest([[spell_time(v) if isinstance(v, datetime) else v for v in row] for row in rows])


class AccessLog:
    """Takes note of views; `flush` writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[dict[str, Any]] = []
        # Who saw what on this day, of what is written once a day.
        self._day, self._seen = clock.now().date(), set[tuple[str, ...]]()
        self._lock, self._writing = threading.Lock(), threading.Lock()

    def note(self, *, actor_id: str, subject_kind: str, subject_id: str, what: str) -> None:
        """Remember that somebody looked at something, for the next flush.

        Raises Unavailable when far too many wait because the database takes none: no view goes unrecorded.
        """
        self.note_all(actor_id=actor_id, subject_kind=subject_kind, subject_ids=[subject_id], what=what)

    def note_daily(self, *, actor_id: str, subject_kind: str, subject_id: str, what: str) -> None:
        """The first time on a day (in UTC, of this process) as `note` does; what pages show by themselves is no look at it."""
        with self._lock:
            if clock.now().date() != self._day or len(self._seen) >= MOST_SEEN:
                self._day, self._seen = clock.now().date(), set()
            look = (actor_id, subject_kind, subject_id, what)
            is_seen = look in self._seen
        if not is_seen:
            self.note(actor_id=actor_id, subject_kind=subject_kind, subject_id=subject_id, what=what)
            self._seen.add(look)

    def note_all(self, *, actor_id: str, subject_kind: str, subject_ids: Sequence[str], what: str) -> None:
        """Remember that somebody looked at all of these at once; raises as `note` does."""
        view = {
            "at": clock.now(),
            "actor_id": actor_id,
            "subject_kind": subject_kind,
            "what": what,
            "request_id": context.request_id.get() or None,
        }
        with self._lock:
            if subject_ids and len(self._waiting) >= MOST_WAITING:
                ALERTS.labels("access_log_full").inc()
                raise Unavailable("Views cannot be recorded now.", code="access_log_full")
            self._waiting += [view | {"subject_id": each} for each in subject_ids]

    def flush(self) -> bool:
        """Write up to one batch in one transaction; True when more is waiting. What fails stays for the next time."""
        with self._writing:
            views = self._waiting[:ROWS_PER_BATCH]
            if views:
                self._write([{"position": n} | view for n, view in enumerate(views, start=1)])
                with self._lock:
                    del self._waiting[: len(views)]
            return bool(self._waiting)

    def _write(self, rows: list[dict[str, Any]]) -> None:
        content = batch_digest([row[name] for name in COLUMNS] for row in rows)
        with self._database.unit_of_work() as session:
            data = {"rows": len(rows), "digest": content}
            event = append(session, RECORDED, subject=SUBJECT, actor=None, data=data)
            session.execute(insert(ACCESS_LOG), [row | {"batch_id": event.id} for row in rows])
