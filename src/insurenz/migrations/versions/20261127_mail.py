"""By which channel somebody is told no more, and the reports of mail services that were taken."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261127_mail"
down_revision = "20261127_messages"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "suppressions",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "channel", name=op.f("pk_suppressions")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_suppressions_user_id_users")),
        sa.CheckConstraint("reason IN ('bounced', 'complained')", name=op.f("ck_suppressions_reason")),
    )
    op.create_table(
        "mail_feedback",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("received_at", UtcDateTime, nullable=False),
    )
    op.create_index(op.f("ix_mail_feedback_received_at"), "mail_feedback", ["received_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("mail_feedback")
    op.drop_table("suppressions")
