"""The trail over HTTP: overseers read it, newest first; nobody else does."""

import pytest

from insurenz.core.ids import new_id
from tests.actors import Api, Cast
from tests.events.samples import moved_claim


def test_an_auditor_reads_the_trail_of_one_claim(api: Api, cast: Cast) -> None:
    subject = moved_claim(api.database, 2, remarks="Please send the bill.")
    answer = api.as_(cast.auditor).get("/audit", params={"subject_kind": "claim", "subject_id": subject.id})
    assert answer.status_code == 200
    newest, oldest = answer.json()["items"]
    assert (newest["seq"], oldest["seq"], newest["prev_hash"]) == (2, 1, oldest["hash"])
    assert (newest["texts"], newest["data"]["action"]) == ({"remarks": "Please send the bill."}, "move")
    assert newest["actor"]["name"] == "Meera Iyer"
    assert answer.json()["next_cursor"] is None


def test_the_trail_is_read_page_by_page(api: Api, cast: Cast) -> None:
    moved_claim(api.database, 3)
    client = api.as_(cast.admin)
    narrowed = {"type": "claim_moved", "limit": 2}
    first = client.get("/audit", params=narrowed).json()
    second = client.get("/audit", params=narrowed | {"cursor": first["next_cursor"]}).json()
    assert [[e["version"] for e in page["items"]] for page in (first, second)] == [[3, 2], [1]]
    assert second["next_cursor"] is None


def test_nobody_else_reads_the_trail(api: Api, cast: Cast) -> None:
    readers = {person.email for person in cast.people if api.as_(person).get("/audit").status_code == 200}
    assert readers == {cast.admin.email, cast.auditor.email}
    assert api.nobody.get("/audit").status_code == 401


@pytest.mark.parametrize("query", ["subject_id=x", "type=A", "subject_kind=%00", "cursor=x", "limit=201"])
def test_p01_a_malformed_question_is_refused(api: Api, cast: Cast, query: str) -> None:
    assert api.as_(cast.auditor).get(f"/audit?{query}").status_code == 422


def test_what_nothing_happened_to_has_an_empty_trail(api: Api, cast: Cast) -> None:
    answer = api.as_(cast.auditor).get("/audit", params={"subject_id": new_id()})
    assert answer.json() == {"items": [], "next_cursor": None}
