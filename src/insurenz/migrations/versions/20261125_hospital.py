"""Hospital claims."""

revision = "20261125_hospital"
down_revision = "20261125_retail"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
