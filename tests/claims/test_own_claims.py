"""Whoever acted for the claimant in a claim, and has become staff since, leaves it to others."""

from typing import Any

import pytest

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.core.db import Database
from insurenz.core.permissions import Actor, Role
from insurenz.organisations.models import Organisation
from tests.actors import PASSWORD, Api, Cast
from tests.claims.hospitals import NEEDS, PATHS, claim_in, do, play, submit
from tests.claims.stories import act, add, file_claim, give, problem
from tests.claims.test_bulk import bulk, told
from tests.claims.test_moves import state


def joined(api: Api, cast: Cast, database: Database, who: str, organisation: str) -> Any:
    """A client of somebody of the demo world who has become a processor of this organisation."""
    person: Actor = getattr(cast, who)
    with database.unit_of_work() as session:
        row = user(session, person.id)
        accounts.change_role(session, None, row, role=Role.CLAIM_PROCESSOR, level=4)
        accounts.assign(session, None, row, session.get_one(Organisation, getattr(cast, organisation).id))
        email = row.email
    # What they had is ended with the role: they sign in anew.
    signed_in = api.nobody.post("/auth/login", json={"email": email, "password": PASSWORD})
    return api.with_token(signed_in.json()["access_token"])


def test_who_filed_a_claim_and_joined_the_payer_since_leaves_it_to_others(
    api: Api, cast: Cast, arjun: Any, claim: dict[str, Any], database: Database
) -> None:
    [bill] = claim["documents"]
    others = file_claim(api.as_(cast.vikram), user_policy_id="POL-DEMO-0004", claim_type="property").json()
    asha = joined(api, cast, database, "asha", "suraksha")
    shown = asha.get(f"/claims/{claim['id']}").json()
    assert (shown["allowed_actions"], shown["user_id"]) == ([], cast.asha.id)
    [row] = [row for row in asha.get("/claims").json()["items"] if row["id"] == claim["id"]]
    assert row["flags"] == ["filed_by_you"]
    refused = [
        act(asha, claim, "start_review"),
        asha.post(f"/claims/{claim['id']}/assignment"),
        asha.post(
            f"/claims/{claim['id']}/documents/{bill['id']}/verification", json={"verification": "verified"}
        ),
    ]
    assert [(answer.status_code, answer.json().get("code")) for answer in refused] == [(403, "own_claim")] * 3
    assert told(bulk(asha, "start_review", claim)) == [(claim["id"], "pending", 403)]
    given = arjun.post(f"/claims/{claim['id']}/assignment", json={"user_id": cast.asha.id})
    assert problem(given) == (422, [("user_id", "not_assignable")])
    assert state(arjun, claim) == ("pending", 1, None)
    # The next one is another's, though hers waits longer.
    assert asha.post("/claims/take-next").json()["id"] == others["id"]
    assert asha.post("/claims/take-next").status_code == 204
    assert [act(arjun, claim, action).status_code for action in ("start_review", "approve")] == [200, 200]


def test_who_submitted_for_a_hospital_and_works_for_its_payer_since_leaves_it_to_others(
    api: Api, cast: Cast, database: Database
) -> None:
    submitted = claim_in(api, cast, "qc_pending")
    desk = joined(api, cast, database, "city_desk", "city")
    assert desk.get(f"/claims/{submitted['id']}").json()["allowed_actions"] == []
    assert act(desk, submitted, "clear").json()["code"] == "own_claim"
    assert desk.post("/claims/take-next").status_code == 204
    assert act(api.as_(cast.priya), submitted, "clear").status_code == 200


# What a colleague does for the hospital, and where the claim stands before.
ACTS = {
    "answer_query": "qc_query",
    "provide_info": "need_more_info",
    "contest": "claim_denial",
    "documents": "qc_pending",
    "messages": "qc_pending",
}


def acted_for(api: Api, cast: Cast, what: str) -> dict[str, Any]:
    """A claim that the desk submitted, and for which the ward has done this."""
    submitted = submit(api.as_(cast.city_desk), "bill.pdf").json()
    claim = play(api, cast, submitted, *PATHS[ACTS[what]])
    ward = api.as_(cast.city_ward)
    if what == "documents":
        assert add(ward, claim, "photo.jpg").status_code == 201
    elif what == "messages":
        assert ward.post(f"/claims/{claim['id']}/messages", json={"body": "When?"}).status_code == 201
    else:
        assert do(ward, claim, what).status_code == 200
    shown: dict[str, Any] = ward.get(f"/claims/{claim['id']}").json()
    return shown


@pytest.mark.parametrize("what", ACTS)
def test_who_acted_for_a_hospital_and_works_for_its_payer_since_leaves_that_claim_to_others(
    api: Api, cast: Cast, database: Database, what: str
) -> None:
    claim = acted_for(api, cast, what)
    other = submit(api.as_(cast.city_desk)).json()
    ward, priya = joined(api, cast, database, "city_ward", "city"), api.as_(cast.priya)
    before = priya.get(f"/claims/{claim['id']}").json()
    assert ward.get(f"/claims/{claim['id']}").json()["allowed_actions"] == []
    flags = {row["id"]: row["flags"] for row in ward.get("/claims").json()["items"]}
    assert flags == {
        claim["id"]: ["filed_by_you", *(["disputed"] if what == "contest" else [])],
        other["id"]: [],
    }
    path = f"/claims/{claim['id']}"
    verdict = f"{path}/documents/{claim['documents'][0]['id']}/verification"
    refused = [
        do(ward, claim, "deny"),
        ward.post(f"{path}/assignment"),
        ward.post(verdict, json={"verification": "verified"}),
    ]
    assert [(answer.status_code, answer.json().get("code")) for answer in refused] == [(403, "own_claim")] * 3
    assert told(bulk(ward, "deny", claim, **NEEDS["deny"])) == [(claim["id"], claim["status"], 403)]
    given = give(priya, claim, cast.city_ward)
    assert problem(given) == (422, [("user_id", "not_assignable")])
    found = [each["id"] for each in priya.get(f"{path}/assignees").json()["items"]]
    assert (cast.priya.id in found, cast.city_ward.id in found) == (True, False)
    # The next one is another's, though this one waits longer.
    assert ward.post("/claims/take-next").json()["id"] == other["id"]
    assert ward.post("/claims/take-next").status_code == 204
    after = priya.get(path).json()
    assert (after["version"], after["status"], after["assignee"]) == (
        before["version"],
        claim["status"],
        None,
    )
    assert do(priya, claim, "deny").status_code == 200


def test_who_only_looked_at_a_claim_of_the_hospital_may_work_on_it(
    api: Api, cast: Cast, database: Database
) -> None:
    claim = submit(api.as_(cast.city_desk)).json()
    assert api.as_(cast.city_ward).get(f"/claims/{claim['id']}").status_code == 200
    ward = joined(api, cast, database, "city_ward", "city")
    assert ward.post("/claims/take-next").json()["id"] == claim["id"]
    assert do(ward, claim, "deny").status_code == 200


def test_staff_who_acted_as_staff_go_on(api: Api, cast: Cast) -> None:
    claim = claim_in(api, cast, "need_more_info_submitted")
    rahul = api.as_(cast.rahul)
    assert rahul.post(f"/claims/{claim['id']}/messages", json={"body": "Thanks."}).status_code == 201
    assert rahul.post("/claims/take-next").json()["id"] == claim["id"]
    assert do(rahul, claim, "approve").status_code == 200
