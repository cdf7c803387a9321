"""Claims as rows, in any number and any state, for the tests of lists; and lists followed to their end."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from insurenz.claims.models import Claim
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.policies.models import Policy
from tests.actors import Cast

FORM = {"patient_name": "Asha Nair", "claimed_amount": "1000", "payer_name": "Suraksha General"}
# How a claim stands at this moment: on pages, and not in tables that are kept.
STANDING = {"waiting", "waits_for", "since", "due_at", "flags"}
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def add_claims(database: Database, cast: Cast, *each: dict[str, Any]) -> list[str]:
    """Insert claims that Asha filed, or a hospital submitted, one after the other, that differ from a pending one as told.

    Gives their ids.
    """
    with database.unit_of_work() as session:
        policy = session.scalars(select(Policy).where(Policy.number == "POL-DEMO-0001")).one()
        made = [claim_row(cast, policy.id, **changes) for changes in each]
        session.add_all(made)
        return [claim.id for claim in made]


def claim_row(cast: Cast, policy_id: str, **changes: Any) -> Claim:
    """A claim that is not in the database yet."""
    made_id = new_id()
    at_hospital = changes.get("hospital_id") is not None
    plain = {
        "id": made_id,
        "claim_number": f"CLM-20260310-{made_id[-12:].upper()}",
        "workflow": "hospital" if at_hospital else "retail",
        "workflow_version": 5 if at_hospital else 2,
        "version": 1,
        "status": "qc_pending" if at_hospital else "pending",
        "status_group": "intake",
        "claim_type": "medical",
        "incident_date": date(2026, 3, 1),
        "description": "Fracture of the left wrist",
        "claim_amount": 100_000,
        "currency": "INR",
        "user_id": cast.city_desk.id if at_hospital else cast.asha.id,
        "policy_id": None if at_hospital else policy_id,
        "form_data": FORM if at_hospital else None,
        "payer_id": cast.suraksha.id,
        "person_name": "Asha Nair",
        "created_at": NOON,
        "updated_at": changes.get("created_at", NOON),
    }
    return Claim(**plain | changes)


def found(client: Any, path: str = "/claims", **query: Any) -> list[str]:
    """The ids of a list's only page, in its order."""
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["next_cursor"] is None
    return [row["id"] for row in answer.json()["items"]]


def pages(client: Any, **query: Any) -> Iterator[list[dict[str, Any]]]:
    """The rows of each page of a list, to its end."""
    cursor: str | None = ""
    while cursor is not None:
        answer = client.get("/claims", params=query | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        yield answer.json()["items"]
        cursor = answer.json()["next_cursor"]


def followed(client: Any, **query: Any) -> list[str]:
    """The ids of a list, page after page."""
    return [row["id"] for rows in pages(client, **query) for row in rows]
