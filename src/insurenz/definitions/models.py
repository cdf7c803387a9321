"""The table of workflow definitions, each version with the text it was first seen with."""

from datetime import datetime

from sqlalchemy import Integer, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from insurenz.core.db import Base, UtcDateTime


class WorkflowDefinition(Base):
    """One version of one definition; never changed and never deleted, for claims have pinned it."""

    __tablename__ = "workflow_definitions"
    __table_args__ = (PrimaryKeyConstraint("name", "version"),)

    name: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
