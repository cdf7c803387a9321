"""Encryption of what is private in claims: a name of any length, what it is found by, and no words of what is encrypted."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_secrets"
down_revision = "20261127_webhooks"

# How encrypted text begins.
IS_ENCRYPTED = {
    "postgresql": '"left"(person_name, 1) = chr(10)',
    "sqlite": "substr(new.person_name, 1, 1) = char(10)",
}
PLAIN_WORDS = "new.person_name || ' ' || new.description"
WORDS = f"CASE WHEN {IS_ENCRYPTED['sqlite']} THEN '' ELSE {PLAIN_WORDS} END"


def upgrade() -> None:
    """Apply."""
    op.add_column("claims", sa.Column("person_hash", sa.String(64)))
    is_set = sa.text("person_hash IS NOT NULL")
    op.create_index(
        "ix_claims_person_hash", "claims", ["person_hash", "id"], sqlite_where=is_set, postgresql_where=is_set
    )
    if op.get_bind().dialect.name == "postgresql":
        plain = _words_on_postgresql()
        words = f"CASE WHEN {IS_ENCRYPTED['postgresql']} THEN ''::tsvector ELSE {plain} END"
        _change_on_postgresql(words, person_name="text")
    else:
        _change_on_sqlite(PLAIN_WORDS, WORDS, person_name=sa.Text())


def downgrade() -> None:
    """Undo. What is encrypted stays so, and can no longer be read: bring it back into plain first."""
    if op.get_bind().dialect.name == "postgresql":
        plain = _words_on_postgresql().partition("ELSE")[2].rpartition("END")[0].strip()
        _change_on_postgresql(plain, person_name="varchar(200)")
    else:
        _change_on_sqlite(WORDS, PLAIN_WORDS, person_name=sa.String(200))
    op.drop_index("ix_claims_person_hash", "claims")
    op.drop_column("claims", "person_hash")


def _words_on_postgresql() -> str:
    """How the column that is searched is made now."""
    found = op.get_bind().scalar(
        sa.text(
            "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum"
            " WHERE adrelid = 'claims'::regclass AND attname = 'words'"
        )
    )
    return str(found)


def _change_on_postgresql(words: str, *, person_name: str) -> None:
    op.drop_index("ix_claims_words", "claims")
    op.drop_column("claims", "words")
    op.execute(f"ALTER TABLE claims ALTER COLUMN person_name TYPE {person_name}")
    op.execute(f"ALTER TABLE claims ADD COLUMN words tsvector GENERATED ALWAYS AS ({_literal(words)}) STORED")
    op.execute("CREATE INDEX ix_claims_words ON claims USING gin (words)")


def _literal(words: str) -> str:
    """A colon would begin a parameter."""
    return words.replace(":", "\\:")


def _change_on_sqlite(now: str, then: str, *, person_name: sa.types.TypeEngine[str]) -> None:
    """SQLite puts another table in the old one's place, whose triggers go with it."""
    of_claims = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'claims'")
    triggers = op.get_bind().execute(of_claims).scalars().all()
    with op.batch_alter_table("claims") as claims:
        claims.alter_column("person_name", type_=person_name, existing_nullable=False)
    for trigger in triggers:
        op.get_bind().exec_driver_sql(trigger.replace(now, then))
