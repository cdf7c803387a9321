"""Tables of events."""

revision = "20261122_events"
down_revision = "20261122_definitions"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
