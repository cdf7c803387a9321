"""Keeping: what re-hashing documents has found."""

revision = "20261129_keeping"
down_revision = "20261129_uploads"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
