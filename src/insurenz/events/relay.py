"""The relay: takes recorded events from the queue by lease, oldest of each subject first, and runs their consumers.

Consumers run in one unit of work together with the closing of the marks, so what they write to the database is there
exactly once, whatever is killed when. A consumer must do nothing that a rollback cannot undo. All events of a turn
share one unit, whose commit is what costs; when it fails, each has a unit of its own, so that one delays no other.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    update,
)

from insurenz.core import clock
from insurenz.core.db import Database, Id, Session, UtcDateTime
from insurenz.core.faults import fault
from insurenz.core.ids import new_id
from insurenz.core.metrics import OPEN_EVENTS, RELAY_FAILURES, RELAYED
from insurenz.core.statements import Statement
from insurenz.events.models import MARKS, Event, EventMark

log = logging.getLogger("insurenz.relay")

# Reacts to events of the types it is listed for, oldest first. What it gives are the ids of those that it has not done
# with: they are handed to all of their consumers again, after a commit.
Consumer = Callable[[Session, Sequence[Event]], Collection[str] | None]
Consumers = Mapping[str, Sequence[Consumer]]

FIRST_RETRY, LAST_RETRY = timedelta(seconds=1), timedelta(minutes=5)
UNHEARD_AT_ONCE = 500


# The statements of every turn, built once: building them costs more than running them.
_NOW = bindparam("now", type_=UtcDateTime)
_TOKEN: BindParameter[Any] = bindparam("token", type_=Id)
_OPEN = MARKS.c.done_at.is_(None)


def _is_before(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(column.is_(None), column <= _NOW)


# Neither waiting for a retry nor under somebody's lease.
_READY = and_(_is_before(MARKS.c.next_at), _is_before(MARKS.c.lease_until))

_LOOK = Statement(
    select(
        func.count().label("total"),
        func.count().filter(MARKS.c.last_error.is_(None)).label("fresh"),
        func.count().filter(_READY).label("due"),
    ).where(_OPEN)
)


def _is_heard(names: Iterable[str], kinds: Iterable[str]) -> ColumnElement[bool]:
    """Whether somebody listens: to one of the types that the parameters of these names give, or to a kind of subject."""
    by_type = (MARKS.c.type == bindparam(name) for name in names)
    return or_(false(), *by_type, *(MARKS.c.subject_kind == kind for kind in kinds))


def _close_unheard(heard: ColumnElement[bool]) -> Statement:
    """Close events that nobody listens to."""
    unheard = (
        select(MARKS.c.event_id)
        .where(_OPEN, ~heard)
        .limit(UNHEARD_AT_ONCE)
        .with_for_update(skip_locked=True)
        .cte("unheard")
    )
    # Counted by RETURNING: SQLite's driver counts no rows of a statement that begins with WITH.
    closed = update(MARKS).where(MARKS.c.event_id.in_(select(unheard.c.event_id))).values(done_at=_NOW)
    return Statement(closed.returning(MARKS.c.event_id))


def _lease_oldest(heard: ColumnElement[bool]) -> Statement:
    """Lease what is due and heard, of each subject only its oldest open event."""
    earlier = MARKS.alias("earlier")
    blocked = (
        select(earlier.c.event_id)
        .where(
            earlier.c.subject_kind == MARKS.c.subject_kind,
            earlier.c.subject_id == MARKS.c.subject_id,
            earlier.c.seq < MARKS.c.seq,
            earlier.c.done_at.is_(None),
        )
        .exists()
    )
    due = (
        select(MARKS.c.event_id)
        # By type again: an unheard event may have been committed since the others were closed.
        .where(_OPEN, heard, _READY, ~blocked)
        .order_by(MARKS.c.event_id)
        .limit(bindparam("batch", type_=Integer))
        .with_for_update(skip_locked=True, of=MARKS)
        .cte("due")
    )
    leased = update(MARKS).where(MARKS.c.event_id.in_(select(due.c.event_id)))
    values = {"lease_token": _TOKEN, "lease_until": bindparam("until"), "attempts": MARKS.c.attempts + 1}
    return Statement(leased.values(**values).returning(MARKS.c.event_id))


_ARE_THESE = MARKS.c.event_id.in_(bindparam("ids", expanding=True))
# A mark is closed only under the lease by which its event was taken.
_CLOSE = (
    update(MARKS)
    .where(_ARE_THESE, MARKS.c.lease_token == _TOKEN, _OPEN)
    .values(done_at=_NOW)
    .returning(MARKS.c.event_id)
)
_REOPEN = (
    update(MARKS)
    .where(_ARE_THESE)
    .values(done_at=None, lease_token=None, lease_until=None, attempts=0, last_error=None)
)


@dataclass(frozen=True)
class _Taken:
    """What one turn took: the events it leased under one token, and how many nobody listens to it closed."""

    token: str
    events: Sequence[Event]
    closed: int


class Relay:
    """Hands events to consumers; any number of relays may work on one database.

    `of_kinds` hear, by the kind of its subject, whatever no consumer is listed for: types that only a process knows
    which was started later. What is neither listed nor of such a kind concerns nobody.

    `has_caught_up` becomes true once no event was left but those whose consumers failed and wait for their retry.
    """

    def __init__(
        self,
        database: Database,
        consumers: Consumers,
        *,
        of_kinds: Consumers | None = None,
        batch: int = 50,
        lease: timedelta = timedelta(seconds=10),
    ) -> None:
        self._database, self._consumers, self._types = database, consumers, sorted(consumers)
        self._batch, self._lease = batch, lease
        self._of_kinds = of_kinds or {}
        self._named = {f"type_{n}": name for n, name in enumerate(self._types)}
        heard = _is_heard(self._named, self._of_kinds)
        self._close_unheard, self._lease_oldest = _close_unheard(heard), _lease_oldest(heard)
        self.has_caught_up = False

    def turn(self) -> bool:
        """Work one batch; True when there may be more at once: the batch was full, or followers were set free."""
        if not self._is_due():
            return False
        taken = self._take()
        RELAYED.inc(taken.closed)
        fault("relay.leased")
        if not self._has_worked_together(taken.events, taken.token):
            for event in taken.events:
                self._work_alone(event, taken.token)
        return taken.closed == UNHEARD_AT_ONCE or bool(taken.events)

    def _is_due(self) -> bool:
        # Read first: an idle relay, woken by every commit, must not take SQLite's only write lock.
        with self._database.read_unit() as session:
            total, fresh, due = _LOOK.first(session, {"now": clock.now()})
        OPEN_EVENTS.set(total)
        self.has_caught_up = self.has_caught_up or not fresh
        return bool(due)

    def _take(self) -> _Taken:
        token, now = new_id(), clock.now()
        with self._database.unit_of_work() as session:
            closed = len(self._close_unheard.all(session, {"now": now} | self._named))
            if not (self._types or self._of_kinds):
                return _Taken(token, (), closed)
            lease = {"token": token, "until": now + self._lease, "batch": self._batch}
            leased = self._lease_oldest.all(session, {"now": now} | self._named | lease)
            ids = [mark.event_id for mark in leased]
            events = session.scalars(select(Event).where(Event.id.in_(ids)).order_by(Event.id)).all()
        return _Taken(token, events, closed)

    def _has_worked_together(self, events: Sequence[Event], token: str) -> bool:
        """Hand over several events in one unit; False, with nothing done, when one of them fails."""
        if len(events) < 2:
            return False
        try:
            self._hand_over(events, token)
        except Exception:
            # The task boundary: each is tried alone now, which tells whose failure it was.
            log.info("handing events over one by one", exc_info=True, extra={"events": len(events)})
            return False
        return True

    def _work_alone(self, event: Event, token: str) -> None:
        try:
            self._hand_over([event], token)
        except Exception as error:
            # The task boundary: a consumer's failure must neither lose the event nor stop the others.
            log.exception("a consumer failed", extra={"event_id": event.id, "event_type": event.type})
            RELAY_FAILURES.labels(event.type).inc()
            self._postpone(event, token, error)

    def _hand_over(self, events: Sequence[Event], token: str) -> None:
        with self._database.unit_of_work() as session:
            # Closed first: this locks the rows, so a lease that runs out meanwhile is not taken over.
            given = {"ids": [event.id for event in events], "token": token, "now": clock.now()}
            held = set(session.connection().execute(_CLOSE, given).scalars())
            left: set[str] = set()
            for consumer, heard in self._listeners([event for event in events if event.id in held]):
                left.update(consumer(session, heard) or ())
            if left:
                session.connection().execute(_REOPEN, {"ids": sorted(left)})
            fault("relay.consumed")
        RELAYED.inc(len(held) - len(left))

    def _listeners(self, events: Sequence[Event]) -> Iterable[tuple[Consumer, Sequence[Event]]]:
        """Each consumer with those of the events that it listens to."""
        heard: dict[Consumer, list[Event]] = defaultdict(list)
        for event in events:
            for consumer in self._consumers.get(event.type) or self._of_kinds.get(event.subject_kind, ()):
                heard[consumer].append(event)
        return heard.items()

    def _postpone(self, event: Event, token: str, error: Exception) -> None:
        with self._database.unit_of_work() as session:
            attempts = session.execute(
                select(EventMark.attempts).where(EventMark.event_id == event.id)
            ).scalar_one()
            # The token is random anyway: its last digits spread the retries.
            spread = int(token[-4:], 16) / 0xFFFF
            session.execute(
                update(EventMark)
                .where(
                    EventMark.event_id == event.id,
                    EventMark.lease_token == token,
                    EventMark.done_at.is_(None),
                )
                .values(
                    next_at=clock.now() + retry_after(attempts, spread),
                    last_error=type(error).__name__,
                    lease_token=None,
                    lease_until=None,
                )
                .execution_options(synchronize_session=False)
            )


def retry_after(attempts: int, spread: float) -> timedelta:
    """How long a failed event waits: a second, doubled with each attempt up to five minutes, by 20 % more or less."""
    wait = min(FIRST_RETRY * (1 << min(attempts - 1, 20)), LAST_RETRY)
    return wait * (0.8 + 0.4 * spread)


def backlog(session: Session) -> int:
    """How many events are open: recorded, and not yet taken by every consumer."""
    return session.execute(
        select(func.count()).select_from(EventMark).where(EventMark.done_at.is_(None))
    ).scalar_one()
