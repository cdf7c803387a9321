"""Putting messages into the queue of deliveries, and what an operator does with them: replay, pause."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from insurenz.core import clock
from insurenz.core.db import Session, ring_after_commit
from insurenz.core.errors import Conflict
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor
from insurenz.core.statements import insert_many
from insurenz.deliveries.body import hash_of
from insurenz.deliveries.models import DEAD, DELIVERIES, PAUSED, Delivery, State
from insurenz.deliveries.queries import delivery_for
from insurenz.events.chain import insert_if_absent
from insurenz.events.service import Subject, record


@dataclass(frozen=True)
class Outgoing:
    """One finished message to one target, and whose right to it is to be asked again before it is sent.

    `target` is the user's id, or what the channel calls its target; `user_id` None is asked nothing. `body` is JSON
    without patient data. The same event, target and channel is delivered once.
    """

    event_id: str
    channel: str
    target: str
    user_id: str | None
    hospital_id: str | None
    payer_id: str | None
    claimant_id: str | None
    category: str
    next_at: datetime
    body: Mapping[str, Any]
    template_version: int = 1


def enqueue(session: Session, rows: Sequence[Outgoing]) -> None:
    """Put messages into the queue, in one statement; those that are in it already are left as they are.

    The senders wake after the commit.
    """
    if rows:
        now = clock.now()
        insert_many(session, DELIVERIES, [_row(row, now) for row in rows], skips_taken=True)
        for channel in {row.channel for row in rows}:
            ring_after_commit(session, channel)


def _row(outgoing: Outgoing, now: datetime) -> dict[str, Any]:
    begun = {"state": State.DUE, "attempts": 0, "attempts_before": 0, "created_at": now}
    return {"id": new_id(), **vars(outgoing), "body_hash": hash_of(outgoing.body), **begun}


def replay(session: Session, actor: Actor | None, delivery_id: str) -> Delivery:
    """Let a delivery that was given up, or waits for its next attempt, be due now, with all of its retries anew.

    Its key stays, and its attempts go on counting. Raises NotFound; Conflict when it is delivered, cancelled, or being
    sent at this moment.
    """
    found = delivery_for(session, delivery_id, lock=True)
    now = clock.now()
    if found.state not in (State.DEAD, State.DUE):
        raise Conflict(f"It is {found.state}: there is nothing to send again.", code="delivery_closed")
    if found.lease_until is not None and found.lease_until > now:
        raise Conflict("It is being sent at this moment.", code="delivery_being_sent")
    found.state, found.next_at, found.closed_at = State.DUE, now, None
    found.lease_until, found.lease_token = None, None
    found.attempts_before = found.attempts
    session.flush()
    data = {"delivery_id": found.id, "event_id": found.event_id, "channel": found.channel}
    record(session, "delivery_replayed", subject=_subject(found.channel), actor=actor, data=data)
    ring_after_commit(session, found.channel)
    return found


def replay_all(session: Session, actor: Actor | None, *, channel: str | None = None) -> int:
    """Replay every delivery that was given up, by one channel or by all; gives how many.

    What a webhook that is off would get is given up again: it is replayed once that is on.
    """
    values = {"next_at": clock.now(), "closed_at": None, "attempts_before": DELIVERIES.c.attempts}
    replayed = update(DELIVERIES).where(DEAD).values(state=State.DUE, **values)
    if channel is not None:
        replayed = replayed.where(DELIVERIES.c.channel == channel)
    counts = Counter(session.scalars(replayed.returning(DELIVERIES.c.channel)))
    for name, count in sorted(counts.items()):
        data = {"channel": name, "count": count}
        record(session, "deliveries_replayed", subject=_subject(name), actor=actor, data=data)
        ring_after_commit(session, name)
    return counts.total()


def pause(session: Session, actor: Actor | None, channel: str, *, is_paused: bool) -> None:
    """Let a channel's deliveries wait, or go on. What is being sent at this moment is not called back."""
    if is_paused:
        has_changed = insert_if_absent(session, PAUSED, {"channel": channel})
    else:
        gone = delete(PAUSED).where(PAUSED.c.channel == channel).returning(PAUSED.c.channel)
        has_changed = session.execute(gone).first() is not None
    if has_changed:
        event = "channel_paused" if is_paused else "channel_resumed"
        record(session, event, subject=_subject(channel), actor=actor, data={"channel": channel})
    ring_after_commit(session, channel)


def _subject(channel: str) -> Subject:
    return Subject(kind="channel", id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:insurenz:channel:{channel}")))
