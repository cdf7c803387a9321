"""The same file in two claims: shown to staff with the other claim's number where they may see it, to nobody else."""

from typing import Any

from sqlalchemy import update

from insurenz.claims.models import Claim
from insurenz.core.db import Database
from tests.actors import Api, Cast
from tests.claims.stories import file_claim


def same(api: Api, reader: Any, claim: dict[str, Any]) -> Any:
    return api.as_(reader).get(f"/claims/{claim['id']}/same-files")


def test_a_file_that_another_claim_has_is_shown_with_its_number(api: Api, cast: Cast) -> None:
    mine = file_claim(api.as_(cast.asha), "bill.pdf", "photo.jpg").json()
    twin = file_claim(api.as_(cast.asha), "bill.pdf").json()
    [bill] = [each["id"] for each in mine["documents"] if each["file_name"] == "bill.pdf"]
    told = {"items": [{"document_id": bill, "claim_id": twin["id"], "claim_number": twin["claim_number"]}]}
    for reader in (cast.arjun, cast.admin, cast.auditor):
        assert same(api, reader, mine).json() == told
    theirs = same(api, cast.admin, twin).json()["items"]
    assert [each["claim_number"] for each in theirs] == [mine["claim_number"]]


def test_the_same_file_twice_in_one_claim_is_no_hint(api: Api, cast: Cast) -> None:
    mine = file_claim(api.as_(cast.asha), "bill.pdf", "bill.pdf", "scan.png").json()
    assert same(api, cast.admin, mine).json() == {"items": []}


def test_of_a_claim_they_may_not_see_staff_learn_only_that_it_is_there(
    api: Api, cast: Cast, database: Database
) -> None:
    mine = file_claim(api.as_(cast.asha), "bill.pdf").json()
    twin = file_claim(api.as_(cast.asha), "bill.pdf").json()
    with database.unit_of_work() as session:
        session.execute(update(Claim).where(Claim.id == twin["id"]).values(payer_id=cast.health.id))
    readers = [cast.priya, cast.rahul, cast.meera, cast.arjun]
    near = [each for each in readers if api.as_(each).get(f"/claims/{mine['id']}").status_code == 200]
    far = [each for each in near if api.as_(each).get(f"/claims/{twin['id']}").status_code == 404]
    assert far != []
    [document] = mine["documents"]
    hint = {"document_id": document["id"], "claim_id": None, "claim_number": None}
    assert [same(api, each, mine).json()["items"] for each in far] == [[hint]] * len(far)
    assert same(api, cast.admin, mine).json()["items"][0]["claim_number"] == twin["claim_number"]


def test_who_filed_it_and_strangers_are_told_nothing(api: Api, cast: Cast) -> None:
    mine = file_claim(api.as_(cast.asha), "bill.pdf").json()
    assert (same(api, cast.asha, mine).status_code, same(api, cast.vikram, mine).status_code) == (403, 404)
