"""Reading events: a subject's history with its texts, its past moves, and the trail that overseers page through."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from insurenz.core import paging
from insurenz.core.db import Id, Session
from insurenz.core.statements import Statement, listed
from insurenz.events.models import TEXTS, VIEWS, Event
from insurenz.workflow.guards import Move


@dataclass(frozen=True)
class Entry:
    """One event with its texts by name; a text that was erased is None."""

    event: Event
    texts: dict[str, str | None]


@dataclass(frozen=True)
class Trail:
    """A page of entries, and where the next one starts (None on the last)."""

    items: list[Entry]
    next_cursor: str | None


def history(
    session: Session,
    subject_kind: str,
    subject_id: str,
    *,
    only: str | None = None,
    without: Collection[str] = (),
    cursor: str | None = None,
    limit: int = paging.DEFAULT_LIMIT,
) -> Trail:
    """A page of what happened to one subject, oldest first, in two statements: `only` one type, or all `without` some.

    Whoever asks has shown before that the reader may see the subject. Raises Invalid for a foreign cursor.
    """
    of_subject = (Event.subject_kind == subject_kind, Event.subject_id == subject_id)
    query = select(Event).where(*of_subject)
    if only is not None:
        query = query.where(Event.type == only)
    if without:
        query = query.where(Event.type.not_in(without))
    if cursor is not None:
        # The cursor is the last event's id: numbers in the chain would tell how many events were left out.
        seen = aliased(Event)
        last = select(seen.seq).where(seen.id == paging.decode_id(cursor), seen.subject_id == subject_id)
        query = query.where(Event.seq > last.scalar_subquery())
    return _trail(session, query.order_by(Event.seq), limit)


def trail(
    session: Session,
    *,
    subject_kind: str | None = None,
    subject_id: str | None = None,
    event_type: str | None = None,
    actor_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    with_views: bool = True,
    cursor: str | None = None,
    limit: int = paging.DEFAULT_LIMIT,
) -> Trail:
    """A page of all events, newest first: for overseers, who see everything. Raises Invalid for a foreign cursor.

    `since` is the first moment of those asked for, `until` the first after them; batches of views are left out when not asked for.
    """
    asked = {
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "type": event_type,
        "actor_id": actor_id,
    }
    query = select(Event).filter_by(**{name: value for name, value in asked.items() if value is not None})
    if since is not None:
        query = query.where(Event.occurred_at >= since)
    if until is not None:
        query = query.where(Event.occurred_at < until)
    if not with_views:
        query = query.where(Event.subject_kind != VIEWS)
    if cursor is not None:
        query = query.where(Event.id < paging.decode_id(cursor))
    return _trail(session, query.order_by(Event.id.desc()), limit)


def moves(session: Session, subject_kind: str, subject_id: str) -> tuple[Move, ...]:
    """Every past transition of one subject, oldest first: the history that workflow guards judge by."""
    return moves_of(session, subject_kind, [subject_id]).get(subject_id, ())


def moves_of(session: Session, subject_kind: str, subject_ids: Sequence[str]) -> dict[str, tuple[Move, ...]]:
    """The same of many subjects, by id; one statement. Those that never moved are left out."""
    rows = session.execute(
        select(Event.subject_id, Event.data, Event.actor_id, Event.occurred_at)
        .where(
            Event.subject_kind == subject_kind, Event.subject_id.in_(subject_ids), Event.version.is_not(None)
        )
        .order_by(Event.seq)
    )
    found: dict[str, list[Move]] = defaultdict(list)
    for subject_id, data, actor, at in rows:
        found[subject_id].append(Move(data["action"], data["from"], data["to"], actor or "", at))
    return {subject_id: tuple(past) for subject_id, past in found.items()}


def entries(session: Session, event_ids: Sequence[str]) -> dict[str, Entry]:
    """These events with their texts, by id; two statements, none when there are no ids."""
    if not event_ids:
        return {}
    bodies = texts(session, event_ids)
    found = session.scalars(select(Event).where(Event.id.in_(event_ids)))
    return {event.id: Entry(event, bodies.get(event.id, {})) for event in found}


def _texts(dialect: str) -> Select[*tuple[Any, ...]]:
    given = listed(dialect, event_id=Id)
    columns = select(TEXTS.c.event_id, TEXTS.c.name, TEXTS.c.body)
    return columns.join_from(given, TEXTS, TEXTS.c.event_id == given.c.event_id)


_TEXTS = Statement(_texts)


def texts(session: Session, event_ids: Sequence[str]) -> dict[str, dict[str, str | None]]:
    """The texts of these events by event and name; None for one that was erased."""
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    for event_id, name, body in _TEXTS.all(session, {"event_id": ",".join(event_ids)}):
        found[event_id][name] = body
    return found


def _trail(session: Session, query: Select[Event], limit: int) -> Trail:
    rows = list(session.scalars(query.limit(limit + 1)))
    page = rows[:limit]
    bodies = texts(session, [event.id for event in page]) if page else {}
    return Trail(
        [Entry(event, bodies.get(event.id, {})) for event in page], paging.next_cursor(rows, limit, "id")
    )
