"""Retail claims in full: lists and search, assignment, what inspection and staff say of documents, uploads."""

import sqlalchemy as sa
from alembic import op

from insurenz.core.db import Id, Json, UtcDateTime

revision = "20261125_retail"
down_revision = "20261122_claims"

# The phases of the one workflow whose claims could be filed before.
PHASES = {
    "pending": "intake",
    "under_review": "review",
    "approved": "decided",
    "rejected": "decided",
    "completed": "closed",
}
ORDERS = ("created_at", "updated_at", "claim_amount")
# Indexes of a part of the claims: its columns, and the part.
PARTS = {
    "retail": (["payer_id", "id"], "hospital_id IS NULL"),
    "retail_queue": (
        ["payer_id", "status_group", "id", "status", "workflow", "hospital_id"],
        "hospital_id IS NULL",
    ),
    "hospital": (["hospital_id", "id", "payer_id"], "hospital_id IS NOT NULL"),
    "hospital_queue": (
        ["hospital_id", "status_group", "id", "status", "workflow", "payer_id"],
        "hospital_id IS NOT NULL",
    ),
    "hospital_payer": (["payer_id", "id"], "hospital_id IS NOT NULL"),
    "assignee": (["assignee_id", "id"], "assignee_id IS NOT NULL"),
}
# What stands between words. PostgreSQL would read x-ray, and/or, 1.5 and a.b as words of their own kinds; FTS5 splits.
BETWEEN_WORDS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" + (
    "\u00a0\u00a1\u00a3\u00a7\u00ab\u00ad\u00b7\u00bb\u00bf\u0964\u0965\u200b\u2010\u2011\u2012\u2013\u2014\u2015"
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026\u20ac\u20b9\u2060\ufeff"
)
# Marks belong to words: Hindi and its kin write vowels with them, and join letters with U+200C and U+200D.
TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* Co' tokenchars '\u200c\u200d'"


def upgrade() -> None:
    """Apply."""
    _add_claim_columns()
    _add_claim_indexes()
    if op.get_bind().dialect.name == "postgresql":
        _search_on_postgresql()
    else:
        _search_on_sqlite()
    _add_reference("claim_documents", "replaced_by", "documents")
    _add_document_columns()
    op.create_table(
        "upload_days",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("sent_bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_upload_days")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_upload_days_user_id_users")),
        sa.CheckConstraint("sent_bytes >= 0", name=op.f("ck_upload_days_sent_bytes")),
    )


def _add_reference(table: str, column: str, other: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.add_column(table, sa.Column(column, Id))
        op.create_foreign_key(op.f(f"fk_{table}_{column}_{other}"), table, other, [column], ["id"])
    else:
        # Alembic would copy the table for this; SQLite itself can.
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} CHAR(32) REFERENCES {other} (id)")


def _add_claim_columns() -> None:
    op.add_column("claims", sa.Column("status_group", sa.String(32), nullable=False, server_default=""))
    _add_reference("claims", "assignee_id", "users")
    op.add_column("claims", sa.Column("person_name", sa.String(200), nullable=False, server_default=""))
    cases = " ".join(f"WHEN '{status}' THEN '{phase}'" for status, phase in PHASES.items())
    op.execute(
        f"UPDATE claims SET status_group = CASE status {cases} ELSE 'intake' END, "
        "person_name = (SELECT name FROM users WHERE users.id = claims.user_id)"
    )


def _add_claim_indexes() -> None:
    for column in ("policy_id", "hospital_id_id", "payer_id_id"):
        op.drop_index(op.f(f"ix_claims_{column}"), "claims")
    for name, (columns, part) in PARTS.items():
        where = sa.text(part)
        op.create_index(f"ix_claims_{name}", "claims", columns, sqlite_where=where, postgresql_where=where)
    for order in ORDERS:
        op.create_index(op.f(f"ix_claims_{order}_id"), "claims", [order, "id"])
    op.create_index("ix_claims_incident", "claims", ["incident_date", "id", "payer_id", "hospital_id"])


def _search_on_postgresql() -> None:
    op.execute('ALTER TABLE claims ALTER COLUMN claim_number TYPE varchar(40) COLLATE "C"')
    between = BETWEEN_WORDS.replace("'", "''")
    op.execute(
        "ALTER TABLE claims ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', translate("
        f"person_name || ' ' || description, '{between}', '{' ' * len(BETWEEN_WORDS)}'))) STORED"
    )
    op.execute("CREATE INDEX ix_claims_words ON claims USING gin (words)")


def _search_on_sqlite() -> None:
    # The row numbers of `claims` may change (VACUUM), so the full text has row numbers of its own.
    op.execute("CREATE TABLE claim_word_rows (row INTEGER PRIMARY KEY, claim_id CHAR(32) NOT NULL UNIQUE)")
    op.execute(f'CREATE VIRTUAL TABLE claim_words USING fts5(words, tokenize = "{TOKENIZER}")')
    op.execute(
        "CREATE TRIGGER claims_words_added AFTER INSERT ON claims BEGIN"
        " INSERT INTO claim_word_rows (claim_id) VALUES (new.id);"
        " INSERT INTO claim_words (rowid, words) SELECT row, new.person_name || ' ' || new.description"
        " FROM claim_word_rows WHERE claim_id = new.id; END"
    )
    op.execute(
        "CREATE TRIGGER claims_words_changed AFTER UPDATE OF description, person_name ON claims BEGIN"
        " UPDATE claim_words SET words = new.person_name || ' ' || new.description"
        " WHERE rowid = (SELECT row FROM claim_word_rows WHERE claim_id = new.id); END"
    )
    op.execute(
        "CREATE TRIGGER claims_words_removed AFTER DELETE ON claims BEGIN"
        " DELETE FROM claim_words WHERE rowid = (SELECT row FROM claim_word_rows WHERE claim_id = old.id);"
        " DELETE FROM claim_word_rows WHERE claim_id = old.id; END"
    )
    op.execute("INSERT INTO claim_word_rows (claim_id) SELECT id FROM claims")
    op.execute(
        "INSERT INTO claim_words (rowid, words) SELECT row, person_name || ' ' || description"
        " FROM claim_word_rows JOIN claims ON claims.id = claim_word_rows.claim_id"
    )


def _add_document_columns() -> None:
    for column in (
        sa.Column("pages", sa.Integer),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("is_encrypted", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("has_active_content", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("details", Json, nullable=False, server_default="{}"),
        sa.Column("scan_state", sa.String(16), nullable=False, server_default="not_scanned"),
        sa.Column("verification", sa.String(16), nullable=False, server_default="unverified"),
        sa.Column("verification_reason", sa.Text),
        sa.Column("verified_by", Id),
        sa.Column("verified_at", UtcDateTime),
        sa.Column("expires_at", UtcDateTime),
    ):
        op.add_column("documents", column)
    is_set = sa.text("expires_at IS NOT NULL")
    op.create_index(
        "ix_documents_unused", "documents", ["expires_at"], sqlite_where=is_set, postgresql_where=is_set
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("upload_days")
    op.drop_index("ix_documents_unused", "documents")
    for name in (
        "expires_at", "verified_at", "verified_by", "verification_reason", "verification", "scan_state",
        "details", "has_active_content", "is_encrypted", "height", "width", "pages",
    ):  # fmt: skip
        op.drop_column("documents", name)
    op.drop_column("claim_documents", "replaced_by")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("claims", "words")
    else:
        for event in ("added", "changed", "removed"):
            op.execute(f"DROP TRIGGER claims_words_{event}")
        op.drop_table("claim_words")
        op.drop_table("claim_word_rows")
    for name in ("incident", *PARTS, *(f"{order}_id" for order in ORDERS)):
        op.drop_index(f"ix_claims_{name}", "claims")
    op.create_index(op.f("ix_claims_policy_id"), "claims", ["policy_id"])
    for column in ("hospital_id", "payer_id"):
        op.create_index(op.f(f"ix_claims_{column}_id"), "claims", [column, "id"])
    # On SQLite by a new table: later migrations have written the reference to users beside the columns.
    with op.batch_alter_table("claims") as claims:
        for name in ("person_name", "status_group", "assignee_id"):
            claims.drop_column(name)
