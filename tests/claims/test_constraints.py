"""What the database itself refuses, whatever the code says."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from insurenz.claims import numbering
from insurenz.core.db import Database
from tests.actors import Api, Cast
from tests.claims.stories import file_claim, objects, rows


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


def take_codes(monkeypatch: pytest.MonkeyPatch, *codes: str) -> None:
    """Let the next claim numbers end in these codes."""
    given = iter(codes)
    monkeypatch.setattr(numbering, "new_code", lambda _length: next(given))


def test_d05_a_clash_of_numbers_is_tried_again_and_never_shown(
    api: Api, cast: Cast, database: Database, claim: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = claim["claim_number"][-8:]
    take_codes(monkeypatch, taken, taken, "FREE2345")
    filed = file_claim(api.as_(cast.asha), "photo.jpg")
    assert (filed.status_code, filed.json()["claim_number"][-8:]) == (201, "FREE2345")
    assert rows(database, "claims", "documents") == {"claims": 2, "documents": 3}


def test_d05_numbers_that_stay_taken_end_as_busy_and_leave_nothing(
    api: Api, cast: Cast, database: Database, claim: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(database)
    take_codes(monkeypatch, *[claim["claim_number"][-8:]] * 5)
    refused = file_claim(api.as_(cast.asha), "photo.jpg")
    assert (refused.status_code, refused.headers["retry-after"], rows(database)) == (503, "2", before)
    assert objects(api.app.state.settings.data_dir / "objects") == 2
