"""Tables of claims."""

revision = "20261122_claims"
down_revision = "20261122_documents"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
