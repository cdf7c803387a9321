"""Hospitals and payers: who sees, who changes, numbers, partners, versions."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from insurenz.core.db import Database, Session
from insurenz.core.errors import Invalid
from insurenz.core.ids import new_id
from insurenz.organisations import queries, service
from insurenz.organisations.models import Kind, Organisation
from tests.actors import Api, Cast


def test_everybody_reads_the_directory_with_partners(api: Api, cast: Cast) -> None:
    for actor in (cast.asha, cast.city_desk, cast.priya, cast.auditor):
        answer = api.as_(actor).get("/organisations")
        assert answer.status_code == 200
        assert [(o["number"], o["works_with"]) for o in answer.json()["items"]] == [
            ("HOSP_001", ["PAY_001", "PAY_002"]),
            ("HOSP_002", ["PAY_001", "PAY_002"]),
            ("PAY_001", ["HOSP_001", "HOSP_002"]),
            ("PAY_002", ["HOSP_001", "HOSP_002"]),
        ]


def test_lists_are_paged_and_filtered_by_kind(api: Api, cast: Cast) -> None:
    client = api.as_(cast.asha)
    first = client.get("/organisations", params={"limit": 3}).json()
    rest = client.get("/organisations", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [o["number"] for o in first["items"] + rest["items"]] == [
        "HOSP_001",
        "HOSP_002",
        "PAY_001",
        "PAY_002",
    ]
    assert rest["next_cursor"] is None
    payers = client.get("/organisations", params={"kind": "payer"}).json()["items"]
    assert [o["name"] for o in payers] == ["Suraksha General", "Health Insurance Ltd"]
    assert client.get("/organisations", params={"cursor": "bm8"}).status_code == 422
    assert client.get("/organisations", params={"limit": 201}).status_code == 422


def test_an_organisation_is_found_by_id_and_by_number(api: Api, cast: Cast) -> None:
    client = api.as_(cast.asha)
    by_number = client.get("/organisations/HOSP_001")
    assert by_number.headers["etag"] == '"1"'
    assert by_number.json() == client.get(f"/organisations/{cast.city.id}").json()
    assert [client.get(f"/organisations/{x}").status_code for x in (new_id(), "HOSP_009", "x", "%00")] == [
        404
    ] * 4


def test_an_admin_adds_a_hospital_that_gets_the_next_number(api: Api, cast: Cast) -> None:
    made = api.as_(cast.admin).post(
        "/organisations", json={"kind": "hospital", "name": " Hill Hospital ", "works_with": ["PAY_002"]}
    )
    assert made.status_code == 201
    assert (made.json()["number"], made.json()["name"]) == ("HOSP_003", "Hill Hospital")
    assert made.json()["works_with"] == ["PAY_002"]
    shown = api.as_(cast.asha).get("/organisations/PAY_002").json()
    assert shown["works_with"] == ["HOSP_001", "HOSP_002", "HOSP_003"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "payer", "name": "X", "number": "PAY_001"}, 409, "number_taken"),
        ({"kind": "payer", "name": "X", "number": "HOSP_9"}, 422, "invalid"),
        ({"kind": "payer", "name": "X", "works_with": ["PAY_001"]}, 422, "invalid"),
        ({"kind": "payer", "name": "  "}, 422, "invalid"),
        ({"kind": "payer", "name": "a\nb"}, 422, "invalid"),
        ({"kind": "payer", "name": "a\u202eb"}, 422, "invalid"),
        ({"kind": "bank", "name": "X"}, 422, "invalid"),
        ({"kind": "payer", "name": "X", "version": 7}, 422, "invalid"),
    ],
)
def test_what_is_not_right_is_refused(api: Api, cast: Cast, body: dict, status: int, code: str) -> None:
    before = api.as_(cast.admin).get("/organisations").json()
    answer = api.as_(cast.admin).post("/organisations", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert api.as_(cast.admin).get("/organisations").json() == before


def test_only_an_admin_writes(api: Api, cast: Cast) -> None:
    body = {"kind": "payer", "name": "X"}
    for actor in (cast.asha, cast.city_desk, cast.rahul, cast.auditor):
        assert api.as_(actor).post("/organisations", json=body).status_code == 403
        assert api.as_(actor).patch("/organisations/PAY_001", json={"name": "X"}).status_code == 403
    assert api.nobody.get("/organisations").status_code == 401
    assert api.nobody.post("/organisations", json=body).status_code == 401
    assert len(api.as_(cast.admin).get("/organisations").json()["items"]) == 4


def test_d04_a_change_needs_the_version_it_is_based_on(api: Api, cast: Cast) -> None:
    client = api.as_(cast.admin)
    assert client.patch("/organisations/HOSP_001", json={"name": "X"}).status_code == 428
    stale = client.patch("/organisations/HOSP_001", json={"name": "X"}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 1)
    done = client.patch(
        "/organisations/HOSP_001",
        json={"name": "City", "works_with": ["PAY_001"]},
        headers={"If-Match": '"1"'},
    )
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert (done.json()["name"], done.json()["works_with"]) == ("City", ["PAY_001"])
    same = client.patch("/organisations/HOSP_001", json={"name": "City"}, headers={"If-Match": '"2"'})
    assert same.headers["etag"] == '"2"'


def test_a_closed_organisation_is_shown_to_overseers_only(api: Api, cast: Cast) -> None:
    closed = api.as_(cast.admin).patch(
        "/organisations/HOSP_002", json={"is_active": False}, headers={"If-Match": '"1"'}
    )
    assert closed.status_code == 200
    assert api.as_(cast.asha).get("/organisations/HOSP_002").status_code == 404
    assert api.as_(cast.auditor).get("/organisations/HOSP_002").status_code == 200
    assert len(api.as_(cast.asha).get("/organisations").json()["items"]) == 3


def test_changes_leave_events_of_the_true_actor(api: Api, cast: Cast, db: Session) -> None:
    api.as_(cast.admin).patch("/organisations/HOSP_001", json={"name": "C"}, headers={"If-Match": '"1"'})
    rows = db.execute(
        text(
            "SELECT type, actor_email FROM events WHERE subject_kind = 'organisation' AND type LIKE '%changed'"
        )
    ).all()
    assert [tuple(row) for row in rows] == [("organisation_changed", "admin@demo.example")]


def test_resolving_names_the_field_and_the_kind(db: Session, cast: Cast) -> None:
    assert service.resolve(db, "HOSP_001", kind=Kind.HOSPITAL).id == cast.city.id
    assert service.resolve(db, cast.city.id).number == "HOSP_001"
    with pytest.raises(Invalid) as refused:
        service.resolve(db, "PAY_001", kind=Kind.HOSPITAL, field="hospital_id")
    assert [(e.field, e.code) for e in refused.value.errors] == [("hospital_id", "unknown_hospital")]
    assert queries.work_together(db, cast.city.id, cast.suraksha.id)
    assert not queries.work_together(db, cast.suraksha.id, cast.city.id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organisations SET number = 'PAY_001' WHERE number = 'PAY_002'",
        "UPDATE organisations SET number = 'X_1' WHERE number = 'PAY_002'",
        "UPDATE organisations SET kind = 'hospital' WHERE number = 'PAY_002'",
        "UPDATE organisations SET name = '' WHERE number = 'PAY_002'",
        "UPDATE organisations SET version = 0",
        "DELETE FROM organisations WHERE number = 'PAY_002'",
        "UPDATE hospital_payers SET hospital_id = payer_id",
        "UPDATE hospital_payers SET payer_kind = 'hospital'",
    ],
)
def test_d09_the_database_refuses_what_is_wrong(database: Database, cast: Cast, statement: str) -> None:
    with database.unit_of_work() as session, pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(statement))


def test_two_hospitals_at_once_get_two_numbers(real_database: Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def make(name: str) -> str:
        with real_database.unit_of_work() as session:
            made: Organisation = service.create(session, None, kind=Kind.HOSPITAL, name=name)
            return made.number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(make, "abcd"))
    assert sorted(numbers) == ["HOSP_001", "HOSP_002", "HOSP_003", "HOSP_004"]


def test_organisations_are_found_by_part_of_name_or_number(api: Api, cast: Cast) -> None:
    def found(text: str, **others: str) -> list[str]:
        answer = api.as_(cast.asha).get("/organisations", params={"text": text, **others})
        assert answer.status_code == 200
        return [organisation["number"] for organisation in answer.json()["items"]]

    assert found("health ins") == ["PAY_002"]
    assert found("hosp") == ["HOSP_001", "HOSP_002"]
    assert found(" _001 ") == ["HOSP_001", "PAY_001"]
    assert found("_001", kind="payer") == ["PAY_001"]
    assert found("%") == []
    for wrong in ("", "x" * 101, "a\x00"):
        assert api.as_(cast.asha).get("/organisations", params={"text": wrong}).status_code == 422
