"""Documents: one row per stored object."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261122_documents"
down_revision = "20261122_policies"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "documents",
        sa.Column("id", Id, primary_key=True),
        sa.Column("object_key", sa.String(80), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("file_type", sa.String(8), nullable=False),
        sa.Column("file_size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("uploaded_by", Id, nullable=False),
        sa.Column("uploaded_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("object_key", name=op.f("uq_documents_object_key")),
        sa.CheckConstraint("file_size > 0", name=op.f("ck_documents_size")),
        sa.CheckConstraint(
            "file_type IN ('pdf', 'jpeg', 'png', 'doc', 'docx')", name=op.f("ck_documents_type")
        ),
    )
    op.create_index(op.f("ix_documents_uploaded_by_uploaded_at"), "documents", ["uploaded_by", "uploaded_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("documents")
