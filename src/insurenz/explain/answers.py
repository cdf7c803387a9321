"""Explanations as the API answers them."""

from collections.abc import Iterable

from insurenz.deliveries.schemas import DeliveryOut
from insurenz.events.models import Event
from insurenz.explain.queries import Log, first_told
from insurenz.explain.schemas import (
    LeftOutOut,
    NoticeOut,
    NoticesOut,
    ReceiptOut,
    RecipientsOut,
    ToldOut,
    person_of,
)
from insurenz.explain.service import Rehearsal
from insurenz.notifications.batches import Batch
from insurenz.notifications.decisions import DUE
from insurenz.workflow.vocabulary import INBOX


def recipients_out(rehearsal: Rehearsal) -> RecipientsOut:
    """Who would be told, channel by channel, and who not."""
    return RecipientsOut(
        action=rehearsal.action,
        outcome=rehearsal.outcome,
        event_type=rehearsal.event.type,
        recipients=[each for batch in rehearsal.batches for each in _told(batch)],
        excluded=[each for batch in rehearsal.batches for each in _left_out(batch)],
    )


def notices_out(log: Log) -> NoticesOut:
    """A page of what a claim's events told."""
    return NoticesOut(items=[_notice(log, event) for event in log.events], next_cursor=log.next_cursor)


def _told(batch: Batch) -> Iterable[ToldOut]:
    for person, decision in batch.told():
        due = (channel for channel, what in decision.channels.items() if what == DUE)
        for channel in (INBOX, *due):
            yield ToldOut(
                **person_of(person),
                audience=batch.tell.audience,
                channel=channel,
                reason=batch.audience.reason,
            )


def _left_out(batch: Batch) -> Iterable[LeftOutOut]:
    for person, decision in batch.pairs():
        reasons = {None: decision.left_out} if decision.left_out else decision.channels
        for channel, reason in reasons.items():
            if reason != DUE:
                who = person_of(person)
                yield LeftOutOut(**who, audience=batch.tell.audience, channel=channel, reason=str(reason))


def _notice(log: Log, event: Event) -> NoticeOut:
    batches = log.told.get(event.id, ())
    return NoticeOut(
        id=event.id,
        event_type=event.type,
        titles=dict(log.titles.get(event.id, {})),
        created_at=event.occurred_at,
        recipient_count=sum(len(batch.recipients) for batch in batches),
        recipients=[
            ReceiptOut(
                **person_of(log.people[user]),
                audience=batch.audience,
                reason=reason,
                channels=channels,
                read_at=log.read_at.get((event.id, user)),
            )
            for batch, (user, reason, channels) in first_told(batches)
        ],
        excluded=[
            LeftOutOut(**person_of(log.people[user]), audience=batch.audience, channel=channel, reason=reason)
            for batch in batches
            for user, channel, reason in batch.excluded
        ],
        deliveries=[DeliveryOut.of(entry) for entry in log.deliveries.get(event.id, ())],
    )
