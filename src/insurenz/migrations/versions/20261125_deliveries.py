"""Deliveries: how it leaves the house."""

revision = "20261125_deliveries"
down_revision = "20261125_hospital"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
