"""Hospitals, payers, and who works with whom."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261122_organisations"
down_revision = "20261122_events"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "organisations",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.CheckConstraint(
            "(kind = 'hospital' AND substr(number, 1, 5) = 'HOSP_') OR (kind = 'payer' AND substr(number, 1, 4) = 'PAY_')",
            name=op.f("ck_organisations_number_of_kind"),
        ),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_organisations_named")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_organisations_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("number", name=op.f("uq_organisations_number")),
        sa.UniqueConstraint("id", "kind", name=op.f("uq_organisations_id_kind")),
    )
    op.create_table(
        "hospital_payers",
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("payer_id", Id, nullable=False),
        sa.Column("hospital_kind", sa.String(16), nullable=False),
        sa.Column("payer_kind", sa.String(16), nullable=False),
        sa.CheckConstraint("hospital_kind = 'hospital'", name=op.f("ck_hospital_payers_hospital_kind")),
        sa.CheckConstraint("payer_kind = 'payer'", name=op.f("ck_hospital_payers_payer_kind")),
        sa.ForeignKeyConstraint(
            ["hospital_id", "hospital_kind"],
            ["organisations.id", "organisations.kind"],
            name=op.f("fk_hospital_payers_hospital_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["payer_id", "payer_kind"],
            ["organisations.id", "organisations.kind"],
            name=op.f("fk_hospital_payers_payer_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("hospital_id", "payer_id", name=op.f("pk_hospital_payers")),
    )
    op.create_index(op.f("ix_hospital_payers_payer_id"), "hospital_payers", ["payer_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("hospital_payers")
    op.drop_table("organisations")
