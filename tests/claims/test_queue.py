"""The next claim for whoever asks: the oldest that waits for a processor in their reach, and never the same for two."""

from typing import Any

import pytest
from sqlalchemy import event, text

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.core.db import Database
from insurenz.core.permissions import Actor
from tests.actors import Api, Cast
from tests.claims.hospitals import claim_in
from tests.claims.stories import UNTOUCHED, act, file_claim, give, problem, take_next, work
from tests.races import at_once
from tests.statements import how_many


@pytest.fixture
def claim(api: Api, cast: Cast) -> dict[str, Any]:
    """A claim of Asha's that nobody works on."""
    filed: dict[str, Any] = file_claim(api.as_(cast.asha)).json()
    return filed


def test_the_next_claim_is_the_oldest_that_waits_and_is_nobodys(
    api: Api, cast: Cast, kavita: Actor, database: Database
) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    gone, held, decided, in_review, waiting = (file_claim(asha).json() for _ in range(5))
    act(asha, gone, "withdraw")
    give(api.as_(kavita), held)
    act(arjun, decided, "reject", status_notes="Not covered.")
    act(arjun, in_review, "start_review")
    first, second, third = take_next(arjun), take_next(arjun), take_next(arjun)
    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 204)
    assert (first.json()["id"], second.json()["id"]) == (in_review["id"], waiting["id"])
    assert (first.json()["version"], first.headers["etag"], third.content) == (3, '"3"', b"")
    assert work(database, waiting) == ("Arjun Rao", 2, ["claim_assigned"])
    assert [work(database, each)[0] for each in (gone, held, decided)] == [None, "Kavita Joshi", None]


def test_the_next_claim_is_one_of_the_workflow_that_is_asked_for(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    arjun = api.as_(cast.arjun)
    assert take_next(arjun, workflow="hospital").status_code == 204
    refused = take_next(arjun, workflow="retial")
    assert problem(refused) == (422, [("workflow", "unknown_workflow")])
    assert "hospital, retail" in refused.json()["detail"]
    assert work(database, claim) == UNTOUCHED
    assert take_next(arjun, workflow="retail").json()["id"] == claim["id"]


@pytest.mark.parametrize(
    ("status", "is_waiting"),
    [
        ("qc_pending", True),
        ("qc_answered", True),
        ("need_more_info_submitted", True),
        ("qc_clear", True),
        ("claim_contested", True),
        ("qc_query", False),
        ("need_more_info", False),
        ("claim_approved", False),
        ("claim_denial", False),
    ],
)
def test_hospital_claims_wait_where_their_definition_says_so(
    api: Api, cast: Cast, status: str, is_waiting: bool
) -> None:
    claim_in(api, cast, status)
    # Neither the other hospital's staff nor the payer's own, who have no hospital.
    assert [take_next(api.as_(p)).status_code for p in (cast.meera, cast.arjun)] == [204, 204]
    assert take_next(api.as_(cast.priya)).status_code == (200 if is_waiting else 204)


def test_a_processor_with_hospitals_and_payers_gets_claims_of_both_together_only(
    api: Api, cast: Cast, database: Database
) -> None:
    claim = claim_in(api, cast, "qc_pending")
    with database.unit_of_work() as session:
        accounts.assign(session, None, user(session, cast.priya.id), cast.health)
    assert take_next(api.as_(cast.priya)).status_code == 204
    with database.unit_of_work() as session:
        accounts.assign(session, None, user(session, cast.priya.id), cast.suraksha)
    retail = file_claim(api.as_(cast.asha)).json()
    taken = [take_next(api.as_(cast.priya)).json()["id"] for _ in range(2)]
    assert taken == [claim["id"], retail["id"]]


def test_the_operator_gets_the_oldest_of_all(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    later = claim_in(api, cast, "claim_contested")
    assert [take_next(api.as_(cast.admin)).json()["id"] for _ in range(2)] == [claim["id"], later["id"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"workflow": 5}, "workflow"),
        ({"workflow": "x" * 65}, "workflow"),
        ({"user_id": "x"}, "user_id"),
        ([], "body"),
    ],
)
def test_p01_z05_a_wish_for_the_next_claim_that_cannot_be_read_is_refused(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database, body: Any, field: str
) -> None:
    refused = api.as_(cast.arjun).post("/claims/take-next", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert work(database, claim) == UNTOUCHED


def test_nobody_but_staff_takes_the_next_claim(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    assert api.nobody.post("/claims/take-next").status_code == 401
    assert [take_next(api.as_(p)).status_code for p in (cast.asha, cast.city_desk, cast.auditor)] == [403] * 3
    assert api.as_(cast.asha).post("/claims/take-next", json=[]).status_code == 403
    assert work(database, claim) == UNTOUCHED


def test_d01_asking_again_with_the_same_key_gives_the_same_claim(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    arjun, other = api.as_(cast.arjun), file_claim(api.as_(cast.asha)).json()
    key = {"Idempotency-Key": "next-please"}
    first, second = (arjun.post("/claims/take-next", json={}, headers=key) for _ in range(2))
    assert (first.json()["id"], second.json()) == (claim["id"], first.json())
    assert (work(database, claim)[0], work(database, other)) == ("Arjun Rao", UNTOUCHED)


def test_d01_that_nothing_waited_is_remembered_too(api: Api, cast: Cast, database: Database) -> None:
    arjun, key = api.as_(cast.arjun), {"Idempotency-Key": "next-please"}
    assert arjun.post("/claims/take-next", headers=key).status_code == 204
    claim = file_claim(api.as_(cast.asha)).json()
    again = arjun.post("/claims/take-next", headers=key)
    assert (again.status_code, again.content, again.headers["idempotent-replay"]) == (204, b"", "true")
    assert work(database, claim) == UNTOUCHED


def test_d10_the_next_claim_costs_the_same_statements_however_many_wait(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    arjun, admin = api.as_(cast.arjun), api.as_(cast.admin)
    few = how_many(database, lambda: take_next(arjun))
    for _ in range(5):
        file_claim(api.as_(cast.asha))
    many = how_many(database, lambda: take_next(arjun)), how_many(database, lambda: take_next(admin))
    # The event, its mark and the end of the chain are one statement on PostgreSQL.
    cost = 9 if database.is_sqlite else 7
    assert (few, many) == (cost, (cost, cost))


def test_f6_the_next_claim_is_found_by_an_index_among_any_number_of_closed_ones(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    fill(database, claim, closed=2000)
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "status_group = " in statement and statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    assert take_next(api.as_(cast.arjun)).json()["id"] == claim["id"]
    event.remove(database.engine, "before_cursor_execute", note)
    assert len(asked) == 2
    how = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN (COSTS OFF)"
    with database.read_unit() as session:
        plans = [
            "\n".join(str(row[-1]) for row in session.connection().exec_driver_sql(f"{how} {sql}", values))
            for sql, values in asked
        ]
    for plan in plans:
        assert "SCAN claims" not in plan
        assert "Seq Scan on claims" not in plan
        assert "ix_claims_retail_queue" in plan
    # The first one found is the oldest: nothing is sorted.
    assert "B-TREE" not in plans[1]
    assert "Sort" not in plans[1]


def fill(database: Database, claim: dict[str, Any], *, closed: int) -> None:
    """Put many closed claims before the one that waits."""
    columns = (
        "workflow, workflow_version, version, claim_type, incident_date, description, claim_amount, currency, user_id,"
        " policy_id, payer_id, person_name, created_at, updated_at"
    )
    number = "lpad(CAST(n AS text), 12, '0')" if not database.is_sqlite else "printf('%012d', n)"
    uid = f"'018f000000007000' || '8000' || {number}"
    uid = uid if database.is_sqlite else f"CAST({uid} AS uuid)"
    with database.unit_of_work() as session:
        session.execute(
            text(
                "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :closed)"
                f" INSERT INTO claims (id, claim_number, status, status_group, {columns})"
                f" SELECT {uid}, 'CLM-OLD-' || n, 'completed', 'closed', {columns} FROM claims, numbers"
                " WHERE claim_number = :number"
            ),
            {"closed": closed, "number": claim["claim_number"]},
        )
        session.execute(text("ANALYZE"))


def test_d03_eight_who_ask_for_the_next_claim_at_once_never_get_the_same(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    asha, arjun, admin = api.as_(cast.asha), api.as_(cast.arjun), api.as_(cast.admin)
    takers = [lambda client=client: take_next(client) for client in [arjun, admin] * 4]
    for waiting in (8, 5, 8, 1, 12):
        filed = {file_claim(asha, claim_amount="10").json()["id"] for _ in range(waiting)}
        answers = at_once(*takers)
        got = [answer.json()["id"] for answer in answers if answer.status_code == 200]
        assert len(got) == len(set(got)) == min(waiting, 8)
        assert set(got) <= filed
        assert {answer.status_code for answer in answers} <= {200, 204}
        while take_next(admin).status_code == 200:
            pass
    with real_database.read_unit() as session:
        per_claim = "SELECT count(*), count(DISTINCT subject_id) FROM events WHERE type = 'claim_assigned'"
        assert tuple(session.execute(text(per_claim)).one()) == (34, 34)


def test_d03_a_claim_that_is_only_being_talked_about_is_still_the_next(world: tuple[Api, Cast]) -> None:
    api, cast = world
    asha, arjun, admin = api.as_(cast.asha), api.as_(cast.arjun), api.as_(cast.admin)
    hello = {"body": "Hello"}
    for _ in range(20):
        claim = file_claim(asha, claim_amount="10").json()
        path = f"/claims/{claim['id']}/messages"
        said, taken, answered = at_once(
            lambda path=path: asha.post(path, json=hello),  # type: ignore[misc]
            lambda: take_next(arjun),
            lambda path=path: admin.post(path, json=hello),  # type: ignore[misc]
        )
        assert (said.status_code, taken.status_code, answered.status_code) == (201, 200, 201)
        assert taken.json()["id"] == claim["id"]
