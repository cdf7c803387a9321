"""Tables of documents."""

revision = "20261122_documents"
down_revision = "20261122_policies"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
