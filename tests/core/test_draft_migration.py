"""Drafts that were there before it was kept of which hospital each is: they come to one, or end."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, Uuid, text

from insurenz.core import vault
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.migrations import runner
from tests.conftest import BACKENDS
from tests.core.test_vault import OLD
from tests.installs import make_database

BEFORE, AFTER = "20261129_keeping", "20261130_draft_hospitals"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
STAMPS = {"created_at": NOW, "updated_at": NOW}
CITY, LAKESIDE, HILL = sorted(new_id() for _ in range(3))
DESK, NOBODY, PERSON, BILL = (new_id() for _ in range(4))
KEYS = vault.Vault.of(OLD)


def _draft(name: str, owner: str, workflow: str, content: Any) -> tuple[str, dict[str, Any]]:
    row = {"user_id": owner, "workflow": workflow, "version": 1, "content": content, "unfinished": {}}
    return name, {"id": new_id(), **row, **STAMPS}


# Of each what its owner had written of the hospital, and where it comes.
DRAFTS = dict(
    [
        _draft("numbered", DESK, "hospital", {"hospital_id": "HOSP_002"}),
        _draft("by id", DESK, "dental", {"hospital_id": LAKESIDE.upper()}),
        _draft("unnamed", DESK, "hospital", {"hospital_id": None}),
        _draft("sealed", DESK, "hospital", KEYS.seal('{"hospital_id":"HOSP_002"}', place="drafts.content")),
        _draft("changed", DESK, "hospital", KEYS.seal("{}", place="drafts.unfinished")),
        _draft("of who left", NOBODY, "hospital", {"hospital_id": "HOSP_001"}),
        _draft("nobody's", NOBODY, "hospital", {"form_data": {"patient_name": "Ravi"}}),
        _draft("retail", PERSON, "retail", {"description": "Fell"}),
    ]
)
COMES_TO = {
    "numbered": LAKESIDE,
    "by id": LAKESIDE,
    "unnamed": CITY,
    "sealed": LAKESIDE,
    "changed": CITY,
    "of who left": CITY,
    "retail": None,
}


def filled(database: Database) -> None:
    schema = MetaData()
    schema.reflect(database.engine)
    for table in schema.tables.values():
        for column in table.columns:
            if column.name == "id" or column.name.endswith("_id") or column.name == "uploaded_by":
                column.type = Uuid(as_uuid=False)
    users = ((DESK, "hospital_user"), (NOBODY, "policyholder"), (PERSON, "policyholder"))
    person = {"name": "X", "level": 0, "is_active": True, "version": 1, **STAMPS}
    hospitals = ((CITY, "HOSP_001"), (LAKESIDE, "HOSP_002"), (HILL, "HOSP_003"))
    file = {
        "object_key": "x",
        "file_name": "bill.pdf",
        "file_type": "pdf",
        "file_size": 1,
        "sha256": "0" * 64,
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "users": [{"id": n, "email": f"{n}@x.example", "role": role, **person} for n, role in users],
        "organisations": [
            {"id": n, "kind": "hospital", "number": number, "name": number, **person}
            for n, number in hospitals
        ],
        "assignments": [
            {"user_id": DESK, "organisation_id": n, "kind": "hospital", "created_at": NOW}
            for n in (HILL, CITY)
        ],
        "workflow_definitions": [
            {"name": n, "version": 1, "text": f"subject: {s}", "sha256": "0" * 64, "first_seen_at": NOW}
            for n, s in (("hospital", "hospital"), ("dental", "hospital"), ("retail", "policy"))
        ],
        "drafts": list(DRAFTS.values()),
        "documents": [{"id": BILL, **file, "uploaded_by": NOBODY, "uploaded_at": NOW}],
        "draft_documents": [{"draft_id": DRAFTS["nobody's"]["id"], "document_id": BILL}],
    }
    with database.engine.execution_options(is_writer=True).begin() as connection:
        for name, each in rows.items():
            table = schema.tables[name]
            known = [{k: v for k, v in row.items() if k in table.columns} for row in each]
            connection.execute(table.insert(), known)


def plain(stored: Any) -> str:
    """An id as SQLite keeps it, whatever database it comes from."""
    return str(stored).replace("-", "")


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_draft_of_before_comes_to_its_hospital_or_ends(tmp_path: Path, backend: str) -> None:
    database = make_database(backend, tmp_path)
    runner.upgrade(database, BEFORE)
    filled(database)
    # Without the key of one of them nothing moves.
    with pytest.raises(vault.UnknownKey):
        runner.upgrade(database, AFTER)
    vault.use(OLD)
    try:
        runner.upgrade(database, AFTER)
        comes_to(database)
        runner.downgrade(database, BEFORE)
        with database.read_unit() as session:
            assert session.execute(text("SELECT count(*) FROM drafts")).scalar_one() == len(COMES_TO)
        runner.upgrade(database)
    finally:
        vault.use("")
    database.close()


def comes_to(database: Database) -> None:
    """Each is of its hospital, and what the one held that has ended is for the sweep."""
    with database.read_unit() as session:
        found = session.execute(text("SELECT id, hospital_id FROM drafts")).all()
        ends = session.execute(text("SELECT expires_at FROM documents")).scalar_one()
    expected = {(plain(DRAFTS[name]["id"]), plain(hospital)) for name, hospital in COMES_TO.items()}
    assert {(plain(draft), plain(hospital)) for draft, hospital in found} == expected
    assert ends is not None
