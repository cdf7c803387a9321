"""Attachments of messages, and how far each side has read."""

revision = "20261127_messages"
down_revision = "20261126_drafts"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
