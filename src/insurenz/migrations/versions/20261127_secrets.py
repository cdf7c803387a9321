"""What encrypted columns and objects need."""

revision = "20261127_secrets"
down_revision = "20261127_webhooks"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
