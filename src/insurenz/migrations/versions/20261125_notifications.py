"""Notifications: what events say to whom, inboxes, and what people want to be told by which channel."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, Json, UtcDateTime

revision = "20261125_notifications"
down_revision = "20261125_deliveries"

TABLES = (
    "external_triggers",
    "quiet_hours",
    "organisation_preferences",
    "preferences",
    "inbox_state",
    "inbox",
    "told",
    "notices",
)


def upgrade() -> None:
    """Apply."""
    _told()
    _inboxes()
    _wishes()
    op.create_table(
        "external_triggers",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("event_id", Id, nullable=False),
    )
    # The people of an organisation in the order in which they are told.
    op.create_index(
        op.f("ix_assignments_organisation_id_user_id"), "assignments", ["organisation_id", "user_id"]
    )
    op.drop_index(op.f("ix_assignments_organisation_id"), "assignments")


def downgrade() -> None:
    """Undo."""
    op.create_index(op.f("ix_assignments_organisation_id"), "assignments", ["organisation_id"])
    op.drop_index(op.f("ix_assignments_organisation_id_user_id"), "assignments")
    for table in TABLES:
        op.drop_table(table)


def _told() -> None:
    op.create_table(
        "notices",
        sa.Column("event_id", Id, nullable=False),
        sa.Column("audience", sa.String(32), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("is_receipt", sa.Boolean, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("claim_number", sa.String),
        sa.PrimaryKeyConstraint("event_id", "audience", name=op.f("pk_notices")),
    )
    for column in ("subject_id", "claim_number"):
        op.create_index(op.f(f"ix_notices_{column}"), "notices", [column])
    op.create_table(
        "told",
        sa.Column("event_id", Id, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("audience", sa.String(32), nullable=False),
        sa.Column("last_user_id", Id),
        sa.Column("recipients", Json, nullable=False),
        sa.Column("excluded", Json, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "batch", name=op.f("pk_told")),
    )


def _inboxes() -> None:
    op.create_table(
        "inbox",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("audience", sa.String(32), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("status", sa.String(64)),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("read_at", UtcDateTime),
        sa.Column("archived_at", UtcDateTime),
        sa.PrimaryKeyConstraint("user_id", "event_id", name=op.f("pk_inbox")),
    )
    is_unread = sa.text("read_at IS NULL AND archived_at IS NULL")
    op.create_index(op.f("ix_inbox_user_id_rev"), "inbox", ["user_id", "rev"])
    op.create_index(
        "ix_inbox_unread",
        "inbox",
        ["user_id", "event_id"],
        sqlite_where=is_unread,
        postgresql_where=is_unread,
    )
    op.create_index(op.f("ix_inbox_event_id"), "inbox", ["event_id"])
    op.create_table(
        "inbox_state",
        sa.Column("user_id", Id, primary_key=True),
        sa.Column("last_rev", sa.Integer, nullable=False),
        sa.Column("unread", sa.Integer, nullable=False),
        sa.Column("seen_rev", sa.Integer, nullable=False),
        sa.CheckConstraint("unread >= 0", name=op.f("ck_inbox_state_unread")),
        sa.CheckConstraint("seen_rev <= last_rev", name=op.f("ck_inbox_state_seen")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Room beside each row, so that a new state of it needs no new entry in the index.
        op.execute("ALTER TABLE inbox_state SET (fillfactor = 50)")


def _wishes() -> None:
    for table, owner, owners in (
        ("preferences", "user_id", "users"),
        ("organisation_preferences", "organisation_id", "organisations"),
    ):
        op.create_table(
            table,
            sa.Column(owner, Id, nullable=False),
            sa.Column("category", sa.String(32), nullable=False),
            sa.Column("channel", sa.String(32), nullable=False),
            sa.Column("is_on", sa.Boolean, nullable=False),
            sa.PrimaryKeyConstraint(owner, "category", "channel", name=op.f(f"pk_{table}")),
            sa.ForeignKeyConstraint([owner], [f"{owners}.id"], name=op.f(f"fk_{table}_{owner}_{owners}")),
        )
    op.create_table(
        "quiet_hours",
        sa.Column("user_id", Id, primary_key=True),
        sa.Column("starts", sa.String(5), nullable=False),
        sa.Column("ends", sa.String(5), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.CheckConstraint("starts <> ends", name=op.f("ck_quiet_hours_times")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_quiet_hours_user_id_users")),
    )
