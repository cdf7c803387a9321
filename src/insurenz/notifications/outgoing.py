"""What of a turn leaves the house: a finished message for each person and channel, and one of each event for the service."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from insurenz.core.db import Session
from insurenz.deliveries.channels.external import ExternalService
from insurenz.deliveries.service import Outgoing
from insurenz.events.models import Event
from insurenz.events.queries import texts
from insurenz.notifications.audiences import people
from insurenz.notifications.batches import Batch
from insurenz.notifications.decisions import DUE
from insurenz.notifications.messages import recipient, shape, words
from insurenz.notifications.models import Told
from insurenz.notifications.telling import Telling

# The one target of its channel.
SERVICE = "service"


def messages(
    telling: Telling, session: Session, batches: Sequence[Batch], left: set[str], *, at: datetime
) -> list[Outgoing]:
    """The messages that these batches bring about; nothing is read where nothing can be sent.

    The service hears of an event once its last people are told; `left` are the events that have more.
    """
    if not telling.channels:
        return []
    said = texts(session, [batch.event.id for batch in batches])
    rows = [row for batch in batches for row in _to_people(telling, batch, said.get(batch.event.id, {}), at)]
    if ExternalService.name not in telling.channels:
        return rows
    ended = [batch for batch in batches if batch.event.id not in left]
    return rows + _to_service(telling, session, ended, said, at)


def _to_people(
    telling: Telling, batch: Batch, said: Mapping[str, str | None], at: datetime
) -> Iterable[Outgoing]:
    for person, decision in batch.told():
        for channel, what in decision.channels.items():
            if what == DUE:
                body = _body(telling, batch, said, [person])
                next_at = decision.not_before or at
                yield _row(batch, channel, body, person_id=person.id, next_at=next_at)


def _to_service(
    telling: Telling,
    session: Session,
    batches: Sequence[Batch],
    said: Mapping[str, Mapping[str, str | None]],
    at: datetime,
) -> list[Outgoing]:
    told: dict[str, list[Any]] = _earlier(session, [batch.event for batch in batches if batch.number])
    first: dict[str, Batch] = {}
    for batch in batches:
        first.setdefault(batch.event.id, batch)
        told[batch.event.id] += [person for person, _ in batch.told()]
    return [
        _row(
            batch,
            ExternalService.name,
            _body(telling, batch, said.get(event_id, {}), told[event_id]),
            person_id=None,
            next_at=at,
        )
        for event_id, batch in first.items()
        if told[event_id]
    ]


def _earlier(session: Session, events: Sequence[Event]) -> dict[str, list[Any]]:
    """Those who were told in turns before this one."""
    found: dict[str, list[Any]] = defaultdict(list)
    if events:
        chosen = select(Told.event_id, Told.recipients).where(Told.event_id.in_({e.id for e in events}))
        before = [(id_, user) for id_, told in session.execute(chosen) for user, *_ in told]
        known = people(session, {user for _, user in before})
        for event_id, user in before:
            found[event_id].append(known[user])
    return found


def _body(
    telling: Telling, batch: Batch, said: Mapping[str, str | None], told: Iterable[Any]
) -> dict[str, Any]:
    title, message = words(batch.event, batch.tell)
    made = shape(
        batch.event,
        title=title,
        message=message,
        texts=said,
        recipients=map(recipient, told),
        read_by=[],
        # This message itself is still to be sent.
        is_delivered=False,
        updated_at=batch.event.occurred_at,
        base_url=telling.base_url,
        with_text=telling.with_text,
    )
    spelled = {name: made[name].isoformat().replace("+00:00", "Z") for name in ("created_at", "updated_at")}
    return made | spelled


def _row(
    batch: Batch, channel: str, body: Mapping[str, Any], *, person_id: str | None, next_at: datetime
) -> Outgoing:
    event = batch.event
    return Outgoing(
        event_id=event.id,
        channel=channel,
        target=person_id or SERVICE,
        user_id=person_id,
        hospital_id=event.hospital_id,
        payer_id=event.payer_id,
        claimant_id=event.claimant_id,
        category=batch.rule.category,
        next_at=next_at,
        body=body,
    )
