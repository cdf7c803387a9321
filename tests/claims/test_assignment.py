"""Who works on a claim: taken, handed over, released, and the next one for whoever asks."""

from typing import Any

import pytest

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor
from tests.actors import Api, Cast
from tests.claims.listed import add_claims
from tests.claims.stories import UNTOUCHED, act, file_claim, give, problem, work
from tests.conftest import Clock
from tests.races import at_once
from tests.statements import how_many

STALE = {"If-Match": '"9"'}


@pytest.fixture
def claim(api: Api, cast: Cast) -> dict[str, Any]:
    """A claim of Asha's that nobody works on."""
    filed: dict[str, Any] = file_claim(api.as_(cast.asha)).json()
    return filed


def release(client: Any, claim: dict[str, Any], **headers: str) -> Any:
    """Release a claim."""
    return client.delete(f"/claims/{claim['id']}/assignment", headers=headers)


def test_a_processor_takes_a_claim_and_releases_it(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database, today: Clock
) -> None:
    arjun = api.as_(cast.arjun)
    today.move(minutes=5)
    taken = arjun.post(f"/claims/{claim['claim_number']}/assignment")
    assert (taken.status_code, taken.json()["version"], taken.headers["etag"]) == (200, 2, '"2"')
    assert taken.json()["updated_at"] > claim["updated_at"]
    assert work(database, claim) == ("Arjun Rao", 2, ["claim_assigned"])
    assert release(arjun, claim).json()["version"] == 3
    assert work(database, claim) == (None, 3, ["claim_assigned", "claim_released"])


def test_the_trail_tells_who_gave_a_claim_to_whom_by_ids(
    api: Api, cast: Cast, kavita: Actor, claim: dict[str, Any]
) -> None:
    arjun = api.as_(cast.arjun)
    give(arjun, claim)
    give(arjun, claim, kavita)
    release(api.as_(kavita), claim)
    items = arjun.get(f"/claims/{claim['id']}/history").json()["items"][1:]
    assert [(i["type"], i["actor"]["name"], i["details"], i["version"]) for i in items] == [
        ("claim_assigned", "Arjun Rao", {"assignee_id": cast.arjun.id}, None),
        ("claim_assigned", "Arjun Rao", {"assignee_id": kavita.id, "from": cast.arjun.id}, None),
        ("claim_released", "Kavita Joshi", {"from": kavita.id}, None),
    ]
    assert {(i["action"], i["from_status"], i["to_status"]) for i in items} == {(None, None, None)}


def test_what_is_so_already_stays_as_it_is(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    arjun = api.as_(cast.arjun)
    assert release(arjun, claim).status_code == 200
    assert work(database, claim) == UNTOUCHED
    give(arjun, claim)
    again = give(arjun, claim), give(arjun, claim, cast.arjun), give(api.as_(cast.admin), claim, cast.arjun)
    assert [(a.status_code, a.json()["version"]) for a in again] == [(200, 2)] * 3
    assert work(database, claim) == ("Arjun Rao", 2, ["claim_assigned"])


@pytest.mark.parametrize("giver", ["arjun", "admin"])
def test_a_claim_that_is_nobodys_is_given_to_whoever_may_work_on_it(
    api: Api, cast: Cast, kavita: Actor, claim: dict[str, Any], database: Database, giver: str
) -> None:
    client = api.as_(getattr(cast, giver))
    assert give(client, claim, kavita).status_code == 200
    assert work(database, claim) == ("Kavita Joshi", 2, ["claim_assigned"])


def test_who_holds_a_claim_and_the_operator_hand_it_over(
    api: Api, cast: Cast, kavita: Actor, claim: dict[str, Any], database: Database
) -> None:
    give(api.as_(cast.arjun), claim)
    assert give(api.as_(cast.arjun), claim, kavita).status_code == 200
    assert give(api.as_(cast.admin), claim, cast.arjun).status_code == 200
    assert work(database, claim)[:2] == ("Arjun Rao", 4)
    assert give(api.as_(cast.admin), claim, cast.admin).status_code == 200
    assert work(database, claim)[:2] == ("Lakshmi Pillai", 5)
    assert give(api.as_(cast.admin), claim, kavita).status_code == 200
    assert release(api.as_(cast.admin), claim).status_code == 200
    assert work(database, claim)[:2] == (None, 7)


def test_nobody_takes_what_another_holds(
    api: Api, cast: Cast, kavita: Actor, claim: dict[str, Any], database: Database
) -> None:
    give(api.as_(cast.arjun), claim)
    tries = (
        give(api.as_(kavita), claim),
        give(api.as_(kavita), claim, kavita),
        # The operator, too, asks for it by name to take it from somebody.
        give(api.as_(cast.admin), claim),
    )
    for refused in tries:
        assert (refused.status_code, refused.json()["code"]) == (409, "already_assigned")
        assert refused.json()["assignee"] == {"id": cast.arjun.id, "name": "Arjun Rao"}
    for refused in (give(api.as_(kavita), claim, cast.admin), release(api.as_(kavita), claim)):
        assert (refused.status_code, refused.json()["code"]) == (403, "not_the_assignee")
    assert work(database, claim) == ("Arjun Rao", 2, ["claim_assigned"])


def test_those_are_named_to_whom_a_claim_can_be_given_and_no_others(
    api: Api, cast: Cast, kavita: Actor, claim: dict[str, Any], database: Database
) -> None:
    everybody = {p.name: p for p in (*vars(cast).values(), kavita) if isinstance(p, Actor)}
    at_city, of_another_payer = add_claims(
        database,
        cast,
        {"hospital_id": cast.city.id},
        {"hospital_id": cast.city.id, "payer_id": cast.health.id},
    )
    for each in (claim["id"], at_city, of_another_payer):
        named = api.as_(cast.admin).get(f"/claims/{each}/assignees").json()["items"]
        path = f"/claims/{each}/assignment"
        given = [
            {"id": person.id, "name": name}
            for name, person in sorted(everybody.items())
            if api.as_(cast.admin).post(path, json={"user_id": person.id}).status_code == 200
        ]
        assert named == given
    assert len(api.as_(cast.arjun).get(f"/claims/{claim['id']}/assignees").json()["items"]) > 1


def test_who_was_disabled_is_named_for_no_claim(
    api: Api, cast: Cast, kavita: Actor, claim: dict[str, Any], database: Database
) -> None:
    arjun = api.as_(cast.arjun)

    def names() -> list[str]:
        return [p["name"] for p in arjun.get(f"/claims/{claim['id']}/assignees").json()["items"]]

    assert "Kavita Joshi" in names()
    with database.unit_of_work() as session:
        accounts.disable(session, None, user(session, kavita.id))
    assert "Kavita Joshi" not in names()


@pytest.mark.parametrize("person", ["asha", "auditor", "priya", "city_desk", "disabled", "nobody"])
def test_a_claim_is_given_to_nobody_who_could_not_work_on_it(
    api: Api, cast: Cast, kavita: Actor, claim: dict[str, Any], database: Database, person: str
) -> None:
    with database.unit_of_work() as session:
        accounts.disable(session, None, user(session, kavita.id))
    ids = {"disabled": kavita.id, "nobody": new_id()}
    wanted = ids.get(person) or getattr(cast, person).id
    refused = api.as_(cast.arjun).post(f"/claims/{claim['id']}/assignment", json={"user_id": wanted})
    assert problem(refused) == (422, [("user_id", "not_assignable")])
    assert work(database, claim) == UNTOUCHED


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"user_id": ""}, "user_id", "not_assignable"),
        ({"user_id": "arjun@demo.example"}, "user_id", "not_assignable"),
        ({"user_id": "x" * 65}, "user_id", "string_too_long"),
        ({"user_id": "a\0"}, "user_id", "value_error"),
        ({"user_id": 5}, "user_id", "string_type"),
        ({"user_id": ["x"]}, "user_id", "string_type"),
        ({"assignee_id": "x"}, "assignee_id", "extra_forbidden"),
        ({"claim_id": "x"}, "claim_id", "extra_forbidden"),
        ([], "body", "dict_type"),
        ("x", "body", "dict_type"),
    ],
)
def test_p01_z05_an_assignment_that_cannot_be_read_is_refused(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database, body: Any, field: str, code: str
) -> None:
    refused = api.as_(cast.arjun).post(f"/claims/{claim['id']}/assignment", json=body)
    assert problem(refused) == (422, [(field, code)])
    assert work(database, claim) == UNTOUCHED


def test_nobody_begins_to_work_on_a_closed_claim(
    api: Api, cast: Cast, kavita: Actor, claim: dict[str, Any], database: Database
) -> None:
    arjun = api.as_(cast.arjun)
    give(arjun, claim)
    act(api.as_(cast.asha), claim, "withdraw")
    before = work(database, claim)
    for refused in (give(arjun, claim), give(arjun, claim, kavita), release(arjun, claim)):
        assert (refused.status_code, refused.json()["code"]) == (409, "closed")
    assert work(database, claim) == before
    assert before[:2] == ("Arjun Rao", 3)


def test_d04_an_assignment_honours_if_match_when_it_is_sent(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    arjun = api.as_(cast.arjun)
    stale = give(arjun, claim, None, **STALE)
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 1, "status": "pending"})
    assert work(database, claim) == UNTOUCHED
    assert give(arjun, claim, None, **{"If-Match": '"1"'}).status_code == 200
    assert release(arjun, claim, **STALE).status_code == 412
    assert release(arjun, claim, **{"If-Match": '"2"'}).status_code == 200
    assert act(arjun, claim, "start_review", headers={"If-Match": '"1"'}).status_code == 412


def test_each_refusal_of_an_assignment_comes_in_its_turn(
    api: Api, cast: Cast, kavita: Actor, claim: dict[str, Any], database: Database
) -> None:
    missing, path = {"id": new_id()}, f"/claims/{claim['id']}/assignment"
    give(api.as_(cast.arjun), claim)
    act(api.as_(cast.asha), claim, "withdraw")
    before = work(database, claim)
    wrong = {"json": {"user_id": "x", "no": "such field"}, "headers": STALE}

    def tried(client: Any) -> tuple[int, int]:
        return client.post(path, **wrong).status_code, release(client, claim, **STALE).status_code

    assert tried(api.nobody) == (401, 401)
    assert [tried(api.as_(p)) for p in (cast.vikram, cast.city_desk, cast.priya)] == [(404, 404)] * 3
    assert give(api.as_(cast.auditor), missing).status_code == 404
    assert [tried(api.as_(p)) for p in (cast.asha, cast.auditor, kavita)] == [(403, 403)] * 3
    assert tried(api.as_(cast.arjun)) == (412, 412)
    wrong["headers"] = {}
    assert api.as_(cast.arjun).post(path, **wrong).status_code == 409
    assert work(database, claim) == before


def test_the_statements_of_an_assignment_are_known(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    arjun = api.as_(cast.arjun)
    taken = how_many(database, lambda: give(arjun, claim))
    released = how_many(database, lambda: release(arjun, claim))
    # The event, its mark and the end of the chain are one statement on PostgreSQL.
    assert taken == released == (8 if database.is_sqlite else 6)


def test_d03_of_two_who_take_a_claim_at_once_one_wins(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    asha, arjun, admin = api.as_(cast.asha), api.as_(cast.arjun), api.as_(cast.admin)
    for _ in range(50):
        claim = file_claim(asha, claim_amount="10").json()
        answers = at_once(
            lambda claim=claim: give(arjun, claim),  # type: ignore[misc]
            lambda claim=claim: give(admin, claim),  # type: ignore[misc]
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        loser = next(answer for answer in answers if answer.status_code == 409)
        holder, version, events = work(real_database, claim)
        assert loser.json()["assignee"]["name"] == holder
        assert (version, events) == (2, ["claim_assigned"])
