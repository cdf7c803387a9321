"""What the database itself refuses, whatever the code says."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from insurenz.claims.models import Claim
from insurenz.claims.numbering import insert_with_number
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from tests.actors import Api, Cast
from tests.claims.stories import file_claim, rows


@pytest.fixture
def claim(api: Api, cast: Cast) -> dict[str, Any]:
    """Asha's claim with two documents."""
    filed: dict[str, Any] = file_claim(api.as_(cast.asha), "bill.pdf", "photo.jpg").json()
    return filed


@pytest.mark.parametrize(
    "change",
    [
        "claim_amount = 0",
        "claim_amount = -1",
        "approved_amount = 0",
        "approved_amount = claim_amount + 1",
        "version = 0",
        "status = NULL",
        "currency = NULL",
        "user_id = '018f00000000700080000000000000aa'",
        "policy_id = '018f00000000700080000000000000aa'",
        "payer_id = '018f00000000700080000000000000aa'",
    ],
)
def test_d09_a_claim_that_cannot_be_is_refused_by_the_database(
    database: Database, claim: dict[str, Any], change: str
) -> None:
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(text(f"UPDATE claims SET {change}"))


def test_d09_a_claim_number_is_there_once(
    api: Api, cast: Cast, database: Database, claim: dict[str, Any]
) -> None:
    file_claim(api.as_(cast.asha))
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(text("UPDATE claims SET claim_number = :number"), {"number": claim["claim_number"]})


def test_the_documents_of_a_claim_go_with_it_in_the_database(
    database: Database, claim: dict[str, Any]
) -> None:
    assert rows(database, "claims", "claim_documents") == {"claims": 1, "claim_documents": 2}
    with database.unit_of_work() as session:
        session.execute(text("DELETE FROM claims"))
    assert rows(database, "claims", "claim_documents") == {"claims": 0, "claim_documents": 0}


def test_a_document_belongs_to_one_claim(
    api: Api, cast: Cast, database: Database, claim: dict[str, Any]
) -> None:
    other = file_claim(api.as_(cast.asha)).json()
    document = claim["documents"][0]["id"]
    spelled: Callable[[str], str] = (lambda id_: id_.replace("-", "")) if database.is_sqlite else str
    given = {"claim": spelled(other["id"]), "document": spelled(document)}
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(
            text("INSERT INTO claim_documents (claim_id, document_id) VALUES (:claim, :document)"), given
        )


def test_d05_a_clash_of_numbers_is_tried_again_and_never_shown(
    database: Database, claim: dict[str, Any]
) -> None:
    numbers = iter([claim["claim_number"], claim["claim_number"], "CLM-20261122-FREE2345"])
    with database.unit_of_work() as session:
        first = session.get_one(Claim, claim["id"])
        columns = {c.name: getattr(first, c.name) for c in Claim.__table__.columns}

        def insert(number: str) -> None:
            session.add(Claim(**columns | {"id": new_id(), "claim_number": number}))
            session.flush()

        insert_with_number(session, lambda: next(numbers), insert)
    with database.read_unit() as session:
        found = session.execute(text("SELECT claim_number FROM claims ORDER BY claim_number")).scalars().all()
    assert sorted(found) == sorted([claim["claim_number"], "CLM-20261122-FREE2345"])


def test_d05_an_error_that_is_not_about_the_number_is_not_hidden(
    database: Database, claim: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        insert_with_number(
            session,
            lambda: "CLM-X",
            lambda _: session.execute(text("UPDATE claims SET claim_amount = 0")) and None,
        )
