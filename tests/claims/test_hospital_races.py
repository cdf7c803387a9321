"""Two at once on one hospital claim: one wins, the other is told, and nothing happens twice."""

from typing import Any

from sqlalchemy import text

from insurenz.core.db import Database
from tests.actors import Api, Cast
from tests.claims.hospitals import NEEDS, claim_in, do
from tests.claims.stories import act
from tests.races import at_once

RACES = 10


def counted(database: Database, statement: str) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with database.read_unit() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def test_d03_of_two_processors_who_decide_at_once_one_wins(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    priya, rahul = api.as_(cast.priya), api.as_(cast.rahul)
    for _ in range(RACES):
        claim = claim_in(api, cast, "qc_clear")
        approved, denied = at_once(
            lambda claim=claim: do(priya, claim, "approve"), lambda claim=claim: do(rahul, claim, "deny")
        )
        assert {approved.status_code, denied.status_code} == {200, 409}
        winner, loser = (approved, denied) if approved.status_code == 200 else (denied, approved)
        assert loser.json()["allowed_actions"] == []
        shown = api.as_(cast.city_desk).get(f"/claims/{claim['id']}").json()
        assert (shown["status"], shown["version"]) == (winner.json()["status"], 3)
    decided = (
        "SELECT count(*), count(DISTINCT subject_id) FROM events WHERE subject_kind = 'claim' AND version = 3"
    )
    assert counted(real_database, decided) == [(RACES, RACES)]


def test_d03_of_two_who_query_and_clear_with_what_they_saw_one_is_stale(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    priya, rahul = api.as_(cast.priya), api.as_(cast.rahul)
    seen = {"If-Match": '"1"'}
    for _ in range(RACES):
        claim = claim_in(api, cast, "qc_pending")
        answers = at_once(
            lambda claim=claim: act(priya, claim, "raise_query", seen, **NEEDS["raise_query"]),
            lambda claim=claim: act(rahul, claim, "clear", seen),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
    raised = (
        "SELECT (SELECT count(*) FROM claim_queries), (SELECT count(*) FROM claims WHERE status = 'qc_query')"
    )
    ((records, queried),) = counted(real_database, raised)
    assert records == queried


def test_d03_two_colleagues_answer_at_once_and_one_answer_counts(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    desk, ward = api.as_(cast.city_desk), api.as_(cast.city_ward)
    for _ in range(RACES):
        claim = claim_in(api, cast, "qc_query")
        answers = at_once(
            lambda claim=claim: do(desk, claim, "answer_query", query_response="Ward 4"),
            lambda claim=claim: do(ward, claim, "answer_query", query_response="Ward 5"),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        (query,) = desk.get(f"/claims/{claim['id']}/queries").json()["items"]
        who = {"Ward 4": "Nisha Kapoor", "Ward 5": "Thomas Mathew"}
        assert query["answered_by"]["name"] == who[query["answer"]]
    assert counted(real_database, "SELECT count(*), count(answered_at) FROM claim_queries") == [
        (RACES, RACES)
    ]


def test_d01_parallel_submissions_with_one_key_make_one_claim(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    from tests.claims.hospitals import submit

    api, cast = world
    desk, key = api.as_(cast.city_desk), {"Idempotency-Key": "desk-once"}
    answers = at_once(*[lambda: submit(desk, "bill.pdf", headers=key)] * 12)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["claim_number"] for answer in answers}) == 1
    assert counted(
        real_database, "SELECT (SELECT count(*) FROM claims), (SELECT count(*) FROM documents)"
    ) == [(1, 1)]
    folder = api.app.state.settings.data_dir / "objects"
    assert sum(path.is_file() for path in folder.rglob("*")) == 1
