"""Web Push and chat: where people want to be told besides."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261129_push"
down_revision = "20261128_documents"

CHECKS = {
    "channel": "channel IN ('push', 'chat')",
    "language": "language IN ('en', 'hi')",
    "named": "length(name) > 0",
    "code": "(code_hash IS NULL) = (code_until IS NULL)",
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "targets",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("address", sa.JSON, nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("session_id", Id),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("code_until", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("confirmed_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_targets_user_id_users")),
        sa.UniqueConstraint("channel", "address_hash", name=op.f("uq_targets_channel_address_hash")),
        *(sa.CheckConstraint(what, name=op.f(f"ck_targets_{name}")) for name, what in CHECKS.items()),
    )
    op.create_index("ix_targets_user_id_channel", "targets", ["user_id", "channel"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("targets")
