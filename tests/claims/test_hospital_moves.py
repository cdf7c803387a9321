"""Hospital claims along their workflow: both endings, every action in every status by every role, limits and contests."""

from typing import Any

import pytest

from insurenz.accounts import service as accounts
from insurenz.core.db import Database
from insurenz.core.permissions import Actor, Role
from tests.actors import Api, Cast, make_api
from tests.claims.hospitals import FORM, NEEDS, PATHS, TABLES, claim_in, do, play, submit
from tests.claims.stories import act, events_of, problem, rows, show, told
from tests.conftest import Clock
from tests.workflow.tables import HOSPITAL_CELLS, HOSPITAL_EVER, HOSPITAL_TO

ACTIONS = tuple(HOSPITAL_TO)


def outcome(claim: dict[str, Any]) -> dict[str, Any]:
    """What a claim says of its decision."""
    return {n: claim[n] for n in ("status", "status_group", "approved_amount", "rejection_reason")}


def test_a_claim_is_queried_answered_cleared_and_approved(api: Api, cast: Cast, database: Database) -> None:
    desk, ward, priya, rahul = (api.as_(p) for p in (cast.city_desk, cast.city_ward, cast.priya, cast.rahul))
    claim = submit(desk, "bill.pdf").json()
    asked = do(priya, claim, "raise_query", missing_documents=["Implant invoice", "ICU chart"])
    assert (asked.json()["status"], asked.json()["status_group"]) == ("qc_query", "waiting")
    assert [a["action"] for a in show(ward, claim)["allowed_actions"]] == ["answer_query"]
    # Each user of the hospital speaks for it.
    answered = do(ward, claim, "answer_query").json()
    assert (answered["status"], answered["status_group"]) == ("qc_answered", "answered")
    assert do(priya, claim, "clear", remarks="All is there.").json()["status_group"] == "review"
    approved = do(rahul, claim, "approve", approved_amount="41000.5", remarks="Room rent is capped.")
    assert approved.status_code == 200
    assert outcome(approved.json()) == {
        "status": "claim_approved",
        "status_group": "decided",
        "approved_amount": "41000.50",
        "rejection_reason": None,
    }
    assert approved.json()["version"] == 5
    assert show(desk, claim)["allowed_actions"] == []
    assert events_of(database, claim) == [
        "claim_pending",
        "claim_qc_query",
        "claim_qc_answered",
        "claim_qc_clear",
        "claim_approved",
    ]
    items = desk.get(f"/claims/{claim['id']}/history").json()["items"]
    assert [(i["actor"]["name"], i["to_status"], i["texts"]) for i in items] == [
        ("Nisha Kapoor", "qc_pending", {}),
        (
            "Priya Menon",
            "qc_query",
            {"remarks": "Which ward was it?", "missing_documents": "Implant invoice\nICU chart"},
        ),
        ("Thomas Mathew", "qc_answered", {"query_response": "Ward 4, bed 12."}),
        ("Priya Menon", "qc_clear", {"remarks": "All is there."}),
        ("Rahul Verma", "claim_approved", {"remarks": "Room rent is capped."}),
    ]
    assert items[4]["details"]["approved_amount"] == "41000.50"
    assert items[4]["details"]["outcome"] == "partial"


def test_a_claim_is_denied_contested_and_the_denial_overturned(
    api: Api, cast: Cast, database: Database
) -> None:
    desk, priya, rahul = api.as_(cast.city_desk), api.as_(cast.priya), api.as_(cast.rahul)
    claim = submit(desk).json()
    denied = do(priya, claim, "deny").json()
    reason = NEEDS["deny"]["rejection_reason"]
    assert outcome(denied) == {
        "status": "claim_denial",
        "status_group": "decided",
        "approved_amount": None,
        "rejection_reason": reason,
    }
    contested = do(desk, claim, "contest").json()
    assert (contested["status"], contested["rejection_reason"]) == ("claim_contested", reason)
    assert problem(do(priya, claim, "approve"))[0] == 403
    overturned = do(rahul, claim, "approve").json()
    assert outcome(overturned) == {
        "status": "claim_approved",
        "status_group": "decided",
        "approved_amount": "45000.00",
        "rejection_reason": None,
    }
    assert events_of(database, claim) == [
        "claim_pending",
        "claim_denied",
        "claim_contested",
        "claim_approved",
    ]
    texts = [i["texts"] for i in desk.get(f"/claims/{claim['id']}/history").json()["items"]]
    assert texts == [
        {},
        {"remarks": "Not payable under the policy.", "rejection_reason": reason},
        {"contest_reason": "The policy is four years old."},
        {},
    ]


def test_a_denial_that_is_upheld_has_its_own_reason(api: Api, cast: Cast) -> None:
    claim = claim_in(api, cast, "claim_contested")
    upheld = do(api.as_(cast.priya), claim, "deny", rejection_reason="Not disclosed at inception").json()
    assert (upheld["status"], upheld["rejection_reason"]) == ("claim_denial", "Not disclosed at inception")


# Who plays each letter of the table.
WHO = {"P": "asha", "H": "city_ward", "C": "priya", "A": "admin", "U": "auditor"}


@pytest.mark.parametrize("status", PATHS)
def test_z09_every_action_in_every_status_is_open_to_whom_the_table_says(
    api: Api, cast: Cast, database: Database, status: str
) -> None:
    claim = claim_in(api, cast, status)
    clients = {letter: api.as_(getattr(cast, who)) for letter, who in WHO.items()}
    before = rows(database, *TABLES)
    allowed = []
    for letter, client in clients.items():
        for action in ACTIONS:
            if HOSPITAL_CELLS[status, action, letter]:
                allowed.append((letter, action))
                continue
            expected = 404 if letter == "P" else 409 if letter in HOSPITAL_EVER[action] else 403
            assert do(client, claim, action).status_code == expected, (letter, action)
            moved = client.patch(
                f"/claims/{claim['id']}/status",
                json={"status": HOSPITAL_TO[action], **NEEDS.get(action, {})},
            )
            assert moved.status_code == expected, (letter, action)
    assert rows(database, *TABLES) == before
    for letter, client in clients.items():
        offered = {
            a["action"] for a in client.get(f"/claims/{claim['id']}").json().get("allowed_actions", [])
        }
        assert offered == {action for each, action in allowed if each == letter}


@pytest.mark.parametrize("by", ["action", "target"])
@pytest.mark.parametrize("status", PATHS)
def test_z09_what_the_table_allows_leads_where_it_says(
    api: Api, cast: Cast, database: Database, status: str, by: str
) -> None:
    open_now = [
        (who, action)
        for letter, who in WHO.items()
        for action in ACTIONS
        if HOSPITAL_CELLS[status, action, letter]
    ]
    for who, action in open_now:
        claim = claim_in(api, cast, status)
        client = api.as_(getattr(cast, who))
        if by == "action":
            answer = do(client, claim, action)
        else:
            body = {"status": HOSPITAL_TO[action], **NEEDS[action]}
            answer = client.patch(f"/claims/{claim['id']}/status", json=body)
        assert (answer.status_code, answer.json()["status"]) == (200, HOSPITAL_TO[action]), answer.text
        assert answer.json()["version"] == claim["version"] + 1
        _, data = told(database, claim)
        assert (data["action"], data["from"], data["to"]) == (action, status, HOSPITAL_TO[action])


MISSING = [
    ("qc_pending", "priya", "raise_query", {"remarks", "query_category"}),
    ("qc_query", "city_desk", "answer_query", {"query_response"}),
    ("qc_pending", "priya", "request_info", {"remarks"}),
    ("need_more_info", "city_desk", "provide_info", {"response"}),
    ("qc_pending", "priya", "deny", {"remarks", "rejection_reason"}),
    ("claim_contested", "priya", "deny", {"remarks", "rejection_reason"}),
    ("claim_denial", "city_desk", "contest", {"contest_reason"}),
]


@pytest.mark.parametrize(("status", "who", "action", "fields"), MISSING)
@pytest.mark.parametrize("blank", [None, " \n"])
def test_every_missing_field_is_named_and_nothing_moves(
    api: Api,
    cast: Cast,
    database: Database,
    status: str,
    who: str,
    action: str,
    *,
    fields: set[str],
    blank: Any,
) -> None:
    claim = claim_in(api, cast, status)
    client = api.as_(getattr(cast, who))
    before = rows(database, *TABLES)
    status_code, errors = problem(act(client, claim, action, **dict.fromkeys(fields, blank)))
    assert (status_code, set(errors)) == (422, {(field, "missing") for field in fields})
    assert (rows(database, *TABLES), show(client, claim)["version"]) == (before, claim["version"])


WRONG = [
    ("qc_clear", "rahul", "approve", {"approved_amount": "45000.01"}, "approved_amount", "out_of_range"),
    ("qc_clear", "rahul", "approve", {"approved_amount": "0"}, "approved_amount", "out_of_range"),
    ("qc_clear", "rahul", "approve", {"approved_amount": "1.001"}, "approved_amount", "too_precise"),
    ("qc_clear", "rahul", "approve", {"rejection_reason": "x"}, "rejection_reason", "not_taken"),
    ("qc_pending", "rahul", "raise_query", {"due_at": "tomorrow"}, "due_at", "malformed"),
    ("qc_pending", "rahul", "raise_query", {"due_at": "2020-01-01T00:00:00Z"}, "due_at", "in_past"),
    ("qc_pending", "rahul", "raise_query", {"missing_documents": "Bill"}, "missing_documents", "malformed"),
    ("qc_pending", "rahul", "raise_query", {"query_category": "x" * 201}, "query_category", "malformed"),
    ("qc_pending", "rahul", "request_info", {"due_at": "2999-01-01T00:00:00Z"}, "due_at", "not_taken"),
    ("qc_pending", "rahul", "request_info", {"query_category": "clinical"}, "query_category", "not_taken"),
    ("qc_pending", "rahul", "deny", {"remarks": "x" * 5001}, "remarks", "malformed"),
    ("qc_query", "city_desk", "answer_query", {"response": "x"}, "response", "not_taken"),
    ("qc_query", "city_desk", "answer_query", {"upload_ids": ["x"]}, "upload_ids", "unknown_upload"),
    ("claim_denial", "city_desk", "contest", {"form_data": FORM}, "form_data", "malformed"),
]


@pytest.mark.parametrize(("status", "who", "action", "fields", "field", "code"), WRONG)
def test_a_wrong_field_is_named_and_nothing_moves(
    api: Api,
    cast: Cast,
    database: Database,
    *,
    status: str,
    who: str,
    action: str,
    fields: dict[str, Any],
    field: str,
    code: str,
) -> None:
    claim = claim_in(api, cast, status)
    client = api.as_(getattr(cast, who))
    before = rows(database, *TABLES)
    assert problem(do(client, claim, action, **fields)) == (422, [(field, code)])
    assert (rows(database, *TABLES), show(client, claim)["version"]) == (before, claim["version"])


def test_an_illegal_move_names_the_legal_ones(api: Api, cast: Cast) -> None:
    claim = claim_in(api, cast, "qc_pending")
    refused = do(api.as_(cast.priya), claim, "approve")
    assert (refused.status_code, refused.json()["allowed_actions"]) == (
        409,
        ["raise_query", "request_info", "clear", "deny"],
    )


def test_what_could_be_done_before_more_was_asked_can_be_done_after_it(api: Api, cast: Cast) -> None:
    ask = ("priya request_info", "city_desk provide_info")
    early = play(api, cast, claim_in(api, cast, "qc_pending"), *ask, *ask)
    refused = do(api.as_(cast.rahul), early, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "qc_not_clear")
    for status in ("qc_clear", "claim_contested"):
        late = play(api, cast, claim_in(api, cast, status), *ask, *ask)
        assert do(api.as_(cast.priya), late, "approve").status_code == 200


@pytest.mark.parametrize("between", [(), ("priya request_info", "city_desk provide_info")])
@pytest.mark.parametrize("action", ["approve", "deny"])
def test_who_denied_does_not_decide_the_contest_also_when_more_was_asked_between(
    api: Api, cast: Cast, database: Database, between: tuple[str, ...], action: str
) -> None:
    claim = play(api, cast, claim_in(api, cast, "claim_contested"), *between)
    before = rows(database, *TABLES)
    refused = do(api.as_(cast.rahul), claim, action)
    assert (refused.status_code, refused.json()["code"]) == (403, "another_person_needed")
    assert rows(database, *TABLES) == before
    assert action not in [a["action"] for a in show(api.as_(cast.rahul), claim)["allowed_actions"]]
    assert do(api.as_(cast.priya), claim, action).status_code == 200


def test_a_denial_is_contested_twice_at_most(api: Api, cast: Cast) -> None:
    claim = play(api, cast, claim_in(api, cast, "claim_contested"), "priya deny", "city_desk contest")
    # In the second round it is the second denier who is barred.
    assert do(api.as_(cast.priya), claim, "deny").status_code == 403
    claim = play(api, cast, claim, "rahul deny")
    refused = do(api.as_(cast.city_desk), claim, "contest")
    assert (refused.status_code, refused.json()["code"]) == (409, "rounds_used_up")
    assert show(api.as_(cast.city_desk), claim)["allowed_actions"] == []


def test_a_denial_is_contested_within_thirty_days_to_the_second(api: Api, cast: Cast, today: Clock) -> None:
    first, second = claim_in(api, cast, "claim_denial"), claim_in(api, cast, "claim_denial")
    today.move(days=30)
    desk = api.again(cast.city_desk)
    assert do(desk, first, "contest").status_code == 200
    today.move(seconds=1)
    refused = do(desk, second, "contest")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_late")


def test_windows_and_rounds_are_settings(database: Database, cast: Cast, tmp_path: Any, today: Clock) -> None:
    api = make_api(database, tmp_path, claims={"contest_rounds": 0, "contest_days": 1})
    claim = claim_in(api, cast, "claim_denial")
    assert do(api.as_(cast.city_desk), claim, "contest").json()["code"] == "rounds_used_up"


@pytest.mark.parametrize("status", ["qc_clear", "claim_contested", "need_more_info_submitted"])
def test_a_limit_holds_on_every_way_to_an_approval(
    database: Database, cast: Cast, tmp_path: Any, status: str
) -> None:
    # Priya has level 1; Rahul, who brought the claim to its status, level 3.
    api = make_api(database, tmp_path, claims={"limit_l1": 40_000})
    claim = claim_in(api, cast, status)
    refused = do(api.as_(cast.priya), claim, "approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "over_limit")
    assert do(api.as_(cast.priya), claim, "approve", approved_amount="40000.01").status_code == 403
    assert do(api.as_(cast.priya), claim, "approve", approved_amount="40000").status_code == 200


def test_a_processor_of_the_hospital_alone_or_with_its_payer_acts_and_no_other(
    api: Api, cast: Cast, database: Database
) -> None:
    claim = claim_in(api, cast, "qc_pending")

    def processor(name: str, *firms: Any) -> Actor:
        with database.unit_of_work() as session:
            made = accounts.create_user(
                session, None, email=f"{name}@ward.example", name=name, role=Role.CLAIM_PROCESSOR
            )
            for firm in firms:
                accounts.assign(session, None, made, firm)
            return made.as_actor()

    strangers = [
        processor("elsewhere", cast.lakeside),
        processor("wrongpayer", cast.city, cast.health),
        processor("payeronly", cast.suraksha),
        processor("nobodys"),
    ]
    for person in strangers:
        assert do(api.as_(person), claim, "clear").status_code == 404
    both = processor("both", cast.city, cast.suraksha, cast.health)
    assert do(api.as_(both), claim, "clear").status_code == 200
    assert do(api.as_(cast.lakeside_desk), claim, "contest").status_code == 404


def test_d04_an_action_on_an_older_version_is_refused_with_the_present_state(api: Api, cast: Cast) -> None:
    claim = claim_in(api, cast, "qc_clear")
    stale = act(api.as_(cast.priya), claim, "approve", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 2, "status": "qc_clear"})
    assert act(api.as_(cast.priya), claim, "approve", headers={"If-Match": '"2"'}).status_code == 200


def test_d01_the_same_key_does_an_action_once(api: Api, cast: Cast, database: Database) -> None:
    claim = claim_in(api, cast, "qc_pending")
    priya, key = api.as_(cast.priya), {"Idempotency-Key": "query-1"}
    first, again = (act(priya, claim, "raise_query", key, **NEEDS["raise_query"]) for _ in range(2))
    assert (first.status_code, again.json()) == (200, first.json())
    assert rows(database, "claim_queries") == {"claim_queries": 1}


def test_many_claims_of_both_kinds_are_acted_on_at_once(api: Api, cast: Cast, database: Database) -> None:
    from tests.claims.stories import file_claim

    ready = [claim_in(api, cast, "qc_pending") for _ in range(2)]
    others = [claim_in(api, cast, "claim_denial"), file_claim(api.as_(cast.asha)).json()]
    body = {
        "action": "clear",
        "claim_ids": [c["claim_number"] for c in (*ready, *others)],
        "remarks": "Complete.",
    }
    answer = api.as_(cast.admin).post("/claims/bulk-actions", json=body)
    assert answer.status_code == 200, answer.text
    results = [(r["status"], r["problem"] and r["problem"]["status"]) for r in answer.json()["results"]]
    assert results == [("qc_clear", None), ("qc_clear", None), ("claim_denial", 409), ("pending", 404)]
    body = {"action": "request_info", "claim_ids": [c["id"] for c in ready], "remarks": "The chart, please."}
    assert {
        r["status"] for r in api.as_(cast.admin).post("/claims/bulk-actions", json=body).json()["results"]
    } == {"need_more_info"}
    assert rows(database, "claim_queries") == {"claim_queries": 2}
