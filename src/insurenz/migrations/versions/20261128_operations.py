"""Watching: where the check of the trail stands, what admins were alerted of, what was delivered lately."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261128_operations"
down_revision = "20261127_secrets"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_check",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("subject_kind", sa.String(32)),
        sa.Column("subject_id", Id),
        sa.Column("is_sealing", sa.Boolean, nullable=False),
        sa.Column("checkpoint", sa.Integer, nullable=False),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("last_faults", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_check_one")),
    )
    op.create_table(
        "alerted",
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("told_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_kind", "subject_id", name=op.f("pk_alerted")),
    )
    is_delivered = sa.text("state = 'delivered'")
    op.create_index(
        "ix_deliveries_delivered",
        "deliveries",
        ["closed_at", "channel"],
        sqlite_where=is_delivered,
        postgresql_where=is_delivered,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_deliveries_delivered", "deliveries")
    op.drop_table("alerted")
    op.drop_table("audit_check")
