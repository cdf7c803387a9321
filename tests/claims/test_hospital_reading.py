"""Hospital claims as each reader sees them, alone and in lists, and what else can be done with them."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.core.db import Database
from insurenz.core.permissions import Role
from tests.actors import Api, Cast
from tests.claims.hospitals import FORM, TABLES, claim_in, do, submit
from tests.claims.listed import found
from tests.claims.stories import (
    add,
    events_of,
    file_claim,
    give,
    problem,
    rows,
    sample,
    show,
    take_next,
    verify,
    work,
)
from tests.statements import how_many

CONCERNED = {"person_name", "hospital", "payer", "rejection_reason"}
SEES = ("city_desk", "city_ward", "priya", "rahul", "admin", "auditor")
SEES_NOT = ("asha", "vikram", "lakeside_desk", "meera", "arjun")


@pytest.fixture
def claim(api: Api, cast: Cast) -> dict[str, Any]:
    """A claim of City Hospital with a bill."""
    submitted: dict[str, Any] = submit(api.as_(cast.city_desk), "bill.pdf").json()
    return submitted


@pytest.mark.parametrize("person", SEES + SEES_NOT)
def test_a_claim_is_seen_by_whom_it_concerns(
    api: Api, cast: Cast, claim: dict[str, Any], person: str
) -> None:
    client = api.as_(getattr(cast, person))
    by_id, by_number = client.get(f"/claims/{claim['id']}"), client.get(f"/claims/{claim['claim_number']}")
    expected = (200, 200, [claim["id"]]) if person in SEES else (404, 404, [])
    assert (by_id.status_code, by_number.status_code, found(client)) == expected
    assert client.get("/claims/counts").json()["total"] == len(expected[2])


def test_each_role_has_its_own_view(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    views = {who: show(api.as_(getattr(cast, who)), claim) for who in SEES}
    assert set(views["city_ward"]) == set(claim)
    for who in ("priya", "admin", "auditor"):
        assert set(views[who]) == set(claim) | {"assignee", "policy", "approval_limit"}
    assert {who: view["form_data"] for who, view in views.items()} == dict.fromkeys(SEES, FORM)
    row = api.as_(cast.city_ward).get("/claims").json()["items"][0]
    assert row.pop("waiting") is None
    assert set(row) == set(claim) - {"documents", "allowed_actions", "changeable", "form_data", "queries"}
    assert row == {name: claim[name] for name in row}


def test_fields_that_do_not_apply_are_null(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    retail = file_claim(api.as_(cast.asha)).json()
    admin = api.as_(cast.admin)
    shown = show(admin, retail)
    assert (shown["hospital"], shown["form_data"], shown["queries"], shown["rejection_reason"]) == (
        None,
        None,
        [],
        None,
    )
    assert shown["payer"]["number"] == "PAY_001"
    rows_ = {row["id"]: row for row in admin.get("/claims").json()["items"]}
    assert rows_[retail["id"]]["hospital"] is None
    assert rows_[claim["id"]]["hospital"]["number"] == "HOSP_001"
    assert (rows_[claim["id"]]["description"], rows_[claim["id"]]["user_policy_id"]) == (None, None)
    # A policyholder is told of a claim as before.
    assert not CONCERNED & (set(retail) | set(show(api.as_(cast.asha), retail)))


def test_lists_are_narrowed_by_hospital_payer_workflow_and_words(api: Api, cast: Cast) -> None:
    desk, lake = api.as_(cast.city_desk), api.as_(cast.lakeside_desk)
    first = submit(desk, form={"patient_name": "Sunita Patil"}).json()
    second = submit(desk, payer_id="PAY_002", form={"claimed_amount": 90_000}).json()
    third = submit(lake, hospital_id="HOSP_002").json()
    retail = file_claim(api.as_(cast.asha)).json()
    admin, rahul = api.as_(cast.admin), api.as_(cast.rahul)
    ids = [each["id"] for each in (first, second, third, retail)]
    assert found(admin) == ids[::-1]
    assert found(rahul) == ids[2::-1]
    for query, expected in (
        ({"hospital": "HOSP_001"}, [1, 0]),
        ({"payer": "PAY_002"}, [1]),
        ({"workflow": "hospital"}, [2, 1, 0]),
        ({"status": "qc_pending", "amount_min": "50000"}, [1]),
        ({"text": "sunita PATIL"}, [0]),
        ({"text": first["claim_number"]}, [0]),
        ({"text": "CSHLSIP"}, [2, 1, 0]),
        ({"claim_type": "medical", "hospital": "HOSP_002"}, [2]),
    ):
        assert found(rahul, **query) == [ids[n] for n in expected], query
        assert rahul.get("/claims/counts", params=query).json()["total"] == len(expected)
    for sort in ("claim_amount", "-incident_date", "updated_at"):
        assert sorted(found(admin, sort=sort)) == sorted(ids)
    assert found(desk, text="Ravi") == [ids[1]]


def test_what_a_form_says_beyond_the_name_is_not_searched(api: Api, cast: Cast) -> None:
    submit(api.as_(cast.city_desk), form={"diagnosis": "Cholecystitis"})
    assert found(api.as_(cast.admin), text="cholecystitis") == []


def test_who_once_worked_at_a_desk_keeps_nothing_of_it(
    api: Api, cast: Cast, database: Database, claim: dict[str, Any]
) -> None:
    with database.unit_of_work() as session:
        accounts.change_role(session, None, user(session, cast.city_desk.id), role=Role.POLICYHOLDER, level=0)
    former = api.again(cast.city_desk)
    assert former.get("/auth/me").json()["role"] == "policyholder"
    assert (former.get(f"/claims/{claim['id']}").status_code, found(former)) == (404, [])
    url = claim["documents"][0]["url"].removeprefix(api.app.state.settings.base_url)
    assert api.nobody.get(url).status_code == 404


def test_d10_a_page_costs_the_same_however_many_claims_it_has(
    api: Api, cast: Cast, database: Database
) -> None:
    for who, most in (("city_desk", 3), ("rahul", 5), ("admin", 4)):
        client = api.as_(getattr(cast, who))
        submit(api.as_(cast.city_desk))
        few = how_many(database, lambda client=client: client.get("/claims"))  # type: ignore[misc]
        for _ in range(5):
            submit(api.as_(cast.city_desk), payer_id="PAY_002")
        many = how_many(database, lambda client=client: client.get("/claims"))  # type: ignore[misc]
        assert (few, many) == (most, most), who


def test_of_hospital_and_payer_there_are_the_names_and_of_a_form_nothing(api: Api, cast: Cast) -> None:
    claim = submit(api.as_(cast.city_desk), form={"ward": "canary-of-a-form"}).json()
    for person in (cast.city_ward, cast.priya, cast.admin):
        answer = api.as_(person).get("/claims/export.csv")
        (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
        told = {name: row[name] for name in ("claim_number", "hospital", "payer", "person_name")}
        assert told == {
            "claim_number": claim["claim_number"],
            "hospital": "City Hospital",
            "payer": "Suraksha General",
            "person_name": "Ravi Kumar",
        }
        assert "canary" not in answer.text


def change(client: Any, claim: dict[str, Any], version: int | None = 1, **fields: Any) -> Any:
    """Change what a claim says."""
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return client.patch(f"/claims/{claim['id']}", json=fields, headers=headers)


def test_d04_any_user_of_the_hospital_sends_another_form_while_in_intake(
    api: Api, cast: Cast, database: Database, claim: dict[str, Any]
) -> None:
    ward = api.as_(cast.city_ward)
    form = {"patient_name": "Ravi K. Kumar", "claimed_amount": 52000.5, "payer_name": "Suraksha", "ward": 4}
    assert change(ward, claim, None, form_data=form).status_code == 428
    assert change(ward, claim, 7, form_data=form).status_code == 412
    answer = change(ward, claim, form_data=form)
    assert answer.status_code == 200
    changed = answer.json()
    assert (changed["form_data"], changed["claim_amount"], changed["person_name"], changed["version"]) == (
        form,
        "52000.50",
        "Ravi K. Kumar",
        2,
    )
    assert (found(ward, text="ravi k"), events_of(database, claim)) == (
        [claim["id"]],
        ["claim_pending", "claim_changed"],
    )
    item = ward.get(f"/claims/{claim['id']}/history").json()["items"][1]
    assert (item["details"]["fields"], item["texts"], item["actor"]["name"]) == (
        ["form_data"],
        {},
        "Thomas Mathew",
    )
    # The same again, or nothing, changes nothing; another kind of value does.
    assert change(ward, claim, 2, form_data=form).json()["version"] == 2
    assert change(ward, claim, 2).json()["version"] == 2
    assert change(ward, claim, 2, form_data=form | {"ward": 4.0}).json()["version"] == 3


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"form_data": None}, "form_data", "missing"),
        ({"form_data": {}}, "form_data.patient_name", "missing"),
        ({"form_data": FORM | {"claimed_amount": "0"}}, "form_data.claimed_amount", "out_of_range"),
        ({"form_data": FORM | {"x": "nul\0"}}, "form_data", "not_storable"),
        ({"description": "x"}, "description", "extra_forbidden"),
        ({"claim_amount": "1"}, "claim_amount", "extra_forbidden"),
        ({"payer_id": "PAY_002"}, "payer_id", "extra_forbidden"),
    ],
)
def test_a_form_that_cannot_be_taken_changes_nothing(
    api: Api,
    cast: Cast,
    database: Database,
    *,
    claim: dict[str, Any],
    fields: dict[str, Any],
    field: str,
    code: str,
) -> None:
    desk = api.as_(cast.city_desk)
    before = rows(database, *TABLES)
    status, errors = problem(change(desk, claim, **fields))
    assert (status, (field, code) in errors) == (422, True)
    assert (rows(database, *TABLES), show(desk, claim)["version"]) == (before, 1)


def test_after_intake_and_by_others_what_a_claim_says_is_not_changed(
    api: Api, cast: Cast, claim: dict[str, Any]
) -> None:
    form = {"form_data": FORM | {"ward": 1}}
    for person, status in ((cast.priya, 403), (cast.admin, 403), (cast.lakeside_desk, 404), (cast.asha, 404)):
        assert change(api.as_(person), claim, **form).status_code == status
    do(api.as_(cast.priya), claim, "clear")
    refused = change(api.as_(cast.city_desk), claim, 2, **form)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_in_intake")
    retail = file_claim(api.as_(cast.asha)).json()
    assert problem(change(api.as_(cast.asha), retail, **form)) == (422, [("form_data", "extra_forbidden")])


def test_each_side_adds_documents_and_a_colleague_replaces_them(
    api: Api, cast: Cast, database: Database, claim: dict[str, Any]
) -> None:
    ward, priya = api.as_(cast.city_ward), api.as_(cast.priya)
    bill = claim["documents"][0]["id"]
    assert add(priya, claim, "letter.docx").status_code == 201
    replaced = add(ward, claim, "scan.png", replaces=bill)
    assert replaced.status_code == 201, replaced.text
    assert [d["file_name"] for d in replaced.json()["documents"]] == ["letter.docx", "scan.png"]
    assert [d["replaced_by"] is not None for d in show(priya, claim)["documents"]] == [True, False, False]
    letter = replaced.json()["documents"][0]["id"]
    # What the processor has sent is not the hospital's to replace.
    assert problem(add(ward, claim, "photo.jpg", replaces=letter)) == (422, [("replaces", "not_yours")])
    for stranger in (cast.lakeside_desk, cast.asha, cast.meera):
        assert add(api.as_(stranger), claim, "photo.jpg").status_code == 404


def test_documents_are_verified_and_opened(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    marked = verify(api.as_(cast.priya), claim, "rejected", reason="Not readable.")
    assert marked.status_code == 200
    document = show(api.as_(cast.city_ward), claim)["documents"][0]
    assert (document["verification"], document["verification_reason"]) == ("rejected", "Not readable.")
    url = document["url"].removeprefix(api.app.state.settings.base_url)
    assert api.nobody.get(url).content == sample("bill.pdf")[1]
    assert verify(api.as_(cast.city_desk), claim, "verified").status_code == 403


def test_both_sides_talk_and_the_hospital_learns_nothing_of_notes(
    api: Api, cast: Cast, claim: dict[str, Any]
) -> None:
    desk, ward, priya = api.as_(cast.city_desk), api.as_(cast.city_ward), api.as_(cast.priya)
    path = f"/claims/{claim['id']}"
    assert desk.post(f"{path}/messages", json={"body": "He is in the ICU."}).status_code == 201
    assert priya.post(f"{path}/messages", json={"body": "Thank you."}).status_code == 201
    assert priya.post(f"{path}/notes", json={"body": "Check the rent."}).status_code == 201
    assert [(m["body"], m["is_mine"]) for m in ward.get(f"{path}/messages").json()["items"]] == [
        ("He is in the ICU.", False),
        ("Thank you.", False),
    ]
    assert desk.get(f"{path}/notes").status_code == 403
    give(priya, claim)
    told = [item["type"] for item in desk.get(f"{path}/history").json()["items"]]
    assert told == ["claim_pending", "claim_message", "claim_message"]


def test_a_claim_is_taken_handed_over_and_released(
    api: Api, cast: Cast, database: Database, claim: dict[str, Any]
) -> None:
    priya, rahul = api.as_(cast.priya), api.as_(cast.rahul)
    taken = take_next(rahul, workflow="hospital")
    assert (taken.status_code, taken.json()["id"]) == (200, claim["id"])
    assert taken.json()["assignee"] == {"id": cast.rahul.id, "name": "Rahul Verma"}
    assert give(priya, claim).status_code == 409
    assert problem(give(rahul, claim, cast.meera)) == (422, [("user_id", "not_assignable")])
    assert problem(give(rahul, claim, cast.city_desk)) == (422, [("user_id", "not_assignable")])
    assert give(rahul, claim, cast.priya).status_code == 200
    assert found(priya, assignee="me") == [claim["id"]]
    assert priya.delete(f"/claims/{claim['id']}/assignment").json()["assignee"] is None
    assert work(database, claim)[2] == ["claim_assigned", "claim_assigned", "claim_released"]
    assert give(api.as_(cast.city_desk), claim).status_code == 403


def test_every_event_of_it_names_the_hospital(
    api: Api, cast: Cast, database: Database, claim: dict[str, Any]
) -> None:
    add(api.as_(cast.city_desk), claim, "photo.jpg")
    give(api.as_(cast.priya), claim)
    api.as_(cast.priya).post(f"/claims/{claim['id']}/messages", json={"body": "Hello"})
    change(api.as_(cast.city_desk), claim, 3, form_data=FORM | {"ward": 1})
    verify(api.as_(cast.priya), claim, "verified")
    do(api.as_(cast.priya), claim, "clear")
    api.as_(cast.admin).post("/claims/bulk-actions", json={"action": "approve", "claim_ids": [claim["id"]]})
    with database.read_unit() as session:
        named = session.execute(
            text(
                "SELECT hospital_name, claimant_id, count(*) FROM events WHERE subject_kind = 'claim' GROUP BY 1, 2"
            )
        ).all()
    assert named == [("City Hospital", None, 8)]


@pytest.mark.parametrize(
    "change",
    [
        "policy_id = (SELECT id FROM policies WHERE number = 'POL-DEMO-0001')",
        "hospital_id = NULL",
        "form_data = NULL",
        "payer_id = NULL",
        "hospital_id = '018f00000000700080000000000000aa'",
    ],
)
def test_d09_a_hospital_claim_that_cannot_be_is_refused_by_the_database(
    api: Api, cast: Cast, database: Database, change: str
) -> None:
    claim_in(api, cast, "qc_pending")
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(text(f"UPDATE claims SET {change}"))


def test_d09_a_retail_claim_has_a_policy_and_no_hospital(api: Api, cast: Cast, database: Database) -> None:
    file_claim(api.as_(cast.asha))
    for change_ in (
        "policy_id = NULL",
        "form_data = '{}'",
        "hospital_id = (SELECT id FROM organisations WHERE number = 'HOSP_001')",
    ):
        with pytest.raises(IntegrityError), database.unit_of_work() as session:
            session.execute(text(f"UPDATE claims SET {change_}"))
