"""Webhooks as the API takes and shows them: their secrets only to whoever makes them."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from insurenz.core import clock
from insurenz.core.edge import Out, Versioned
from insurenz.deliveries.models import OffBecause, Webhook
from insurenz.deliveries.webhooks.health import OFF_AFTER
from insurenz.organisations.models import Kind, Organisation
from insurenz.organisations.schemas import ONE_LINE, Reference

Url = Annotated[
    str, Field(min_length=1, max_length=2000, examples=["https://claims.lakeside.example/insurenz"])
]
Description = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=ONE_LINE.replace("+$", "*$"))
]
EventTypes = Annotated[
    list[Annotated[str, Field(max_length=64)]],
    Field(
        max_length=100, description="Types of events it is told of; none: all", examples=[["claim_approved"]]
    ),
]


class WebhookIn(BaseModel):
    """A new webhook of an organisation."""

    model_config = ConfigDict(extra="forbid")

    organisation: Reference = Field(description="Id or number of a hospital or payer")
    url: Url
    description: Description = ""
    events: EventTypes = []


class WebhookPatch(BaseModel):
    """What can be changed; what is absent stays."""

    model_config = ConfigDict(extra="forbid")

    url: Url | None = None
    description: Description | None = None
    events: EventTypes | None = None
    is_active: bool | None = None

    def given(self) -> dict[str, Any]:
        """What is to be changed."""
        return self.model_dump(exclude_none=True)


class OwnerOut(BaseModel):
    """The organisation that a webhook is of."""

    id: str
    number: str
    name: str
    kind: Kind


class WebhookOut(Versioned):
    """A webhook. While it fails, `failing_since` tells since when, and `off_at` when it would be switched off.

    `previous_secret_until` is until when messages are also signed with the secret before this one, null when they are not.
    """

    has_credential = True

    id: str
    organisation: OwnerOut
    url: str
    description: str
    events: list[str]
    is_active: bool
    off_because: OffBecause | None
    failing_since: datetime | None
    off_at: datetime | None
    previous_secret_until: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, webhook: Webhook, owner: Organisation, **more: Any) -> Self:
        """The webhook as an answer."""
        until = webhook.previous_until
        special = ("organisation", "off_at", "previous_secret_until", *more)
        own = {name: getattr(webhook, name) for name in cls.model_fields if name not in special}
        return cls(
            **own,
            **more,
            organisation=OwnerOut(**{name: getattr(owner, name) for name in OwnerOut.model_fields}),
            off_at=webhook.failing_since and webhook.failing_since + OFF_AFTER,
            previous_secret_until=until if until and until > clock.now() else None,
        )


class WebhookMade(WebhookOut):
    """A webhook with its secret, which is shown this once."""

    secret: str


class WebhookList(Out):
    """A page of webhooks, newest first, and the types of events that they can be told of."""

    has_credential = True

    items: list[WebhookOut]
    next_cursor: str | None
    event_types: list[str]


class SecretIn(BaseModel):
    """How long messages are also signed with the present secret."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(24, ge=0, le=168)

    @property
    def overlap(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(hours=self.overlap_hours)
