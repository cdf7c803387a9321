"""Drafts of claims, and the uploads they hold."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261126_drafts"
down_revision = "20261125_notifications"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "drafts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("workflow", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_drafts_user_id_users")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_drafts_version")),
    )
    op.create_index(op.f("ix_drafts_user_id_id"), "drafts", ["user_id", "id"])
    op.create_index(op.f("ix_drafts_updated_at"), "drafts", ["updated_at"])
    op.create_table(
        "draft_documents",
        sa.Column("draft_id", Id, nullable=False),
        sa.Column("document_id", Id, nullable=False),
        sa.Column("purpose", sa.String(64)),
        sa.PrimaryKeyConstraint("draft_id", "document_id", name=op.f("pk_draft_documents")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], ondelete="CASCADE", name=op.f("fk_draft_documents_draft_id_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            ondelete="CASCADE",
            name=op.f("fk_draft_documents_document_id_documents"),
        ),
        sa.UniqueConstraint("document_id", name=op.f("uq_draft_documents_document_id")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("draft_documents")
    op.drop_table("drafts")
