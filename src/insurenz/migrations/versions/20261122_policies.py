"""Tables of policies."""

revision = "20261122_policies"
down_revision = "20261122_accounts"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
