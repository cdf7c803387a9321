"""Hospital claims: every role and relation x every action x every state, against tables; refusals move nothing."""

import json
from typing import Any

import pytest

from insurenz.core.ids import new_id
from tests.permissions import tables, ward_tables
from tests.permissions.calls import Call, call_of
from tests.permissions.test_matrix import Attempt, everybody, judge, label, one_of_each, telling
from tests.permissions.test_properties import every_field, refused, shape
from tests.permissions.test_strangers import look, look_at_success
from tests.permissions.ward import FIELDS, STATES
from tests.permissions.world import SUBMISSION, World

STRANGERS = ("desk", "lost", "patient", "away")
KNOWN = ("filer", "colleague", "junior", "clerk", "decider", "admin", "auditor")
ROUTES = tables.rows(ward_tables.ROUTES)
FORM = SUBMISSION["form_data"] | {"ward": "ICU"}  # type: ignore[operator]


def with_strangers(world: World, call: Call, expected: dict[str, str], turn: int) -> list[Attempt]:
    """An attempt of one in each relation at a call: those in the table as it says, strangers as at a missing claim."""
    known, strangers = (one_of_each(world, names, turn) for names in (KNOWN, STRANGERS))
    attempts = [(label(n, p), world.as_(p), call, int(expected[n])) for n, p in known]
    attempts += [(label(n, p), world.as_(p), call, 404) for n, p in strangers]
    return [*attempts, ("nobody", {}, call, 401)]


@pytest.mark.parametrize("operation", ROUTES)
def test_z02_each_operation_is_open_to_whom_the_table_says(ward: World, operation: str) -> None:
    call = call_of(ward, operation)
    attempts = [
        (label(n, p), ward.as_(p), call, int(ROUTES[operation][n])) for n, p in everybody(ward, ward.people)
    ]
    assert judge(ward, [*attempts, ("nobody", {}, call, 401)]) == []


@pytest.mark.parametrize("operation", ["file_hospital_claim", "list_queries", "show_claim", "send_message"])
def test_z02_an_api_key_reaches_what_its_holder_and_its_scopes_reach(ward: World, operation: str) -> None:
    call, scope = (
        call_of(ward, operation),
        "claims:write" if call_of(ward, operation).method == "POST" else "claims:read",
    )
    attempts = []
    for key in telling(ward.keys, scope):
        expected = int(ROUTES[operation][key.holder])
        if scope not in key.scopes and not (expected == 404 and operation == "send_message"):
            expected = 403
        attempts.append((f"key of {key.holder} with {sorted(key.scopes)}", key.headers, call, expected))
    assert judge(ward, attempts) == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("operation", ward_tables.IN_EVERY_STATE)
def test_z02_a_claim_in_any_state_is_seen_and_worked_on_by_whom_the_table_says(
    ward: World, operation: str, state: str
) -> None:
    claim = ward.claims[state]
    call = call_of(ward, operation, claim_id=claim["claim_number"], document_id=claim["documents"][0]["id"])
    assert judge(ward, with_strangers(ward, call, ROUTES[operation], STATES.index(state))) == []


@pytest.mark.parametrize("way", ["action", "status"])
@pytest.mark.parametrize("state", STATES)
def test_z02_z09_each_action_in_each_state_is_open_to_whom_the_table_says(
    ward: World, state: str, way: str
) -> None:
    claim = ward.claims[state]

    def call(action: str) -> Call:
        fields = FIELDS.get(action, {})
        if way == "action":
            return Call("POST", f"/claims/{claim['id']}/actions/{action}", json=fields)
        target = {"status": ward_tables.TARGETS.get(action, action)}
        return Call("PATCH", f"/claims/{claim['id']}/status", json=target | fields)

    attempts: list[Attempt] = []
    for name, person in everybody(ward, KNOWN):
        expected = tables.expected_of(ward_tables.ACTIONS, name)[state]
        for action, status in expected.items():
            told = 422 if (way, status) == ("status", "404") else int(status)
            attempts.append((label(name, person), ward.as_(person), call(action), told))
    attempts += [(label(n, p), ward.as_(p), call("clear"), 404) for n, p in everybody(ward, STRANGERS)]
    assert judge(ward, [*attempts, ("nobody", {}, call("clear"), 401)]) == []


@pytest.mark.parametrize("state", STATES)
def test_z02_what_a_form_says_is_changed_by_its_hospital_while_in_intake(ward: World, state: str) -> None:
    claim, row = ward.claims[state], tables.rows(ward_tables.CONTENT)[state]
    version = {"If-Match": f'"{claim["version"]}"'}
    call = Call("PATCH", f"/claims/{claim['id']}", version, {"form_data": FORM})
    assert judge(ward, with_strangers(ward, call, row, STATES.index(state))) == []


def test_z02_the_claims_of_a_list_are_those_one_may_see(ward: World) -> None:
    all_of_them = {claim["id"] for claim in ward.claims.values()}
    for name, person in everybody(ward, ward.people):
        expected = all_of_them if name in KNOWN else set()
        listed = ward.send("GET", "/claims?hospital=HOSP_001", ward.as_(person)).json()["items"]
        counted = ward.send("GET", "/claims/counts", ward.as_(person)).json()["total"]
        exported = ward.send("GET", "/claims/export.csv", ward.as_(person)).text
        assert {claim["id"] for claim in listed} == expected, label(name, person)
        assert (counted, exported.count("CSHLSIP-")) == (len(expected),) * 2, label(name, person)


@pytest.mark.parametrize(
    "operation", [*ward_tables.IN_EVERY_STATE, "change_claim", "change_status", "act_on_claim"]
)
def test_z03_a_strangers_claim_looks_like_a_missing_one(ward: World, operation: str) -> None:
    claim = ward.claims["qc_pending"]
    for existing, missing in ((claim["id"], new_id()), (claim["claim_number"], "CSHLSIP-2026-999")):
        for _, person in everybody(ward, STRANGERS):
            headers = ward.as_(person) | {"If-Match": '"1"'}
            there, gone = (_on(ward, operation, name) for name in (existing, missing))
            assert look(ward, there, headers) == look(ward, gone, headers), (person.name, operation)


def _on(world: World, operation: str, claim: str) -> Call:
    if operation in ("change_claim", "change_status"):
        path = f"/claims/{claim}{'/status' if operation == 'change_status' else ''}"
        return Call(
            "PATCH", path, json={"form_data": FORM} if operation == "change_claim" else {"status": "qc_clear"}
        )
    return call_of(world, operation, claim_id=claim)


def test_z03_in_a_bulk_action_a_strangers_claim_looks_like_a_missing_one(ward: World) -> None:
    claim = ward.claims["qc_pending"]
    for person in ward.people["away"]:
        seen = []
        for name in (claim["id"], new_id()):
            body = {"action": "clear", "claim_ids": [name]}
            answer = look_at_success(ward, Call("POST", "/claims/bulk-actions", json=body), ward.as_(person))
            assert answer["results"].pop("claim_id") == name
            seen.append(answer)
        assert seen[0] == seen[1]
        assert seen[0]["results"]["problem"]["code"] == "not_found"


# What each action takes, where it is possible.
TAKEN = {
    ("qc_pending", "raise_query"): "remarks query_category missing_documents due_at",
    ("qc_query", "answer_query"): "query_response files upload_ids",
    ("qc_pending", "request_info"): "remarks",
    ("need_more_info", "provide_info"): "response files upload_ids",
    ("qc_pending", "clear"): "remarks",
    ("qc_clear", "approve"): "approved_amount remarks",
    ("qc_pending", "deny"): "remarks rejection_reason",
    ("claim_denial", "contest"): "contest_reason files upload_ids",
}


@pytest.mark.parametrize("case", TAKEN)
def test_z04_fields_that_an_action_does_not_take_are_refused(ward: World, case: tuple[str, str]) -> None:
    state, action = case
    protected = every_field(ward) - set(TAKEN[case].split())
    body = dict.fromkeys(protected, "1") | FIELDS.get(action, {})
    call = Call("POST", f"/claims/{ward.claims[state]['id']}/actions/{action}", json=body)
    who = ward.cast.city_ward if action in ("answer_query", "provide_info", "contest") else ward.cast.admin
    before = ward.everything()
    answer = call.by(ward, ward.as_(who))
    assert (answer.status_code, refused(answer) | {"files"}) == (422, protected | {"files"})
    assert ward.everything() == before


def test_z04_fields_that_a_submission_or_a_change_does_not_take_are_refused(ward: World) -> None:
    protected = every_field(ward)
    before, desk = ward.everything(), ward.as_(ward.cast.city_desk)
    path = f"/claims/{ward.claims['qc_pending']['id']}"
    changed = dict.fromkeys(protected - {"form_data"}, "1") | {"form_data": FORM}
    answer = ward.send("PATCH", path, desk | {"If-Match": '"1"'}, json=changed)
    assert (answer.status_code, refused(answer)) == (422, protected - {"form_data"})
    taken = {"workflow", "hospital_id", "payer_id", "form_data", "upload_ids"}
    told = {"claim": json.dumps(dict.fromkeys(protected - taken, "1") | SUBMISSION)}
    answer = ward.send(
        "POST", "/hospital-claims", desk, data=told, files=[("files", ("a.pdf", b"%PDF-1.4 x"))]
    )
    assert answer.status_code == 422
    assert refused(answer) in (protected - taken, {"files"})
    answer = ward.send("POST", "/hospital-claims", desk, files={"claim": (None, told["claim"])})
    assert (answer.status_code, refused(answer)) == (422, protected - taken)
    assert ward.everything() == before


@pytest.mark.parametrize("name", KNOWN)
def test_z04_an_answer_has_the_listed_fields_for_every_reader(ward: World, name: str) -> None:
    is_staff = name not in ("filer", "colleague")
    contested = f"/claims/{ward.claims['sent_contested']['id']}"
    answered = f"/claims/{ward.claims['qc_answered']['id']}"
    pending = f"/claims/{ward.claims['qc_pending']['id']}"
    for path, places, is_claim in (
        (contested, ward_tables.CLAIM, True),
        (answered, ward_tables.CLAIM, True),
        (pending, ward_tables.CLAIM, True),
        (f"{answered}/queries", ward_tables.QUERIES, False),
        ("/claims", ward_tables.LIST if is_staff else ward_tables.DESK_LIST, False),
    ):
        allowed = {f"{place}.{n}".lstrip(".") for place, names in places.items() for n in names.split()}
        if is_staff and places is not ward_tables.QUERIES:
            allowed |= {"assignee", "policy", "approval_limit"} if is_claim else ward_tables.OF_STAFF
        for person in ward.people[name]:
            answer = ward.send("GET", path, ward.as_(person))
            shown = shape(answer.json(), places)
            assert shown <= allowed, (path, shown - allowed)
            top = {n for n in allowed if "." not in n}
            assert {n for n in shown if "." not in n} == top
            in_rows = {n for n in allowed if n.count(".") == 1 and n.startswith("items.")}
            assert {n for n in shown if n.count(".") == 1 and n.startswith("items.")} == in_rows


def test_z05_a_claim_is_submitted_by_nobody_else(ward: World) -> None:
    with ward.undone():
        headers = ward.as_(ward.cast.city_ward) | {"X-User-Id": ward.cast.admin.id, "X-Role": "admin"}
        answer: Any = ward.send(
            "POST", f"/hospital-claims?user_id={ward.cast.admin.id}", headers, json=SUBMISSION
        )
        assert (answer.status_code, answer.json()["user_id"]) == (201, ward.cast.city_ward.id)
