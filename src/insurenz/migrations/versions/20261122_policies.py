"""Policies with their cover, which the database itself keeps between nothing and all."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261122_policies"
down_revision = "20261122_accounts"

CHECKS = {
    "number": "number LIKE 'POL-%'",
    "type": "type IN ('medical', 'vehicle', 'property', 'travel', 'other')",
    "status": "status IN ('active', 'suspended', 'ended')",
    "dates": "start_date <= end_date",
    "cover_amount": "cover_amount > 0",
    "cover_used": "cover_used >= 0 AND cover_used <= cover_amount",
    "currency": "length(currency) = 3",
    "version": "version >= 1",
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "policies",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("holder_id", Id, nullable=False),
        sa.Column("payer_id", Id, nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("start_date", sa.Date, nullable=False),
        sa.Column("end_date", sa.Date, nullable=False),
        sa.Column("cover_amount", sa.BigInteger, nullable=False),
        sa.Column("cover_used", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("number", name=op.f("uq_policies_number")),
        sa.ForeignKeyConstraint(["holder_id"], ["users.id"], name=op.f("fk_policies_holder_id_users")),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["organisations.id"], name=op.f("fk_policies_payer_id_organisations")
        ),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_policies_{name}")) for name, sql in CHECKS.items()),
    )
    op.create_index(op.f("ix_policies_holder_id"), "policies", ["holder_id"])
    op.create_index(op.f("ix_policies_payer_id"), "policies", ["payer_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("policies")
