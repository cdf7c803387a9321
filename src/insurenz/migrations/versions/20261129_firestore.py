"""The Firestore mirror: marks that it is to learn of, documents that are not settled, and how far it has got."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, UtcDateTime

revision = "20261129_firestore"
down_revision = "20261129_push"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mirror_marks",
        sa.Column("event_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("as_of", UtcDateTime),
        sa.PrimaryKeyConstraint("event_id", "user_id", name=op.f("pk_mirror_marks")),
    )
    is_open = sa.text("as_of IS NULL")
    op.create_index(
        "ix_mirror_marks_open", "mirror_marks", ["event_id"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "mirror_unsettled",
        sa.Column("event_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_mirror_unsettled")),
    )
    op.create_table(
        "mirror_state",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("holder", Id),
        sa.Column("held_until", UtcDateTime),
        sa.Column("cleaned_before", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_state")),
        sa.CheckConstraint("id = 1", name=op.f("ck_mirror_state_id")),
        sa.CheckConstraint("(holder IS NULL) = (held_until IS NULL)", name=op.f("ck_mirror_state_holder")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("mirror_state")
    op.drop_table("mirror_unsettled")
    op.drop_table("mirror_marks")
