"""The tables of claims."""

from datetime import UTC, date, datetime
from typing import Any, Literal, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    FetchedValue,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from insurenz.core import clock
from insurenz.core.db import Base, Id, Json, UtcDateTime
from insurenz.core.sealed import SealedJson, SealedText
from insurenz.organisations.models import Organisation

# The kind of subject that a claim is in the trail of events.
KIND = "claim"
# When a claim is due that is due at no time: so each has a place in the order.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def _partial(name: str, *columns: str, of: str) -> Index:
    return Index(name, *columns, sqlite_where=text(of), postgresql_where=text(of))


class Claim(Base):
    """A claim in its present state. Its past are its events, and its status is what the last of them says.

    It is filed against a policy by its holder, or submitted by a hospital with a form about the patient; then
    `description` is empty and `incident_date` the day on which it was submitted. `status_group` is the phase of the status in the definition that the claim pins, `person_name` whose claim it is:
    the policyholder's name when they filed, or the patient's. The words of that name and of the description can be
    searched: by the column `words` (tsvector) on PostgreSQL, by the table `claim_words` (FTS5) on SQLite; where they are
    encrypted, the whole name alone, by its keyed hash.
    `due_at` is until when its open question is to be answered; a new claim has `NEVER`, which the database knows.
    """

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("claim_amount > 0", name="amount"),
        CheckConstraint("approved_amount > 0 AND approved_amount <= claim_amount", name="approved"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(policy_id IS NULL) <> (hospital_id IS NULL)", name="subject"),
        CheckConstraint("(form_data IS NULL) = (hospital_id IS NULL)", name="form"),
        Index(None, "user_id", "id"),
        # What staff reach: retail claims of a payer, claims of a hospital; each newest first, and by phase. What comes
        # after the id lets a queue be tested, and claims be counted, by the index alone.
        _partial("ix_claims_retail", "payer_id", "id", of="hospital_id IS NULL"),
        _partial(
            "ix_claims_retail_queue",
            *("payer_id", "status_group", "id", "status", "workflow", "hospital_id"),
            of="hospital_id IS NULL",
        ),
        _partial("ix_claims_hospital", "hospital_id", "id", "payer_id", of="hospital_id IS NOT NULL"),
        _partial(
            "ix_claims_hospital_queue",
            *("hospital_id", "status_group", "id", "status", "workflow", "payer_id"),
            of="hospital_id IS NOT NULL",
        ),
        _partial("ix_claims_hospital_payer", "payer_id", "id", of="hospital_id IS NOT NULL"),
        _partial("ix_claims_assignee", "assignee_id", "id", of="assignee_id IS NOT NULL"),
        _partial("ix_claims_person_hash", "person_hash", "id", of="person_hash IS NOT NULL"),
        # The orders a list can have besides newest first, which is by id; and the days it is limited to.
        Index(None, "created_at", "id"),
        Index(None, "updated_at", "id"),
        Index(None, "claim_amount", "id"),
        Index(None, "due_at", "id"),
        # With whose claim it is: those of a month are looked through for the newest ones.
        Index("ix_claims_incident", "incident_date", "id", "payer_id", "hospital_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    # Compared by bytes, so that a prefix is found by the index of the number.
    claim_number: Mapped[str] = mapped_column(
        String(40).with_variant(String(40, collation="C"), "postgresql"), unique=True
    )
    workflow: Mapped[str] = mapped_column(String(64))
    workflow_version: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(64))
    status_group: Mapped[str] = mapped_column(String(32))
    status_notes: Mapped[str | None] = mapped_column(Text)
    claim_type: Mapped[str] = mapped_column(String(32))
    incident_date: Mapped[date] = mapped_column(Date)
    description: Mapped[str] = mapped_column(SealedText("claims.description"))
    claim_amount: Mapped[int] = mapped_column(BigInteger)
    approved_amount: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    resolution: Mapped[str | None] = mapped_column(String(32))
    payment_reference: Mapped[str | None] = mapped_column(String(200))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    policy_id: Mapped[str | None] = mapped_column(ForeignKey("policies.id"))
    payer_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    hospital_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    person_name: Mapped[str] = mapped_column(SealedText("claims.person_name"))
    # What the name is found by where it is encrypted.
    person_hash: Mapped[str | None] = mapped_column(String(64), info={"hash_of": "person_name"})
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    form_data: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("claims.form_data"))
    rejection_reason: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=FetchedValue())

    hospital: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[hospital_id])
    payer: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[payer_id])

    def touch(self) -> None:
        """Count a change: the next version, as of now."""
        self.version, self.updated_at = self.version + 1, clock.now()


class ClaimDocument(Base):
    """Which documents belong to a claim; one that a newer one replaced is kept, for staff."""

    __tablename__ = "claim_documents"

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[str] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, unique=True
    )
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("documents.id"))


class ClaimQuery(Base):
    """What was asked about a claim, formally (`query`) or as more information (`info`), in which round, and the answer.

    Its words and the documents that came with the answer are those of the two events, where texts can be erased.
    `marks` are the places on pages of documents that it is about.
    """

    __tablename__ = "claim_queries"
    __table_args__ = (
        UniqueConstraint("claim_id", "kind", "round"),
        CheckConstraint("kind IN ('query', 'info')", name="kind"),
        CheckConstraint("round >= 1", name="round"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answer_event_id IS NULL)",
            name="answer",
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"))
    kind: Mapped[Literal["query", "info"]] = mapped_column(String(16))
    round: Mapped[int] = mapped_column(Integer)
    category: Mapped[str | None] = mapped_column(String(200))
    marks: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    event_id: Mapped[str] = mapped_column(Id)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    answer_event_id: Mapped[str | None] = mapped_column(Id)


class ClaimCounter(Base):
    """How many numbers of hospital claims a year has given so far."""

    __tablename__ = "claim_counters"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    given: Mapped[int] = mapped_column(Integer)


class Draft(Base):
    """A claim that somebody is still writing: theirs alone, with neither number nor status.

    `content` are the fields of a filing as far as they go, in whatever state they are. `unfinished` names uploads of
    which not all had come, each with the code of the document that it is meant as. A hospital claim is one of
    `hospital_id` from the start, whatever its content says of that yet; a retail claim has none.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        Index(None, "user_id", "id"),
        Index(None, "updated_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    hospital_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    workflow: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(SealedJson("drafts.content"))
    unfinished: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DraftDocument(Base):
    """An upload that a draft holds, as long as it lives; `purpose` is the code of the document that it is meant as."""

    __tablename__ = "draft_documents"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[str] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, unique=True
    )
    purpose: Mapped[str | None] = mapped_column(String(64))


class ClaimView(Base):
    """Filters and an order of the list of claims that somebody keeps under a name."""

    __tablename__ = "claim_views"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(60))
    filters: Mapped[dict[str, Any]] = mapped_column(SealedJson("claim_views.filters"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MessageRead(Base):
    """That somebody of one side had read what was said of a claim up to this message, and since when.

    `seq` is the message's number among the events of the claim. Each further step is a row of its own, so that what
    was read first keeps its time.
    """

    __tablename__ = "message_reads"
    __table_args__ = (CheckConstraint("side IN ('filer', 'staff')", name="side"),)

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    side: Mapped[Literal["filer", "staff"]] = mapped_column(String(8))
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


CLAIMS, CLAIM_DOCUMENTS, QUERIES, MESSAGE_READS = (
    cast("Table", model.__table__) for model in (Claim, ClaimDocument, ClaimQuery, MessageRead)
)
