"""The world of hospital claims: people in each relation to the claims of one hospital with one payer, in each state."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from insurenz.accounts import queries
from insurenz.accounts import service as users
from insurenz.core.db import Database, Session
from insurenz.core.permissions import Role
from tests.permissions.world import PHOTO, SUBMISSION, World, build, let_in, processor

FIELDS = {
    "raise_query": {"remarks": "Which ward?", "query_category": "clinical"},
    "answer_query": {"query_response": "Ward 4."},
    "request_info": {"remarks": "The implant invoice, please."},
    "provide_info": {"response": "It is attached."},
    "deny": {"remarks": "Not payable.", "rejection_reason": "Waiting period"},
    "contest": {"contest_reason": "The policy is four years old."},
}
# How a claim comes to each state: who does what. `decider` makes the last decision, so contests bar them.
PATHS: dict[str, list[str]] = {
    "qc_pending": [],
    "qc_query": ["clerk raise_query"],
    "qc_answered": ["clerk raise_query", "filer answer_query"],
    "need_more_info": ["clerk clear", "clerk request_info"],
    "sent": ["clerk clear", "clerk request_info", "colleague provide_info"],
    "sent_early": ["clerk request_info", "filer provide_info"],
    "qc_clear": ["clerk clear"],
    "claim_approved": ["clerk clear", "decider approve"],
    "claim_denial": ["decider deny"],
    "claim_contested": ["decider deny", "filer contest"],
    "sent_contested": ["decider deny", "filer contest", "clerk request_info", "filer provide_info"],
    "denied_again": ["decider deny", "filer contest", "clerk deny", "colleague contest", "decider deny"],
}
STATES = tuple(PATHS)


def build_ward(database: Database, folder: Path) -> Iterator[World]:
    """The world; gone with everything in it when the iterator ends."""
    yield from build(database, folder, populate=_populate, file_claims=_submit_claims)


def _populate(world: World, session: Session) -> None:
    cast = world.cast
    junior, first, decider, *rest = [processor(session, f"clerk{n}", n, "HOSP_001") for n in range(5)]
    unassigned = users.create_user(
        session, None, email="desk@nowhere.example", name="Nobody's desk", role=Role.HOSPITAL_USER
    )
    world.people = {
        "filer": [cast.city_desk],
        "colleague": [cast.city_ward],
        "junior": [junior],
        # At the hospital for all payers, and for this one.
        "clerk": [first, *rest, processor(session, "both", 2, "HOSP_001", "PAY_001")],
        "decider": [decider],
        "admin": [cast.admin],
        "auditor": [cast.auditor],
        "desk": [cast.lakeside_desk],
        "lost": [queries.actor_of(unassigned)],
        "patient": [cast.asha],
        # At another hospital; at this one for another payer; for the payer alone; for nobody.
        "away": [
            *(processor(session, f"away{n}", n, "HOSP_002") for n in (0, 4)),
            processor(session, "otherpayer", 4, "HOSP_001", "PAY_002"),
            processor(session, "payeronly", 4, "PAY_001"),
            processor(session, "elsewhere", 4, "HOSP_002", "PAY_001"),
            processor(session, "idle", 4),
        ],
    }
    let_in(world, session, with_keys=("filer", "decider", "admin", "auditor", "desk"))


def _submit_claims(world: World) -> None:
    for state, path in PATHS.items():
        files = [("files", ("photo.jpg", PHOTO.read_bytes(), "image/jpeg"))]
        filer = world.as_(world.cast.city_desk)
        told = {"claim": json.dumps(SUBMISSION)}
        submitted = world.send("POST", "/hospital-claims", filer, data=told, files=files)
        assert submitted.status_code == 201, submitted.text
        claim: dict[str, Any] = submitted.json()
        for who, action in map(str.split, path):
            headers = world.as_(world.people[who][0])
            url = f"/claims/{claim['id']}/actions/{action}"
            moved = world.send("POST", url, headers, json=FIELDS.get(action, {}))
            assert moved.status_code == 200, moved.text
            claim = moved.json()
        world.claims[state] = claim
    begun = world.send("POST", "/drafts", world.as_(world.cast.city_desk), json={"content": SUBMISSION})
    assert begun.status_code == 201, begun.text
    pending = world.claims["qc_pending"]
    for who, kind in (("colleague", "messages"), ("clerk", "messages"), ("clerk", "notes")):
        headers = world.as_(world.people[who][0])
        said = world.send("POST", f"/claims/{pending['id']}/{kind}", headers, json={"body": "A word on it."})
        assert said.status_code == 201, said.text
    world.ids |= {
        "draft_id": begun.json()["id"],
        "claim_id": pending["id"],
        "document_id": pending["documents"][0]["id"],
        "action": "clear",
        "owner_id": world.cast.city_desk.id,
    }
