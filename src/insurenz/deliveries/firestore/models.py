"""Tables of the Firestore mirror: marks that it is to learn of, documents that are not settled, and how far it has got."""

from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint, Index, Integer, PrimaryKeyConstraint, Table, text
from sqlalchemy.orm import Mapped, mapped_column

from insurenz.core.db import Base, Id, UtcDateTime

OPEN = text("as_of IS NULL")
THE_ONE = 1


class MirrorMark(Base):
    """An item whose reader has marked it here as read or unread, to be marked so there.

    It says not which: that is read of the inbox when it is sent. `rev` is the item's at its last mark. `as_of` is NULL
    while it is to be sent; what is sent goes, but for items marked unread: what Firestore said of them up to `as_of`
    is older than that mark.
    """

    __tablename__ = "mirror_marks"
    __table_args__ = (
        PrimaryKeyConstraint("event_id", "user_id"),
        Index("ix_mirror_marks_open", "event_id", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    event_id: Mapped[str] = mapped_column(Id)
    user_id: Mapped[str] = mapped_column(Id)
    rev: Mapped[int] = mapped_column(Integer)
    as_of: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MirrorUnsettled(Base):
    """A document that was written when some other delivery of its event was still open."""

    __tablename__ = "mirror_unsettled"

    event_id: Mapped[str] = mapped_column(Id, primary_key=True)


class MirrorState(Base):
    """The one row of the mirror: which process keeps it in step and until when, and before when inboxes were cleaned."""

    __tablename__ = "mirror_state"
    __table_args__ = (
        CheckConstraint(f"id = {THE_ONE}", name="id"),
        CheckConstraint("(holder IS NULL) = (held_until IS NULL)", name="holder"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    holder: Mapped[str | None] = mapped_column(Id)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cleaned_before: Mapped[datetime | None] = mapped_column(UtcDateTime)


MARKS, UNSETTLED, STATE = (
    cast("Table", model.__table__) for model in (MirrorMark, MirrorUnsettled, MirrorState)
)
