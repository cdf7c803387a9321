"""Numbers of hospital claims: one after the other in each year of the install, and never a clash that shows."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.claims import hospital
from insurenz.claims.forms import HospitalClaimIn
from insurenz.core import faults
from insurenz.core.db import Database, Session
from insurenz.core.permissions import Actor
from tests.actors import Api, Cast, make_api
from tests.claims.hospitals import SUBMISSION, submit
from tests.conftest import Clock
from tests.races import at_once

# On each database: 2,000 claims together.
THREADS, EACH = 8, 125


def number_of(answer: Any) -> str:
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["claim_number"]
    return number


def test_d05_eight_threads_at_once_get_as_many_numbers_as_they_submit_claims(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    rules = api.app.state.rules
    people = [(cast.city_desk, "HOSP_001"), (cast.city_ward, "HOSP_001"), (cast.lakeside_desk, "HOSP_002")]

    def many(actor: Actor, hospital_id: str) -> list[str]:
        data = HospitalClaimIn.model_validate(SUBMISSION | {"hospital_id": hospital_id})

        def one(session: Session) -> str:
            return hospital.submit(session, actor, rules=rules, data=data).claim.claim_number

        return [real_database.in_unit(one) for _ in range(EACH)]

    calls = [partial(many, *people[n % len(people)]) for n in range(THREADS)]
    given = [number for numbers in at_once(*calls) for number in numbers]
    year = given[0].split("-")[1]
    assert set(given) == {f"CSHLSIP-{year}-{n:03}" for n in range(1, THREADS * EACH + 1)}
    with real_database.read_unit() as session:
        found = session.execute(text("SELECT year, given, (SELECT count(*) FROM claims) FROM claim_counters"))
        assert found.all() == [(int(year), THREADS * EACH, THREADS * EACH)]


def test_d05_the_first_claims_of_a_year_come_at_the_same_moment(
    world: tuple[Api, Cast], today: Clock
) -> None:
    api, cast = world
    for year in range(2031, 2036):
        today.at = datetime(year, 6, 1, tzinfo=UTC)
        clients = [api.again(who) for who in (cast.city_desk, cast.city_ward, cast.lakeside_desk)]
        answers = at_once(
            *(
                lambda client=client, n=n: submit(client, hospital_id=f"HOSP_00{n}")  # type: ignore[misc]
                for client, n in zip(clients, (1, 1, 2), strict=True)
            )
        )
        assert sorted(map(number_of, answers)) == [f"CSHLSIP-{year}-00{n}" for n in (1, 2, 3)]


def test_the_year_is_that_of_the_installs_zone(api: Api, cast: Cast, today: Clock) -> None:
    numbers = []
    for minute in (29, 30):
        # In Kolkata the new year begins at half past six in the evening of the day before.
        today.at = datetime(2030, 12, 31, 18, minute, tzinfo=UTC)
        numbers.append(number_of(submit(api.again(cast.city_desk))))
    assert numbers == ["CSHLSIP-2030-001", "CSHLSIP-2031-001"]
    days = {
        row["claim_number"]: row["incident_date"]
        for row in api.as_(cast.admin).get("/claims").json()["items"]
    }
    assert days == {"CSHLSIP-2030-001": "2030-12-31", "CSHLSIP-2031-001": "2031-01-01"}


def test_numbers_grow_beyond_three_digits(api: Api, cast: Cast, database: Database) -> None:
    year = number_of(submit(api.as_(cast.city_desk))).split("-")[1]
    with database.unit_of_work() as session:
        session.execute(text("UPDATE claim_counters SET given = 998"))
    numbers = [number_of(submit(api.as_(cast.city_desk))) for _ in range(2)]
    assert numbers == [f"CSHLSIP-{year}-999", f"CSHLSIP-{year}-1000"]


def test_the_prefix_is_a_setting_and_a_number_is_a_name_everywhere(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, claims={"number_prefix": "KEM"})
    desk = api.as_(cast.city_desk)
    number = number_of(submit(desk))
    assert re.fullmatch(r"KEM-\d{4}-001", number)
    for path in ("", "/history", "/messages", "/queries"):
        assert desk.get(f"/claims/{number}{path}").status_code == 200
    assert [row["claim_number"] for row in desk.get("/claims", params={"text": "kem-"}).json()["items"]] == [
        number
    ]


@pytest.fixture
def failing() -> Iterator[None]:
    """The first unit of work is not committed."""
    faults.plan("unit.before_commit=fail@1")
    yield
    faults.plan("")


def test_d05_a_submission_that_comes_to_nothing_takes_no_number(api: Api, cast: Cast, request: Any) -> None:
    desk = api.as_(cast.city_desk)
    request.getfixturevalue("failing")
    assert submit(desk).status_code == 500
    faults.plan("")
    assert submit(desk, payer_id="PAY_999").status_code == 422
    assert number_of(submit(desk)).endswith("-001")


def test_a_counter_that_was_put_back_finds_its_way(api: Api, cast: Cast, database: Database) -> None:
    desk = api.as_(cast.city_desk)
    given = [number_of(submit(desk)) for _ in range(3)]
    with database.unit_of_work() as session:
        session.execute(text("UPDATE claim_counters SET given = 1"))
    assert number_of(submit(desk)) == given[0].rpartition("-")[0] + "-004"
