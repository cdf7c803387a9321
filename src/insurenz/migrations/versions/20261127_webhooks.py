"""Webhooks of organisations."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, Json, UtcDateTime

revision = "20261127_webhooks"
down_revision = "20261127_mail"

# Indexes of the deliveries to targets that are no people: its columns, and the part.
PARTS = {
    "target": (["target", "id"], "user_id IS NULL"),
    "target_open": (["channel", "target", "next_at", "id"], "closed_at IS NULL AND user_id IS NULL"),
}
CHECKS = {
    "off": "is_active = (off_because IS NULL)",
    "off_because": "off_because IN ('operator', 'gone', 'failing')",
    "previous": "(previous_secret IS NULL) = (previous_until IS NULL)",
    "warned": "warned_at IS NULL OR failing_since IS NOT NULL",
    "version": "version >= 1",
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "webhooks",
        sa.Column("id", Id, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("previous_secret", sa.Text),
        sa.Column("previous_until", UtcDateTime),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("off_because", sa.String(16)),
        sa.Column("failing_since", UtcDateTime),
        sa.Column("warned_at", UtcDateTime),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_webhooks_organisation_id_organisations")
        ),
        *(sa.CheckConstraint(what, name=op.f(f"ck_webhooks_{name}")) for name, what in CHECKS.items()),
    )
    op.create_index("ix_webhooks_organisation_id_id", "webhooks", ["organisation_id", "id"])
    for name, (columns, part) in PARTS.items():
        where = sa.text(part)
        op.create_index(
            f"ix_deliveries_{name}", "deliveries", columns, sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    """Take back."""
    for name in PARTS:
        op.drop_index(f"ix_deliveries_{name}", "deliveries")
    op.drop_table("webhooks")
