"""What the tests of claims say again and again: file a claim, move it, count what is there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from insurenz.core.db import Database
from insurenz.core.permissions import Actor
from insurenz.events.models import Event

INCIDENT = (datetime.now(UTC) - timedelta(days=20)).date().isoformat()
DATA = Path(__file__).parents[1] / "data"
FIELDS = {
    "user_policy_id": "POL-DEMO-0001",
    "claim_type": "medical",
    "incident_date": INCIDENT,
    "description": "Fracture of the left wrist",
    "claim_amount": "18250",
}
# Who works on a claim that was only filed, its version, and what happened to it since.
UNTOUCHED = (None, 1, [])
TABLES = ("claims", "documents", "claim_documents", "idempotency_keys")


def sample(name: str) -> tuple[str, bytes]:
    """A sample file as it is sent."""
    return name, (DATA / name).read_bytes()


def file_claim(client: Any, *names: str, headers: dict[str, str] | None = None, **changes: str) -> Any:
    """Send a filing: a form with sample files, or JSON without any."""
    if not names:
        return client.post("/claims", json=FIELDS | changes, headers=headers)
    files = [("files", sample(name)) for name in names]
    return client.post("/claims", data=FIELDS | changes, files=files, headers=headers)


def upload(client: Any, name: str = "bill.pdf", **headers: str) -> Any:
    """Send a sample file ahead of what it is for."""
    return client.post("/uploads", files=[("file", sample(name))], headers=headers)


def add(
    client: Any, claim: dict[str, Any], *names: str, headers: dict[str, str] | None = None, **fields: Any
) -> Any:
    """Add sample files to a claim with a form, or uploads alone with JSON."""
    path = f"/claims/{claim['id']}/documents"
    if not names:
        return client.post(path, json=fields, headers=headers)
    return client.post(path, data=fields, files=[("files", sample(name)) for name in names], headers=headers)


def verify(
    client: Any,
    claim: dict[str, Any],
    verification: str,
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> Any:
    """Mark the first document of a claim."""
    path = f"/claims/{claim['id']}/documents/{claim['documents'][0]['id']}/verification"
    return client.post(path, json={"verification": verification} | fields, headers=headers)


def told(database: Database, claim: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Type of the newest event of a claim, and its data without what each of them says of the claim."""
    with database.read_unit() as session:
        newest = (
            select(Event.type, Event.data).where(Event.subject_id == claim["id"]).order_by(Event.seq.desc())
        )
        kind, data = session.execute(newest.limit(1)).one()
    facts = {
        "workflow": claim["workflow"],
        "workflow_version": claim["workflow_version"],
        "currency": claim["currency"],
    }
    assert data.items() >= facts.items()
    return kind, {name: value for name, value in data.items() if name not in facts}


def act(
    client: Any, claim: dict[str, Any], action: str, headers: dict[str, str] | None = None, **fields: Any
) -> Any:
    """Do an action on a claim."""
    return client.post(f"/claims/{claim['id']}/actions/{action}", json=fields, headers=headers)


def rows(database: Database, *tables: str) -> dict[str, int]:
    """How many rows each table holds."""
    with database.read_unit() as session:
        return {t: session.execute(text(f"SELECT count(*) FROM {t}")).scalar_one() for t in tables or TABLES}


def events_of(database: Database, claim: dict[str, Any]) -> list[str]:
    """The types of a claim's events in order."""
    with database.read_unit() as session:
        found = session.execute(
            text("SELECT type FROM events WHERE claim_number = :number ORDER BY seq"),
            {"number": claim["claim_number"]},
        )
        return list(found.scalars())


def objects(folder: Path) -> int:
    """How many files lie in an object store."""
    return sum(path.is_file() for path in folder.rglob("*"))


def give(client: Any, claim: dict[str, Any], to: Actor | None = None, **headers: str) -> Any:
    """Take a claim, or hand it over."""
    body = {} if to is None else {"user_id": to.id}
    return client.post(f"/claims/{claim['id']}/assignment", json=body, headers=headers)


def take_next(client: Any, **body: str) -> Any:
    """Ask for the next claim."""
    return client.post("/claims/take-next", json=body)


def work(database: Database, claim: dict[str, Any]) -> tuple[str | None, int, list[str]]:
    """Who works on a claim, its version, and what happened to it after it was filed."""
    with database.read_unit() as session:
        found = session.execute(
            text(
                "SELECT (SELECT name FROM users WHERE users.id = assignee_id), version FROM claims"
                " WHERE claim_number = :number"
            ),
            {"number": claim["claim_number"]},
        ).one()
    return found[0], found[1], events_of(database, claim)[1:]


def problem(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    """A refusal's status, and field and code of each of its errors."""
    return answer.status_code, [(error["field"], error["code"]) for error in answer.json()["errors"]]


def show(client: Any, claim: dict[str, Any]) -> dict[str, Any]:
    """The claim as this reader sees it now."""
    shown: dict[str, Any] = client.get(f"/claims/{claim['id']}").json()
    return shown


def everything(api: Any, database: Database, claim: dict[str, Any]) -> Any:
    """What a refusal must leave as it was."""
    folder = api.app.state.settings.data_dir / "objects"
    return rows(database), objects(folder), events_of(database, claim)
