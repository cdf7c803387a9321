"""What the API answers about who is told."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from insurenz.core.edge import Out
from insurenz.deliveries.schemas import DeliveryOut


class Person(BaseModel):
    """Somebody of an audience, and why they are in it."""

    user_id: str
    user_name: str
    user_role: str


class ToldOut(Person):
    """Somebody who is told by one channel; `reason` is what makes them one of the audience."""

    audience: str
    channel: str
    reason: str


class LeftOutOut(Person):
    """Somebody of an audience who is not told: by one channel, or (null) not at all."""

    audience: str
    channel: str | None
    reason: str


class RecipientsOut(Out):
    """Who would be told of an action, and who of the audiences would not, and why."""

    action: str
    outcome: str | None
    event_type: str
    recipients: list[ToldOut]
    excluded: list[LeftOutOut]


class ReceiptOut(Person):
    """Somebody who was told: why, what became of each other channel, and when they read it."""

    audience: str
    reason: str
    channels: dict[str, str]
    read_at: datetime | None


class NoticeOut(BaseModel):
    """One event of a claim that was told: at most the first hundred recipients, of `recipient_count`."""

    id: str
    event_type: str
    titles: dict[str, str]
    created_at: datetime
    recipient_count: int
    recipients: list[ReceiptOut]
    excluded: list[LeftOutOut]
    deliveries: list[DeliveryOut]


class NoticesOut(Out):
    """A page of what a claim's events told, newest first."""

    items: list[NoticeOut]
    next_cursor: str | None


def person_of(row: Any) -> dict[str, str]:
    """The person in a row with `id, name, role, level`."""
    role = f"{row.role}_l{row.level}" if row.level else str(row.role)
    return {"user_id": row.id, "user_name": row.name, "user_role": role}
