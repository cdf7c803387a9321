"""Ids: in the order of time, and as callers spell them."""

from datetime import UTC, datetime, timedelta

from insurenz.core import clock
from insurenz.core.ids import new_id
from tests.actors import Api, Cast
from tests.claims.stories import file_claim


def test_an_id_is_found_in_either_case_on_both_databases(api: Api, cast: Cast) -> None:
    filed = file_claim(api.as_(cast.asha), "bill.pdf").json()
    admin, claim, document = api.as_(cast.admin), filed["id"], filed["documents"][0]["id"]
    paths = (
        f"/claims/{claim}",
        f"/claims/{claim}/documents/{document}",
        f"/users/{cast.asha.id}",
        f"/organisations/{cast.city.id}",
    )
    for path in paths:
        head, _, uid = path.rpartition("/")
        assert admin.get(f"{head}/{uid.upper()}").json()["id"] == uid


def test_ids_of_one_process_sort_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 5000


def test_what_is_told_of_the_past_sorts_where_it_belongs() -> None:
    before, then = new_id(), datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    with clock.standing_at(then):
        first, second = new_id(), new_id()
        with clock.standing_at(then - timedelta(days=1)):
            day_before = new_id()
        third = new_id()
    assert [day_before, first, second, third, before] == sorted([before, first, second, third, day_before])
    assert before < new_id()
    assert first.replace("-", "")[:12] == f"{int(then.timestamp() * 1000):012x}"


def test_a_workflow_of_an_odd_name_is_refused(api: Api, cast: Cast) -> None:
    assert api.as_(cast.admin).get("/workflows/%00?version=3").status_code == 422
