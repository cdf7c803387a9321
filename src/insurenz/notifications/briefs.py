"""What of a turn goes to devices and chats: a few words to each target of a person, and to the operator's own chats."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from insurenz.core.db import Session
from insurenz.deliveries.channels import WITH_TARGETS
from insurenz.deliveries.channels.chat import Chat
from insurenz.deliveries.service import Outgoing
from insurenz.deliveries.targets.queries import of_people
from insurenz.deliveries.targets.wording import brief
from insurenz.notifications.batches import Batch
from insurenz.notifications.decisions import DUE
from insurenz.notifications.messages import page_of
from insurenz.notifications.outgoing import row
from insurenz.notifications.telling import CLAIMS, Telling


def messages(
    telling: Telling, session: Session, batches: Sequence[Batch], left: set[str], *, at: datetime
) -> list[Outgoing]:
    """The briefs that these batches bring about; nothing is read where nobody is to get one.

    The operator's chats hear of an event once its last people are told; `left` are the events that have more.
    """
    if WITH_TARGETS.isdisjoint(telling.channels):
        return []
    due = {
        person.id
        for batch in batches
        for person, decision in batch.told()
        if any(decision.channels.get(channel) == DUE for channel in WITH_TARGETS)
    }
    targets: dict[tuple[str, str], list[str]] = defaultdict(list)
    for target in of_people(session, due):
        targets[target.user_id, target.channel].append(target.id)
    to_people = [made for batch in batches for made in _to_people(batch, targets, at)] if targets else []
    ended = {batch.event.id: batch for batch in reversed(batches) if batch.event.id not in left}
    return to_people + [made for batch in ended.values() for made in _to_own(telling, batch, at)]


def _to_people(
    batch: Batch, targets: Mapping[tuple[str, str], Sequence[str]], at: datetime
) -> Iterable[Outgoing]:
    content = _brief(batch)
    for person, decision in batch.told():
        for channel, what in decision.channels.items():
            if what == DUE:
                for target in targets.get((person.id, channel), ()):
                    next_at = decision.not_before or at
                    yield row(batch, channel, content, target=target, user_id=person.id, next_at=next_at)


def _to_own(telling: Telling, batch: Batch, at: datetime) -> Iterable[Outgoing]:
    if batch.event.subject_kind in CLAIMS:
        for chat in telling.chats:
            if chat.hears(batch.rule.category):
                yield row(batch, Chat.name, _brief(batch), target=chat.name, user_id=None, next_at=at)


def _brief(batch: Batch) -> dict[str, Any]:
    event = batch.event
    path = page_of(event)
    return brief(event_id=event.id, claim_number=event.claim_number, category=batch.rule.category, path=path)
