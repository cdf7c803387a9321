"""Keeping: where re-hashing the documents stands, and what it has found."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261129_keeping"
down_revision = "20261129_uploads"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "document_checks",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("after_id", Id),
        sa.Column("piece_bytes", sa.BigInteger, nullable=False),
        sa.Column("documents", sa.BigInteger, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_document_checks")),
        sa.CheckConstraint("name IN ('schedule', 'command')", name=op.f("ck_document_checks_name")),
    )
    op.create_table(
        "document_faults",
        sa.Column("document_id", Id, nullable=False),
        sa.Column("wrong", sa.String(16), nullable=False),
        sa.Column("found_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_faults")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_document_faults_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "wrong IN ('missing', 'altered', 'size', 'unreadable')", name=op.f("ck_document_faults_wrong")
        ),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("document_faults")
    op.drop_table("document_checks")
