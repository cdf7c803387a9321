"""The table of documents: one row per stored object."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from insurenz.core.db import Base, Id, UtcDateTime


class Document(Base):
    """A file that was sent: what it is, and the key of its bytes. The key is never shown."""

    __tablename__ = "documents"
    __table_args__ = (
        Index(None, "uploaded_by", "uploaded_at"),
        CheckConstraint("file_size > 0", name="size"),
        CheckConstraint("file_type IN ('pdf', 'jpeg', 'png', 'doc', 'docx')", name="type"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    object_key: Mapped[str] = mapped_column(String(80), unique=True)
    file_name: Mapped[str] = mapped_column(String(255))
    file_type: Mapped[str] = mapped_column(String(8))
    file_size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[str] = mapped_column(Id)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
