"""Tables of events: the rows that never change, their erasable texts, chain heads, queue marks, checkpoints, views,
and those of watching over it: where the check stands, what admins were told of.

Rows beside an event name it without a foreign key: a trigger keeps every event, so a key would only cost each write.
"""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from insurenz.core.db import Base, Id, Json, UtcDateTime

HASH = String(64)
OPEN = text("done_at IS NULL")
MOVED = text("count > sealed_count")
TRANSITION = text("version IS NOT NULL")

TEXT_ERASED = "text_erased"
# What staff do among themselves: whoever files claims learns nothing of such an event, not even that there is one.
INTERNAL = frozenset({"claim_note", "claim_assigned", "claim_released", TEXT_ERASED})


# The kind of subject whose chain holds the batches of views.
VIEWS = "access_log"


class Event(Base):
    """One thing that happened to one subject. No id in it carries a foreign key, and no row ever changes.

    `version` is the subject's version after a transition, NULL for every other event.
    """

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "seq"),
        Index(
            "uq_events_transition",
            "subject_kind",
            "subject_id",
            "version",
            "type",
            unique=True,
            sqlite_where=TRANSITION,
            postgresql_where=TRANSITION,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
    type: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(Id)
    claim_number: Mapped[str | None] = mapped_column(String)
    version: Mapped[int | None] = mapped_column(Integer)
    hospital_id: Mapped[str | None] = mapped_column(Id)
    payer_id: Mapped[str | None] = mapped_column(Id)
    claimant_id: Mapped[str | None] = mapped_column(Id)
    hospital_name: Mapped[str | None] = mapped_column(String)
    status: Mapped[str | None] = mapped_column(String(64))
    actor_id: Mapped[str | None] = mapped_column(String)
    actor_role: Mapped[str | None] = mapped_column(String(64))
    actor_name: Mapped[str | None] = mapped_column(String)
    actor_email: Mapped[str | None] = mapped_column(String)
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    request_id: Mapped[str | None] = mapped_column(String)
    prev_hash: Mapped[str] = mapped_column(HASH)
    hash: Mapped[str] = mapped_column(HASH)


class EventText(Base):
    """One free text of an event. Erasing it empties salt and body; the hash, which is in the chain, stays."""

    __tablename__ = "event_texts"
    __table_args__ = (PrimaryKeyConstraint("event_id", "name"),)

    event_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str | None] = mapped_column(String(32))
    body: Mapped[str | None] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(HASH)


class EventChain(Base):
    """The end of one subject's chain; whoever records an event of that subject holds this row's lock."""

    __tablename__ = "event_chains"
    __table_args__ = (
        PrimaryKeyConstraint("subject_kind", "subject_id"),
        Index(
            "ix_event_chains_moved", "subject_kind", "subject_id", sqlite_where=MOVED, postgresql_where=MOVED
        ),
    )

    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(Id)
    head: Mapped[str] = mapped_column(HASH)
    count: Mapped[int] = mapped_column(Integer)
    sealed_count: Mapped[int] = mapped_column(Integer, default=0)


class EventMark(Base):
    """An event's place in the queue. `next_at` is NULL until a consumer has failed: due at once, whatever the clock."""

    __tablename__ = "event_marks"
    __table_args__ = (
        Index("ix_event_marks_open", "event_id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "ix_event_marks_open_subject",
            "subject_kind",
            "subject_id",
            "seq",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    type: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(Id)
    seq: Mapped[int] = mapped_column(Integer)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(Id)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(200))


class Checkpoint(Base):
    """A seal over every chain that moved since the one before: a list of [kind, id, count, head]."""

    __tablename__ = "checkpoints"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heads: Mapped[list[list[Any]]] = mapped_column(Json)
    prev_hash: Mapped[str] = mapped_column(HASH)
    hash: Mapped[str] = mapped_column(HASH)


class AccessLogRow(Base):
    """Somebody looked at something. `batch_id` is the event that holds the digest of the rows written with it."""

    __tablename__ = "access_log"
    __table_args__ = (
        PrimaryKeyConstraint("batch_id", "position"),
        Index(None, "subject_kind", "subject_id", "at"),
    )

    batch_id: Mapped[str] = mapped_column(Id)
    position: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str] = mapped_column(Id)
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(Id)
    what: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String)


class AuditCheck(Base):
    """Where the check of the trail that runs in pieces stands: one row.

    The piece after that place is taken at `next_at`. `is_sealing`: the chains are done, the checkpoints up to
    `checkpoint` too. `faults` were found since `started_at`, `last_faults` by the check that ended at `finished_at`.
    """

    __tablename__ = "audit_check"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    subject_kind: Mapped[str | None] = mapped_column(String(32))
    subject_id: Mapped[str | None] = mapped_column(Id)
    is_sealing: Mapped[bool] = mapped_column(Boolean)
    checkpoint: Mapped[int] = mapped_column(Integer)
    faults: Mapped[int] = mapped_column(Integer)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_faults: Mapped[int] = mapped_column(Integer)


class Alerted(Base):
    """When admins were last told of something that is wrong with a subject, so that they are not told again for each time."""

    __tablename__ = "alerted"
    __table_args__ = (PrimaryKeyConstraint("kind", "subject_kind", "subject_id"),)

    kind: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(Id)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)


# For inserts without the ORM's unit of work: recording an event is on the path of every write.
EVENTS, TEXTS, CHAINS, MARKS, CHECKPOINTS, ACCESS_LOG, AUDIT_CHECK, ALERTED = (
    cast("Table", model.__table__)
    for model in (Event, EventText, EventChain, EventMark, Checkpoint, AccessLogRow, AuditCheck, Alerted)
)
