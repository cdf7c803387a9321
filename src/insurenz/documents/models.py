"""Tables of documents: one row per stored object, files of which not all has come, what each user sends on a day, and how objects are kept."""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
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
from insurenz.core.sealed import SealedText

UNUSED = text("expires_at IS NOT NULL")
UNSCANNED = text("scan_state = 'pending'")
WITHOUT_PREVIEW = text("preview IS NULL")


class Document(Base):
    """A file that was sent: what it is, what its inspection found, and the key of its bytes, which is never shown.

    `expires_at` is set while the file waits to be used (`POST /uploads`); a document of a claim has none.
    `location` is where a picture was taken; its served copy has the `patches`, which are NULL while nobody has looked.
    `preview` is `image`, `text`, `page` (an image, and the text beside it) or `none`, and NULL until it is made.
    `verification` is what staff say of it, the reason is told to the filer.
    """

    __tablename__ = "documents"
    __table_args__ = (
        Index(None, "uploaded_by", "uploaded_at"),
        Index(None, "sha256"),
        Index("ix_documents_unused", "expires_at", sqlite_where=UNUSED, postgresql_where=UNUSED),
        Index(
            "ix_documents_without_preview",
            "id",
            sqlite_where=WITHOUT_PREVIEW,
            postgresql_where=WITHOUT_PREVIEW,
        ),
        Index("ix_documents_unscanned", "id", sqlite_where=UNSCANNED, postgresql_where=UNSCANNED),
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
    pages: Mapped[int | None] = mapped_column(Integer)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    is_encrypted: Mapped[bool] = mapped_column(Boolean)
    has_active_content: Mapped[bool] = mapped_column(Boolean)
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    location: Mapped[str | None] = mapped_column(SealedText("documents.location"))
    patches: Mapped[list[Any] | None] = mapped_column(Json)
    preview: Mapped[str | None] = mapped_column(String(8))
    scan_state: Mapped[str] = mapped_column(String(16))
    verification: Mapped[str] = mapped_column(String(16))
    verification_reason: Mapped[str | None] = mapped_column(Text)
    verified_by: Mapped[str | None] = mapped_column(Id)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartialUpload(Base):
    """A file of which not all bytes have come; with the last of them it becomes a document of the same id.

    `received` of its `file_size` bytes lie in its parts, so it is always less. `sha256` is what its sender says of the
    whole, `described` the text that it was announced with. Sent straight to the store, it has no parts but the
    `object_key` it will have, and the name of the `transfer` there, once that has begun.
    """

    __tablename__ = "partial_uploads"
    __table_args__ = (
        Index(None, "user_id", "id"),
        Index(None, "expires_at"),
        CheckConstraint("received >= 0 AND received < file_size", name="received"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    file_size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    described: Mapped[str] = mapped_column(Text)
    received: Mapped[int] = mapped_column(BigInteger)
    object_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    transfer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UploadPart(Base):
    """Bytes of a partial upload, from `starts_at` on, that lie durably in the store as an object of their own."""

    __tablename__ = "upload_parts"
    __table_args__ = (
        PrimaryKeyConstraint("upload_id", "starts_at"),
        CheckConstraint("size > 0", name="size"),
    )

    upload_id: Mapped[str] = mapped_column(Id, ForeignKey("partial_uploads.id", ondelete="CASCADE"))
    starts_at: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger)
    object_key: Mapped[str] = mapped_column(String(80), unique=True)


class UploadDay(Base):
    """How many bytes a user has sent on a day of the install's zone."""

    __tablename__ = "upload_days"
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "day"),
        CheckConstraint("sent_bytes >= 0", name="sent_bytes"),
    )

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    day: Mapped[date] = mapped_column(Date)
    sent_bytes: Mapped[int] = mapped_column(BigInteger)


class DocumentCheck(Base):
    """Where a round through all objects stands, that of the schedule and that of the command: a row of each.

    What comes after `after_id` is taken at `next_at`, about `piece_bytes` of it at a time. So many `documents` were
    looked at since `started_at`; the last whole round ended at `finished_at`.
    """

    __tablename__ = "document_checks"
    __table_args__ = (CheckConstraint("name IN ('schedule', 'command')", name="name"),)

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    after_id: Mapped[str | None] = mapped_column(Id)
    piece_bytes: Mapped[int] = mapped_column(BigInteger)
    documents: Mapped[int] = mapped_column(BigInteger)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DocumentFault(Base):
    """A document whose object is not the one that was sent, by the last look at it; since when that is known."""

    __tablename__ = "document_faults"
    __table_args__ = (CheckConstraint("wrong IN ('missing', 'altered', 'size', 'unreadable')", name="wrong"),)

    document_id: Mapped[str] = mapped_column(
        Id, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True
    )
    wrong: Mapped[str] = mapped_column(String(16))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


DOCUMENTS, UPLOAD_DAYS, DOCUMENT_CHECKS, DOCUMENT_FAULTS = (
    cast("Table", model.__table__) for model in (Document, UploadDay, DocumentCheck, DocumentFault)
)
