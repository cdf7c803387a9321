"""How far people have read messages, views of the list that they keep, and until when claims are due."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261127_messages"
down_revision = "20261126_drafts"

# Sorts after every time that is meant; spelled as each database keeps it.
NEVER = {"sqlite": "9999-01-01 00:00:00.000000", "postgresql": "9999-01-01 00:00:00+00"}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "message_reads",
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("read_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "user_id", "seq", name=op.f("pk_message_reads")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], ondelete="CASCADE", name=op.f("fk_message_reads_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_message_reads_user_id_users")),
        sa.CheckConstraint("side IN ('filer', 'staff')", name=op.f("ck_message_reads_side")),
    )
    op.create_table(
        "claim_views",
        sa.Column("id", Id, primary_key=True),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("filters", sa.JSON, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_claim_views_user_id_users")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_claim_views_user_id_name")),
    )
    _add_due()


def _add_due() -> None:
    never = sa.text(f"'{NEVER[op.get_bind().dialect.name]}'")
    op.add_column("claims", sa.Column("due_at", UtcDateTime, nullable=False, server_default=never))
    newest = (
        "SELECT due_at FROM claim_queries WHERE claim_id = claims.id AND answered_at IS NULL"
        " AND due_at IS NOT NULL ORDER BY id DESC LIMIT 1"
    )
    op.execute(f"UPDATE claims SET due_at = ({newest}) WHERE status_group = 'waiting' AND EXISTS ({newest})")
    op.create_index(op.f("ix_claims_due_at_id"), "claims", ["due_at", "id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_claims_due_at_id"), "claims")
    op.drop_column("claims", "due_at")
    op.drop_table("claim_views")
    op.drop_table("message_reads")
