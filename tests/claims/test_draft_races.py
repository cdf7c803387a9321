"""Drafts from two devices at the same moment: one wins, and nothing is filed, taken or counted twice."""

from typing import Any

from insurenz.core.db import Database
from tests.actors import Api, Cast
from tests.claims.stories import FIELDS, rows, upload
from tests.claims.test_drafts import begin, save
from tests.races import at_once

RACES = 15
CHEAP = FIELDS | {"claim_amount": "10"}


def test_d03_a_draft_that_is_submitted_twice_at_once_becomes_one_claim(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    asha = api.as_(cast.asha)
    for _ in range(RACES):
        draft = begin(asha, content=CHEAP, upload_ids=[upload(asha).json()["id"]])
        path = f"/drafts/{draft['id']}/submit"
        answers = at_once(lambda path=path: asha.post(path), lambda path=path: asha.post(path))
        assert sorted(answer.status_code for answer in answers) == [201, 404]
    assert rows(real_database, "claims", "drafts", "claim_documents", "documents") == {
        "claims": RACES,
        "drafts": 0,
        "claim_documents": RACES,
        "documents": RACES,
    }


def test_d01_sent_twice_at_once_under_one_key_it_is_answered_alike(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    asha = api.as_(cast.asha)
    for number in range(RACES):
        key = {"Idempotency-Key": f"begin-{number}"}

        def start(key: dict[str, str] = key) -> Any:
            return asha.post("/drafts", json={"content": CHEAP}, headers=key)

        first, second = at_once(start, start)
        assert (first.status_code, first.json()) == (201, second.json())
        path, key = f"/drafts/{first.json()['id']}/submit", {"Idempotency-Key": f"file-{number}"}

        def file(path: str = path, key: dict[str, str] = key) -> Any:
            return asha.post(path, headers=key | {"If-Match": '"1"'})

        filed, again, later = *at_once(file, file), file()
        assert {filed.status_code, again.status_code, later.status_code} == {201}
        assert filed.json()["id"] == again.json()["id"] == later.json()["id"]
    assert rows(real_database, "claims", "drafts") == {"claims": RACES, "drafts": 0}


def test_d03_of_two_devices_that_save_at_once_one_wins_and_the_other_is_told(world: tuple[Api, Cast]) -> None:
    api, cast = world
    asha = api.as_(cast.asha)
    draft = begin(asha)
    for version in range(1, RACES):
        answers = at_once(
            *(
                lambda n=n, v=version: save(asha, draft, v, content={"description": f"{n} {v}"})  # type: ignore[misc]
                for n in range(2)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        winner, loser = sorted(answers, key=lambda answer: int(answer.status_code))
        assert loser.json()["current"] == winner.json()
        assert winner.json()["version"] == version + 1


def test_d03_submitting_discarding_and_saving_at_once_end_whole(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    asha = api.as_(cast.asha)
    claims = 0
    for _ in range(RACES):
        mine = upload(asha).json()["id"]
        draft = begin(asha, content=CHEAP, upload_ids=[mine])
        path = f"/drafts/{draft['id']}"
        submitted, discarded, saved = at_once(
            lambda path=path: asha.post(f"{path}/submit"),
            lambda path=path: asha.delete(path),
            lambda draft=draft: save(asha, draft, content=CHEAP, upload_ids=[]),
        )
        assert {submitted.status_code, discarded.status_code} == {404, 201 if claims_of(submitted) else 204}
        assert saved.status_code in (200, 404)
        claims += claims_of(submitted)
    found = rows(real_database, "claims", "drafts", "draft_documents")
    assert found == {"claims": claims, "drafts": 0, "draft_documents": 0}


def claims_of(answer: Any) -> int:
    return int(answer.status_code == 201)


def test_d03_of_two_drafts_that_take_one_upload_at_once_one_wins(world: tuple[Api, Cast]) -> None:
    api, cast = world
    asha = api.as_(cast.asha)
    one, other = begin(asha), begin(asha)
    for version in range(1, RACES):
        mine = upload(asha).json()["id"]
        answers = at_once(
            lambda mine=mine, v=version: save(asha, one, v, upload_ids=[mine]),
            lambda mine=mine, seen=other: save(asha, seen, upload_ids=[mine]),
        )
        statuses = [answer.status_code for answer in answers]
        assert sorted(statuses) == [200, 422]
        if statuses[0] == 422:
            other = answers[1].json()
            save(asha, one, version, upload_ids=[])


def test_d03_two_at_once_get_no_more_drafts_than_there_may_be(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    asha = api.as_(cast.asha)
    for _ in range(19):
        begin(asha)
    answers = at_once(*[lambda: asha.post("/drafts", json={})] * 4)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert rows(real_database, "drafts") == {"drafts": 20}
