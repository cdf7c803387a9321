"""How targets end: taken away, gone, or of a browser in which nobody is signed in any more; and how all of it is recorded."""

from collections.abc import Sequence

from sqlalchemy import select

from insurenz.accounts import queries as accounts
from insurenz.accounts.models import UserSession
from insurenz.core.db import Session
from insurenz.core.permissions import Actor
from insurenz.deliveries.models import PUSH, Target
from insurenz.events.models import Event
from insurenz.events.service import record

REMOVED = "target_removed"
# The category of what tells of no claim.
TEST = "test"


def remove(session: Session, actor: Actor | None, target: Target) -> None:
    """Tell nobody there any more; what was still to be sent there is not."""
    record_of(session, REMOVED, actor, target)
    session.delete(target)
    session.flush()


def forget_signed_out(session: Session, events: Sequence[Event]) -> None:
    """Remove the devices of these people on which they are signed in no longer: signed out, or thrown out."""
    people = {event.subject_id for event in events}
    signed_in = select(UserSession.id).where(UserSession.user_id.in_(people), UserSession.ended_at.is_(None))
    of_people = (Target.user_id.in_(people), Target.channel == PUSH)
    gone = select(Target).where(*of_people, Target.session_id.not_in(signed_in)).with_for_update()
    for target in session.scalars(gone).all():
        remove(session, None, target)


def record_of(session: Session, event: str, actor: Actor | None, target: Target) -> str:
    """Record what happened to a target with the person whose it is; gives the event's id."""
    data = {"target_id": target.id, "channel": target.channel}
    return record(session, event, subject=accounts.subject_of(target.user_id), actor=actor, data=data).id
