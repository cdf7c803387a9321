"""What is said about a claim: messages between both sides, notes among staff, and the timeline they are part of.

A message or note is an event of the claim; its text lies in the event's erasable row.
"""

from insurenz.claims.models import KIND, Claim
from insurenz.claims.submit import subject_of
from insurenz.core.db import Session
from insurenz.core.permissions import Actor
from insurenz.events import service as events
from insurenz.events.models import INTERNAL
from insurenz.events.queries import Entry, Trail, history

MESSAGE, NOTE = "claim_message", "claim_note"


def send_message(session: Session, actor: Actor, claim: Claim, *, body: str) -> Entry:
    """Say something to the other side; the claim itself, in whatever state, stays as it is."""
    return _say(session, actor, claim, MESSAGE, body)


def add_note(session: Session, actor: Actor, claim: Claim, *, body: str) -> Entry:
    """Write something down for staff alone."""
    return _say(session, actor, claim, NOTE, body)


def said(session: Session, claim: Claim, kind: str, *, cursor: str | None, limit: int) -> Trail:
    """A page of a claim's messages or notes, oldest first. Raises Invalid for a foreign cursor."""
    return history(session, KIND, claim.id, only=kind, cursor=cursor, limit=limit)


def timeline(session: Session, actor: Actor, claim: Claim, *, cursor: str | None, limit: int) -> Trail:
    """A page of all that happened to a claim, as far as it concerns the reader's side. Raises Invalid as `said` does."""
    hidden = INTERNAL if actor.side == "filer" else frozenset[str]()
    return history(session, KIND, claim.id, without=hidden, cursor=cursor, limit=limit)


def _say(session: Session, actor: Actor, claim: Claim, kind: str, body: str) -> Entry:
    texts = {"body": body}
    event = events.record(
        session, kind, subject=subject_of(claim), actor=actor, data={"side": actor.side}, texts=texts
    )
    return Entry(event, {**texts})
