"""Who was told of a claim's events, and what became of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

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
    of_claim = select(Notice.event_id).where(Notice.subject_id == claim.id).distinct()
    if cursor is not None:
        of_claim = of_claim.where(Notice.event_id < paging.decode_id(cursor))
    ids = list(session.scalars(of_claim.order_by(Notice.event_id.desc()).limit(limit + 1)))
    page = ids[:limit]
    events = session.scalars(select(Event).where(Event.id.in_(page)).order_by(Event.id.desc())).all()
    told = _told(session, page)
    users = {user for batches in told.values() for batch in batches for user in _users(batch)}
    return Log(
        events,
        paging.encode([page[-1]]) if len(ids) > limit else None,
        _titles(session, page),
        told,
        _read(session, page, users),
        _deliveries(session, page),
        people(session, users),
    )


def first_told(batches: Sequence[Told]) -> list[tuple[Told, Any]]:
    """The first MOST_TOLD recipients, each with their batch."""
    return [(batch, each) for batch in batches for each in batch.recipients][:MOST_TOLD]


def _users(batch: Told) -> list[str]:
    return [each[0] for each in (*batch.recipients[:MOST_TOLD], *batch.excluded)]


def _titles(session: Session, ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for notice in session.scalars(select(Notice).where(Notice.event_id.in_(ids))):
        found[notice.event_id][notice.audience] = notice.title
    return found


def _told(session: Session, ids: Collection[str]) -> Mapping[str, Sequence[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for told in session.scalars(select(Told).where(Told.event_id.in_(ids)).order_by(Told.batch)):
        found[told.event_id].append(told)
    return found


def _read(
    session: Session, ids: Collection[str], users: Collection[str]
) -> Mapping[tuple[str, str], datetime]:
    chosen = select(InboxItem.event_id, InboxItem.user_id, InboxItem.read_at).where(
        InboxItem.user_id.in_(users), InboxItem.event_id.in_(ids), InboxItem.read_at.is_not(None)
    )
    return {(event, user): read_at for event, user, read_at in session.execute(chosen) if read_at}


def _deliveries(session: Session, ids: Collection[str]) -> Mapping[str, Sequence[Entry]]:
    rows = session.scalars(select(Delivery).where(Delivery.event_id.in_(ids)).order_by(Delivery.id)).all()
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in deliveries.with_attempts(session, rows):
        found[entry.delivery.event_id].append(entry)
    return found
