"""Ids as callers spell them."""

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


def test_a_workflow_of_an_odd_name_is_refused(api: Api, cast: Cast) -> None:
    assert api.as_(cast.admin).get("/workflows/%00?version=3").status_code == 422
