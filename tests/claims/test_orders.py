"""Orders of lists, and the cursors that follow them: nothing skipped, nothing doubled, nothing of others."""

from datetime import date, timedelta
from typing import Any

import pytest

from insurenz.core import paging
from insurenz.core.db import Database
from tests.actors import Api, Cast
from tests.claims.listed import NOON, add_claims, followed, found, pages
from tests.claims.stories import problem

SORTS = ("created_at", "updated_at", "claim_amount", "incident_date")


@pytest.fixture
def ties(database: Database, cast: Cast) -> list[dict[str, Any]]:
    """Claims of two payers and a hospital, several with the same value in each order."""
    told = [
        {
            "claim_amount": 1000 + n % 3,
            "incident_date": date(2026, 3, 1 + n % 2),
            "updated_at": NOON + timedelta(microseconds=n % 4),
            "payer_id": (cast.suraksha if n % 2 else cast.health).id,
            "hospital_id": cast.city.id if n % 5 == 0 else None,
        }
        for n in range(17)
    ]
    ids = add_claims(database, cast, *told)
    return [one | {"id": made, "created_at": made} for one, made in zip(told, ids, strict=True)]


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
@pytest.mark.parametrize("limit", [1, 5, 17])
def test_an_order_is_kept_over_pages_and_equal_ones_are_neither_skipped_nor_doubled(
    api: Api, cast: Cast, ties: list[dict[str, Any]], sort: str, limit: int
) -> None:
    name = sort.removeprefix("-")
    in_order = sorted(ties, key=lambda one: (one[name], one["id"]), reverse=sort.startswith("-"))
    reach = {
        "admin": in_order,
        "asha": [one for one in in_order if not one["hospital_id"]],
        "arjun": [one for one in in_order if one["payer_id"] == cast.suraksha.id and not one["hospital_id"]],
        "priya": [one for one in in_order if one["hospital_id"]],
        "city_desk": [one for one in in_order if one["hospital_id"]],
    }
    for person, expected in reach.items():
        seen = followed(api.as_(getattr(cast, person)), sort=sort, limit=limit)
        assert seen == [one["id"] for one in expected], person


def test_the_order_is_newest_first_unless_told_otherwise(
    api: Api, cast: Cast, ties: list[dict[str, Any]]
) -> None:
    admin = api.as_(cast.admin)
    assert found(admin) == found(admin, sort="-created_at") == [one["id"] for one in ties[::-1]]


@pytest.mark.parametrize("sort", ["-created_at", "created_at", "-claim_amount", "incident_date"])
def test_claims_that_come_in_between_move_nobody_elses_place(
    api: Api, cast: Cast, database: Database, ties: list[dict[str, Any]], sort: str
) -> None:
    admin = api.as_(cast.admin)
    before = set(found(admin))
    seen: list[str] = []
    for rows in pages(admin, sort=sort, limit=3):
        seen += [row["id"] for row in rows]
        add_claims(database, cast, {"claim_amount": 1001, "incident_date": date(2026, 3, 1)}, {})
        if len(seen) > 60:
            break
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_a_cursor_continues_its_own_list_alone(api: Api, cast: Cast, ties: list[dict[str, Any]]) -> None:
    admin = api.as_(cast.admin)
    asked = {"sort": "-claim_amount", "payer": "PAY_001", "limit": 2}
    cursor = admin.get("/claims", params=asked).json()["next_cursor"]
    assert admin.get("/claims", params=asked | {"cursor": cursor, "limit": 3}).status_code == 200
    for change in (
        {"sort": "claim_amount"},
        {"sort": "-updated_at"},
        {"payer": "PAY_002"},
        {"status": "pending"},
    ):
        answer = admin.get("/claims", params=asked | {"cursor": cursor} | change)
        assert problem(answer) == (422, [("cursor", "cursor_invalid")]), change


def test_a_forged_cursor_is_refused_or_shows_nothing_more(
    api: Api, cast: Cast, ties: list[dict[str, Any]]
) -> None:
    admin, arjun, vikram = api.as_(cast.admin), api.as_(cast.arjun), api.as_(cast.vikram)
    for sort in SORTS:
        cursor = admin.get("/claims", params={"sort": sort, "limit": 1}).json()["next_cursor"]
        mark, value, claim_id = paging.decode(cursor, size=3)
        for forged in (
            [mark, value],
            [mark, value, "x"],
            ["", value, claim_id],
            [mark, value, claim_id, ""],
            *([mark, wrong, claim_id] for wrong in _wrong(sort)),
        ):
            answer = admin.get("/claims", params={"sort": sort, "cursor": paging.encode(forged)})
            assert problem(answer) == (422, [("cursor", "cursor_invalid")]), forged
        # Whoever has it sees their own list from there on, and nothing else.
        assert set(found(arjun, sort=sort, cursor=cursor)) <= set(found(arjun))
        assert found(vikram, sort=sort, cursor=cursor) == []


def _wrong(sort: str) -> list[str]:
    wrong = {"updated_at": "2026-03-10T12:00:00", "claim_amount": "9" * 40, "incident_date": "2026-13-01"}
    return [wrong[sort], "", "x", "\0"] if sort in wrong else []
