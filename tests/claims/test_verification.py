"""What staff say of a document: verified or rejected, with a reason that the filer reads."""

from typing import Any

import pytest

from insurenz.core.db import Database
from tests.actors import Api, Cast
from tests.claims.stories import (
    events_of,
    everything,
    problem,
    show,
    told,
    verify,
)
from tests.conftest import Clock

MISSING = "018f0000-0000-7000-8000-000000000000"


def test_staff_say_what_they_think_of_a_document_and_the_filer_reads_it(
    asha: Any, arjun: Any, cast: Cast, database: Database, claim: dict[str, Any], today: Clock
) -> None:
    today.move(minutes=1)
    rejected = verify(arjun, claim, "rejected", reason="The second page is missing.")
    assert (rejected.status_code, rejected.headers["etag"], rejected.json()["version"]) == (200, '"2"', 2)
    seen = show(asha, claim)
    assert seen["updated_at"] > claim["updated_at"]
    assert [(d["verification"], d["verification_reason"]) for d in seen["documents"]] == [
        ("rejected", "The second page is missing.")
    ]
    document_id = claim["documents"][0]["id"]
    assert told(database, claim) == (
        "claim_document_verified",
        {"document_id": document_id, "verification": "rejected"},
    )
    last = asha.get(f"/claims/{claim['id']}/history").json()["items"][-1]
    assert (last["type"], last["texts"], last["details"], last["actor"]["name"]) == (
        "claim_document_verified",
        {"reason": "The second page is missing."},
        {"document_id": document_id, "verification": "rejected"},
        "Arjun Rao",
    )


def test_a_mark_is_changed_and_taken_back(
    arjun: Any, cast: Cast, database: Database, claim: dict[str, Any]
) -> None:
    marks = [("verified", {}), ("rejected", {"reason": "Blurred."}), ("rejected", {"reason": "Cut off."})]
    marks += [("verified", {"reason": " Seen the original. "}), ("unverified", {})]
    for version, (mark, fields) in enumerate(marks, start=2):
        answer = verify(arjun, claim, mark, **fields).json()
        document = answer["documents"][0]
        reason = fields.get("reason", "").strip() or None
        assert (answer["version"], document["verification"], document["verification_reason"]) == (
            version,
            mark,
            reason,
        )
    assert events_of(database, claim) == ["claim_submitted"] + ["claim_document_verified"] * 5


def test_the_same_mark_again_changes_nothing(arjun: Any, database: Database, claim: dict[str, Any]) -> None:
    for mark, fields in (("unverified", {}), ("verified", {}), ("verified", {"reason": ""})):
        verify(arjun, claim, mark, **fields)
    again = verify(arjun, claim, "verified")
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert events_of(database, claim) == ["claim_submitted", "claim_document_verified"]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"verification": "rejected"}, ("reason", "missing")),
        ({"verification": "rejected", "reason": "  "}, ("reason", "missing")),
        ({"verification": "good"}, ("verification", "literal_error")),
        ({}, ("verification", "missing")),
        ({"verification": "verified", "reason": "x" * 5001}, ("reason", "string_too_long")),
        ({"verification": "verified", "reason": "nul\0"}, ("reason", "value_error")),
        ({"verification": "verified", "verified_by": MISSING}, ("verified_by", "extra_forbidden")),
    ],
)
def test_a_mark_that_cannot_be_made_is_refused(
    api: Api,
    arjun: Any,
    database: Database,
    claim: dict[str, Any],
    body: dict[str, Any],
    refusal: tuple[str, str],
) -> None:
    before = everything(api, database, claim)
    path = f"/claims/{claim['id']}/documents/{claim['documents'][0]['id']}/verification"
    assert problem(arjun.post(path, json=body)) == (422, [refusal])
    assert everything(api, database, claim) == before


def test_d04_a_mark_is_made_on_the_version_that_was_read(arjun: Any, claim: dict[str, Any]) -> None:
    seen = {"If-Match": '"1"'}
    assert verify(arjun, claim, "verified", headers=seen).status_code == 200
    stale = verify(arjun, claim, "rejected", headers=seen)
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 2, "status": "pending"})


def test_d01_the_same_key_marks_once(arjun: Any, database: Database, claim: dict[str, Any]) -> None:
    key = {"Idempotency-Key": "k"}
    first = verify(arjun, claim, "verified", headers=key)
    verify(arjun, claim, "unverified")
    again = verify(arjun, claim, "verified", headers=key)
    assert (again.status_code, again.json()["version"]) == (200, first.json()["version"])
    assert problem(verify(arjun, claim, "unverified", headers=key)) == (
        422,
        [("Idempotency-Key", "key_reused")],
    )
    assert events_of(database, claim) == ["claim_submitted"] + ["claim_document_verified"] * 2
