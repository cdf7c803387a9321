"""Suppression: by which channel somebody is told no more, because nobody is at their address, or they complained.

It ends when they show that they are reached there, or an admin says so.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Executable, String, bindparam, delete, select

from insurenz.accounts import queries as accounts
from insurenz.accounts.models import User
from insurenz.core import clock, paging
from insurenz.core.db import Id, Session
from insurenz.core.errors import NotFound
from insurenz.core.permissions import Actor
from insurenz.core.statements import Statement, listed
from insurenz.deliveries.models import SUPPRESSIONS, Suppression
from insurenz.events.chain import insert_if_absent
from insurenz.events.models import Event
from insurenz.events.service import record

BOUNCED, COMPLAINED = "bounced", "complained"
NOBODY = "no_recipient"
SUPPRESSED, LIFTED = "channel_suppressed", "channel_suppression_lifted"


class Standing(NamedTuple):
    """Somebody's e-mail address as it is now, and why they are not told by some channel; None when they are."""

    email: str
    reason: str | None


def _standing(dialect: str) -> Executable:
    given, of = listed(dialect, user_id=Id), SUPPRESSIONS.c
    is_here = (of.user_id == User.id) & (of.channel == bindparam("channel", type_=String))
    return (
        select(User.id, User.email, of.reason)
        .select_from(given)
        .join(User, User.id == given.c.user_id)
        .outerjoin(SUPPRESSIONS, is_here)
    )


def _of_people(dialect: str) -> Executable:
    given, of = listed(dialect, user_id=Id), SUPPRESSIONS.c
    return select(of.user_id, of.channel, of.reason).join(given, given.c.user_id == of.user_id)


_STANDING, _OF_PEOPLE = Statement(_standing), Statement(_of_people)


def standing(session: Session, user_ids: Collection[str], channel: str) -> Mapping[str, Standing]:
    """How each of these stands with a channel; who is nobody is missing. One statement."""
    found = _STANDING.all(session, {"user_id": ",".join(user_ids), "channel": channel})
    return {each.id: Standing(each.email, each.reason) for each in found}


def unreachable(session: Session, user_ids: Collection[str]) -> Mapping[str, frozenset[tuple[str, str]]]:
    """Of these people who is not told by some channel: the channels, each with its reason. One statement."""
    found = defaultdict(set)
    if user_ids:
        for user_id, channel, reason in _OF_PEOPLE.all(session, {"user_id": ",".join(user_ids)}):
            found[user_id].add((channel, reason))
    return {user_id: frozenset(pairs) for user_id, pairs in found.items()}


def suppress(session: Session, user_id: str, channel: str, *, reason: str) -> bool:
    """Tell somebody no more by this channel; False when it was so already."""
    row = {"user_id": user_id, "channel": channel, "reason": reason, "since": clock.now()}
    is_new = insert_if_absent(session, SUPPRESSIONS, row)
    if is_new:
        data = {"channel": channel, "reason": reason}
        record(session, SUPPRESSED, subject=accounts.subject_of(user_id), actor=None, data=data)
    return is_new


def lift(session: Session, actor: Actor | None, user_id: str) -> None:
    """Tell somebody again by every channel. Raises NotFound when there is none to be lifted."""
    if not _lift(session, actor, accounts.user(session, user_id).id):
        raise NotFound


def lift_confirmed(session: Session, events: Sequence[Event]) -> None:
    """Tell those again who have just used a link that was mailed to them: their address works."""
    for event in events:
        _lift(session, None, event.subject_id)


def listing(
    session: Session, *, cursor: str | None = None, limit: int = paging.DEFAULT_LIMIT
) -> tuple[list[Any], str | None]:
    """A page of who is not told by which channel, in the order in which they became users, for overseers.

    Raises Invalid for a foreign cursor.
    """
    of = Suppression
    query = select(of.user_id, of.channel, of.reason, of.since, User.name, User.email)
    query = query.join(User, User.id == of.user_id)
    if cursor is not None:
        query = query.where(of.user_id > paging.decode_id(cursor))
    rows = list(session.execute(query.order_by(of.user_id).limit(limit + 1)))
    return rows[:limit], paging.next_cursor(rows, limit, "user_id")


def _lift(session: Session, actor: Actor | None, user_id: str) -> bool:
    gone = delete(SUPPRESSIONS).where(SUPPRESSIONS.c.user_id == user_id).returning(SUPPRESSIONS.c.channel)
    channels = sorted(session.scalars(gone))
    for channel in channels:
        data = {"channel": channel}
        record(session, LIFTED, subject=accounts.subject_of(user_id), actor=actor, data=data)
    return bool(channels)
