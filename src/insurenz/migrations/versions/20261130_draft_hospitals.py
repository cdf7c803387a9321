"""Of which hospital a draft is, so that it is seen by its writer as long as they are there."""

from typing import Any

import sqlalchemy as sa
import yaml
from alembic import op
from pydantic_core import from_json

from insurenz.core import clock, vault
from insurenz.core.db import Id, UtcDateTime
from insurenz.core.ids import is_id

revision = "20261130_draft_hospitals"
down_revision = "20261129_keeping"

DRAFTS = sa.table(
    "drafts",
    *(sa.column(name, Id) for name in ("id", "user_id", "hospital_id")),
    sa.column("workflow", sa.String),
    sa.column("content", sa.JSON),
)
HELD = sa.table("draft_documents", sa.column("draft_id", Id), sa.column("document_id", Id))
DOCUMENTS = sa.table("documents", sa.column("id", Id), sa.column("expires_at", UtcDateTime))
DEFINITIONS = sa.table("workflow_definitions", sa.column("name"), sa.column("text"))
HOSPITALS = sa.table("organisations", sa.column("id", Id), sa.column("number"), sa.column("kind"))
ASSIGNMENTS = sa.table(
    "assignments", sa.column("user_id", Id), sa.column("organisation_id", Id), sa.column("kind")
)


def upgrade() -> None:
    """Apply. A draft that names no hospital, and whose writer is at none, is nobody's any more: it ends.

    Without the key of an encrypted one nothing is changed: it would come to the wrong hospital.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("drafts", sa.Column("hospital_id", Id))
        name = op.f("fk_drafts_hospital_id_organisations")
        op.create_foreign_key(name, "drafts", "organisations", ["hospital_id"], ["id"])
    else:
        # Alembic would copy the table for this; SQLite itself can.
        op.execute("ALTER TABLE drafts ADD COLUMN hospital_id CHAR(32) REFERENCES organisations (id)")
    known, first = _hospitals(), _first_of_each()
    bind, is_hospital = op.get_bind(), DRAFTS.c.workflow.in_(_workflows_of_hospitals())
    for draft in bind.execute(sa.select(DRAFTS).where(is_hospital)).all():
        hospital = known.get(_named(draft.content)) or first.get(draft.user_id)
        if hospital:
            bind.execute(sa.update(DRAFTS).where(DRAFTS.c.id == draft.id).values(hospital_id=hospital))
        else:
            _end(draft.id)


def downgrade() -> None:
    """Undo. On SQLite by a new table: the reference is written beside the column."""
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_column("hospital_id")


def _workflows_of_hospitals() -> list[str]:
    texts = op.get_bind().execute(sa.select(DEFINITIONS)).all()
    return [row.name for row in texts if yaml.safe_load(row.text).get("subject") == "hospital"]


def _hospitals() -> dict[str, str]:
    """Their ids by all that names them."""
    of_kind = sa.select(HOSPITALS).where(HOSPITALS.c.kind == "hospital")
    rows = op.get_bind().execute(of_kind).all()
    return {name: row.id for row in rows for name in (row.id, row.number)}


def _first_of_each() -> dict[str, str]:
    """By user the first of their hospitals."""
    of_kind = sa.select(ASSIGNMENTS).where(ASSIGNMENTS.c.kind == "hospital")
    rows = op.get_bind().execute(of_kind.order_by(ASSIGNMENTS.c.organisation_id.desc())).all()
    return {row.user_id: row.organisation_id for row in rows}


def _named(content: Any) -> str:
    """What a draft calls its hospital, as far as it can be read. Raises UnknownKey."""
    try:
        if isinstance(content, str):
            content = from_json(vault.current().open(content, place="drafts.content"))
    except vault.Tampered:
        return ""
    named = content.get("hospital_id") or ""
    # Numbers have capitals, ids have none.
    return named.lower() if is_id(named) else named


def _end(draft_id: str) -> None:
    """The sweep removes what it held."""
    bind, of_draft = op.get_bind(), HELD.c.draft_id == draft_id
    held = sa.select(HELD.c.document_id).where(of_draft)
    bind.execute(sa.update(DOCUMENTS).where(DOCUMENTS.c.id.in_(held)).values(expires_at=clock.now()))
    bind.execute(sa.delete(HELD).where(of_draft))
    bind.execute(sa.delete(DRAFTS).where(DRAFTS.c.id == draft_id))
