"""What of a turn leaves the house: a finished message for each person and channel, and one of each event for services."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from insurenz.core.db import Session
from insurenz.deliveries.channels import PRIVATE, SERVICES, WITH_TARGETS
from insurenz.deliveries.service import Outgoing
from insurenz.events.models import Event
from insurenz.events.queries import texts
from insurenz.notifications.audiences import people
from insurenz.notifications.batches import Batch
from insurenz.notifications.decisions import DUE, Decision
from insurenz.notifications.messages import about, recipient, shape, told_to, words
from insurenz.notifications.models import Told
from insurenz.notifications.telling import CLAIMS, Telling
from insurenz.workflow import Tell

# The one target of its channel.
SERVICE = "service"


def messages(
    telling: Telling, session: Session, batches: Sequence[Batch], left: set[str], *, at: datetime
) -> list[Outgoing]:
    """The messages that these batches bring about; nothing is read where nothing can be sent.

    Services hear of an event once its last people are told; `left` are the events that have more.
    """
    due = [batch for batch in batches if any(_due(each) for each in batch.decisions)]
    services = [name for name in SERVICES if name in telling.channels]
    ended = [batch for batch in batches if batch.event.id not in left and _is_about_claim(batch)]
    if not due and not (services and ended):
        return []
    said = texts(session, [batch.event.id for batch in batches])
    rows = [row for batch in due for row in _to_people(telling, batch, said.get(batch.event.id, {}), at)]
    return rows + _to_services(telling, session, ended, said, services=services, at=at) if services else rows


def _due(decision: Decision) -> list[str]:
    """The channels that are to send a person a message of this kind: those with targets have briefs."""
    return [
        channel for channel, what in decision.channels.items() if what == DUE and channel not in WITH_TARGETS
    ]


def _is_about_claim(batch: Batch) -> bool:
    return batch.event.subject_kind in CLAIMS


def _to_people(
    telling: Telling, batch: Batch, said: Mapping[str, str | None], at: datetime
) -> Iterable[Outgoing]:
    # What is the same for everybody is made once: there may be a thousand of them.
    made: dict[bool, dict[str, Any]] = {}
    for person, decision in batch.told():
        for channel in _due(decision):
            with_text = telling.with_text or channel in PRIVATE
            if with_text not in made:
                made[with_text] = _common(telling, batch, said, with_text=with_text)
            own = made[with_text] | told_to([recipient(person)])
            next_at = decision.not_before or at
            yield row(batch, channel, own, target=person.id, user_id=person.id, next_at=next_at)


def _common(
    telling: Telling, batch: Batch, said: Mapping[str, str | None], *, with_text: bool
) -> dict[str, Any]:
    common = finished(batch.event, batch.tell, said, [], base_url=telling.base_url, with_text=with_text)
    return common | {"about": about(batch.event)}


def _to_services(
    telling: Telling,
    session: Session,
    batches: Sequence[Batch],
    said: Mapping[str, Mapping[str, str | None]],
    *,
    services: Sequence[str],
    at: datetime,
) -> list[Outgoing]:
    everybody = told(session, batches)
    first: dict[str, Batch] = {}
    for batch in batches:
        first.setdefault(batch.event.id, batch)
    return [
        row(batch, service, content, target=SERVICE, user_id=None, next_at=at)
        for event_id, batch in first.items()
        if (people_told := [person for person, _ in everybody[event_id]])
        and (content := body(telling, batch.event, batch.tell, said.get(event_id, {}), people_told))
        for service in services
    ]


def told(session: Session, batches: Sequence[Batch]) -> dict[str, list[tuple[Any, str]]]:
    """By event everybody who was told, and why: in these batches, the last of their events, and in turns before."""
    first: dict[str, int] = {}
    for batch in batches:
        first.setdefault(batch.event.id, batch.number)
    found = _earlier(session, {event_id: number for event_id, number in first.items() if number})
    for batch in batches:
        found[batch.event.id] += [(person, batch.audience.reason) for person, _ in batch.told()]
    return found


def _earlier(session: Session, first: Mapping[str, int]) -> dict[str, list[tuple[Any, str]]]:
    """Those who were told in turns before this one, which told of each of these events from this batch on."""
    found: dict[str, list[tuple[Any, str]]] = defaultdict(list)
    if first:
        chosen = select(Told.event_id, Told.batch, Told.recipients).where(Told.event_id.in_(first))
        rows = session.execute(chosen.order_by(Told.event_id, Told.batch))
        before = [
            (id_, user, reason)
            for id_, batch, recipients in rows
            if batch < first[id_]
            for user, reason, _ in recipients
        ]
        known = people(session, {user for _, user, _ in before})
        for event_id, user, reason in before:
            found[event_id].append((known[user], reason))
    return found


def body(
    telling: Telling, event: Event, tell: Tell, said: Mapping[str, str | None], recipients: Iterable[Any]
) -> dict[str, Any]:
    """A notification as it leaves the house for services, in the words of this rule."""
    return finished(event, tell, said, recipients, base_url=telling.base_url, with_text=telling.with_text)


def finished(
    event: Event,
    tell: Tell,
    said: Mapping[str, str | None],
    recipients: Iterable[Any],
    *,
    base_url: str,
    with_text: bool,
) -> dict[str, Any]:
    """A notification as it leaves the house, in the words of this rule, with texts and amounts or without."""
    title, message = words(event, tell)
    made = shape(
        event,
        title=title,
        message=message,
        texts=said,
        recipients=map(recipient, recipients),
        read_by=[],
        # This message itself is still to be sent.
        is_delivered=False,
        updated_at=event.occurred_at,
        base_url=base_url,
        with_text=with_text,
    )
    spelled = {name: made[name].isoformat().replace("+00:00", "Z") for name in ("created_at", "updated_at")}
    return made | spelled


def row(
    batch: Batch,
    channel: str,
    content: Mapping[str, Any],
    *,
    target: str,
    user_id: str | None,
    next_at: datetime,
) -> Outgoing:
    """A message about the event of a batch."""
    event = batch.event
    return Outgoing(
        event_id=event.id,
        channel=channel,
        target=target,
        user_id=user_id,
        hospital_id=event.hospital_id,
        payer_id=event.payer_id,
        claimant_id=event.claimant_id,
        category=batch.rule.category,
        next_at=next_at,
        body=content,
    )
