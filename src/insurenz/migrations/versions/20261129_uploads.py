"""Uploads in pieces: tus, and parts sent straight to the object store."""

revision = "20261129_uploads"
down_revision = "20261129_firestore"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
