"""The places on pages of documents that a question is about."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Json

revision = "20261201_marks"
down_revision = "20261130_draft_hospitals"


def upgrade() -> None:
    """Apply."""
    op.add_column("claim_queries", sa.Column("marks", Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Undo."""
    op.drop_column("claim_queries", "marks")
