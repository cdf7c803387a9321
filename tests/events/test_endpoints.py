"""The trail over HTTP: overseers read it, newest first; nobody else does."""

import pytest

from insurenz.accounts.models import User
from insurenz.core.ids import new_id
from insurenz.events.access_log import AccessLog
from tests.actors import Api, Cast
from tests.conftest import Clock
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


def test_who_looked_at_what_is_left_out_on_demand(api: Api, cast: Cast) -> None:
    moved_claim(api.database, 1)
    log = AccessLog(api.database)
    log.note(actor_id=cast.asha.id, subject_kind="claim", subject_id=new_id(), what="claim")
    log.flush()

    def kinds(**asked: str) -> set[str]:
        return {
            event["subject_kind"]
            for event in api.as_(cast.auditor).get("/audit", params=asked).json()["items"]
        }

    assert {"claim", "access_log"} <= kinds()
    assert kinds(views="false") == kinds() - {"access_log"}


def test_nobody_else_reads_the_trail(api: Api, cast: Cast) -> None:
    readers = {person.email for person in cast.people if api.as_(person).get("/audit").status_code == 200}
    assert readers == {cast.admin.email, cast.auditor.email}
    assert api.nobody.get("/audit").status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "subject_id=x",
        "type=A",
        "subject_kind=%00",
        "cursor=x",
        "limit=201",
        "actor_id=x",
        "since=2026-11-22",
        "until=2026-11-22T00:00:00",
        # Neither is a moment of UTC that anybody could write down.
        "since=0001-01-01T00:00:00%2B14:00",
        "until=9999-12-31T23:59:59-14:00",
    ],
)
def test_p01_a_malformed_question_is_refused(api: Api, cast: Cast, query: str) -> None:
    assert api.as_(cast.auditor).get(f"/audit?{query}").status_code == 422


def test_what_nothing_happened_to_has_an_empty_trail(api: Api, cast: Cast) -> None:
    answer = api.as_(cast.auditor).get("/audit", params={"subject_id": new_id()})
    assert answer.json() == {"items": [], "next_cursor": None}


def test_the_trail_is_narrowed_to_a_person_and_a_time(api: Api, cast: Cast, frozen_clock: Clock) -> None:
    def renamed(admin: User, name: str) -> None:
        path = f"/users/{cast.asha.id}"
        version = api.as_(cast.admin).get(path).headers["etag"]
        answer = api.as_(admin).patch(path, json={"name": name}, headers={"If-Match": version})
        assert answer.status_code == 200

    def shown(**asked: str) -> list[str]:
        answer = api.as_(cast.auditor).get("/audit", params={"type": "user_changed", **asked})
        return [event["actor"]["name"] + event["occurred_at"] for event in answer.json()["items"]]

    renamed(cast.admin, "Asha N")
    frozen_clock.move(hours=1)
    renamed(cast.admin, "Asha Nair")
    name = cast.admin.name
    early, late = f"{name}2026-11-22T06:30:00Z", f"{name}2026-11-22T07:30:00Z"
    assert shown() == [late, early]
    assert shown(actor_id=cast.admin.id.upper()) == [late, early]
    assert shown(actor_id=cast.auditor.id) == []
    assert shown(since="2026-11-22T07:30:00Z") == [late]
    assert shown(until="2026-11-22T13:00:00+05:30") == [early]
    assert shown(since="2026-11-22T06:30:00.001Z", until="2026-11-22T07:30:00Z") == []
