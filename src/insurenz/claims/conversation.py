"""What is said about a claim: messages between both sides, notes among staff, and the timeline they are part of.

A message or note is an event of the claim; its text lies in the event's erasable row. Files that come with a message
become documents of the claim, which the event names.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from insurenz.claims import marks
from insurenz.claims.attachments import attach
from insurenz.claims.bodies import MessageIn
from insurenz.claims.marks import MESSAGE, Read
from insurenz.claims.models import KIND, Claim
from insurenz.claims.queries import Attached, documents_named
from insurenz.claims.rules import Rules
from insurenz.claims.submit import subject_of
from insurenz.core.db import Session
from insurenz.core.permissions import Actor
from insurenz.events import service as events
from insurenz.events.models import INTERNAL
from insurenz.events.queries import Entry, Trail, history

NOTE = "claim_note"


class Thread(NamedTuple):
    """A page of messages, the documents that came with them by id, and what people have read of them."""

    trail: Trail
    documents: Mapping[str, Attached]
    reads: Sequence[Read]


def send_message(session: Session, actor: Actor, claim: Claim, *, data: MessageIn, rules: Rules) -> Thread:
    """Say something to the other side; gives the message as a thread of one.

    The claim itself, in whatever state, stays as it is; but files that come along are new documents of it, and so it
    has a new version. Raises Invalid or TooLarge for files that cannot be taken.
    """
    documents = attach(session, actor, claim, [], upload_ids=data.upload_ids, limits=rules.documents)
    if documents:
        claim.touch()
        session.flush()
    ids = [document.id for document in documents]
    sent = _say(session, actor, claim, MESSAGE, data.body, **({"documents": ids} if ids else {}))
    return Thread(Trail([sent], None), {each.id: Attached(each, None) for each in documents}, [])


def add_note(session: Session, actor: Actor, claim: Claim, *, body: str) -> Entry:
    """Write something down for staff alone."""
    return _say(session, actor, claim, NOTE, body)


def messages(session: Session, actor: Actor, claim: Claim, *, cursor: str | None, limit: int) -> Thread:
    """A page of a claim's messages, oldest first. Raises Invalid for a foreign cursor."""
    trail = history(session, KIND, claim.id, only=MESSAGE, cursor=cursor, limit=limit)
    if not trail.items:
        return Thread(trail, {}, [])
    ids = [each for entry in trail.items for each in entry.event.data.get("documents", [])]
    found = {each.document.id: each for each in documents_named(session, actor, claim, ids)}
    return Thread(trail, found, marks.reads(session, claim, since=trail.items[0].event.seq))


def notes(session: Session, claim: Claim, *, cursor: str | None, limit: int) -> Trail:
    """A page of a claim's notes, oldest first. Raises Invalid as `messages` does."""
    return history(session, KIND, claim.id, only=NOTE, cursor=cursor, limit=limit)


def timeline(session: Session, actor: Actor, claim: Claim, *, cursor: str | None, limit: int) -> Trail:
    """A page of all that happened to a claim, as far as it concerns the reader's side. Raises Invalid as `messages` does."""
    hidden = INTERNAL if actor.side == "filer" else frozenset[str]()
    return history(session, KIND, claim.id, without=hidden, cursor=cursor, limit=limit)


def _say(session: Session, actor: Actor, claim: Claim, kind: str, body: str, **more: Any) -> Entry:
    texts = {"body": body}
    event = events.record(
        session,
        kind,
        subject=subject_of(claim),
        actor=actor,
        data={"side": actor.side, **more},
        texts=texts,
    )
    return Entry(event, {**texts})
