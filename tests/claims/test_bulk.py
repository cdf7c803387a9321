"""One action on many claims: each judged like the single action, the refused left alone, two calls at once in no deadlock."""

from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.claims.dossier import Dossier
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.policies.models import Policy
from tests.actors import Api, Cast
from tests.claims.stories import act, events_of, file_claim, problem
from tests.races import at_once
from tests.statements import how_many

VEHICLE = {"user_policy_id": "POL-DEMO-0002", "claim_type": "vehicle"}
Row = tuple[str, str | None, int | None]


def bulk(client: Any, action: str, *claims: Any, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    """Send a bulk action; claims are given as filed, or by name."""
    names = [claim["id"] if isinstance(claim, dict) else claim for claim in claims]
    body = {"action": action, "claim_ids": names, **fields}
    return client.post("/claims/bulk-actions", json=body, headers=headers)


def told(answer: Any) -> list[Row]:
    """Each claim's name, its status afterwards, and the status of its problem."""
    assert answer.status_code == 200, answer.text
    return [
        (row["claim_id"], row["status"], row["problem"] and row["problem"]["status"])
        for row in answer.json()["results"]
    ]


def state(database: Database) -> list[tuple[Any, ...]]:
    """Every claim with its status and version, every policy's cover used, and how many events there are."""
    with database.read_unit() as session:
        return [
            tuple(row)
            for query in (
                "SELECT claim_number, status, status_group, version, approved_amount, status_notes FROM claims"
                " ORDER BY claim_number",
                "SELECT number, cover_used FROM policies ORDER BY number",
                "SELECT count(*) FROM events WHERE subject_kind = 'claim'",
            )
            for row in session.execute(text(query)).all()
        ]


@pytest.fixture
def claims(asha: Any) -> list[dict[str, Any]]:
    """Three claims as filed."""
    return [file_claim(asha).json() for _ in range(3)]


def test_many_claims_are_moved_at_once(arjun: Any, claims: list[dict[str, Any]], database: Database) -> None:
    answer = bulk(arjun, "reject", *claims, status_notes="Not covered.")
    assert told(answer) == [(claim["id"], "rejected", None) for claim in claims]
    for claim in claims:
        shown = arjun.get(f"/claims/{claim['id']}").json()
        assert (shown["status_notes"], shown["version"]) == ("Not covered.", 2)
        assert events_of(database, claim) == ["claim_submitted", "claim_status_updated"]


def test_results_come_in_the_order_and_under_the_names_that_were_given(
    arjun: Any, claims: list[dict[str, Any]]
) -> None:
    first, second, third = claims
    names = [third["claim_number"], first["id"].upper(), new_id(), second["id"], "CLM-20261101-NOSUCH22", "x"]
    assert told(bulk(arjun, "start_review", *names)) == [
        (names[0], "under_review", None),
        (names[1], "under_review", None),
        (names[2], None, 404),
        (names[3], "under_review", None),
        (names[4], None, 404),
        (names[5], None, 404),
    ]


def test_what_is_refused_stays_and_the_others_move(
    asha: Any, arjun: Any, claims: list[dict[str, Any]], database: Database
) -> None:
    ready, early, gone = claims
    act(arjun, ready, "start_review")
    act(asha, gone, "withdraw")
    answer = bulk(arjun, "approve", early, ready, gone)
    assert told(answer) == [
        (early["id"], "pending", 409),
        (ready["id"], "approved", None),
        (gone["id"], "completed", 409),
    ]
    assert [events_of(database, claim)[1:] for claim in (early, ready, gone)] == [
        [],
        ["claim_status_updated"] * 2,
        ["claim_status_updated"],
    ]


def test_each_claim_is_judged_like_the_single_action(
    asha: Any, arjun: Any, claims: list[dict[str, Any]]
) -> None:
    """Role, person, state, fields, and what no workflow knows: the same problem, claim by claim."""
    _pending, in_review, appealed = claims
    act(arjun, in_review, "start_review")
    act(arjun, appealed, "reject", status_notes="Not covered.")
    act(asha, appealed, "appeal", reason="It is.")
    cases: list[tuple[str, dict[str, Any]]] = [
        ("approve", {}),
        ("approve", {"approved_amount": "1"}),
        ("approve", {"approved_amount": "0", "status_notes": "n"}),
        ("approve", {"approved_amount": [], "description": "n"}),
        ("reject", {}),
        ("reject", {"status_notes": "x" * 5001}),
        ("reject", {"status_notes": "a\0"}),
        ("complete", {"resolution": "withdrawn"}),
        ("withdraw", {}),
        ("appeal", {"reason": "n"}),
        ("no_such_action", {}),
        ("start_review", {"upload_ids": [new_id()]}),
    ]
    refused = 0
    for action, fields in cases:
        for claim in claims:
            single = act(arjun, claim, action, **fields)
            if single.status_code == 200:
                continue
            (row,) = bulk(arjun, action, claim, **fields).json()["results"]
            assert row["problem"] | {"request_id": ""} == single.json() | {"request_id": ""}
            refused += 1
    # All but the one claim that could be approved.
    assert refused == len(cases) * len(claims) - 1


def test_a_limit_holds_claim_by_claim(
    api: Api, cast: Cast, asha: Any, claims: list[dict[str, Any]], database: Database
) -> None:
    small = file_claim(asha, claim_amount="10").json()
    both = [claims[0], small]
    arjun = api.as_(cast.arjun)
    bulk(arjun, "start_review", *both)
    object.__setattr__(api.app.state.rules.settings, "limit_l2", 1000)
    assert told(bulk(arjun, "approve", *both)) == [
        (claims[0]["id"], "under_review", 403),
        (small["id"], "approved", None),
    ]


def test_d07_of_claims_on_one_policy_as_many_are_approved_as_its_cover_allows(
    asha: Any, arjun: Any, database: Database, covered: dict[str, Policy]
) -> None:
    filed = [
        file_claim(asha, claim_amount=amount).json() for amount in ("300000", "150000", "100000", "50000")
    ]
    bulk(arjun, "start_review", *filed)
    answer = bulk(arjun, "approve", *filed)
    assert [(status, code) for _, status, code in told(answer)] == [
        ("approved", None),
        ("approved", None),
        ("under_review", 422),
        ("approved", None),
    ]
    assert problem_of(answer, 2) == [("approved_amount", "over_cover")]
    assert ("POL-DEMO-0001", 50_000_000) in state(database)


def problem_of(answer: Any, number: int) -> list[tuple[str, str]]:
    """Field and code of each error of one result."""
    return [(e["field"], e["code"]) for e in answer.json()["results"][number]["problem"]["errors"]]


def test_d07_what_another_approval_took_meanwhile_is_refused_and_that_claim_alone_stays(
    asha: Any, arjun: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = [file_claim(asha, claim_amount=amount).json() for amount in ("300000", "250000", "200000")]
    bulk(arjun, "start_review", *filed)
    # As if what is left had been read before the others used it: the database itself has the last word.
    monkeypatch.setattr(Dossier, "cover_left", property(lambda _self: 10**12))
    answer = bulk(arjun, "approve", *filed)
    assert [(status, code) for _, status, code in told(answer)] == [
        ("approved", None),
        ("under_review", 409),
        ("approved", None),
    ]
    before = state(database)
    assert [row[1:5:3] for row in before if row[0] == filed[1]["claim_number"]] == [("under_review", None)]
    assert ("POL-DEMO-0001", 50_000_000) in before
    assert events_of(database, filed[1]) == ["claim_submitted", "claim_status_updated"]
    alone = act(arjun, filed[1], "approve")
    assert (alone.status_code, state(database)) == (409, before)


def test_a_claim_that_is_named_in_two_ways_is_acted_on_twice(
    arjun: Any, claims: list[dict[str, Any]], database: Database
) -> None:
    claim = claims[0]
    answer = bulk(arjun, "start_review", claim["claim_number"], claim["id"])
    assert told(answer) == [(claim["claim_number"], "under_review", None), (claim["id"], "under_review", 409)]
    assert events_of(database, claim) == ["claim_submitted", "claim_status_updated"]


def test_a_strangers_claim_is_answered_like_a_missing_one(
    api: Api, cast: Cast, claims: list[dict[str, Any]], database: Database
) -> None:
    before = state(database)
    for stranger in (cast.priya, cast.meera):
        rows = bulk(api.as_(stranger), "start_review", claims[0], new_id()).json()["results"]
        assert [row["problem"]["code"] for row in rows] == ["not_found"] * 2
        assert [{**row, "claim_id": ""} for row in rows] == [{**rows[0], "claim_id": ""}] * 2
    assert state(database) == before


def test_a_processor_moves_those_in_their_reach(
    api: Api, cast: Cast, arjun: Any, claims: list[dict[str, Any]], database: Database
) -> None:
    with database.unit_of_work() as session:
        session.execute(
            text(
                "UPDATE claims SET payer_id = (SELECT id FROM organisations WHERE number = 'PAY_002')"
                " WHERE claim_number = :number"
            ),
            {"number": claims[1]["claim_number"]},
        )
    assert [row[1:] for row in told(bulk(arjun, "start_review", *claims))] == [
        ("under_review", None),
        (None, 404),
        ("under_review", None),
    ]
    with database.unit_of_work() as session:
        accounts.unassign(session, None, user(session, cast.arjun.id), cast.suraksha)
    assert [row[1:] for row in told(bulk(arjun, "approve", *claims))] == [(None, 404)] * 3
    assert [row[1] for row in told(bulk(api.as_(cast.admin), "reject", *claims, status_notes="n"))] == [
        "rejected"
    ] * 3


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("action", "missing"), ("claim_ids", "missing")]),
        ({"action": "", "claim_ids": ["x"]}, [("action", "string_too_short")]),
        ({"action": "x" * 65, "claim_ids": ["x"]}, [("action", "string_too_long")]),
        ({"action": "a\0", "claim_ids": ["x"]}, [("action", "value_error")]),
        ({"action": "reject", "claim_ids": []}, [("claim_ids", "too_short")]),
        ({"action": "reject", "claim_ids": [f"x{n}" for n in range(101)]}, [("claim_ids", "too_long")]),
        ({"action": "reject", "claim_ids": ["x", "y", "x"]}, [("claim_ids", "not_unique")]),
        ({"action": "reject", "claim_ids": ["x", "a b", "y\0"]}, [(f"claim_ids.{n}", "string_pattern_mismatch") for n in (1, 2)]),
        ({"action": "reject", "claim_ids": "x"}, [("claim_ids", "list_type")]),
        ({"action": "reject", "claim_ids": [5]}, [("claim_ids.0", "string_type")]),
        ({"action": "reject", "claim_ids": ["x"], "actor_id": "y", "version": 1}, [("actor_id", "extra_forbidden"), ("version", "extra_forbidden")]),
        ([], [("body", "dict_type")]),
    ],
)  # fmt: skip
def test_p01_z05_a_bulk_action_that_cannot_be_read_moves_nothing(
    arjun: Any,
    claims: list[dict[str, Any]],
    database: Database,
    body: Any,
    errors: list[tuple[str, str]],
) -> None:
    if isinstance(body, dict) and isinstance(body.get("claim_ids"), list):
        body["claim_ids"] = [claims[0]["id"] if name == "x" else name for name in body["claim_ids"]]
    before = state(database)
    assert problem(arjun.post("/claims/bulk-actions", json=body)) == (422, errors)
    assert state(database) == before


def test_files_are_not_taken(arjun: Any, claims: list[dict[str, Any]], database: Database) -> None:
    before = state(database)
    answer = bulk(arjun, "start_review", *claims, files=["x"])
    assert [row[1:] for row in told(answer)] == [("pending", 422)] * 3
    assert problem_of(answer, 0)[0][0] == "files"
    form = arjun.post(
        "/claims/bulk-actions", data={"action": "start_review"}, files=[("files", ("a.pdf", b"%PDF"))]
    )
    assert form.status_code == 415
    assert state(database) == before


def test_nobody_but_staff_acts_on_many(
    api: Api, cast: Cast, claims: list[dict[str, Any]], database: Database
) -> None:
    before = state(database)
    assert bulk(api.nobody, "start_review", *claims).status_code == 401
    for person in (cast.asha, cast.city_desk, cast.auditor):
        assert bulk(api.as_(person), "start_review", *claims).status_code == 403
        assert api.as_(person).post("/claims/bulk-actions", json={}).status_code == 403
    assert state(database) == before


def test_d01_a_bulk_action_repeated_with_its_key_is_done_once(
    arjun: Any, claims: list[dict[str, Any]], database: Database
) -> None:
    key = {"Idempotency-Key": "tap-tap"}
    first, second = (bulk(arjun, "start_review", *claims, "x", headers=key) for _ in range(2))
    assert (first.status_code, second.json(), second.headers["idempotent-replay"]) == (
        200,
        first.json(),
        "true",
    )
    assert [row[2] for row in told(first)] == [None, None, None, 404]
    assert [events_of(database, claim)[1:] for claim in claims] == [["claim_status_updated"]] * 3
    assert problem(bulk(arjun, "approve", *claims, headers=key)) == (422, [("Idempotency-Key", "key_reused")])


def test_d10_each_claim_costs_the_same_statements(asha: Any, arjun: Any, database: Database) -> None:
    filed = [file_claim(asha, claim_amount="10").json() for _ in range(14)]
    for action in ("start_review", "approve", "approve"):
        costs = [
            how_many(database, lambda batch=batch, action=action: bulk(arjun, action, *batch))  # type: ignore[misc]
            for batch in (filed[:2], filed[2:6], filed[6:14])
        ]
        per_claim = [
            (after - before) / more for (before, after), more in zip(pairwise(costs), (2, 4), strict=True)
        ]
        assert per_claim[0] == per_claim[1] <= 6, (action, costs)


def test_d03_two_bulk_actions_at_once_wait_for_each_other_and_never_in_a_circle(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    """Claims on two policies, named in opposite orders, so that locks are wanted in every order."""
    api, cast = world
    asha, arjun, admin = api.as_(cast.asha), api.as_(cast.arjun), api.as_(cast.admin)
    for _ in range(12):
        policies = ({}, VEHICLE, {}, VEHICLE, VEHICLE, {}, VEHICLE, {})
        filed = [file_claim(asha, claim_amount="10", **policy).json() for policy in policies]
        bulk(arjun, "start_review", *filed)
        # The first two share no claim, but both policies, each with another one first; the third wants all claims.
        answers = at_once(
            lambda filed=filed: bulk(arjun, "approve", *filed[:4]),  # type: ignore[misc]
            lambda filed=filed: bulk(admin, "approve", *filed[:3:-1]),  # type: ignore[misc]
            lambda filed=filed: bulk(admin, "reject", *filed[::-1], status_notes="n"),  # type: ignore[misc]
        )
        moved = [name for answer in answers for name, _, code in told(answer) if code is None]
        assert sorted(moved) == sorted(claim["id"] for claim in filed)
        assert {code for answer in answers for _, _, code in told(answer)} == {None, 409}
        for claim in filed:
            assert events_of(real_database, claim)[1:] == ["claim_status_updated"] * 2


def test_d03_of_a_bulk_and_a_single_action_at_once_one_wins(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    asha, arjun, admin = api.as_(cast.asha), api.as_(cast.arjun), api.as_(cast.admin)
    for _ in range(12):
        filed = [file_claim(asha, claim_amount="10").json() for _ in range(3)]
        many, one = at_once(
            lambda filed=filed: bulk(arjun, "start_review", *filed),  # type: ignore[misc]
            lambda filed=filed: act(admin, filed[1], "start_review"),  # type: ignore[misc]
        )
        codes = [code for _, _, code in told(many)]
        assert (codes, one.status_code) in (([None, 409, None], 200), ([None, None, None], 409))
        assert events_of(real_database, filed[1])[1:] == ["claim_status_updated"]
