"""Tables of definitions."""

revision = "20261122_definitions"
down_revision = "20261122_core"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
