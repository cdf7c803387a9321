"""Looks from a server at whether what happened is told of: for how long events wait, whether a worker lives;
and at what the check of the trail has found."""

import logging
import time

from sqlalchemy import select

from insurenz.core.background import Loop
from insurenz.core.db import Database
from insurenz.core.metrics import ALERTS, AUDIT_CHECKED, AUDIT_FAULTS, OLDEST_OPEN, WORKERS
from insurenz.events import checking
from insurenz.events.models import EventMark
from insurenz.events.wake import count_workers

log = logging.getLogger("insurenz.events")

WATCH_SECONDS = 15
# What nobody has taken by then waits for a process that is not there.
LATE_SECONDS = 45


class Watch:
    """Tells the metrics, and raises the alarm; with `needs_workers` where the servers themselves tell nobody of anything."""

    def __init__(self, database: Database, *, needs_workers: bool = False) -> None:
        self._database, self._needs_workers = database, needs_workers
        self._oldest: str | None = None
        self._since = 0.0
        self._had_workers = True

    def loop(self) -> Loop:
        """The thread that looks again and again."""
        return Loop("watch", self.look, interval=WATCH_SECONDS)

    def look(self) -> None:
        """Look once."""
        self._look_at_events()
        self._look_at_check()
        if self._needs_workers:
            self._look_for_workers()

    def _look_at_events(self) -> None:
        """For how long the same one was the oldest. What failed and waits for its retry is the relay's to tell of."""
        untouched = (EventMark.done_at.is_(None), EventMark.last_error.is_(None))
        chosen = select(EventMark.event_id).where(*untouched).order_by(EventMark.event_id).limit(1)
        with self._database.read_unit() as session:
            oldest = session.scalars(chosen).first()
        if oldest is None or oldest != self._oldest:
            self._oldest, self._since = oldest, time.monotonic()
        seconds = time.monotonic() - self._since
        OLDEST_OPEN.set(seconds)
        if seconds > LATE_SECONDS:
            log.error("events wait and nobody takes them", extra={"seconds": int(seconds)})
            ALERTS.labels("events_wait").inc()

    def _look_at_check(self) -> None:
        with self._database.read_unit() as session:
            ended_at, faults = checking.standing(session)
        AUDIT_FAULTS.set(faults)
        if ended_at is not None:
            AUDIT_CHECKED.set(ended_at.timestamp())

    def _look_for_workers(self) -> None:
        with self._database.read_unit() as session:
            workers = count_workers(session)
        WORKERS.set(workers)
        # Twice in a row: one may be starting.
        if not workers and not self._had_workers:
            log.error("no worker lives: nobody is told of anything and nothing is sent until one runs")
            ALERTS.labels("no_worker").inc()
        self._had_workers = workers > 0
