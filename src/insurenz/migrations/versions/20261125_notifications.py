"""Notifications: the inbox."""

revision = "20261125_notifications"
down_revision = "20261125_deliveries"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
