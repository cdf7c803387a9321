"""Drafts hold what is a hospital's: who writes one sees it as long as they may submit for that hospital."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.core.db import Database
from insurenz.core.permissions import Actor, Role
from insurenz.organisations.models import Organisation
from tests.actors import Api, Cast, make_api
from tests.claims.hospitals import SUBMISSION
from tests.claims.stories import FIELDS, objects, problem, rows, upload
from tests.claims.test_drafts import TABLES, begin, folder_of, save


def assign(database: Database, who: Actor, hospital: Organisation) -> None:
    with database.unit_of_work() as session:
        accounts.assign(session, None, user(session, who.id), session.get_one(Organisation, hospital.id))


def unassign(database: Database, who: Actor, hospital: Organisation) -> None:
    with database.unit_of_work() as session:
        accounts.unassign(session, None, user(session, who.id), hospital)


def become(database: Database, who: Actor, role: Role) -> None:
    with database.unit_of_work() as session:
        accounts.change_role(session, None, user(session, who.id), role=role, level=0)


def listed(client: Any) -> list[str]:
    """The ids of the drafts that somebody sees, oldest first."""
    return [draft["id"] for draft in client.get("/drafts").json()["items"]][::-1]


def refused(client: Any, draft: dict[str, Any]) -> list[int]:
    """What is answered to everything that can be done with a draft."""
    path = f"/drafts/{draft['id']}"
    calls: list[Callable[[], Any]] = [
        lambda: client.get(path),
        lambda: save(client, draft, content={}),
        lambda: save(client, draft, 7, content={}),
        lambda: client.delete(path),
        lambda: client.post(f"{path}/submit"),
        lambda: client.get(f"/uploads/{draft['uploads'][0]['id']}"),
    ]
    return [call().status_code for call in calls]


@pytest.mark.parametrize("hospital_id", ["HOSP_001", "id", None, "HOSP_002", "HOSP_9"])
def test_who_left_a_hospital_sees_no_draft_of_it_until_they_are_back(
    api: Api, cast: Cast, database: Database, hospital_id: str | None
) -> None:
    desk = api.as_(cast.city_desk)
    named = cast.city.id if hospital_id == "id" else hospital_id
    content = SUBMISSION | {"hospital_id": named}
    draft = begin(desk, content=content, upload_ids=[upload(desk).json()["id"]])
    unassign(database, cast.city_desk, cast.city)
    before = rows(database, *TABLES)
    assert (listed(desk), refused(desk, draft)) == ([], [404] * 6)
    # Neither does another hospital's desk, once it is theirs.
    assign(database, cast.city_desk, cast.lakeside)
    assert (listed(desk), refused(desk, draft)) == ([], [404] * 6)
    assert (rows(database, *TABLES), objects(folder_of(api))) == (before, 1)
    again = desk.post("/drafts", json={"upload_ids": [draft["uploads"][0]["id"]]})
    assert problem(again) == (422, [("upload_ids", "unknown_upload")])
    assign(database, cast.city_desk, cast.city)
    assert desk.get(f"/drafts/{draft['id']}").json() == draft


def test_a_draft_goes_with_the_hospital_that_it_names_last(api: Api, cast: Cast, database: Database) -> None:
    assign(database, cast.city_desk, cast.lakeside)
    desk = api.as_(cast.city_desk)
    moved = begin(desk, content={"hospital_id": "HOSP_001"})
    assert save(desk, moved, content={"hospital_id": cast.lakeside.id.upper()}).status_code == 200
    # What was begun for one stays with it while no other is named.
    unnamed = begin(desk, content={"hospital_id": "HOSP_002"})
    assert save(desk, unnamed, content={"form_data": {"patient_name": "Ravi"}}).status_code == 200
    city = begin(desk, content={"hospital_id": "HOSP_001"})
    unassign(database, cast.city_desk, cast.lakeside)
    assert listed(desk) == [city["id"]]
    unassign(database, cast.city_desk, cast.city)
    assign(database, cast.city_desk, cast.lakeside)
    assert listed(desk) == [moved["id"], unnamed["id"]]


def test_who_is_at_no_hospital_begins_no_draft(api: Api, cast: Cast, database: Database) -> None:
    unassign(database, cast.city_desk, cast.city)
    before = rows(database, *TABLES)
    answer = api.as_(cast.city_desk).post("/drafts", json={"content": SUBMISSION})
    assert problem(answer) == (422, [("content.hospital_id", "unknown_hospital")])
    assert rows(database, *TABLES) == before


def test_drafts_of_a_hospital_are_not_those_of_who_has_become_a_policyholder(
    api: Api, cast: Cast, database: Database
) -> None:
    desk = api.as_(cast.city_desk)
    draft = begin(desk, content=SUBMISSION, upload_ids=[upload(desk).json()["id"]])
    become(database, cast.city_desk, Role.POLICYHOLDER)
    person = api.again(cast.city_desk)
    assert (listed(person), refused(person, draft)) == ([], [404] * 6)
    mine = begin(person, content={"description": "Fell"})
    assert listed(person) == [mine["id"]]


def test_drafts_of_a_policyholder_are_not_those_of_who_has_come_to_a_hospital(
    api: Api, cast: Cast, database: Database
) -> None:
    asha = api.as_(cast.asha)
    draft = begin(asha, content=FIELDS, upload_ids=[upload(asha).json()["id"]])
    become(database, cast.asha, Role.HOSPITAL_USER)
    assign(database, cast.asha, cast.city)
    desk = api.again(cast.asha)
    assert (listed(desk), refused(desk, draft)) == ([], [404] * 6)
    become(database, cast.asha, Role.POLICYHOLDER)
    assert api.again(cast.asha).get(f"/drafts/{draft['id']}").json() == draft


def test_drafts_that_are_not_seen_take_no_room(cast: Cast, database: Database, tmp_path: Path) -> None:
    api = make_api(database, tmp_path, claims={"max_drafts": 1})
    desk = api.as_(cast.city_desk)
    begin(desk)
    assert desk.post("/drafts", json={}).json()["code"] == "too_many_drafts"
    unassign(database, cast.city_desk, cast.city)
    assign(database, cast.city_desk, cast.lakeside)
    seen = begin(desk)
    assert listed(desk) == [seen["id"]]
