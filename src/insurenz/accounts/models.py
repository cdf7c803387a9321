"""Tables of users and of everything by which they get in."""

import re
from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from insurenz.core.db import Base, Id, Json, UtcDateTime
from insurenz.core.permissions import Actor, Role

_EMAIL = r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
MOST_EMAIL = 254


def spelled_email(text: str) -> str | None:
    """The one spelling of an e-mail address that is stored and compared; None for what is none."""
    email = text.strip().lower()
    return email if text.isascii() and len(email) <= MOST_EMAIL and re.fullmatch(_EMAIL, email) else None


_ROLES = "role IN ('policyholder', 'hospital_user', 'claim_processor', 'admin', 'auditor')"


class User(Base):
    """A person with a role. Without a password hash nobody can sign in as them yet (they were invited)."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email"),
        CheckConstraint("length(name) > 0", name="named"),
        CheckConstraint(_ROLES, name="role"),
        CheckConstraint("level BETWEEN 0 AND 4 AND (level = 0 OR role = 'claim_processor')", name="level"),
        CheckConstraint("version >= 1", name="version"),
        UniqueConstraint("email"),
        UniqueConstraint("external_uid"),
        Index(None, "role"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(MOST_EMAIL))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(String(32))
    level: Mapped[int] = mapped_column(Integer)
    is_active: Mapped[bool] = mapped_column(Boolean)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    external_uid: Mapped[str | None] = mapped_column(String(128))
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def as_actor(self) -> Actor:
        """The user as an actor, outside any session."""
        return Actor(self.id, Role(self.role), self.name, self.email, level=self.level)


class UserSession(Base):
    """One sign-in of one user: `bearer` with a rotating refresh token, or `cookie`."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("kind IN ('bearer', 'cookie')", name="kind"),
        CheckConstraint("(kind = 'bearer') = (refresh_hash IS NOT NULL)", name="refresh"),
        CheckConstraint("refresh_generation >= 0", name="generation"),
        CheckConstraint("expires_at > created_at AND last_seen_at >= created_at", name="times"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
        Index(None, "user_id"),
        Index(None, "expires_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_agent: Mapped[str] = mapped_column(String(120))
    refresh_hash: Mapped[str | None] = mapped_column(String(64))
    refresh_generation: Mapped[int] = mapped_column(Integer)
    refreshed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(32))


class Assignment(Base):
    """A user who works for a hospital or a payer, or handles its claims."""

    __tablename__ = "assignments"
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "organisation_id"),
        ForeignKeyConstraint(["organisation_id", "kind"], ["organisations.id", "organisations.kind"]),
        CheckConstraint("kind IN ('hospital', 'payer')", name="kind"),
        Index(None, "organisation_id", "user_id"),
    )

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    organisation_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OneTimeLink(Base):
    """A link in a mail by which a password can be set once.

    Without a user it is nobody's: asking for an unknown address writes as much as asking for a known one.
    """

    __tablename__ = "one_time_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('reset', 'invitation')", name="purpose"),
        CheckConstraint("expires_at > created_at", name="times"),
        UniqueConstraint("token_hash"),
        Index(None, "user_id"),
        Index(None, "expires_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    purpose: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiKey(Base):
    """A key of a machine that acts as a user, within scopes; its secret is known to nobody but its holder."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="times"),
        CheckConstraint("length(name) > 0", name="named"),
        UniqueConstraint("prefix"),
        Index(None, "user_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(16))
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
