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
    Executable,
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
from insurenz.core.statements import Statement, listed
from insurenz.events.models import EVENTS, MARKS, Event, EventMark

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


def _look(heard: ColumnElement[bool]) -> Statement:
    """Count what is open, how much of that was there when the relay began, and how much nobody listens to."""
    counts = (
        func.count().label("total"),
        func.count()
        .filter(MARKS.c.last_error.is_(None), MARKS.c.event_id < bindparam("began", type_=Id))
        .label("fresh"),
        func.count().filter(_READY).label("due"),
        func.count().filter(~heard).label("unheard"),
    )
    return Statement(select(*counts).where(_OPEN))


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


def _events(dialect: str) -> Executable:
    given = listed(dialect, event_id=Id)
    return select(EVENTS).join(given, given.c.event_id == EVENTS.c.id).order_by(EVENTS.c.id)


def _are_these(dialect: str) -> ColumnElement[bool]:
    return MARKS.c.event_id.in_(select(listed(dialect, event_id=Id).c.event_id))


def _close(dialect: str) -> Executable:
    """Close marks, each only under the lease by which its event was taken."""
    held = (_are_these(dialect), MARKS.c.lease_token == _TOKEN, _OPEN)
    return update(MARKS).where(*held).values(done_at=_NOW).returning(MARKS.c.event_id)


def _reopen(dialect: str) -> Executable:
    as_new = {"done_at": None, "lease_token": None, "lease_until": None, "attempts": 0, "last_error": None}
    return update(MARKS).where(_are_these(dialect)).values(as_new)


_EVENTS, _CLOSE, _REOPEN = (Statement(made) for made in (_events, _close, _reopen))


def _these(ids: Iterable[str]) -> dict[str, str]:
    return {"event_id": ",".join(ids)}


@dataclass(frozen=True)
class _Taken:
    """What one turn took: the events it leased under one token, and how many nobody listens to it closed.

    `has_more` when it left others that were due: there were too many, or they wait for these.
    """

    token: str
    events: Sequence[Event]
    closed: int
    has_more: bool


class Relay:
    """Hands events to consumers; any number of relays may work on one database.

    `of_kinds` hear, by the kind of its subject, whatever no consumer is listed for: types that only a process knows
    which was started later. What is neither listed nor of such a kind concerns nobody.

    `has_caught_up` becomes true once no event of before it began is left but those whose consumers failed and wait for
    their retry: whatever is recorded meanwhile, it becomes so.
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
        self._look = _look(heard)
        self._close_unheard, self._lease_oldest = _close_unheard(heard), _lease_oldest(heard)
        self._began, self.has_caught_up = new_id(), False

    def turn(self) -> bool:
        """Work one batch; True when there may be more at once: the batch was full, or followers were set free."""
        found = self._looked()
        if not found.due:
            return False
        taken = self._take(found)
        _count(taken.closed)
        fault("relay.leased")
        has_left = self._has_left(taken)
        # Until then it looks again after each turn.
        is_behind = bool(taken.events) and not self.has_caught_up
        return taken.has_more or has_left or is_behind

    def _looked(self) -> Any:
        # Read first: an idle relay, woken by every commit, must not take SQLite's only write lock.
        with self._database.read_unit() as session:
            found = self._look.first(session, {"now": clock.now(), "began": self._began} | self._named)
        OPEN_EVENTS.set(found.total)
        self.has_caught_up = self.has_caught_up or not found.fresh
        return found

    def _take(self, found: Any) -> _Taken:
        token, now = new_id(), clock.now()
        with self._database.unit_of_work() as session:
            closed = self._close_unheard.all(session, {"now": now} | self._named) if found.unheard else ()
            has_more = len(closed) == UNHEARD_AT_ONCE
            if not (self._types or self._of_kinds):
                return _Taken(token, (), len(closed), has_more)
            lease = {"token": token, "until": now + self._lease, "batch": self._batch}
            leased = self._lease_oldest.all(session, {"now": now} | self._named | lease)
            events = _EVENTS.all(session, _these(mark.event_id for mark in leased)) if leased else ()
        # What was recorded since the look has rung the bell.
        has_more = has_more or 0 < len(events) < found.due - len(closed)
        return _Taken(token, events, len(closed), has_more)

    def _has_left(self, taken: _Taken) -> bool:
        """Hand over what was taken, whether or not some of it fails; True when consumers have left some for another turn."""
        try:
            # One by itself is tried below, where a failure of it is told of.
            if len(taken.events) > 1:
                return self._hand_over(taken.events, taken.token)
        except Exception:
            # The task boundary: each is tried alone now, which tells whose failure it was.
            log.info("handing events over one by one", exc_info=True, extra={"events": len(taken.events)})
        left = [self._work_alone(event, taken.token) for event in taken.events]
        return any(left)

    def _work_alone(self, event: Event, token: str) -> bool:
        try:
            return self._hand_over([event], token)
        except Exception as error:
            # The task boundary: a consumer's failure must neither lose the event nor stop the others.
            log.exception("a consumer failed", extra={"event_id": event.id, "event_type": event.type})
            RELAY_FAILURES.labels(event.type).inc()
            self._postpone(event, token, error)
            return False

    def _hand_over(self, events: Sequence[Event], token: str) -> bool:
        """Hand over in one unit; True when consumers have left some of the events for another turn."""
        given = _these(event.id for event in events) | {"token": token, "now": clock.now()}
        with self._database.unit_of_work() as session:
            # Closed first: this locks the rows, so a lease that runs out meanwhile is not taken over.
            held = {mark.event_id for mark in _CLOSE.all(session, given)}
            left: set[str] = set()
            for consumer, heard in self._listeners([event for event in events if event.id in held]):
                left.update(consumer(session, heard) or ())
            if left:
                _REOPEN.run(session, _these(sorted(left)))
            fault("relay.consumed")
        _count(len(held) - len(left))
        return bool(left)

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


def _count(closed: int) -> None:
    RELAYED.inc(closed)
    OPEN_EVENTS.dec(closed)


def retry_after(attempts: int, spread: float) -> timedelta:
    """How long a failed event waits: a second, doubled with each attempt up to five minutes, by 20 % more or less."""
    wait = min(FIRST_RETRY * (1 << min(attempts - 1, 20)), LAST_RETRY)
    return wait * (0.8 + 0.4 * spread)


def backlog(session: Session) -> int:
    """How many events are open: recorded, and not yet taken by every consumer."""
    return session.execute(
        select(func.count()).select_from(EventMark).where(EventMark.done_at.is_(None))
    ).scalar_one()
