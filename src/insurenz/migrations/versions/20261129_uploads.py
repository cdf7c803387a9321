"""Uploads in pieces: tus, and parts sent straight to the object store."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, Json, UtcDateTime

revision = "20261129_uploads"
down_revision = "20261129_firestore"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "partial_uploads",
        sa.Column("id", Id, primary_key=True),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("file_size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("described", sa.Text, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("object_key", sa.String(80)),
        sa.Column("transfer", sa.Text),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_partial_uploads_user_id_users")),
        sa.UniqueConstraint("object_key", name=op.f("uq_partial_uploads_object_key")),
        sa.CheckConstraint(
            "received >= 0 AND received < file_size", name=op.f("ck_partial_uploads_received")
        ),
    )
    op.create_index(op.f("ix_partial_uploads_user_id_id"), "partial_uploads", ["user_id", "id"])
    op.create_index(op.f("ix_partial_uploads_expires_at"), "partial_uploads", ["expires_at"])
    op.create_table(
        "upload_parts",
        sa.Column("upload_id", Id, nullable=False),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("object_key", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "starts_at", name=op.f("pk_upload_parts")),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["partial_uploads.id"],
            ondelete="CASCADE",
            name=op.f("fk_upload_parts_upload_id_partial_uploads"),
        ),
        sa.UniqueConstraint("object_key", name=op.f("uq_upload_parts_object_key")),
        sa.CheckConstraint("size > 0", name=op.f("ck_upload_parts_size")),
    )
    op.add_column("drafts", sa.Column("unfinished", Json, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Undo. Files of which not all has come are given up; the sweep removes what came of them."""
    op.drop_column("drafts", "unfinished")
    op.drop_table("upload_parts")
    op.drop_table("partial_uploads")
