"""What of a turn goes to webhooks: each event once to every webhook of the organisations whose claim it is about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from insurenz.core.db import Session
from insurenz.deliveries.models import WEBHOOK
from insurenz.deliveries.service import Outgoing
from insurenz.deliveries.webhooks.queries import listening
from insurenz.events.models import INTERNAL, Event
from insurenz.events.queries import texts
from insurenz.notifications import outgoing
from insurenz.notifications.audiences import (
    ASSIGNEE,
    HANDLES_HOSPITAL,
    HANDLES_PAYER,
    WORKS_FOR_HOSPITAL,
    audience_of,
)
from insurenz.notifications.batches import Batch
from insurenz.notifications.telling import Telling
from insurenz.workflow import EventRule, Tell

# By what makes somebody one of its own people.
OF_HOSPITAL = frozenset({WORKS_FOR_HOSPITAL})
OF_PAYER = frozenset({HANDLES_HOSPITAL, HANDLES_PAYER, ASSIGNEE})
# A receiver is told of so many recipients; messages are to stay small.
MOST_TOLD = 100


class Heard(NamedTuple):
    """An event that a webhook is to hear of, and which people are its organisation's own."""

    event: Event
    rule: EventRule
    webhook_id: str
    own: frozenset[str]


def messages(
    telling: Telling,
    session: Session,
    events: Sequence[Event],
    batches: Sequence[Batch],
    left: set[str],
    *,
    at: datetime,
) -> list[Outgoing]:
    """The messages to webhooks, of each event once its last people are told; `left` are those that have more.

    Costs one statement where no webhook hears of any of them.
    """
    if WEBHOOK not in telling.channels:
        return []
    heard = _heard(telling, session, [event for event in events if event.id not in left])
    if not heard:
        return []
    concerned = {each.event.id for each in heard}
    said = texts(session, list(concerned))
    told = outgoing.told(session, [batch for batch in batches if batch.event.id in concerned])
    return [_message(telling, each, said.get(each.event.id, {}), told[each.event.id], at) for each in heard]


def _heard(telling: Telling, session: Session, events: Sequence[Event]) -> list[Heard]:
    asked = [
        (event, rule)
        for event in events
        if event.claim_number is not None and (rule := telling.rule(event)) is not None
    ]
    ids = {id_ for event, _ in asked for id_ in (event.hospital_id, event.payer_id) if id_}
    webhooks = defaultdict(list)
    for webhook in listening(session, ids):
        webhooks[webhook.organisation_id].append(webhook)
    if not webhooks:
        return []
    return [
        Heard(event, rule, webhook.id, own)
        for event, rule in asked
        for organisation_id, own in _concerned(event)
        for webhook in webhooks[organisation_id]
        if not webhook.events or event.type in webhook.events
    ]


def _concerned(event: Event) -> Iterable[tuple[str, frozenset[str]]]:
    """The organisations of an event, and who is whose: what staff do among themselves does not concern the hospital."""
    if event.hospital_id is not None and event.type not in INTERNAL:
        yield event.hospital_id, OF_HOSPITAL
    if event.payer_id is not None:
        yield event.payer_id, OF_PAYER


def _message(
    telling: Telling,
    heard: Heard,
    said: Mapping[str, str | None],
    told: Iterable[tuple[Any, str]],
    at: datetime,
) -> Outgoing:
    event = heard.event
    # Who else was told is not this organisation's to know.
    own = [person for person, reason in told if reason in heard.own][:MOST_TOLD]
    return Outgoing(
        event_id=event.id,
        channel=WEBHOOK,
        target=heard.webhook_id,
        user_id=None,
        hospital_id=event.hospital_id,
        payer_id=event.payer_id,
        claimant_id=event.claimant_id,
        category=heard.rule.category,
        next_at=at,
        body=outgoing.body(telling, event, _words(telling, heard), said, own),
    )


def _words(telling: Telling, heard: Heard) -> Tell:
    """The rule in whose words the organisation's own people are told; else the first one."""
    tells = telling.tells(heard.event, heard.rule)
    for tell in tells:
        audience = audience_of(heard.event, tell.audience)
        if audience is not None and audience.reason in heard.own:
            return tell
    return tells[0]
