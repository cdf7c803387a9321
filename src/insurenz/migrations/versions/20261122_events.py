"""Tables of events, and the triggers that keep their rows as they were written.

A later migration that rebuilds one of these tables on SQLite (batch mode) loses its triggers and must make them anew.
"""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, Json, UtcDateTime

revision = "20261122_events"
down_revision = "20261122_definitions"

APPEND_ONLY = ("events", "checkpoints", "access_log")
HASH = sa.String(64)


def upgrade() -> None:
    """Apply."""
    _create_events()
    _create_queue()
    _create_seals()
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgresql()
    else:
        _refuse_on_sqlite()


def downgrade() -> None:
    """Undo."""
    for table in ("access_log", "checkpoints", "event_marks", "event_chains", "event_texts", "events"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION event_row_refused()")


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", Id, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("claim_number", sa.String),
        sa.Column("version", sa.Integer),
        sa.Column("hospital_id", Id),
        sa.Column("payer_id", Id),
        sa.Column("claimant_id", Id),
        sa.Column("hospital_name", sa.String),
        sa.Column("status", sa.String(64)),
        sa.Column("actor_id", sa.String),
        sa.Column("actor_role", sa.String(64)),
        sa.Column("actor_name", sa.String),
        sa.Column("actor_email", sa.String),
        sa.Column("data", Json, nullable=False),
        sa.Column("occurred_at", UtcDateTime, nullable=False),
        sa.Column("request_id", sa.String),
        sa.Column("prev_hash", HASH, nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", "seq", name=op.f("uq_events_subject_kind_subject_id_seq")
        ),
    )
    _partial_index(
        "uq_events_transition",
        "events",
        ["subject_kind", "subject_id", "version", "type"],
        where="version IS NOT NULL",
        unique=True,
    )
    op.create_table(
        "event_texts",
        sa.Column("event_id", Id, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(32)),
        sa.Column("body", sa.Text),
        sa.Column("hash", HASH, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "name", name=op.f("pk_event_texts")),
    )


def _create_queue() -> None:
    op.create_table(
        "event_marks",
        sa.Column("event_id", Id, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("done_at", UtcDateTime),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("lease_token", Id),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", UtcDateTime),
        sa.Column("last_error", sa.String(200)),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_marks")),
    )
    _partial_index("ix_event_marks_open", "event_marks", ["event_id"], where="done_at IS NULL")
    _partial_index(
        "ix_event_marks_open_subject",
        "event_marks",
        ["subject_kind", "subject_id", "seq"],
        where="done_at IS NULL",
    )


def _create_seals() -> None:
    op.create_table(
        "event_chains",
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("head", HASH, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("sealed_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", name=op.f("pk_event_chains")),
    )
    _partial_index(
        "ix_event_chains_moved", "event_chains", ["subject_kind", "subject_id"], where="count > sealed_count"
    )
    op.create_table(
        "checkpoints",
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("heads", Json, nullable=False),
        sa.Column("prev_hash", HASH, nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "access_log",
        sa.Column("batch_id", Id, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor_id", Id, nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_access_log")),
    )
    op.create_index(
        op.f("ix_access_log_subject_kind_subject_id_at"), "access_log", ["subject_kind", "subject_id", "at"]
    )


def _partial_index(name: str, table: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _refuse_on_sqlite() -> None:
    for table in (*APPEND_ONLY, "event_texts"):
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: DELETE refused'); END"
        )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: UPDATE refused'); END"
        )
    op.execute(
        "CREATE TRIGGER event_texts_unchanged BEFORE UPDATE ON event_texts "
        "WHEN NEW.body IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.event_id IS NOT OLD.event_id "
        "OR NEW.name IS NOT OLD.name OR NEW.hash IS NOT OLD.hash "
        "BEGIN SELECT RAISE(ABORT, 'event_texts is append-only: UPDATE refused, a text can only be erased'); END"
    )


def _refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION event_row_refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only: % refused%', TG_TABLE_NAME, TG_OP, "
        "CASE WHEN TG_NARGS > 0 THEN TG_ARGV[0] ELSE '' END "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION event_row_refused()"
        )
    op.execute(
        "CREATE TRIGGER event_texts_keep BEFORE DELETE ON event_texts "
        "FOR EACH ROW EXECUTE FUNCTION event_row_refused()"
    )
    op.execute(
        "CREATE TRIGGER event_texts_unchanged BEFORE UPDATE ON event_texts FOR EACH ROW "
        "WHEN (NEW.body IS NOT NULL OR NEW.salt IS NOT NULL OR "
        "(NEW.event_id, NEW.name, NEW.hash) IS DISTINCT FROM (OLD.event_id, OLD.name, OLD.hash)) "
        "EXECUTE FUNCTION event_row_refused(', a text can only be erased')"
    )
    for table in (*APPEND_ONLY, "event_texts"):
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION event_row_refused()"
        )
