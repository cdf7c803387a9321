"""Tables of organisations and of who works with whom."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from insurenz.core.db import Base, Id, UtcDateTime


class Kind(StrEnum):
    """What an organisation is."""

    HOSPITAL = "hospital"
    PAYER = "payer"


class Organisation(Base):
    """A hospital or a payer, known outside by its number."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'hospital' AND substr(number, 1, 5) = 'HOSP_') OR (kind = 'payer' AND substr(number, 1, 4) = 'PAY_')",
            name="number_of_kind",
        ),
        CheckConstraint("length(name) > 0", name="named"),
        CheckConstraint("version >= 1", name="version"),
        UniqueConstraint("number"),
        # What refers to an organisation of one kind has a foreign key on both columns.
        UniqueConstraint("id", "kind"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[Kind] = mapped_column(String(16))
    number: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HospitalPayer(Base):
    """A hospital and a payer that work with each other."""

    __tablename__ = "hospital_payers"
    __table_args__ = (
        PrimaryKeyConstraint("hospital_id", "payer_id"),
        ForeignKeyConstraint(["hospital_id", "hospital_kind"], ["organisations.id", "organisations.kind"]),
        ForeignKeyConstraint(["payer_id", "payer_kind"], ["organisations.id", "organisations.kind"]),
        CheckConstraint("hospital_kind = 'hospital'", name="hospital_kind"),
        CheckConstraint("payer_kind = 'payer'", name="payer_kind"),
        Index(None, "payer_id"),
    )

    hospital_id: Mapped[str] = mapped_column(Id)
    payer_id: Mapped[str] = mapped_column(Id)
    hospital_kind: Mapped[str] = mapped_column(String(16), default=Kind.HOSPITAL)
    payer_kind: Mapped[str] = mapped_column(String(16), default=Kind.PAYER)
