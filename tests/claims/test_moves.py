"""A retail claim from filing to its end: who may move it, on what terms, and what each refusal leaves."""

from datetime import timedelta
from typing import Any

import pytest

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.core.db import Database
from insurenz.policies.models import Policy
from tests.actors import Api, Cast
from tests.claims.stories import act, events_of, file_claim, give, problem, sample
from tests.conftest import Clock


@pytest.fixture
def in_review(arjun: Any, claim: dict[str, Any]) -> dict[str, Any]:
    """A claim that Arjun has begun to review."""
    assert act(arjun, claim, "start_review").status_code == 200
    return claim


def state(client: Any, claim: dict[str, Any]) -> tuple[str, int, str | None]:
    """Status, version and approved amount as they stand."""
    shown = client.get(f"/claims/{claim['claim_number']}").json()
    return shown["status"], shown["version"], shown["approved_amount"]


def cover_used(database: Database, policy: Policy) -> int:
    with database.read_unit() as session:
        found = session.get_one(Policy, policy.id)
        return found.cover_used


def test_a_claim_is_reviewed_approved_and_paid(
    arjun: Any, asha: Any, claim: dict[str, Any], database: Database, covered: dict[str, Policy]
) -> None:
    reviewed = arjun.patch(f"/claims/{claim['id']}/status", json={"status": "under_review"})
    approved = act(arjun, claim, "approve")
    paid = arjun.patch(
        f"/claims/{claim['id']}/status", json={"status": "completed", "payment_reference": "UTR-2026-1"}
    )
    assert [a.status_code for a in (reviewed, approved, paid)] == [200, 200, 200]
    assert approved.json()["approved_amount"] == "18250.00"
    shown = {
        n: paid.json()[n] for n in ("status", "status_group", "resolution", "payment_reference", "version")
    }
    assert shown == {
        "status": "completed",
        "status_group": "closed",
        "resolution": "paid",
        "payment_reference": "UTR-2026-1",
        "version": 4,
    }
    assert events_of(database, claim) == ["claim_submitted", *["claim_status_updated"] * 3]
    assert cover_used(database, covered["POL-DEMO-0001"]) == 1_825_000


def test_a_partial_approval_needs_its_reason(arjun: Any, in_review: dict[str, Any]) -> None:
    refused = act(arjun, in_review, "approve", approved_amount="17000")
    assert problem(refused) == (422, [("status_notes", "missing")])
    assert state(arjun, in_review) == ("under_review", 2, None)
    taken = act(
        arjun, in_review, "approve", approved_amount="17000", status_notes="Room rent above the limit."
    )
    assert (taken.status_code, taken.json()["approved_amount"]) == (200, "17000.00")
    assert taken.json()["status_notes"] == "Room rent above the limit."


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("0", "out_of_range"),
        ("18250.01", "out_of_range"),
        ("-5", "out_of_range"),
        ("1.001", "too_precise"),
        ("NaN", "amount_malformed"),
        ([], "amount_malformed"),
        ({"a": 1}, "amount_malformed"),
        (True, "amount_malformed"),
    ],
)
def test_an_amount_that_cannot_be_approved_is_refused(
    arjun: Any, in_review: dict[str, Any], amount: Any, code: str
) -> None:
    refused = act(arjun, in_review, "approve", approved_amount=amount, status_notes="n")
    assert problem(refused) == (422, [("approved_amount", code)])
    assert state(arjun, in_review) == ("under_review", 2, None)


def test_d07_a_second_approval_cannot_use_more_cover_than_there_is(
    asha: Any, arjun: Any, database: Database, covered: dict[str, Policy]
) -> None:
    first, second = (file_claim(asha, claim_amount="300000").json() for _ in range(2))
    for one in (first, second):
        act(arjun, one, "start_review")
    assert act(arjun, first, "approve").status_code == 200
    refused = act(arjun, second, "approve")
    assert problem(refused) == (422, [("approved_amount", "over_cover")])
    assert cover_used(database, covered["POL-DEMO-0001"]) == 30_000_000
    assert (
        act(arjun, second, "approve", approved_amount="200000", status_notes="Cover used up.").status_code
        == 200
    )
    assert cover_used(database, covered["POL-DEMO-0001"]) == 50_000_000


@pytest.mark.parametrize(
    ("person", "body", "status"),
    [
        ("asha", {"status": "approved", "approved_amount": "abc"}, 403),
        ("arjun", {"status": "approved", "approved_amount": "abc"}, 409),
        ("arjun", {"status": "rejected", "status_notes": ["x"]}, 422),
        ("vikram", {"status": ["approved"]}, 404),
        ("arjun", {"status": ["approved"]}, 422),
    ],
)
def test_who_may_and_when_are_judged_before_the_fields(
    api: Api, cast: Cast, claim: dict[str, Any], person: str, body: dict[str, Any], status: int
) -> None:
    answer = api.as_(getattr(cast, person)).patch(f"/claims/{claim['id']}/status", json=body)
    assert answer.status_code == status
    assert state(api.as_(cast.asha), claim) == ("pending", 1, None)


def test_the_version_of_content_is_judged_before_its_fields(
    asha: Any, arjun: Any, claim: dict[str, Any]
) -> None:
    path, wrong = f"/claims/{claim['id']}", {"claim_amount": "abc"}
    assert arjun.patch(path, json=wrong).status_code == 403
    assert asha.patch(path, json=wrong).status_code == 428
    assert asha.patch(path, json=wrong, headers={"If-Match": '"9"'}).status_code == 412
    assert asha.patch(path, json=wrong, headers={"If-Match": '"1"'}).status_code == 422


def test_an_illegal_move_is_refused_with_the_legal_ones(arjun: Any, claim: dict[str, Any]) -> None:
    refused = act(arjun, claim, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")
    assert refused.json()["allowed_actions"] == ["start_review", "reject"]
    assert state(arjun, claim) == ("pending", 1, None)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "nonsense"}, 422),
        ({"status": "pending"}, 403),
        ({"status": "completed"}, 409),
        ({"status": "rejected"}, 422),
        ({}, 422),
        ({"status": "under_review", "version": 9}, 422),
    ],
)
def test_a_status_that_cannot_be_set_is_refused(
    arjun: Any, claim: dict[str, Any], body: dict[str, Any], status: int
) -> None:
    assert arjun.patch(f"/claims/{claim['id']}/status", json=body).status_code == status
    assert state(arjun, claim) == ("pending", 1, None)


def test_what_the_filer_does_stays_with_the_filer(
    asha: Any, admin: Any, arjun: Any, claim: dict[str, Any]
) -> None:
    assert [act(c, claim, "withdraw").status_code for c in (admin, arjun)] == [403, 403]
    assert act(asha, claim, "start_review").status_code == 403
    assert act(asha, claim, "no_such_action").status_code == 404
    withdrawn = act(asha, claim, "withdraw")
    assert (withdrawn.json()["status"], withdrawn.json()["resolution"]) == ("completed", "withdrawn")


def test_an_appeal_is_decided_by_another_person_and_gives_the_cover_back(
    asha: Any,
    arjun: Any,
    admin: Any,
    in_review: dict[str, Any],
    database: Database,
    covered: dict[str, Policy],
) -> None:
    act(arjun, in_review, "approve", approved_amount="10000", status_notes="Half.")
    assert cover_used(database, covered["POL-DEMO-0001"]) == 1_000_000
    appealed = act(asha, in_review, "appeal", reason="The bill is complete.")
    assert (appealed.status_code, appealed.json()["approved_amount"]) == (200, None)
    assert cover_used(database, covered["POL-DEMO-0001"]) == 0

    refused = act(arjun, in_review, "approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "another_person_needed")
    assert act(admin, in_review, "approve").status_code == 200
    assert cover_used(database, covered["POL-DEMO-0001"]) == 1_825_000
    again = act(asha, in_review, "appeal", reason="More.")
    assert again.status_code == 409


def test_an_appeal_is_in_time_until_the_last_second_of_its_window(
    api: Api, cast: Cast, arjun: Any, in_review: dict[str, Any], today: Clock
) -> None:
    act(arjun, in_review, "reject", status_notes="Not covered.")
    today.move(days=30, seconds=1)
    asha = api.again(cast.asha)
    refused = act(asha, in_review, "appeal", reason="It is.")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_late")
    today.move(seconds=-1)
    assert act(asha, in_review, "appeal", reason="It is.").status_code == 200


def test_d04_actions_honour_if_match_and_do_without_it(arjun: Any, claim: dict[str, Any]) -> None:
    stale = act(arjun, claim, "start_review", headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 1, "status": "pending"})
    assert state(arjun, claim) == ("pending", 1, None)
    assert act(arjun, claim, "start_review", headers={"If-Match": '"1"'}).headers["etag"] == '"2"'


def test_a_refusal_of_the_role_comes_before_the_stale_version(asha: Any, claim: dict[str, Any]) -> None:
    assert act(asha, claim, "start_review", headers={"If-Match": '"7"'}).status_code == 403


def test_d04_content_is_changed_with_the_version_it_is_based_on(asha: Any, claim: dict[str, Any]) -> None:
    path, change = f"/claims/{claim['id']}", {"description": "Fracture of the right wrist"}
    assert asha.patch(path, json=change).status_code == 428
    assert asha.patch(path, json=change, headers={"If-Match": '"2"'}).status_code == 412
    changed = asha.patch(path, json=change, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["description"]) == (200, "Fracture of the right wrist")
    assert changed.headers["etag"] == '"2"'


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"claim_amount": "500001"}, "claim_amount"),
        ({"claim_type": "vehicle"}, "claim_type"),
        ({"incident_date": "2222-01-01"}, "incident_date"),
        ({"description": None}, "description"),
        ({"status": "approved"}, "status"),
    ],
)
def test_content_that_could_not_have_been_filed_is_refused(
    asha: Any, claim: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    refused = asha.patch(f"/claims/{claim['id']}", json=change, headers={"If-Match": '"1"'})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert state(asha, claim) == ("pending", 1, None)


def test_what_the_filer_does_not_change_is_not_judged_anew(
    asha: Any, claim: dict[str, Any], database: Database, covered: dict[str, Policy]
) -> None:
    """The payer ends the policy meanwhile, before the day of the incident: what is said of that day stands."""
    with database.unit_of_work() as session:
        policy = session.get_one(Policy, covered["POL-DEMO-0001"].id)
        policy.end_date = policy.start_date
    path, version = f"/claims/{claim['id']}", {"If-Match": '"1"'}
    other_day = covered["POL-DEMO-0001"].start_date + timedelta(days=1)
    moved = {"description": "Fracture of the right wrist", "incident_date": other_day.isoformat()}
    assert problem(asha.patch(path, json=moved, headers=version)) == (422, [("incident_date", "not_covered")])
    assert state(asha, claim) == ("pending", 1, None)
    mended = asha.patch(path, json={"description": moved["description"]}, headers=version)
    assert (mended.status_code, mended.json()["description"]) == (200, moved["description"])


def test_content_stands_once_the_review_has_begun(asha: Any, arjun: Any, in_review: dict[str, Any]) -> None:
    path, change = f"/claims/{in_review['id']}", {"description": "Other"}
    assert asha.patch(path, json=change, headers={"If-Match": '"2"'}).status_code == 409
    assert arjun.patch(path, json=change, headers={"If-Match": '"2"'}).status_code == 403


def test_files_come_with_an_action_where_it_takes_them(arjun: Any, claim: dict[str, Any]) -> None:
    answer = arjun.post(f"/claims/{claim['id']}/actions/start_review", files=[("files", sample("bill.pdf"))])
    assert problem(answer) == (422, [("files", "not_taken")])
    assert state(arjun, claim) == ("pending", 1, None)


def test_d01_an_action_repeated_with_its_key_is_done_once(arjun: Any, claim: dict[str, Any]) -> None:
    key = {"Idempotency-Key": "tap-tap"}
    first, second = (act(arjun, claim, "start_review", headers=key) for _ in range(2))
    assert (first.status_code, second.status_code, second.json()["version"]) == (200, 200, 2)
    assert state(arjun, claim) == ("under_review", 2, None)


def test_d01_the_same_key_on_another_claim_is_refused_and_moves_nothing(
    asha: Any, arjun: Any, claim: dict[str, Any]
) -> None:
    other, key = file_claim(asha).json(), {"Idempotency-Key": "tap-tap"}
    assert act(arjun, claim, "start_review", headers=key).status_code == 200
    refused = act(arjun, other, "start_review", headers=key)
    assert problem(refused) == (422, [("Idempotency-Key", "key_reused")])
    assert give(arjun, claim, **{"Idempotency-Key": "mine"}).status_code == 200
    refused = give(arjun, other, **{"Idempotency-Key": "mine"})
    assert problem(refused) == (422, [("Idempotency-Key", "key_reused")])
    assert state(arjun, other) == ("pending", 1, None)
    assert arjun.get(f"/claims/{other['id']}").json()["assignee"] is None


@pytest.mark.parametrize("route", ["actions/start_review", "documents", "take-next"])
def test_an_answer_is_not_repeated_to_whom_the_claim_is_no_longer_open(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database, route: str
) -> None:
    def ask() -> Any:
        client, key = api.as_(cast.arjun), {"Idempotency-Key": "again"}
        if route == "documents":
            files = [("files", sample("photo.jpg"))]
            return client.post(f"/claims/{claim['id']}/documents", files=files, headers=key)
        place = route if route == "take-next" else f"{claim['id']}/{route}"
        return client.post(f"/claims/{place}", json={}, headers=key)

    first = ask()
    assert (first.status_code, first.json()["id"], ask().status_code) == (
        first.status_code,
        claim["id"],
        first.status_code,
    )
    with database.unit_of_work() as session:
        accounts.unassign(session, None, user(session, cast.arjun.id), cast.suraksha)
    assert ask().status_code == 404
