"""Claims and the documents that belong to them."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261122_claims"
down_revision = "20261122_documents"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "claims",
        sa.Column("id", Id, primary_key=True),
        sa.Column("claim_number", sa.String(40), nullable=False),
        sa.Column("workflow", sa.String(64), nullable=False),
        sa.Column("workflow_version", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("status_notes", sa.Text),
        sa.Column("claim_type", sa.String(32), nullable=False),
        sa.Column("incident_date", sa.Date, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("claim_amount", sa.BigInteger, nullable=False),
        sa.Column("approved_amount", sa.BigInteger),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("resolution", sa.String(32)),
        sa.Column("payment_reference", sa.String(200)),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("policy_id", Id, nullable=False),
        sa.Column("payer_id", Id, nullable=False),
        sa.Column("hospital_id", Id),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("claim_number", name=op.f("uq_claims_claim_number")),
        sa.CheckConstraint("claim_amount > 0", name=op.f("ck_claims_amount")),
        sa.CheckConstraint(
            "approved_amount > 0 AND approved_amount <= claim_amount", name=op.f("ck_claims_approved")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_claims_version")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_claims_user_id_users")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_claims_policy_id_policies")),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["organisations.id"], name=op.f("fk_claims_payer_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["organisations.id"], name=op.f("fk_claims_hospital_id_organisations")
        ),
    )
    op.create_index(op.f("ix_claims_user_id_id"), "claims", ["user_id", "id"])
    op.create_index(op.f("ix_claims_payer_id_id"), "claims", ["payer_id", "id"])
    op.create_index(op.f("ix_claims_hospital_id_id"), "claims", ["hospital_id", "id"])
    op.create_index(op.f("ix_claims_policy_id"), "claims", ["policy_id"])
    op.create_table(
        "claim_documents",
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("document_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "document_id", name=op.f("pk_claim_documents")),
        sa.UniqueConstraint("document_id", name=op.f("uq_claim_documents_document_id")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_documents_claim_id_claims"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_claim_documents_document_id_documents"),
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("claim_documents")
    op.drop_table("claims")
