"""Tables of organisations."""

revision = "20261122_organisations"
down_revision = "20261122_events"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
