"""The tables of claims."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from insurenz.core.db import Base, Id, UtcDateTime

# The kind of subject that a claim is in the trail of events.
KIND = "claim"


class Claim(Base):
    """A claim in its present state. Its past are its events, and its status is what the last of them says."""

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("claim_amount > 0", name="amount"),
        CheckConstraint("approved_amount > 0 AND approved_amount <= claim_amount", name="approved"),
        CheckConstraint("version >= 1", name="version"),
        Index(None, "user_id", "id"),
        Index(None, "payer_id", "id"),
        Index(None, "hospital_id", "id"),
        Index(None, "policy_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    claim_number: Mapped[str] = mapped_column(String(40), unique=True)
    workflow: Mapped[str] = mapped_column(String(64))
    workflow_version: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(64))
    status_notes: Mapped[str | None] = mapped_column(Text)
    claim_type: Mapped[str] = mapped_column(String(32))
    incident_date: Mapped[date] = mapped_column(Date)
    description: Mapped[str] = mapped_column(Text)
    claim_amount: Mapped[int] = mapped_column(BigInteger)
    approved_amount: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    resolution: Mapped[str | None] = mapped_column(String(32))
    payment_reference: Mapped[str | None] = mapped_column(String(200))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    policy_id: Mapped[str] = mapped_column(ForeignKey("policies.id"))
    payer_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    hospital_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClaimDocument(Base):
    """Which documents belong to a claim."""

    __tablename__ = "claim_documents"

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[str] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, unique=True
    )
