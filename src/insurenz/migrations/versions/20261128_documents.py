"""Documents in depth: where a picture was taken, and what its served copy leaves out."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Json

revision = "20261128_documents"
down_revision = "20261128_operations"


def upgrade() -> None:
    """Apply. Of documents from before, what a served copy leaves out is found when they are served."""
    op.add_column("documents", sa.Column("location", sa.Text))
    op.add_column("documents", sa.Column("patches", Json))


def downgrade() -> None:
    """Undo."""
    op.drop_column("documents", "patches")
    op.drop_column("documents", "location")
