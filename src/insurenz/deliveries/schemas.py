"""Deliveries as the API shows them to overseers: everything but the message."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from insurenz.core.edge import Out
from insurenz.deliveries.channels import NAMES
from insurenz.deliveries.log import Backlog, Entry
from insurenz.deliveries.models import Attempt, Outcome, State
from insurenz.events.models import Event

# One of them: what is in a registry is no literal to a type checker.
if TYPE_CHECKING:
    ChannelName = str
else:
    ChannelName = Literal[NAMES]


class AttemptOut(BaseModel):
    """One try to send it. `error` is a code word such as `timeout` or `http_503`."""

    n: int
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome
    status_code: int | None
    error: str | None

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """The attempt as an answer."""
        return cls(**{name: getattr(attempt, name) for name in cls.model_fields})


class ToldOf(BaseModel):
    """The event that a delivery tells of, and the claim it is about."""

    type: str
    claim_number: str | None


class DeliveryOut(Out):
    """One message to one target. `next_at` is when it will be sent (again), null when it will not."""

    id: str
    event_id: str
    event: ToldOf | None
    channel: str
    target: str
    user_id: str | None
    category: str
    state: State
    next_at: datetime | None
    attempt_count: int
    attempts: list[AttemptOut] = Field(description="The newest 20, oldest of these first")
    last_error: str | None
    body_hash: str = Field(description="SHA-256 of the message as it was or will be sent")
    template_version: int
    created_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The delivery with its attempts as an answer."""
        row = entry.delivery
        special = ("next_at", "attempt_count", "attempts", "event")
        own = {name: getattr(row, name) for name in cls.model_fields if name not in special}
        return cls(
            **own,
            next_at=row.next_at if row.state == State.DUE else None,
            attempt_count=row.attempts,
            attempts=[AttemptOut.of(attempt) for attempt in entry.attempts],
            event=_told_of(entry.event) if entry.event else None,
        )


def _told_of(event: Event) -> ToldOf:
    return ToldOf(type=event.type, claim_number=event.claim_number)


class DeliveryList(Out):
    """A page of deliveries, newest first."""

    items: list[DeliveryOut]
    next_cursor: str | None


class ReplayIn(BaseModel):
    """Whose deliveries that were given up are sent again: those of one channel, or of all."""

    model_config = ConfigDict(extra="forbid")

    channel: ChannelName | None = None


class ReplayedOut(Out):
    """How many messages that were given up are sent again."""

    count: int


class PauseIn(BaseModel):
    """Whether the deliveries of a channel wait."""

    model_config = ConfigDict(extra="forbid")

    channel: ChannelName
    is_paused: bool


class PauseOut(Out):
    """The same, as it is now."""

    channel: str
    is_paused: bool


class ChannelOut(BaseModel):
    """What of one channel is not delivered: due now (since when the oldest), waiting for a later try, given up.

    `oldest_due_seconds` is for how long the oldest has been due, 0 when none is.
    """

    channel: str
    is_configured: bool
    is_paused: bool
    due: int
    waiting: int
    dead: int
    oldest_due_at: datetime | None
    oldest_due_seconds: int
    delivered_last_hour: int

    @classmethod
    def of(cls, channel: str, backlog: Backlog, *, is_configured: bool, delivered: int) -> Self:
        """The channel as an answer."""
        return cls(
            channel=channel,
            is_configured=is_configured,
            **vars(backlog),
            oldest_due_seconds=int(backlog.oldest_due_seconds),
            delivered_last_hour=delivered,
        )


class ChannelList(Out):
    """Every channel."""

    items: list[ChannelOut]
    next_cursor: None = None


class SuppressionOut(BaseModel):
    """Somebody who is not told by a channel: `bounced` when nobody is at their address, or `complained`."""

    user_id: str
    user_name: str
    user_email: str
    channel: str
    reason: Literal["bounced", "complained"]
    since: datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """A row of the list as an answer."""
        return cls(
            user_id=row.user_id,
            user_name=row.name,
            user_email=row.email,
            channel=row.channel,
            reason=row.reason,
            since=row.since,
        )


class SuppressionList(Out):
    """A page of them, in the order in which they became users."""

    items: list[SuppressionOut]
    next_cursor: str | None


class FeedbackOut(Out):
    """How many people are written to no more because of this report; 0 when it was known, or about nobody here."""

    suppressed: int
