"""Tables of deliveries: messages and attempts, paused channels, people not told by one, webhooks, people's own targets.

Rows name event, user and organisations without a foreign key: none of these is ever deleted, and a key would cost each
write. What tells of a delivery stays when its message is dropped.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from insurenz.core.db import Base, Id, Json, UtcDateTime
from insurenz.core.sealed import SealedJson, SealedText

WORD = String(64)
DUE, DELIVERED, DEAD, CANCELLED = (
    text(f"state = '{state}'") for state in ("due", "delivered", "dead", "cancelled")
)
HAS_USER, HAS_NO_USER = text("user_id IS NOT NULL"), text("user_id IS NULL")
# Open is due; in other words, so that no other index of what is due can be taken for this one.
OPEN_NO_USER = text("closed_at IS NULL AND user_id IS NULL")
# The channel of webhooks, whose targets are their ids.
WEBHOOK = "webhook"
# Those of what people have given to be told by.
PUSH, CHAT = "push", "chat"


class State(StrEnum):
    """Where a delivery stands: to be sent, received, given up, or not sent because its recipient lost the right to it."""

    DUE = "due"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What became of an attempt. It is unfinished while it runs, and for good when its process ended meanwhile."""

    DELIVERED = "delivered"
    PASSING = "passing"
    PERMANENT = "permanent"
    UNFINISHED = "unfinished"


class Delivery(Base):
    """One message to one target by one channel. Its id is the key by which a receiver knows it again.

    `body` is the finished message; it is kept while it may have to be sent (due, or dead and replayable), its hash for
    good. `attempts` counts all of them, `attempts_before` those made before it was last replayed.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "target", "channel"),
        CheckConstraint("state IN ('due', 'delivered', 'dead', 'cancelled')", name="state"),
        CheckConstraint("(state = 'due') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(state IN ('due', 'dead')) = (body IS NOT NULL)", name="body"),
        CheckConstraint("(lease_token IS NULL) = (lease_until IS NULL)", name="lease"),
        CheckConstraint("state = 'due' OR lease_token IS NULL", name="leased"),
        CheckConstraint("state NOT IN ('dead', 'cancelled') OR last_error IS NOT NULL", name="reason"),
        CheckConstraint("attempts_before >= 0 AND attempts >= attempts_before", name="attempts"),
        Index("ix_deliveries_due", "channel", "next_at", "id", sqlite_where=DUE, postgresql_where=DUE),
        # For the log, which is in the order of ids.
        Index("ix_deliveries_due_id", "id", sqlite_where=DUE, postgresql_where=DUE),
        Index("ix_deliveries_dead", "id", sqlite_where=DEAD, postgresql_where=DEAD),
        # For what was delivered lately.
        Index(
            "ix_deliveries_delivered",
            *("closed_at", "channel"),
            sqlite_where=DELIVERED,
            postgresql_where=DELIVERED,
        ),
        Index("ix_deliveries_cancelled", "id", sqlite_where=CANCELLED, postgresql_where=CANCELLED),
        Index("ix_deliveries_user", "user_id", "id", sqlite_where=HAS_USER, postgresql_where=HAS_USER),
        # Targets that are no people: the log of each, and what each of them is to be sent next.
        Index("ix_deliveries_target", "target", "id", sqlite_where=HAS_NO_USER, postgresql_where=HAS_NO_USER),
        Index(
            "ix_deliveries_target_open",
            *("channel", "target", "next_at", "id"),
            sqlite_where=OPEN_NO_USER,
            postgresql_where=OPEN_NO_USER,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(Id)
    channel: Mapped[str] = mapped_column(String(32))
    target: Mapped[str] = mapped_column(WORD)
    user_id: Mapped[str | None] = mapped_column(Id)
    hospital_id: Mapped[str | None] = mapped_column(Id)
    payer_id: Mapped[str | None] = mapped_column(Id)
    claimant_id: Mapped[str | None] = mapped_column(Id)
    category: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(Id)
    attempts: Mapped[int] = mapped_column(Integer)
    attempts_before: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, Any] | None] = mapped_column(Json)
    body_hash: Mapped[str] = mapped_column(WORD)
    template_version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(WORD)


class Attempt(Base):
    """One try to send a delivery, written when it begins. `error` is a code word, never words of the receiver."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        PrimaryKeyConstraint("delivery_id", "n"),
        CheckConstraint("n >= 1", name="n"),
        CheckConstraint("outcome IN ('delivered', 'passing', 'permanent', 'unfinished')", name="outcome"),
        CheckConstraint("(outcome = 'unfinished') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(outcome IN ('passing', 'permanent')) = (error IS NOT NULL)", name="error"),
    )

    delivery_id: Mapped[str] = mapped_column(Id, ForeignKey("deliveries.id"))
    n: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(16))
    status_code: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(WORD)


class PausedChannel(Base):
    """A channel whose deliveries wait until an operator lets it go on."""

    __tablename__ = "paused_channels"

    channel: Mapped[str] = mapped_column(String(32), primary_key=True)


class OffBecause(StrEnum):
    """Why a webhook is off: somebody said so, its receiver answered that it is gone, or nothing arrived for days."""

    OPERATOR = "operator"
    GONE = "gone"
    FAILING = "failing"


class Webhook(Base):
    """An address of an organisation's that is told of the events that concern it; without `events`, of all of them.

    The key of its signatures is in `secret`; until `previous_until` they are made with the one before, too.
    `failing_since` is when the first of the attempts was that have all failed, `warned_at` when admins were told of it.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        CheckConstraint("is_active = (off_because IS NULL)", name="off"),
        CheckConstraint("off_because IN ('operator', 'gone', 'failing')", name="off_because"),
        CheckConstraint("(previous_secret IS NULL) = (previous_until IS NULL)", name="previous"),
        CheckConstraint("warned_at IS NULL OR failing_since IS NOT NULL", name="warned"),
        CheckConstraint("version >= 1", name="version"),
        Index(None, "organisation_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisations.id"))
    url: Mapped[str] = mapped_column(String(2000))
    description: Mapped[str] = mapped_column(String(200))
    events: Mapped[list[str]] = mapped_column(Json)
    secret: Mapped[str] = mapped_column(SealedText("webhooks.secret"))
    previous_secret: Mapped[str | None] = mapped_column(SealedText("webhooks.previous_secret"))
    previous_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_active: Mapped[bool] = mapped_column(Boolean)
    off_because: Mapped[str | None] = mapped_column(String(16))
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Target(Base):
    """Where one person is told besides: a browser's push subscription, or a chat or number that answered with a code.

    `address` is what the channel sends to, and no answer of the API; by its hash it is found again. A browser's goes with
    the session it was made in. Nothing is sent before `confirmed_at` but the code, whose hash counts for a while.
    """

    __tablename__ = "targets"
    __table_args__ = (
        CheckConstraint("channel IN ('push', 'chat')", name="channel"),
        CheckConstraint("language IN ('en', 'hi')", name="language"),
        CheckConstraint("length(name) > 0", name="named"),
        CheckConstraint("(code_hash IS NULL) = (code_until IS NULL)", name="code"),
        UniqueConstraint("channel", "address_hash"),
        Index(None, "user_id", "channel"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    channel: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(8))
    address: Mapped[dict[str, str]] = mapped_column(SealedJson("targets.address"))
    address_hash: Mapped[str] = mapped_column(WORD)
    session_id: Mapped[str | None] = mapped_column(Id)
    code_hash: Mapped[str | None] = mapped_column(WORD)
    code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Suppression(Base):
    """A channel by which somebody is told no more: nobody is at their address, or they complained."""

    __tablename__ = "suppressions"
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "channel"),
        CheckConstraint("reason IN ('bounced', 'complained')", name="reason"),
    )

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    channel: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class Feedback(Base):
    """The id of a report of a mail service that was taken, so that it is not taken again."""

    __tablename__ = "mail_feedback"
    __table_args__ = (Index(None, "received_at"),)

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


DELIVERIES, ATTEMPTS, PAUSED, WEBHOOKS, TARGETS, SUPPRESSIONS, FEEDBACK = (
    cast("Table", model.__table__)
    for model in (Delivery, Attempt, PausedChannel, Webhook, Target, Suppression, Feedback)
)
