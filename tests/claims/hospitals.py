"""What the tests of hospital claims say again and again: submit one, bring it to a status, count what is there."""

import json
from typing import Any

from tests.actors import Api, Cast
from tests.claims.stories import act, sample

FORM = {"patient_name": "Ravi Kumar", "claimed_amount": "45000", "payer_name": "Suraksha General"}
SUBMISSION = {"hospital_id": "HOSP_001", "payer_id": "PAY_001", "form_data": FORM}
# Everything a refused submission must leave as it was.
TABLES = (
    "claims",
    "claim_counters",
    "claim_queries",
    "documents",
    "claim_documents",
    "events",
    "event_texts",
    "event_marks",
    "idempotency_keys",
)
# What each action of the hospital workflow needs.
NEEDS: dict[str, dict[str, Any]] = {
    "raise_query": {"remarks": "Which ward was it?", "query_category": "clinical"},
    "answer_query": {"query_response": "Ward 4, bed 12."},
    "request_info": {"remarks": "Send the implant invoice."},
    "provide_info": {"response": "It is attached."},
    "clear": {},
    "approve": {},
    "deny": {"remarks": "Not payable under the policy.", "rejection_reason": "Waiting period of two years"},
    "contest": {"contest_reason": "The policy is four years old."},
}
# How a claim comes to each status: who does what. Rahul makes every decision, so contests bar him.
PATHS = {
    "qc_pending": (),
    "qc_query": ("rahul raise_query",),
    "qc_answered": ("rahul raise_query", "city_desk answer_query"),
    "need_more_info": ("rahul clear", "rahul request_info"),
    "need_more_info_submitted": ("rahul clear", "rahul request_info", "city_desk provide_info"),
    "qc_clear": ("rahul clear",),
    "claim_approved": ("rahul clear", "rahul approve"),
    "claim_denial": ("rahul deny",),
    "claim_contested": ("rahul deny", "city_desk contest"),
}


def submit(client: Any, *names: str, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    """Send a submission: a form with sample files, or JSON without any. `form` changes what the form says."""
    body = SUBMISSION | {"form_data": FORM | changes.pop("form", {})} | changes
    if not names:
        return client.post("/hospital-claims", json=body, headers=headers)
    files = [("files", sample(name)) for name in names]
    return client.post("/hospital-claims", data={"claim": json.dumps(body)}, files=files, headers=headers)


def do(client: Any, claim: dict[str, Any], action: str, **fields: Any) -> Any:
    """Do an action with what it needs."""
    return act(client, claim, action, **NEEDS.get(action, {}) | fields)


def play(api: Api, cast: Cast, claim: dict[str, Any], *moves: str) -> dict[str, Any]:
    """Move a claim along, each move as `who action`; gives it as it is then."""
    for move in moves:
        who, action = move.split()
        answer = do(api.as_(getattr(cast, who)), claim, action)
        assert answer.status_code == 200, (move, answer.text)
        claim = answer.json()
    return claim


def claim_in(api: Api, cast: Cast, status: str, **changes: Any) -> dict[str, Any]:
    """A claim of City Hospital in this status."""
    answer = submit(api.as_(cast.city_desk), **changes)
    assert answer.status_code == 201, answer.text
    claim = play(api, cast, answer.json(), *PATHS[status])
    assert claim["status"] == status
    return claim
