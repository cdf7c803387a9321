"""Changes to one inbox: read, unread, archived, seen. Each takes the next rev of the inbox, and keeps its badge right."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, func, select, update

from insurenz.accounts import queries as accounts
from insurenz.core import clock
from insurenz.core.db import Id, Session, UtcDateTime, after_commit
from insurenz.core.errors import NotFound
from insurenz.core.ids import is_id
from insurenz.core.permissions import Actor
from insurenz.core.statements import Statement
from insurenz.events.models import Event
from insurenz.notifications import inboxes, marks
from insurenz.notifications.models import INBOX, INBOX_STATE, InboxItem, State
from insurenz.notifications.telling import Telling

_USER = bindparam("user", type_=Id)
_LOCK = Statement(select(INBOX_STATE).where(INBOX_STATE.c.user_id == _USER).with_for_update())
_MOVE = Statement(
    update(INBOX_STATE)
    .where(INBOX_STATE.c.user_id == _USER)
    .values(last_rev=bindparam("rev"), unread=bindparam("n"), seen_rev=bindparam("seen"))
)
_IS_ITEM = (INBOX.c.user_id == _USER, INBOX.c.event_id == bindparam("event", type_=Id))
_ITEM = Statement(select(INBOX.c.rev, INBOX.c.read_at, INBOX.c.archived_at).where(*_IS_ITEM))
_MARK = Statement(
    update(INBOX)
    .where(*_IS_ITEM)
    .values(
        rev=bindparam("new_rev", type_=Integer),
        read_at=bindparam("read", type_=UtcDateTime),
        archived_at=bindparam("archived", type_=UtcDateTime),
    )
)
_UNREAD = (InboxItem.read_at.is_(None), InboxItem.archived_at.is_(None))


class Mark(NamedTuple):
    """How an item stands after a change, and its inbox with it."""

    event_id: str
    rev: int
    read_at: datetime | None
    archived_at: datetime | None
    state: State


def mark_read(session: Session, actor: Actor, event_id: str, *, telling: Telling) -> Mark:
    """Mark an item of the actor's as read, now; one that is stays as it is. Raises NotFound."""
    return _mark(
        session, actor, event_id, telling, lambda item: (item.read_at or clock.now(), item.archived_at)
    )


def mark_unread(session: Session, actor: Actor, event_id: str, *, telling: Telling) -> Mark:
    """Mark an item of the actor's as not read. Raises NotFound."""
    return _mark(session, actor, event_id, telling, lambda item: (None, item.archived_at))


def archive(session: Session, actor: Actor, event_id: str, *, telling: Telling) -> Mark:
    """Put an item of the actor's away; it counts no longer as unread. Raises NotFound."""
    return _mark(
        session, actor, event_id, telling, lambda item: (item.read_at, item.archived_at or clock.now())
    )


def read_all(session: Session, actor: Actor, *, telling: Telling, up_to_rev: int | None = None) -> State:
    """Mark all of the actor's items as read that were last changed up to this rev, or up to now."""
    chosen: list[Any] = [InboxItem.user_id == actor.id, *_UNREAD]
    if up_to_rev is not None:
        chosen.append(InboxItem.rev <= up_to_rev)
    return _change_all(session, telling, actor.id, chosen, {"read_at": clock.now()}, is_mirrored=True)


def read_elsewhere(session: Session, user_id: str, event_ids: Collection[str], *, telling: Telling) -> None:
    """Mark these items of somebody's as read, who has read them in the mirror; what is read stays as it is."""
    chosen = (InboxItem.user_id == user_id, InboxItem.event_id.in_(event_ids), InboxItem.read_at.is_(None))
    _change_all(session, telling, user_id, chosen, {"read_at": clock.now()})


def see(session: Session, actor: Actor, *, telling: Telling, up_to_rev: int | None = None) -> State:
    """Take note that the actor has looked at their inbox up to this rev, or up to now. Nothing becomes read by it."""
    state = _locked(session, actor.id)
    seen = state.last_rev if up_to_rev is None else min(up_to_rev, state.last_rev)
    if seen <= state.seen_rev:
        return state
    # Looking is a change, too, which other windows learn; what changed before it has been seen.
    rev = state.last_rev + 1
    seen = rev if seen == state.last_rev else seen
    return _move(session, telling, actor.id, State(rev, state.unread, seen))


def archive_out_of_reach(telling: Telling, session: Session, events: Sequence[Event]) -> None:
    """Archive what people were told of claims that they reach no longer, after their assignment or role changed."""
    inboxes.hold_reach(session, is_alone=True)
    for user_id in sorted({event.subject_id for event in events}):
        user = accounts.user(session, user_id)
        reach = accounts.assigned(session, user_id)
        kept = select(InboxItem.event_id, Event.hospital_id, Event.payer_id, Event.claimant_id).where(
            InboxItem.user_id == user_id, InboxItem.archived_at.is_(None), Event.id == InboxItem.event_id
        )
        lost = [row.event_id for row in session.execute(kept) if not reach.covers(user.as_actor(), *row[1:])]
        for start in range(0, len(lost), 500):
            chosen = (InboxItem.user_id == user_id, InboxItem.event_id.in_(lost[start : start + 500]))
            _change_all(session, telling, user_id, chosen, {"archived_at": clock.now()})
        # With what they have put away themselves: a mirror would still show it.
        marks.note(session, telling.channels, user_id, after=0)


def _mark(
    session: Session,
    actor: Actor,
    event_id: str,
    telling: Telling,
    change: Callable[[Any], tuple[datetime | None, datetime | None]],
) -> Mark:
    if not is_id(event_id):
        raise NotFound
    state = _locked(session, actor.id)
    key = {"user": actor.id, "event": event_id.lower()}
    item = _ITEM.first(session, key) if state.last_rev else None
    if item is None:
        raise NotFound
    read, archived = change(item)
    if (read, archived) == (item.read_at, item.archived_at):
        return Mark(key["event"], item.rev, read, archived, state)
    rev = state.last_rev + 1
    _MARK.run(session, key | {"new_rev": rev, "read": read, "archived": archived})
    if read != item.read_at:
        marks.note(session, telling.channels, actor.id, after=state.last_rev)
    was, is_ = (each == (None, None) for each in ((item.read_at, item.archived_at), (read, archived)))
    moved = State(rev, state.unread + is_ - was, state.seen_rev)
    return Mark(key["event"], rev, read, archived, _move(session, telling, actor.id, moved))


def _change_all(
    session: Session,
    telling: Telling,
    user_id: str,
    chosen: Sequence[Any],
    values: dict[str, Any],
    *,
    is_mirrored: bool = False,
) -> State:
    """Change these items of one inbox, each taking a rev in their order; what was unread among them is no longer."""
    state = _locked(session, user_id)
    if not state.last_rev:
        # What was put in since is not under this lock.
        return state
    place = func.row_number().over(order_by=InboxItem.event_id)
    was_unread = InboxItem.read_at.is_(None) & InboxItem.archived_at.is_(None)
    rows = select(InboxItem.event_id, place.label("place")).where(*chosen).subquery()
    unread = session.scalar(select(func.count()).select_from(InboxItem).where(*chosen, was_unread)) or 0
    changed: Any = session.execute(
        update(INBOX)
        .where(INBOX.c.user_id == user_id, INBOX.c.event_id == rows.c.event_id)
        .values(rev=state.last_rev + rows.c.place, **values)
    )
    if not changed.rowcount:
        return state
    if is_mirrored:
        marks.note(session, telling.channels, user_id, after=state.last_rev)
    moved = State(state.last_rev + changed.rowcount, state.unread - unread, state.seen_rev)
    return _move(session, telling, user_id, moved)


def _locked(session: Session, user_id: str) -> State:
    """The head of an inbox, locked until the unit ends; one that never got anything has none, and is not locked."""
    found = _LOCK.first(session, {"user": user_id})
    return State(found.last_rev, found.unread, found.seen_rev) if found else State(0, 0, 0)


def _move(session: Session, telling: Telling, user_id: str, state: State) -> State:
    _MOVE.run(session, {"user": user_id, "rev": state.last_rev, "n": state.unread, "seen": state.seen_rev})
    after_commit(session, lambda: telling.hint([user_id]))
    return state
