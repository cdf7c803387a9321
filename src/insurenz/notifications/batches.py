"""A batch of one audience of one event, with what becomes of each person in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from insurenz.events.models import Event
from insurenz.notifications.audiences import Audience
from insurenz.notifications.decisions import Decision
from insurenz.notifications.inboxes import Post
from insurenz.notifications.messages import words
from insurenz.workflow import EventRule, Tell


class Place(NamedTuple):
    """The last batch of an event: its number, its audience, and where the next one of that begins (None: nowhere)."""

    batch: int
    audience: str
    last_user_id: str | None


@dataclass
class Batch:
    """Some people of one audience of one event, and what becomes of each.

    Some of them `may_be_told` already, in another audience and an earlier turn.
    """

    event: Event
    rule: EventRule
    tell: Tell
    number: int
    audience: Audience
    people: Sequence[Any]
    may_be_told: bool
    is_first: bool
    is_last: bool
    decisions: list[Decision] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """How far the event has been told by this batch."""
        return Place(self.number, self.tell.audience, None if self.is_last else self.people[-1].id)

    def pairs(self) -> Iterable[tuple[Any, Decision]]:
        """Everybody, with what becomes of them."""
        return zip(self.people, self.decisions, strict=True)

    def told(self) -> Iterable[tuple[Any, Decision]]:
        """Those who are told."""
        return (pair for pair in self.pairs() if not pair[1].left_out)

    def row(self) -> dict[str, Any]:
        """The batch as it is kept."""
        return {
            "event_id": self.event.id,
            "batch": self.number,
            "audience": self.tell.audience,
            "last_user_id": self.place.last_user_id,
            "recipients": [[p.id, self.audience.reason, d.channels] for p, d in self.told()],
            "excluded": [[p.id, None, d.left_out] for p, d in self.pairs() if d.left_out],
        }

    def notice(self) -> dict[str, Any]:
        """What the event says to this audience."""
        title, message = words(self.event, self.tell)
        return {
            "event_id": self.event.id,
            "audience": self.tell.audience,
            "category": self.rule.category,
            "is_receipt": self.tell.receipt,
            "title": title,
            "message": message,
            "subject_id": self.event.subject_id,
            "claim_number": self.event.claim_number,
        }

    def post(self) -> Post:
        """The notification in the inboxes of those who are told."""
        told = [person.id for person, _ in self.told()]
        event = self.event
        return Post(event.id, self.tell.audience, event.type, self.rule.category, event.status, told)
