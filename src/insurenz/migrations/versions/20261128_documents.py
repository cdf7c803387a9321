"""Documents in depth: where a picture was taken, what its served copy leaves out, and which preview there is."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Json

revision = "20261128_documents"
down_revision = "20261128_operations"


def upgrade() -> None:
    """Apply. Of documents from before, what a served copy leaves out is found when they are served."""
    op.add_column("documents", sa.Column("location", sa.Text))
    op.add_column("documents", sa.Column("patches", Json))
    op.add_column("documents", sa.Column("preview", sa.String(8)))
    is_missing = sa.text("preview IS NULL")
    op.create_index(
        "ix_documents_without_preview",
        "documents",
        ["id"],
        sqlite_where=is_missing,
        postgresql_where=is_missing,
    )
    op.create_index("ix_documents_sha256", "documents", ["sha256"])
    is_unscanned = sa.text("scan_state = 'pending'")
    op.create_index(
        "ix_documents_unscanned",
        "documents",
        ["id"],
        sqlite_where=is_unscanned,
        postgresql_where=is_unscanned,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_documents_sha256", "documents")
    op.drop_index("ix_documents_unscanned", "documents")
    op.drop_index("ix_documents_without_preview", "documents")
    op.drop_column("documents", "preview")
    op.drop_column("documents", "patches")
    op.drop_column("documents", "location")
