"""Workflow definitions with the text each version was first seen with."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import UtcDateTime

revision = "20261122_definitions"
down_revision = "20261122_core"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "workflow_definitions",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("first_seen_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_workflow_definitions")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("workflow_definitions")
