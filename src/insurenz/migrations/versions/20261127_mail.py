"""Addresses that mail no longer goes to, and the tokens of one-click unsubscribing."""

revision = "20261127_mail"
down_revision = "20261127_messages"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
