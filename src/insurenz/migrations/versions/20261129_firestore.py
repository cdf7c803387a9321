"""The Firestore mirror: how far it has got."""

revision = "20261129_firestore"
down_revision = "20261129_push"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
