"""Deliveries: how it leaves the house."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, Json, UtcDateTime

revision = "20261125_deliveries"
down_revision = "20261125_hospital"

# Indexes of a part of the deliveries: its columns, and the part.
PARTS = {
    "due": (["channel", "next_at", "id"], "state = 'due'"),
    "due_id": (["id"], "state = 'due'"),
    "dead": (["id"], "state = 'dead'"),
    "cancelled": (["id"], "state = 'cancelled'"),
    "user": (["user_id", "id"], "user_id IS NOT NULL"),
}
CHECKS = {
    "state": "state IN ('due', 'delivered', 'dead', 'cancelled')",
    "closed": "(state = 'due') = (closed_at IS NULL)",
    "body": "(state IN ('due', 'dead')) = (body IS NOT NULL)",
    "lease": "(lease_token IS NULL) = (lease_until IS NULL)",
    "leased": "state = 'due' OR lease_token IS NULL",
    "reason": "state NOT IN ('dead', 'cancelled') OR last_error IS NOT NULL",
    "attempts": "attempts_before >= 0 AND attempts >= attempts_before",
}
CHECKS_OF_ATTEMPTS = {
    "n": "n >= 1",
    "outcome": "outcome IN ('delivered', 'passing', 'permanent', 'unfinished')",
    "ended": "(outcome = 'unfinished') = (ended_at IS NULL)",
    "error": "(outcome IN ('passing', 'permanent')) = (error IS NOT NULL)",
}


def upgrade() -> None:
    """Apply."""
    _create_deliveries()
    for name, (columns, part) in PARTS.items():
        where = sa.text(part)
        op.create_index(
            f"ix_deliveries_{name}", "deliveries", columns, sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "delivery_attempts",
        sa.Column("delivery_id", Id, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("status_code", sa.Integer),
        sa.Column("error", sa.String(64)),
        sa.PrimaryKeyConstraint("delivery_id", "n", name=op.f("pk_delivery_attempts")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_attempts_delivery_id_deliveries")
        ),
        *_checks("delivery_attempts", CHECKS_OF_ATTEMPTS),
    )
    op.create_table(
        "paused_channels",
        sa.Column("channel", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_paused_channels")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", Id, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("user_id", Id),
        sa.Column("hospital_id", Id),
        sa.Column("payer_id", Id),
        sa.Column("claimant_id", Id),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("lease_token", Id),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("attempts_before", sa.Integer, nullable=False),
        sa.Column("body", Json),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("template_version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("last_error", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "event_id", "target", "channel", name=op.f("uq_deliveries_event_id_target_channel")
        ),
        *_checks("deliveries", CHECKS),
    )


def _checks(table: str, checks: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(what, name=op.f(f"ck_{table}_{name}")) for name, what in checks.items()]


def downgrade() -> None:
    """Undo."""
    op.drop_table("paused_channels")
    op.drop_table("delivery_attempts")
    op.drop_table("deliveries")
