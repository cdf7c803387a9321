"""Retail claims that were there before hospital claims could be: nothing of theirs is lost when the table is changed."""

import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, text
from sqlalchemy.exc import IntegrityError

from insurenz.core.db import Database
from insurenz.migrations import runner
from tests.conftest import BACKENDS
from tests.installs import make_database

BEFORE, AFTER = "20261125_retail", "20261125_hospital"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def filled(database: Database) -> None:
    """A holder, a payer, a policy, and three claims with two documents each, as plain rows."""
    schema = MetaData()
    schema.reflect(database.engine)
    spelled = (lambda: uuid.uuid4().hex) if database.is_sqlite else (lambda: str(uuid.uuid4()))
    stamps = {"created_at": NOW, "updated_at": NOW}
    holder, payer, policy = spelled(), spelled(), spelled()
    claims = [spelled() for _ in range(3)]
    documents = {claim: [spelled(), spelled()] for claim in claims}
    row: dict[str, list[dict[str, Any]]] = {
        "users": [{"id": holder, "email": "asha@x.example", "name": "Asha", "role": "policyholder", "level": 0,
                   "is_active": True, "version": 1, **stamps}],
        "organisations": [{"id": payer, "kind": "payer", "number": "PAY_001", "name": "Suraksha", "is_active": True,
                           "version": 1, **stamps}],
        "policies": [{"id": policy, "number": "POL-1", "holder_id": holder, "payer_id": payer, "type": "medical",
                      "status": "active", "start_date": date(2026, 1, 1), "end_date": date(2027, 1, 1),
                      "cover_amount": 10**6, "cover_used": 0, "currency": "INR", "version": 1, **stamps}],
        "claims": [{"id": claim, "claim_number": f"CLM-20261122-{n:08}", "workflow": "retail", "workflow_version": 1,
                    "version": 1, "status": "pending", "status_group": "intake", "claim_type": "medical",
                    "incident_date": date(2026, 11, 2), "description": f"Fracture number {n}", "claim_amount": 100 + n,
                    "currency": "INR", "user_id": holder, "policy_id": policy, "payer_id": payer,
                    "person_name": "Asha Nair", **stamps} for n, claim in enumerate(claims)],
        "documents": [{"id": document, "object_key": document, "file_name": "bill.pdf", "file_type": "pdf",
                       "file_size": 1, "sha256": "0" * 64, "uploaded_by": holder, "uploaded_at": NOW}
                      for each in documents.values() for document in each],
        "claim_documents": [{"claim_id": claim, "document_id": document}
                            for claim, each in documents.items() for document in each],
    }  # fmt: skip
    with database.engine.execution_options(is_writer=True).begin() as connection:
        for name, rows in row.items():
            connection.execute(schema.tables[name].insert(), rows)


def seen(database: Database) -> dict[str, Any]:
    """The claims, their documents, and what the search finds."""
    found = "SELECT id, claim_number, description, claim_amount, policy_id, person_name FROM claims ORDER BY claim_number"
    words = (
        "SELECT count(*) FROM claim_words WHERE claim_words MATCH 'nair'"
        if database.is_sqlite
        else "SELECT count(*) FROM claims WHERE words @@ plainto_tsquery('simple', 'nair')"
    )
    statements = {"claims": found, "documents": "SELECT * FROM claim_documents ORDER BY 1, 2", "words": words}
    with database.read_unit() as session:
        return {n: [tuple(r) for r in session.execute(text(sql))] for n, sql in statements.items()}


@pytest.mark.parametrize("backend", BACKENDS)
def test_claims_their_documents_and_their_words_outlive_the_change_of_their_table(
    tmp_path: Path, backend: str
) -> None:
    database = make_database(backend, tmp_path)
    runner.upgrade(database, BEFORE)
    filled(database)
    before = seen(database)
    assert (len(before["claims"]), len(before["documents"]), before["words"]) == (3, 6, [(3,)])
    runner.upgrade(database, AFTER)
    assert seen(database) == before
    runner.downgrade(database, BEFORE)
    assert seen(database) == before
    runner.upgrade(database)
    assert seen(database) == before
    with database.unit_of_work() as session:
        session.execute(text("UPDATE claims SET person_name = 'Ravi Kumar' WHERE claim_amount = 100"))
    assert seen(database)["words"] == [(2,)]
    # Foreign keys are watched again, and a claim takes its documents with it.
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(text("UPDATE claims SET payer_id = user_id"))
    with database.unit_of_work() as session:
        session.execute(text("DELETE FROM claims"))
    assert seen(database) == {"claims": [], "documents": [], "words": [(0,)]}
    database.close()


@pytest.mark.parametrize("backend", BACKENDS)
def test_there_is_no_way_back_while_there_are_hospital_claims(tmp_path: Path, backend: str) -> None:
    database = make_database(backend, tmp_path)
    runner.upgrade(database, BEFORE)
    filled(database)
    runner.upgrade(database, AFTER)
    with database.unit_of_work() as session:
        hospital = "(SELECT id FROM organisations)"
        changed = f"policy_id = NULL, hospital_id = {hospital}, form_data = '{{}}', description = ''"
        session.execute(text(f"UPDATE claims SET {changed} WHERE claim_amount = 100"))
    with pytest.raises(IntegrityError):
        runner.downgrade(database, BEFORE)
    with database.read_unit() as session:
        assert (
            session.execute(text("SELECT count(*) FROM claims WHERE form_data IS NOT NULL")).scalar_one() == 1
        )
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == AFTER
    database.close()
