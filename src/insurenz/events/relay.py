"""The relay: takes recorded events from the queue by lease, oldest of each subject first, and runs their consumers.

Consumers run in one unit of work together with the closing of the mark, so what they write to the database is there
exactly once, whatever is killed when. A consumer must do nothing that a rollback cannot undo.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import aliased

from insurenz.core import clock
from insurenz.core.db import Database, Session
from insurenz.core.faults import fault
from insurenz.core.ids import new_id
from insurenz.core.metrics import OPEN_EVENTS, RELAY_FAILURES, RELAYED
from insurenz.events.models import Event, EventMark

log = logging.getLogger("insurenz.relay")

Consumer = Callable[[Session, Event], None]
Consumers = Mapping[str, Sequence[Consumer]]

FIRST_RETRY, LAST_RETRY = timedelta(seconds=1), timedelta(minutes=5)
UNHEARD_AT_ONCE = 500


@dataclass(frozen=True)
class _Taken:
    """What one turn took: the events it leased under one token, and how many nobody listens to it closed."""

    token: str
    events: Sequence[Event]
    closed: int


class Relay:
    """Hands events to consumers; any number of relays may work on one database.

    `has_caught_up` becomes true once no event was left but those whose consumers failed and wait for their retry.
    """

    def __init__(
        self,
        database: Database,
        consumers: Consumers,
        *,
        batch: int = 50,
        lease: timedelta = timedelta(seconds=10),
    ) -> None:
        self._database, self._consumers, self._types = database, consumers, sorted(consumers)
        self._batch, self._lease = batch, lease
        self.has_caught_up = False

    def turn(self) -> bool:
        """Work one batch; False when nothing is due."""
        if not self._is_due():
            return False
        taken = self._take()
        RELAYED.inc(taken.closed)
        fault("relay.leased")
        for event in taken.events:
            self._work(event, taken.token)
        return bool(taken.closed or taken.events)

    def _is_due(self) -> bool:
        # Read first: an idle relay, woken by every commit, must not take SQLite's only write lock.
        with self._database.read_unit() as session:
            total, fresh, due = session.execute(
                select(
                    func.count(),
                    func.count().filter(EventMark.last_error.is_(None)),
                    func.count().filter(_is_ready()),
                ).where(EventMark.done_at.is_(None))
            ).one()
        OPEN_EVENTS.set(total)
        self.has_caught_up = self.has_caught_up or not fresh
        return bool(due)

    def _take(self) -> _Taken:
        token = new_id()
        with self._database.unit_of_work() as session:
            closed = self._close_unheard(session)
            ids = self._lease_oldest(session, token)
            events = session.scalars(select(Event).where(Event.id.in_(ids)).order_by(Event.id)).all()
        return _Taken(token, events, closed)

    def _close_unheard(self, session: Session) -> int:
        """Close the events that nobody listens to."""
        unheard = (
            select(EventMark.event_id)
            .where(EventMark.done_at.is_(None), EventMark.type.not_in(self._types))
            .limit(UNHEARD_AT_ONCE)
            .with_for_update(skip_locked=True)
            .cte("unheard")
        )
        # Counted by RETURNING: SQLite's driver counts no rows of a statement that begins with WITH.
        closed = session.scalars(
            update(EventMark)
            .where(EventMark.event_id.in_(select(unheard.c.event_id)))
            .values(done_at=clock.now())
            .returning(EventMark.event_id)
            .execution_options(synchronize_session=False)
        )
        return len(closed.all())

    def _lease_oldest(self, session: Session, token: str) -> Sequence[str]:
        """Lease what is due, of each subject only its oldest open event."""
        earlier = aliased(EventMark)
        blocked = (
            select(earlier.event_id)
            .where(
                earlier.subject_kind == EventMark.subject_kind,
                earlier.subject_id == EventMark.subject_id,
                earlier.seq < EventMark.seq,
                earlier.done_at.is_(None),
            )
            .exists()
        )
        due = (
            select(EventMark.event_id)
            # By type again: an unheard event may have been committed since the others were closed.
            .where(EventMark.done_at.is_(None), EventMark.type.in_(self._types), _is_ready(), ~blocked)
            .order_by(EventMark.event_id)
            .limit(self._batch)
            .with_for_update(skip_locked=True, of=EventMark)
            .cte("due")
        )
        lease = {"lease_token": token, "lease_until": clock.now() + self._lease}
        leased = session.scalars(
            update(EventMark)
            .where(EventMark.event_id.in_(select(due.c.event_id)))
            .values(**lease, attempts=EventMark.attempts + 1)
            .returning(EventMark.event_id)
            .execution_options(synchronize_session=False)
        )
        return leased.all()

    def _work(self, event: Event, token: str) -> None:
        try:
            with self._database.unit_of_work() as session:
                # Closed first: this locks the row, so a lease that runs out meanwhile is not taken over.
                if not self._change(session, event, token, {"done_at": clock.now()}):
                    return
                for consumer in self._consumers[event.type]:
                    consumer(session, event)
                fault("relay.consumed")
        except Exception as error:
            # The task boundary: a consumer's failure must neither lose the event nor stop the others.
            log.exception("a consumer failed", extra={"event_id": event.id, "event_type": event.type})
            RELAY_FAILURES.labels(event.type).inc()
            self._postpone(event, token, error)
        else:
            RELAYED.inc()

    def _postpone(self, event: Event, token: str, error: Exception) -> None:
        with self._database.unit_of_work() as session:
            attempts = session.execute(
                select(EventMark.attempts).where(EventMark.event_id == event.id)
            ).scalar_one()
            # The token is random anyway: its last digits spread the retries.
            spread = int(token[-4:], 16) / 0xFFFF
            again = {
                "next_at": clock.now() + retry_after(attempts, spread),
                "last_error": type(error).__name__,
                "lease_token": None,
                "lease_until": None,
            }
            self._change(session, event, token, again)

    def _change(self, session: Session, event: Event, token: str, values: Mapping[str, object]) -> bool:
        """Change a mark that this lease still holds; False, and nothing changed, when it does not."""
        changed = session.execute(
            update(EventMark)
            .where(
                EventMark.event_id == event.id, EventMark.lease_token == token, EventMark.done_at.is_(None)
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        return bool(getattr(changed, "rowcount", 0))


def _is_ready() -> ColumnElement[bool]:
    """Neither waiting for a retry nor under somebody's lease."""
    now = clock.now()
    is_awake = or_(EventMark.next_at.is_(None), EventMark.next_at <= now)
    return is_awake & or_(EventMark.lease_until.is_(None), EventMark.lease_until <= now)


def retry_after(attempts: int, spread: float) -> timedelta:
    """How long a failed event waits: a second, doubled with each attempt up to five minutes, by 20 % more or less."""
    wait = min(FIRST_RETRY * (1 << min(attempts - 1, 20)), LAST_RETRY)
    return wait * (0.8 + 0.4 * spread)


def backlog(session: Session) -> int:
    """How many events are open: recorded, and not yet taken by every consumer."""
    return session.execute(
        select(func.count()).select_from(EventMark).where(EventMark.done_at.is_(None))
    ).scalar_one()
