"""Reads of deliveries: the log that overseers page through, and what waits or was given up."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import load_only

from insurenz.core import clock, paging
from insurenz.core.db import Session
from insurenz.core.errors import NotFound
from insurenz.core.ids import is_id
from insurenz.deliveries.channels import NAMES
from insurenz.deliveries.log import Backlog, Entry
from insurenz.deliveries.models import DEAD, DELIVERED, DUE, Attempt, Delivery, PausedChannel, State
from insurenz.events.models import Event

# Of each delivery the log shows its newest attempts.
MOST_ATTEMPTS = 20
LATELY = timedelta(hours=1)


@dataclass(frozen=True)
class Filters:
    """What a log is limited to; None is no limit. Ids in their canonical spelling."""

    state: State | None = None
    channel: str | None = None
    event_id: str | None = None
    user_id: str | None = None
    # Of those that are no people.
    target: str | None = None


def log(
    session: Session, filters: Filters, *, cursor: str | None = None, limit: int = paging.DEFAULT_LIMIT
) -> tuple[list[Entry], str | None]:
    """A page of deliveries, newest first, and the cursor of the next: for overseers, who see everything.

    Raises Invalid for a foreign cursor.
    """
    query = select(Delivery)
    if filters.state is not None:
        # In so many letters: else the indexes of a part would not be used.
        query = query.where(Delivery.state == literal_column(f"'{filters.state}'"))
    asked = {name: getattr(filters, name) for name in ("channel", "event_id", "user_id")}
    query = query.filter_by(**{name: value for name, value in asked.items() if value is not None})
    if filters.target is not None:
        query = query.where(Delivery.target == filters.target, Delivery.user_id.is_(None))
    if cursor is not None:
        query = query.where(Delivery.id < paging.decode_id(cursor))
    rows = list(session.scalars(query.order_by(Delivery.id.desc()).limit(limit + 1)))
    return with_attempts(session, rows[:limit]), paging.next_cursor(rows, limit, "id")


def with_attempts(
    session: Session, deliveries: Sequence[Delivery], *, events: Mapping[str, Event] | None = None
) -> list[Entry]:
    """These deliveries with their newest attempts and what they tell of, in two statements for all; one with `events`."""
    newest = (
        select(Attempt)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(
            Attempt.delivery_id.in_([delivery.id for delivery in deliveries]),
            Attempt.n > Delivery.attempts - MOST_ATTEMPTS,
        )
        .order_by(Attempt.delivery_id, Attempt.n)
    )
    found: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in session.scalars(newest) if deliveries else ():
        found[attempt.delivery_id].append(attempt)
    if events is None:
        events = _events(session, [delivery.event_id for delivery in deliveries]) if deliveries else {}
    return [Entry(each, found[each.id], events.get(each.event_id)) for each in deliveries]


def _events(session: Session, event_ids: Collection[str]) -> Mapping[str, Event]:
    columns = load_only(Event.id, Event.type, Event.claim_number)
    chosen = select(Event).where(Event.id.in_(event_ids)).options(columns)
    return {event.id: event for event in session.scalars(chosen)}


def delivery_for(session: Session, delivery_id: str, *, lock: bool = False) -> Delivery:
    """One delivery, held until the unit ends when `lock`; raises NotFound."""
    if not is_id(delivery_id):
        raise NotFound
    chosen = select(Delivery).where(Delivery.id == delivery_id.lower())
    found = session.scalar(chosen.with_for_update() if lock else chosen)
    if found is None:
        raise NotFound
    return found


def backlog(session: Session) -> Mapping[str, Backlog]:
    """What waits and what was given up, of every channel there is, and of others that rows are left of."""
    now = clock.now()
    is_due = Delivery.next_at <= now
    open_ones = (
        select(
            Delivery.channel,
            func.count().filter(is_due),
            func.count().filter(~is_due),
            func.min(Delivery.next_at).filter(is_due),
        )
        .where(DUE)
        .group_by(Delivery.channel)
    )
    counts = {channel: (due, waiting, oldest) for channel, due, waiting, oldest in session.execute(open_ones)}
    dead = select(Delivery.channel, func.count()).where(DEAD).group_by(Delivery.channel)
    given_up = dict(session.execute(dead).all())
    paused = set(session.scalars(select(PausedChannel.channel)))
    made = {}
    for name in sorted({*NAMES, *counts, *given_up}):
        due, waiting, oldest = counts.get(name, (0, 0, None))
        made[name] = Backlog(due, waiting, given_up.get(name, 0), oldest, name in paused)
    return made


def delivered_lately(session: Session) -> Mapping[str, int]:
    """How much was delivered in the last hour, of every channel by which there was something."""
    since = clock.now() - LATELY
    chosen = select(Delivery.channel, func.count()).where(DELIVERED, Delivery.closed_at > since)
    return dict(session.execute(chosen.group_by(Delivery.channel)).all())
