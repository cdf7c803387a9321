"""Webhooks of organisations."""

revision = "20261127_webhooks"
down_revision = "20261127_mail"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
