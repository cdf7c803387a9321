"""The table of policies."""

from datetime import date, datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Integer, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from insurenz.accounts.models import User
from insurenz.core.db import Base, Id, UtcDateTime
from insurenz.organisations.models import Organisation


class PolicyType(StrEnum):
    """What a policy covers, and so the type of the claims that can be filed against it."""

    MEDICAL = "medical"
    VEHICLE = "vehicle"
    PROPERTY = "property"
    TRAVEL = "travel"
    OTHER = "other"


class PolicyStatus(StrEnum):
    """Whether claims can be filed against a policy: only against an active one."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


class Policy(Base):
    """One policy of one holder with one payer; amounts in minor units of its currency."""

    __tablename__ = "policies"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("number LIKE 'POL-%'", name="number"),
        CheckConstraint(_one_of("type", PolicyType), name="type"),
        CheckConstraint(_one_of("status", PolicyStatus), name="status"),
        CheckConstraint("start_date <= end_date", name="dates"),
        CheckConstraint("cover_amount > 0", name="cover_amount"),
        CheckConstraint("cover_used >= 0 AND cover_used <= cover_amount", name="cover_used"),
        CheckConstraint("length(currency) = 3", name="currency"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(64))
    holder_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    payer_id: Mapped[str] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    type: Mapped[PolicyType] = mapped_column(String(16))
    status: Mapped[PolicyStatus] = mapped_column(String(16))
    start_date: Mapped[date] = mapped_column(Date)
    end_date: Mapped[date] = mapped_column(Date)
    cover_amount: Mapped[int] = mapped_column(BigInteger)
    cover_used: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    payer: Mapped[Organisation] = relationship(lazy="raise")
    holder: Mapped[User] = relationship(lazy="raise")

    @property
    def cover_left(self) -> int:
        """What can still be approved, in minor units."""
        return self.cover_amount - self.cover_used

    def is_active_on(self, day: date) -> bool:
        """Whether claims can be filed against it on this day.

        One whose period is over still takes claims about incidents within it, until the payer ends it.
        """
        return self.status == PolicyStatus.ACTIVE and self.start_date <= day


POLICIES = cast("Table", Policy.__table__)
