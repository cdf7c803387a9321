"""Web Push and chat: where people want to be told besides."""

revision = "20261129_push"
down_revision = "20261128_documents"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
