"""Views: filters of the list that somebody keeps under a name; nobody else sees them, and no search is kept."""

from typing import Any

import pytest

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from tests.actors import Api, Cast
from tests.claims.stories import problem, rows

LARGE = {"status_group": "intake,review", "amount_min": "50000", "sort": "-claim_amount"}


def keep(client: Any, name: str, **filters: str) -> Any:
    """Keep a view."""
    return client.post("/claim-views", json={"name": name, "filters": filters})


def test_a_view_is_kept_found_by_its_name_used_and_removed(api: Api, cast: Cast, database: Database) -> None:
    arjun = api.as_(cast.arjun)
    kept = keep(arjun, " Large ones ", **LARGE)
    keep(arjun, "Mine", assignee="me")
    assert kept.status_code == 201
    assert (kept.json()["name"], kept.json()["filters"]) == ("Large ones", LARGE)
    assert [each["name"] for each in arjun.get("/claim-views").json()["items"]] == ["Large ones", "Mine"]
    assert arjun.get("/claims", params=kept.json()["filters"]).status_code == 200
    for other in (cast.meera, cast.admin):
        assert api.as_(other).get("/claim-views").json()["items"] == []
        assert api.as_(other).delete(f"/claim-views/{kept.json()['id']}").status_code == 404
    assert rows(database, "claim_views") == {"claim_views": 2}
    assert arjun.delete(f"/claim-views/{kept.json()['id']}").status_code == 204
    assert arjun.delete(f"/claim-views/{kept.json()['id']}").status_code == 404
    assert [each["name"] for each in arjun.get("/claim-views").json()["items"]] == ["Mine"]


@pytest.mark.parametrize(
    ("filters", "wrong"),
    [
        ({"text": "Ravi"}, ("filters.text", "not_kept")),
        ({"status_group": "open"}, ("filters.status_group", "string_pattern_mismatch")),
        ({"cursor": "x"}, ("filters.cursor", "extra_forbidden")),
        ({"sort": "-due_at"}, ("filters.sort", "literal_error")),
    ],
)
def test_what_no_list_takes_and_what_may_name_a_patient_is_not_kept(
    api: Api, cast: Cast, database: Database, filters: dict[str, str], wrong: tuple[str, str]
) -> None:
    assert problem(keep(api.as_(cast.arjun), "Mine", **filters)) == (422, [wrong])
    assert rows(database, "claim_views") == {"claim_views": 0}


def test_a_name_is_given_once_and_there_are_not_too_many(api: Api, cast: Cast) -> None:
    arjun = api.as_(cast.arjun)
    for number in range(50):
        assert keep(arjun, f"View {number}").status_code == 201
    taken, more = keep(arjun, "View 0"), keep(arjun, "One more")
    assert [(each.status_code, each.json()["code"]) for each in (taken, more)] == [
        (409, "name_taken"),
        (409, "too_many_views"),
    ]
    assert keep(api.as_(cast.meera), "View 0").status_code == 201
    assert arjun.delete(f"/claim-views/{new_id()}").status_code == 404
