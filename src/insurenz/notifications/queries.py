"""Reads of one person's inbox: its badge, and its pages, newest first."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, literal_column, or_, select

from insurenz.accounts.models import User
from insurenz.accounts.queries import NOTHING, assigned_each
from insurenz.core import paging
from insurenz.core.db import Id, Session
from insurenz.core.ids import is_id
from insurenz.core.permissions import STAFF, Actor, Role
from insurenz.core.statements import Statement, listed
from insurenz.deliveries.models import DEAD, DELIVERIES, DUE
from insurenz.events.models import EVENTS
from insurenz.events.queries import texts
from insurenz.notifications.models import INBOX, INBOX_STATE, NOTICES, TOLD, State

_USER = bindparam("user", type_=Id)
_STATE = Statement(
    select(INBOX_STATE.c.last_rev, INBOX_STATE.c.unread, INBOX_STATE.c.seen_rev).where(
        INBOX_STATE.c.user_id == _USER
    )
)
# Of one event staff learn of so many who were told: of more there are lists of their own.
MOST_TOLD, FIRST_BATCHES = 100, 4
_IS_OPEN = exists().where(DELIVERIES.c.event_id == EVENTS.c.id, or_(DUE, DEAD))
# What is told of an event, and by what it is judged who reaches it.
_SHOWN = (
    *("id", "type", "subject_kind", "subject_id", "claim_number", "hospital_id", "payer_id", "claimant_id"),
    *("status", "actor_id", "actor_role", "actor_name", "actor_email", "data", "occurred_at"),
)
# An event with the words of an audience, and how it stands in the inbox.
TOLD_OF = (
    *(EVENTS.c[name] for name in _SHOWN),
    NOTICES.c.audience,
    NOTICES.c.title,
    NOTICES.c.message,
    NOTICES.c.category,
    _IS_OPEN.label("has_open_delivery"),
)
_NUMBERED = select(NOTICES.c.event_id).where(NOTICES.c.claim_number == bindparam("claim"))
_FILTERS: Mapping[str, Any] = {
    "is_unread": INBOX.c.read_at.is_(None),
    "is_read": INBOX.c.read_at.is_not(None),
    "is_archived": INBOX.c.archived_at.is_not(None),
    "is_kept": INBOX.c.archived_at.is_(None),
    "event_type": INBOX.c.type == bindparam("event_type"),
    "status": INBOX.c.status == bindparam("status"),
    "category": INBOX.c.category == bindparam("category"),
    # What is told of one claim is little: each is looked up. The number of a claim elsewhere may look like an id.
    "number": INBOX.c.event_id.in_(_NUMBERED),
    "number or id": INBOX.c.event_id.in_(
        _NUMBERED.union_all(
            select(NOTICES.c.event_id).where(NOTICES.c.subject_id == bindparam("subject", type_=Id))
        )
    ),
    "before": INBOX.c.event_id < bindparam("before", type_=Id),
}


class Found(NamedTuple):
    """A notification in somebody's inbox: the event with the words of its audience, and how it stands there.

    `event` has the columns of TOLD_OF, `standing` has `rev, read_at, archived_at`.
    """

    user_id: str
    event: Any
    standing: Any


class Item(NamedTuple):
    """One notification with what belongs to it. `recipients` and `read_by` hold whom the reader may know of."""

    found: Found
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
    given, names = {**asked, "user": actor.id}, set(asked)
    if cursor is not None:
        given["before"] = paging.decode_id(cursor)
        names.add("before")
    if claim is not None:
        given |= {"claim": claim, "subject": claim.lower()}
        names.add("number or id" if is_id(claim) else "number")
    rows = _page(frozenset(names), limit + 1).all(session, given)
    state = state_of(session, actor.id)
    items = items_of(session, {actor.id: actor}, [Found(actor.id, row, row) for row in rows[:limit]])
    return InboxPage(items, paging.next_cursor(rows, limit, "id"), state)


def items_of(session: Session, readers: Mapping[str, Actor], found: Sequence[Found]) -> list[Item]:
    """Notifications of these readers with what belongs to them, without those that are out of their reach by now.

    The number of statements does not grow with notifications nor readers.
    """
    reached = _within_reach(session, readers, found)
    said = texts(session, list({each.event.id for each in reached})) if reached else {}
    of_staff = {each.event.id for each in reached if readers[each.user_id].role in STAFF}
    told = _told(session, of_staff) if of_staff else {}
    return [
        Item(each, said.get(each.event.id, {}), *_known_to(readers[each.user_id], each, told))
        for each in reached
    ]


@lru_cache(maxsize=256)
def _page(filters: frozenset[str], most: int) -> Statement:
    """So many rows of an inbox with what they tell. They are chosen first, so that one plan is right for every inbox."""
    chosen = (
        select(INBOX.c.event_id, INBOX.c.audience, INBOX.c.rev, INBOX.c.read_at, INBOX.c.archived_at)
        .where(INBOX.c.user_id == _USER, *(_FILTERS[name] for name in sorted(filters)))
        .order_by(INBOX.c.event_id.desc())
        .limit(literal_column(str(most)))
        .subquery("chosen")
    )
    is_said = (NOTICES.c.event_id == chosen.c.event_id) & (NOTICES.c.audience == chosen.c.audience)
    return Statement(
        select(*TOLD_OF, chosen.c.rev, chosen.c.read_at, chosen.c.archived_at)
        .join_from(chosen, EVENTS, EVENTS.c.id == chosen.c.event_id)
        .join(NOTICES, is_said)
        .order_by(chosen.c.event_id.desc())
    )


def _within_reach(session: Session, readers: Mapping[str, Actor], found: Sequence[Found]) -> list[Found]:
    # Policyholders are assigned to nothing.
    asked = {each.user_id for each in found if readers[each.user_id].role is not Role.POLICYHOLDER}
    reaches = assigned_each(session, asked) if asked else {}
    return [
        each
        for each in found
        if reaches.get(each.user_id, NOTHING).covers(
            readers[each.user_id], each.event.hospital_id, each.event.payer_id, each.event.claimant_id
        )
    ]


Known = tuple[Sequence[Any], Sequence[str]]


def _known_to(reader: Actor, found: Found, told: Mapping[str, Known]) -> Known:
    """Whom it was told to, and who of them has read it: staff learn of all, others of themselves."""
    if reader.role in STAFF:
        return told[found.event.id]
    return [reader], [reader.id] if found.standing.read_at else []


def _told(session: Session, ids: Collection[str]) -> dict[str, Known]:
    """By event who was told, at most the first MOST_TOLD of them, and who of these has read it, in that order."""
    told = _recipients(session, ids)
    people, read = (
        _people(session, {user for each in told.values() for user in each}),
        _readers(session, told),
    )
    return {each: ([people[user] for user in told[each] if user in people], read[each]) for each in ids}


def _first_batches(dialect: str) -> Select[*tuple[Any, ...]]:
    given = listed(dialect, event_id=Id)
    told = select(TOLD.c.event_id, TOLD.c.recipients).join_from(
        given, TOLD, TOLD.c.event_id == given.c.event_id
    )
    return told.where(TOLD.c.batch < FIRST_BATCHES).order_by(TOLD.c.event_id, TOLD.c.batch)


def _read(dialect: str) -> Select[*tuple[Any, ...]]:
    given = listed(dialect, user_id=Id, event_id=Id)
    is_theirs = (INBOX.c.user_id == given.c.user_id) & (INBOX.c.event_id == given.c.event_id)
    found = select(INBOX.c.event_id, INBOX.c.user_id).join_from(given, INBOX, is_theirs)
    return found.where(INBOX.c.read_at.is_not(None)).order_by(INBOX.c.read_at, INBOX.c.user_id)


def _users(dialect: str) -> Select[*tuple[Any, ...]]:
    given = listed(dialect, user_id=Id)
    columns = select(User.id, User.email, User.name, User.role, User.level)
    return columns.join_from(given, User, User.id == given.c.user_id)


_FIRST_BATCHES, _READ, _USERS = Statement(_first_batches), Statement(_read), Statement(_users)


def _recipients(session: Session, event_ids: Collection[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for event_id, recipients in _FIRST_BATCHES.all(session, {"event_id": ",".join(event_ids)}):
        room = MOST_TOLD - len(found[event_id])
        found[event_id] += [each[0] for each in recipients[:room]]
    return found


def _readers(session: Session, told: Mapping[str, Sequence[str]]) -> Mapping[str, list[str]]:
    pairs = [(user_id, event_id) for event_id, users in told.items() for user_id in users]
    found: dict[str, list[str]] = defaultdict(list)
    if not pairs:
        return found
    user_ids, event_ids = (",".join(ids) for ids in zip(*pairs, strict=True))
    for event_id, user_id in _READ.all(session, {"user_id": user_ids, "event_id": event_ids}):
        found[event_id].append(user_id)
    return found


def _people(session: Session, ids: Collection[str]) -> dict[str, Any]:
    return {row.id: row for row in _USERS.all(session, {"user_id": ",".join(ids)})}
