"""Who was told of a claim's events, and what became of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from insurenz.claims.models import Claim
from insurenz.core import paging
from insurenz.core.db import Session
from insurenz.deliveries import queries as deliveries
from insurenz.deliveries.log import Entry
from insurenz.deliveries.models import Delivery
from insurenz.events.models import Event
from insurenz.notifications.audiences import people
from insurenz.notifications.models import InboxItem, Notice, Told

MOST_TOLD = 100


@dataclass(frozen=True)
class Log:
    """A page of events that were told, newest first, with what belongs to them by event, and everybody in it by id."""

    events: Sequence[Event]
    next_cursor: str | None
    titles: Mapping[str, Mapping[str, str]]
    told: Mapping[str, Sequence[Told]]
    read_at: Mapping[tuple[str, str], datetime]
    deliveries: Mapping[str, Sequence[Entry]]
    people: Mapping[str, Any]


def log(session: Session, claim: Claim, *, cursor: str | None, limit: int) -> Log:
    """What a claim's events told, of a claim that was found for its reader. Raises Invalid for a foreign cursor."""
    of_claim = select(Notice.event_id).where(Notice.subject_id == claim.id)
    chosen = select(Event).where(Event.id.in_(of_claim)).order_by(Event.id.desc())
    if cursor is not None:
        chosen = chosen.where(Event.id < paging.decode_id(cursor))
    rows = list(session.scalars(chosen.limit(limit + 1)))
    events = {event.id: event for event in rows[:limit]}
    told, titles = _told(session, events)
    users = {user for batches in told.values() for batch in batches for user in _users(batch)}
    return Log(
        list(events.values()),
        paging.next_cursor(rows, limit, "id"),
        titles,
        told,
        _read(session, events, users),
        _deliveries(session, events),
        people(session, users),
    )


def first_told(batches: Sequence[Told]) -> list[tuple[Told, Any]]:
    """The first MOST_TOLD recipients, each with their batch."""
    return [(batch, each) for batch in batches for each in batch.recipients][:MOST_TOLD]


def _users(batch: Told) -> list[str]:
    return [each[0] for each in (*batch.recipients[:MOST_TOLD], *batch.excluded)]


def _told(
    session: Session, ids: Collection[str]
) -> tuple[Mapping[str, Sequence[Told]], Mapping[str, Mapping[str, str]]]:
    """The batches of these events, and what each audience read as the title."""
    batches: dict[str, list[Told]] = defaultdict(list)
    titles: dict[str, dict[str, str]] = defaultdict(dict)
    is_said = and_(Notice.event_id == Told.event_id, Notice.audience == Told.audience)
    chosen = select(Told, Notice.title).join(Notice, is_said).where(Told.event_id.in_(ids))
    for told, title in session.execute(chosen.order_by(Told.batch)):
        batches[told.event_id].append(told)
        titles[told.event_id][told.audience] = title
    return batches, titles


def _read(
    session: Session, ids: Collection[str], users: Collection[str]
) -> Mapping[tuple[str, str], datetime]:
    chosen = select(InboxItem.event_id, InboxItem.user_id, InboxItem.read_at).where(
        InboxItem.user_id.in_(users), InboxItem.event_id.in_(ids), InboxItem.read_at.is_not(None)
    )
    return {(event, user): read_at for event, user, read_at in session.execute(chosen) if read_at}


def _deliveries(session: Session, events: Mapping[str, Event]) -> Mapping[str, Sequence[Entry]]:
    rows = session.scalars(select(Delivery).where(Delivery.event_id.in_(events)).order_by(Delivery.id)).all()
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in deliveries.with_attempts(session, rows, events=events):
        found[entry.delivery.event_id].append(entry)
    return found
