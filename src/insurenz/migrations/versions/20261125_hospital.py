"""Hospital claims: forms, queries, numbers; a claim has either a policy or a hospital."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from insurenz.core.db import Id, UtcDateTime

revision = "20261125_hospital"
down_revision = "20261125_retail"

CHECKS = {
    "subject": "(policy_id IS NULL) <> (hospital_id IS NULL)",
    "form": "(form_data IS NULL) = (hospital_id IS NULL)",
}


def upgrade() -> None:
    """Apply."""
    with _changing_claims() as claims:
        claims.alter_column("policy_id", existing_type=Id, nullable=True)
        claims.add_column(sa.Column("form_data", sa.JSON))
        claims.add_column(sa.Column("rejection_reason", sa.Text))
        for name, condition in CHECKS.items():
            claims.create_check_constraint(op.f(f"ck_claims_{name}"), condition)
    op.create_table(
        "claim_counters",
        sa.Column("year", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("given", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_claim_counters")),
    )
    _create_queries()


def _create_queries() -> None:
    op.create_table(
        "claim_queries",
        sa.Column("id", Id, nullable=False),
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("category", sa.String(200)),
        sa.Column("due_at", UtcDateTime),
        sa.Column("raised_at", UtcDateTime, nullable=False),
        sa.Column("raised_by", Id, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("answered_by", Id),
        sa.Column("answer_event_id", Id),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_queries")),
        sa.UniqueConstraint("claim_id", "kind", "round", name=op.f("uq_claim_queries_claim_id_kind_round")),
        sa.CheckConstraint("kind IN ('query', 'info')", name=op.f("ck_claim_queries_kind")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_claim_queries_round")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answer_event_id IS NULL)",
            name=op.f("ck_claim_queries_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_queries_claim_id_claims"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["raised_by"], ["users.id"], name=op.f("fk_claim_queries_raised_by_users")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["users.id"], name=op.f("fk_claim_queries_answered_by_users")
        ),
    )


@contextmanager
def _changing_claims() -> Iterator[BatchOperations]:
    """Changes of the table of claims. SQLite puts another table in its place, and its triggers go with the old one."""
    of_claims = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'claims'"
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    triggers = op.get_bind().execute(sa.text(of_claims)).scalars().all() if is_sqlite else []
    with op.batch_alter_table("claims") as claims:
        yield claims
    for trigger in triggers:
        op.execute(trigger)


def downgrade() -> None:
    """Undo. Refused by the database while there are hospital claims: they have no policy."""
    op.drop_table("claim_queries")
    op.drop_table("claim_counters")
    with _changing_claims() as claims:
        for name in CHECKS:
            claims.drop_constraint(op.f(f"ck_claims_{name}"), type_="check")
        claims.drop_column("rejection_reason")
        claims.drop_column("form_data")
        claims.alter_column("policy_id", existing_type=Id, nullable=False)
