"""Users, their sessions, assignments, one-time links and API keys."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, Json, UtcDateTime

revision = "20261122_accounts"
down_revision = "20261122_organisations"

_ROLES = "role IN ('policyholder', 'hospital_user', 'claim_processor', 'admin', 'auditor')"


def _ck(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{name}"))


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id_users"))


def upgrade() -> None:
    """Apply."""
    _users()
    _sessions()
    _assignments()
    _one_time_links()
    _api_keys()


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", Id, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("password_hash", sa.String(255)),
        sa.Column("external_uid", sa.String(128)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        _ck("users_email", "email = lower(email) AND email LIKE '%_@_%'"),
        _ck("users_named", "length(name) > 0"),
        _ck("users_role", _ROLES),
        _ck("users_level", "level BETWEEN 0 AND 4 AND (level = 0 OR role = 'claim_processor')"),
        _ck("users_version", "version >= 1"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("external_uid", name=op.f("uq_users_external_uid")),
    )
    op.create_index(op.f("ix_users_role"), "users", ["role"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("user_agent", sa.String(120), nullable=False),
        sa.Column("refresh_hash", sa.String(64)),
        sa.Column("refresh_generation", sa.Integer, nullable=False),
        sa.Column("refreshed_at", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("end_reason", sa.String(32)),
        _ck("sessions_kind", "kind IN ('bearer', 'cookie')"),
        _ck("sessions_refresh", "(kind = 'bearer') = (refresh_hash IS NOT NULL)"),
        _ck("sessions_generation", "refresh_generation >= 0"),
        _ck("sessions_times", "expires_at > created_at AND last_seen_at >= created_at"),
        _ck("sessions_ended", "(ended_at IS NULL) = (end_reason IS NULL)"),
        _of_user("sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"])
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"])


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        _ck("assignments_kind", "kind IN ('hospital', 'payer')"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kind"],
            ["organisations.id", "organisations.kind"],
            name=op.f("fk_assignments_organisation_id_organisations"),
        ),
        _of_user("assignments"),
        sa.PrimaryKeyConstraint("user_id", "organisation_id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_organisation_id"), "assignments", ["organisation_id"])


def _one_time_links() -> None:
    op.create_table(
        "one_time_links",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        _ck("one_time_links_purpose", "purpose IN ('reset', 'invitation')"),
        _ck("one_time_links_times", "expires_at > created_at"),
        _of_user("one_time_links"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_links_token_hash")),
    )
    op.create_index(op.f("ix_one_time_links_user_id"), "one_time_links", ["user_id"])
    op.create_index(op.f("ix_one_time_links_expires_at"), "one_time_links", ["expires_at"])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("last_used_at", UtcDateTime),
        sa.Column("revoked_at", UtcDateTime),
        _ck("api_keys_times", "expires_at > created_at"),
        _ck("api_keys_named", "length(name) > 0"),
        _of_user("api_keys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_index(op.f("ix_api_keys_user_id"), "api_keys", ["user_id"])


def downgrade() -> None:
    """Undo."""
    for table in ("api_keys", "one_time_links", "assignments", "sessions", "users"):
        op.drop_table(table)
