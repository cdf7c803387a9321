"""Tables of accounts."""

revision = "20261122_accounts"
down_revision = "20261122_organisations"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
