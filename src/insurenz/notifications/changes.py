"""What has changed in many inboxes since each was read last, ready to be sent: a few statements, however many they are.

Every change of an inbox takes its next rev under one lock, so who has read up to a rev has missed nothing before it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, func, select, true

from insurenz.accounts.access import changed_access, credential_of
from insurenz.accounts.sessions import Terms
from insurenz.core.db import Id, Session
from insurenz.core.permissions import STAFF, Actor
from insurenz.core.statements import Statement, listed
from insurenz.events.models import EVENTS
from insurenz.notifications import answers
from insurenz.notifications.models import INBOX, INBOX_STATE, NOTICES, State
from insurenz.notifications.queries import TOLD_OF, Found, items_of, state_of

# Items of one inbox in one reading; who missed more is given the rest in the next ones.
PAGE = 50

Key = tuple[str, int]
_STANDING = attrgetter("c.rev", "c.event_id", "c.audience", "c.read_at", "c.archived_at")


class Position(NamedTuple):
    """How far somebody who came in at this time has read their inbox."""

    actor: Actor
    came_at: datetime
    rev: int


class Batch(NamedTuple):
    """What brings a reader up to a rev: frames, each with its rev. Without access there is nothing, and no more to come."""

    upto: int
    frames: Sequence[tuple[int, bytes]]
    has_more: bool = False
    has_access: bool = True


ENDED = Batch(0, (), has_access=False)


@dataclass
class _Change:
    """The head of an inbox that moved on, and the rows that changed, a page at most, in the order of their revs."""

    state: State
    rows: list[Any] = field(default_factory=list)

    @property
    def upto(self) -> int:
        return self.rows[-1].rev if len(self.rows) == PAGE else self.state.last_rev


def first(session: Session, position: Position, *, is_resumed: bool, terms: Terms, base_url: str) -> Batch:
    """What a new stream begins with: what is new, or how the inbox stands when it is not resumed from a rev of it."""
    state = state_of(session, position.actor.id)
    if not is_resumed or position.rev > state.last_rev:
        return Batch(state.last_rev, [(state.last_rev, _state_frame(state))])
    (batch,) = read(session, [position], terms=terms, base_url=base_url)
    return batch or Batch(position.rev, ())


def read(
    session: Session,
    positions: Sequence[Position],
    *,
    terms: Terms,
    base_url: str,
    asks_all: bool = False,
) -> list[Batch | None]:
    """For each of these readers what comes after their position, None when there is nothing; ENDED without access.

    Access is asked of those for whom there is something, or of all. The session should be of a snapshot: then nothing
    is given that came after somebody's access had ended.
    """
    keys = [(each.actor.id, each.rev) for each in positions]
    changes = _changes(session, set(keys))
    asked = [each for each, key in zip(positions, keys, strict=True) if asks_all or key in changes]
    if not asked:
        return [None] * len(positions)
    since = min(each.came_at for each in asked)
    now = changed_access(session, terms, [each.actor for each in asked], since=since)
    readers = {each.actor.id: each.actor for each in asked if credential_of(each.actor) not in now}
    readers |= {actor.id: actor for actor in now.values() if actor is not None}
    batches = _batches(session, {k: c for k, c in changes.items() if k[0] in readers}, readers, base_url)
    gone = {credential for credential, actor in now.items() if actor is None}
    return [
        ENDED if gone and credential_of(each.actor) in gone else batches.get(key)
        for each, key in zip(positions, keys, strict=True)
    ]


def _since(dialect: str) -> Select[Any]:
    """The heads of the listed inboxes that moved on after the listed revs, each with its rows since, up to a page."""
    given = listed(dialect, user_id=Id, after=Integer)
    state = INBOX_STATE.c
    heads = select(given.c.after, state.user_id, state.last_rev, state.unread, state.seen_rev).join_from(
        given, INBOX_STATE, and_(state.user_id == given.c.user_id, state.last_rev > given.c.after)
    )
    row = INBOX.alias("row")
    is_new = (row.c.user_id == state.user_id, row.c.rev > given.c.after)
    if dialect == "postgresql":
        page: Any = select(*_STANDING(row)).where(*is_new).order_by(row.c.rev).limit(PAGE).lateral("page")
        return heads.add_columns(*page.c).join(page, true(), isouter=True).order_by(page.c.rev)
    later = INBOX.alias("later")
    is_later = (later.c.user_id == state.user_id, later.c.rev > given.c.after)
    end = select(later.c.rev).where(*is_later).order_by(later.c.rev).limit(1).offset(PAGE - 1)
    is_in_page = row.c.rev <= func.coalesce(end.scalar_subquery(), state.last_rev)
    found = heads.add_columns(*_STANDING(row)).join(row, and_(*is_new, is_in_page), isouter=True)
    return found.order_by(row.c.rev)


_SINCE = Statement(_since)


def _changes(session: Session, keys: Collection[Key]) -> dict[Key, _Change]:
    """The inboxes of these users that have moved on since these revs."""
    given = {
        "user_id": ",".join(user_id for user_id, _ in keys),
        "after": ",".join(str(after) for _, after in keys),
    }
    found: dict[Key, _Change] = {}
    for row in _SINCE.all(session, given) if keys else ():
        key = (row.user_id, row.after)
        if key not in found:
            found[key] = _Change(State(row.last_rev, row.unread, row.seen_rev))
        if row.rev is not None:
            found[key].rows.append(row)
    return found


def _batches(
    session: Session, changes: Mapping[Key, _Change], readers: Mapping[str, Actor], base_url: str
) -> dict[Key, Batch]:
    rows = {(key[0], row.rev): row for key, change in changes.items() for row in change.rows}
    events = _events(session, {row.event_id for row in rows.values()})
    found = [Found(key[0], events[row.event_id, row.audience], row) for key, row in rows.items()]
    unread = {key[0]: change.state.unread for key, change in changes.items()}
    writer = answers.Writer(base_url)
    frames: dict[Key, bytes] = {}
    for item in items_of(session, readers, found):
        user_id, _, standing = item.found
        written = writer.json(item, is_staff=readers[user_id].role in STAFF)
        data = f'{{"unread":{unread[user_id]},"item":{written}}}'
        frames[user_id, standing.rev] = _frame(standing.rev, "notification", data)
    return {key: _batch(key[0], change, frames) for key, change in changes.items()}


def _told(dialect: str) -> Select[*tuple[Any, ...]]:
    given = listed(dialect, event_id=Id)
    told = select(*TOLD_OF).join_from(given, NOTICES, NOTICES.c.event_id == given.c.event_id)
    return told.join(EVENTS, EVENTS.c.id == NOTICES.c.event_id)


_TOLD = Statement(_told)


def _events(session: Session, ids: Collection[str]) -> dict[tuple[str, str], Any]:
    """By event and audience what was said."""
    rows = _TOLD.all(session, {"event_id": ",".join(ids)}) if ids else ()
    return {(row.id, row.audience): row for row in rows}


def _batch(user_id: str, change: _Change, frames: Mapping[Key, bytes]) -> Batch:
    upto, last_rev = change.upto, change.state.last_rev
    written = [(row.rev, frames.get((user_id, row.rev))) for row in change.rows]
    sent = [(rev, frame) for rev, frame in written if frame is not None]
    if upto == last_rev and (not sent or sent[-1][0] < upto):
        # The last change has no row, or none that the reader may see.
        sent.append((upto, _state_frame(change.state)))
    return Batch(upto, sent, has_more=upto < last_rev)


def _state_frame(state: State) -> bytes:
    return _frame(state.last_rev, "state", answers.state_out(state).model_dump_json())


def _frame(rev: int, event: str, data: str) -> bytes:
    return f"id: {rev}\nevent: {event}\ndata: {data}\n\n".encode()
