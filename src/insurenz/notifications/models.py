"""Tables of notifications: what an event says to whom (never changed), each person's inbox, and their wishes.

No row here has a foreign key to an event or a user: events and users are never deleted, and a key would cost each write.
"""

from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from insurenz.core.db import Base, Id, Json, UtcDateTime

UNREAD = text("read_at IS NULL AND archived_at IS NULL")
WORD = String(64)


class Notice(Base):
    """What one event says to one audience: once, however many are told."""

    __tablename__ = "notices"
    __table_args__ = (
        PrimaryKeyConstraint("event_id", "audience"),
        Index(None, "subject_id"),
        Index(None, "claim_number"),
    )

    event_id: Mapped[str] = mapped_column(Id)
    audience: Mapped[str] = mapped_column(String(32))
    category: Mapped[str] = mapped_column(String(32))
    is_receipt: Mapped[bool] = mapped_column(Boolean)
    title: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[str] = mapped_column(Id)
    claim_number: Mapped[str | None] = mapped_column(String)


class Told(Base):
    """A batch of an audience as it was when it was told, kept when the inbox has long been cleared.

    `recipients` are lists of user id, reason and what became of each channel; `excluded` of user id, channel (None for
    all) and reason. `last_user_id` is where the next batch of the audience begins, None when this was its last.
    """

    __tablename__ = "told"
    __table_args__ = (PrimaryKeyConstraint("event_id", "batch"),)

    event_id: Mapped[str] = mapped_column(Id)
    batch: Mapped[int] = mapped_column(Integer)
    audience: Mapped[str] = mapped_column(String(32))
    last_user_id: Mapped[str | None] = mapped_column(Id)
    recipients: Mapped[list[list[Any]]] = mapped_column(Json)
    excluded: Mapped[list[list[Any]]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class InboxItem(Base):
    """One notification in one person's inbox. Event ids sort by time, so they are the order of the inbox.

    `rev` is the number of the last change to this row among all changes to this inbox.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "event_id"),
        Index(None, "user_id", "rev"),
        Index("ix_inbox_unread", "user_id", "event_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index(None, "event_id"),
    )

    user_id: Mapped[str] = mapped_column(Id)
    event_id: Mapped[str] = mapped_column(Id)
    rev: Mapped[int] = mapped_column(Integer)
    audience: Mapped[str] = mapped_column(String(32))
    type: Mapped[str] = mapped_column(WORD)
    category: Mapped[str] = mapped_column(String(32))
    status: Mapped[str | None] = mapped_column(WORD)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InboxState(Base):
    """The head of one inbox: whoever changes an inbox locks this row first, and takes the next `rev` for each change.

    `unread` is the number of its unread, unarchived rows at every commit. Several are locked in the order of user ids.
    """

    __tablename__ = "inbox_state"
    __table_args__ = (
        CheckConstraint("unread >= 0", name="unread"),
        CheckConstraint("seen_rev <= last_rev", name="seen"),
    )

    user_id: Mapped[str] = mapped_column(Id, primary_key=True)
    last_rev: Mapped[int] = mapped_column(Integer)
    unread: Mapped[int] = mapped_column(Integer)
    seen_rev: Mapped[int] = mapped_column(Integer)


class Preference(Base):
    """Whether a person wants this category by this channel; without a row it is as their organisation, or the install, has it."""

    __tablename__ = "preferences"
    __table_args__ = (PrimaryKeyConstraint("user_id", "category", "channel"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    category: Mapped[str] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(32))
    is_on: Mapped[bool] = mapped_column(Boolean)


class OrganisationPreference(Base):
    """What an organisation has chosen for its people, as long as they choose nothing themselves."""

    __tablename__ = "organisation_preferences"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "category", "channel"),)

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    category: Mapped[str] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(32))
    is_on: Mapped[bool] = mapped_column(Boolean)


class QuietHours(Base):
    """When a person is not to be disturbed: from `starts` to `ends` (HH:MM, over midnight when that is earlier) in `zone`."""

    __tablename__ = "quiet_hours"
    __table_args__ = (CheckConstraint("starts <> ends", name="times"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    zone: Mapped[str] = mapped_column(String(64))


class ExternalTrigger(Base):
    """A key under which a program of somebody else has told something once; the same key never tells it again."""

    __tablename__ = "external_triggers"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    event_id: Mapped[str] = mapped_column(Id)


class State(NamedTuple):
    """The head of an inbox: its last change, how many are unread, and up to which change it was looked at."""

    last_rev: int
    unread: int
    seen_rev: int


class Choice(NamedTuple):
    """Whether a category is wanted by a channel."""

    category: str
    channel: str
    is_on: bool


class Hours(NamedTuple):
    """When somebody wants quiet: from `starts` to `ends` (HH:MM), over midnight when that is earlier, in an IANA zone."""

    starts: str
    ends: str
    zone: str


NOTICES, TOLD, INBOX, INBOX_STATE, TRIGGERS, PREFERENCES, ORGANISATION_PREFERENCES = (
    cast("Table", model.__table__)
    for model in (Notice, Told, InboxItem, InboxState, ExternalTrigger, Preference, OrganisationPreference)
)
