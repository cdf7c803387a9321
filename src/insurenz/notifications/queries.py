"""Reads of one person's inbox: its badge, and its pages, newest first."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, bindparam, exists, or_, select

from insurenz.accounts.models import User
from insurenz.accounts.queries import assigned
from insurenz.core import paging
from insurenz.core.db import Id, Session
from insurenz.core.ids import is_id
from insurenz.core.permissions import STAFF, Actor, Role
from insurenz.core.statements import Statement
from insurenz.deliveries.models import DEAD, DELIVERIES, DUE
from insurenz.events.models import EVENTS
from insurenz.events.queries import texts
from insurenz.notifications.models import INBOX, INBOX_STATE, NOTICES, InboxItem, State, Told

_USER = bindparam("user", type_=Id)
_STATE = Statement(
    select(INBOX_STATE.c.last_rev, INBOX_STATE.c.unread, INBOX_STATE.c.seen_rev).where(
        INBOX_STATE.c.user_id == _USER
    )
)
_NAMED = Statement(select(NOTICES.c.subject_id).where(NOTICES.c.claim_number == bindparam("number")).limit(1))
_IS_OPEN = exists().where(DELIVERIES.c.event_id == INBOX.c.event_id, or_(DUE, DEAD))
# What an item is told of: its event, the words of its audience, and how it stands in the inbox.
_ITEM = (
    select(
        *EVENTS.c,
        NOTICES.c.title,
        NOTICES.c.message,
        NOTICES.c.category,
        INBOX.c.rev,
        INBOX.c.read_at,
        INBOX.c.archived_at,
        _IS_OPEN.label("has_open_delivery"),
    )
    .select_from(INBOX)
    .join(EVENTS, EVENTS.c.id == INBOX.c.event_id)
    .join(NOTICES, (NOTICES.c.event_id == INBOX.c.event_id) & (NOTICES.c.audience == INBOX.c.audience))
    .where(INBOX.c.user_id == _USER)
)
_FILTERS: Mapping[str, Any] = {
    "is_unread": INBOX.c.read_at.is_(None),
    "is_read": INBOX.c.read_at.is_not(None),
    "is_archived": INBOX.c.archived_at.is_not(None),
    "is_kept": INBOX.c.archived_at.is_(None),
    "event_type": INBOX.c.type == bindparam("event_type"),
    "status": INBOX.c.status == bindparam("status"),
    "category": INBOX.c.category == bindparam("category"),
    # What is told of one claim is little: each is looked up.
    "subject": INBOX.c.event_id.in_(
        select(NOTICES.c.event_id).where(NOTICES.c.subject_id == bindparam("subject", type_=Id))
    ),
    "before": INBOX.c.event_id < bindparam("before", type_=Id),
}


@dataclass(frozen=True)
class Item:
    """One notification with what belongs to it. `recipients` and `read_by` hold whom the reader may know of."""

    row: Any
    texts: Mapping[str, str | None]
    recipients: Sequence[Any]
    read_by: Sequence[str]


@dataclass(frozen=True)
class InboxPage:
    """A page of an inbox, where the next one starts (None on the last), and the inbox's head."""

    items: Sequence[Item]
    next_cursor: str | None
    state: State


def state_of(session: Session, user_id: str) -> State:
    """The head of an inbox; of one that never got anything, zeros."""
    found = _STATE.first(session, {"user": user_id})
    return State(*found) if found else State(0, 0, 0)


def page(
    session: Session,
    actor: Actor,
    *,
    asked: Mapping[str, Any],
    claim: str | None = None,
    cursor: str | None = None,
    limit: int = paging.DEFAULT_LIMIT,
) -> InboxPage:
    """A page of the actor's inbox, newest first, by filters: names of `_FILTERS` with what each compares with.

    `claim` is the id or the number of a claim. Raises Invalid for a foreign cursor.
    """
    given = dict(asked)
    if cursor is not None:
        given["before"] = paging.decode_id(cursor)
    if claim is not None:
        given["subject"] = _subject(session, claim)
    rows = _page(frozenset(given)).all(session, {"user": actor.id, "most": limit + 1} | given)
    state = state_of(session, actor.id)
    return InboxPage(items_of(session, actor, rows[:limit]), paging.next_cursor(rows, limit, "id"), state)


def items_of(session: Session, actor: Actor, rows: Sequence[Any]) -> list[Item]:
    """Rows of the actor's inbox with what belongs to them, without those that are out of the actor's reach by now."""
    reached = _within_reach(session, actor, rows)
    ids = [row.id for row in reached]
    said = texts(session, ids) if ids else {}
    told = _told(session, actor, reached)
    return [Item(row, said.get(row.id, {}), *told[row.id]) for row in reached]


@lru_cache(maxsize=256)
def _page(filters: frozenset[str]) -> Statement:
    chosen = _ITEM.where(*(_FILTERS[name] for name in sorted(filters)))
    return Statement(chosen.order_by(INBOX.c.event_id.desc()).limit(bindparam("most", type_=Integer)))


def _subject(session: Session, claim: str) -> str:
    if is_id(claim):
        return claim.lower()
    found = _NAMED.first(session, {"number": claim})
    # No notification is about the claim of another number, so none is found.
    return found.subject_id if found else "00000000-0000-0000-0000-000000000000"


def _within_reach(session: Session, actor: Actor, rows: Sequence[Any]) -> list[Any]:
    if actor.role is Role.POLICYHOLDER:
        return [row for row in rows if row.claimant_id == actor.id]
    reach = assigned(session, actor.id)
    return [row for row in rows if reach.covers(actor, row.hospital_id, row.payer_id, row.claimant_id)]


def _told(
    session: Session, actor: Actor, rows: Sequence[Any]
) -> dict[str, tuple[Sequence[Any], Sequence[str]]]:
    """By event whom it was told to and who of them has read it: staff learn of all, others of themselves."""
    if actor.role not in STAFF:
        return {row.id: ([actor], [actor.id] if row.read_at else []) for row in rows}
    ids = [row.id for row in rows]
    told = recipients_of(session, ids)
    people = _people(session, {user for users in told.values() for user in users})
    read = readers_of(session, ids)
    return {each: ([people[user] for user in told[each] if user in people], read[each]) for each in ids}


def recipients_of(session: Session, event_ids: Collection[str]) -> Mapping[str, list[str]]:
    """By event the ids of all who were told of it, as it was frozen then."""
    found: dict[str, list[str]] = defaultdict(list)
    chosen = select(Told.event_id, Told.recipients).where(Told.event_id.in_(event_ids))
    for event_id, recipients in session.execute(chosen.order_by(Told.event_id, Told.batch)):
        found[event_id] += [user_id for user_id, *_ in recipients]
    return found


def readers_of(session: Session, event_ids: Collection[str]) -> Mapping[str, list[str]]:
    """By event the ids of those who have read it, in the order in which they did."""
    found: dict[str, list[str]] = defaultdict(list)
    chosen = select(InboxItem.event_id, InboxItem.user_id).where(
        InboxItem.event_id.in_(event_ids), InboxItem.read_at.is_not(None)
    )
    for event_id, user_id in session.execute(chosen.order_by(InboxItem.read_at, InboxItem.user_id)):
        found[event_id].append(user_id)
    return found


def _people(session: Session, ids: Collection[str]) -> dict[str, Any]:
    columns = (User.id, User.email, User.name, User.role, User.level)
    return {row.id: row for row in session.execute(select(*columns).where(User.id.in_(ids)))}
