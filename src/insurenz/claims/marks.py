"""How far each person has read what both sides say about a claim."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from insurenz.accounts.models import User
from insurenz.claims.models import KIND, MESSAGE_READS, Claim, MessageRead
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.errors import Invalid, invalid
from insurenz.core.ids import is_id
from insurenz.core.permissions import Actor, Role, role_name
from insurenz.core.statements import insert_many
from insurenz.events.models import Event

MESSAGE = "claim_message"


class Read(NamedTuple):
    """Who had read up to which message (its number among the claim's events), and since when."""

    user_id: str
    name: str
    role: str
    side: str
    seq: int
    at: datetime


def mark_read(session: Session, actor: Actor, claim: Claim, *, up_to: str | None) -> None:
    """Note that the actor has read the messages of a claim, up to this one or to the newest.

    What they had read before keeps its time. Raises Invalid when the claim has no such message.
    """
    message = select(Event.seq).where(
        Event.subject_kind == KIND, Event.subject_id == claim.id, Event.type == MESSAGE
    )
    if up_to is not None:
        message = message.where(Event.id == _id(up_to))
    last = session.scalars(message.order_by(Event.seq.desc()).limit(1)).first()
    if last is None and up_to is not None:
        raise _unknown()
    if last is None or last <= _own(session, actor, claim):
        return
    place = {"claim_id": claim.id, "user_id": actor.id, "seq": last}
    row = place | {"side": actor.side, "read_at": clock.now()}
    insert_many(session, MESSAGE_READS, [row], skips_taken=True)


def reads(session: Session, claim: Claim, *, since: int) -> Sequence[Read]:
    """What people have read of a claim's messages from this one on, the earliest first; one statement."""
    mark = MessageRead
    rows = session.execute(
        select(mark.user_id, User.name, User.role, User.level, mark.side, mark.seq, mark.read_at)
        .join(User, User.id == mark.user_id)
        .where(mark.claim_id == claim.id, mark.seq >= since)
        .order_by(mark.read_at, mark.seq, mark.user_id)
    )
    return [
        Read(user_id, name, role_name(Role(role), level), side, seq, at)
        for user_id, name, role, level, side, seq, at in rows
    ]


def first_reader(found: Sequence[Read], message: Event) -> Read | None:
    """Who of the other side read a message first."""
    return next((r for r in found if r.seq >= message.seq and r.side != message.data["side"]), None)


def is_new(found: Sequence[Read], message: Event, actor: Actor) -> bool:
    """Whether a message is from the other side, and the actor has not read it."""
    if actor.side == message.data["side"]:
        return False
    return all(read.user_id != actor.id or read.seq < message.seq for read in found)


def _own(session: Session, actor: Actor, claim: Claim) -> int:
    """The last message that the actor has read, 0 for none."""
    mine = select(MessageRead.seq).where(MessageRead.claim_id == claim.id, MessageRead.user_id == actor.id)
    return session.scalars(mine.order_by(MessageRead.seq.desc()).limit(1)).first() or 0


def _id(given: str) -> str:
    if not is_id(given):
        raise _unknown()
    return given.lower()


def _unknown() -> Invalid:
    return invalid("up_to", "unknown_message", "Name a message of this claim.")
