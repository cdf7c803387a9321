"""Questions about a hospital claim as records: what is missing, until when, in which round, and the answers."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from insurenz.core.db import Database
from insurenz.events.models import Event
from insurenz.events.service import erase_text
from tests.actors import Api, Cast
from tests.claims.hospitals import claim_in, do, play
from tests.claims.stories import file_claim, problem, rows, sample, upload
from tests.conftest import Clock
from tests.statements import how_many

ITEMS = ["Implant invoice", "ICU chart, day 2"]


def listed(client: Any, claim: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    """What was asked about a claim."""
    answer = client.get(f"/claims/{claim['id']}/queries", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_query_is_a_record_that_its_answer_completes(api: Api, cast: Cast, today: Clock) -> None:
    desk, priya = api.as_(cast.city_desk), api.as_(cast.priya)
    claim = claim_in(api, cast, "qc_pending")
    due = (today.at + timedelta(days=2)).isoformat()
    do(priya, claim, "raise_query", missing_documents=ITEMS, due_at=due)
    (asked,) = listed(desk, claim)
    assert {n: v for n, v in asked.items() if n not in ("id", "raised_at", "due_at")} == {
        "kind": "query",
        "round": 1,
        "category": "clinical",
        "items": ITEMS,
        "remarks": "Which ward was it?",
        "marks": [],
        "raised_by": {"role": "claim_processor_l1", "name": "Priya Menon"},
        "answer": None,
        "document_ids": [],
        "answered_at": None,
        "answered_by": None,
    }
    assert datetime.fromisoformat(asked["due_at"]) == today.at + timedelta(days=2)
    assert datetime.fromisoformat(asked["raised_at"]) == today.at
    today.move(minutes=20)
    sent_ahead = upload(desk, "photo.jpg").json()["id"]
    answered = desk.post(
        f"/claims/{claim['id']}/actions/answer_query",
        data={"query_response": "Both are attached.", "upload_ids": [sent_ahead]},
        files=[("files", sample("bill.pdf"))],
    ).json()
    (query,) = answered["queries"]
    assert (
        query
        == listed(priya, claim)[0]
        == api.as_(cast.auditor).get(f"/claims/{claim['id']}").json()["queries"][0]
    )
    assert query == asked | {
        "answer": "Both are attached.",
        "document_ids": [document["id"] for document in answered["documents"]],
        "answered_at": query["answered_at"],
        "answered_by": {"role": "hospital_user", "name": "Nisha Kapoor"},
    }
    assert datetime.fromisoformat(query["answered_at"]) == today.at
    assert sent_ahead in query["document_ids"]
    assert len(query["document_ids"]) == 2


def test_rounds_are_counted_by_kind_and_each_answer_belongs_to_its_question(api: Api, cast: Cast) -> None:
    ask = ("priya raise_query", "city_desk answer_query")
    claim = play(
        api,
        cast,
        claim_in(api, cast, "qc_pending"),
        *(
            *ask,
            "priya request_info",
            "city_ward provide_info",
            "priya request_info",
            "city_desk provide_info",
        ),
    )
    other = play(api, cast, claim_in(api, cast, "qc_pending"), *ask, *ask, "rahul raise_query")
    shown = [
        (q["kind"], q["round"], q["answer"], (q["answered_by"] or {}).get("name")) for q in claim["queries"]
    ]
    assert shown == [
        ("query", 1, "Ward 4, bed 12.", "Nisha Kapoor"),
        ("info", 1, "It is attached.", "Thomas Mathew"),
        ("info", 2, "It is attached.", "Nisha Kapoor"),
    ]
    assert [(q["kind"], q["round"], q["answered_at"] is None) for q in other["queries"]] == [
        ("query", 1, False),
        ("query", 2, False),
        ("query", 3, True),
    ]


def test_it_is_read_by_both_sides_page_by_page_and_by_no_stranger(api: Api, cast: Cast) -> None:
    claim = play(
        api, cast, claim_in(api, cast, "qc_pending"), *("priya raise_query", "city_desk answer_query") * 3
    )
    everything = [query["id"] for query in claim["queries"]]
    for person in (cast.city_desk, cast.city_ward, cast.priya, cast.rahul, cast.admin, cast.auditor):
        client = api.as_(person)
        assert [query["id"] for query in listed(client, claim)] == everything
        first = client.get(f"/claims/{claim['id']}/queries", params={"limit": 2}).json()
        assert ([q["id"] for q in first["items"]], len(first["items"])) == (everything[:2], 2)
        rest = listed(client, claim, cursor=first["next_cursor"])
        assert [query["id"] for query in rest] == everything[2:]
    for person in (cast.asha, cast.lakeside_desk, cast.meera, cast.arjun):
        assert api.as_(person).get(f"/claims/{claim['id']}/queries").status_code == 404
    assert problem(api.as_(cast.admin).get(f"/claims/{claim['id']}/queries?cursor=x"))[0] == 422


def test_of_a_retail_claim_nothing_was_asked(api: Api, cast: Cast) -> None:
    claim = file_claim(api.as_(cast.asha)).json()
    assert listed(api.as_(cast.asha), claim) == listed(api.as_(cast.arjun), claim) == []
    assert api.as_(cast.arjun).get(f"/claims/{claim['id']}").json()["queries"] == []


def test_a_decision_while_nothing_is_open_leaves_the_records_alone(api: Api, cast: Cast) -> None:
    claim = play(api, cast, claim_in(api, cast, "qc_answered"), "priya deny", "city_desk contest")
    assert [(q["round"], q["answer"]) for q in claim["queries"]] == [(1, "Ward 4, bed 12.")]


def test_texts_that_are_erased_are_gone_from_the_record(api: Api, cast: Cast, database: Database) -> None:
    claim = claim_in(api, cast, "qc_pending")
    do(api.as_(cast.priya), claim, "raise_query", missing_documents=ITEMS)
    do(api.as_(cast.city_desk), claim, "answer_query")
    with database.unit_of_work() as session:
        ids = session.scalars(
            select(Event.id).where(Event.claim_number == claim["claim_number"]).order_by(Event.seq)
        )
        for event_id in list(ids):
            for name in ("remarks", "missing_documents", "query_response"):
                erase_text(session, event_id, name)
    (query,) = listed(api.as_(cast.city_desk), claim)
    assert (query["remarks"], query["items"], query["answer"]) == (None, [], None)
    assert (query["category"], query["answered_by"]["name"]) == ("clinical", "Nisha Kapoor")


def test_a_processor_sends_what_is_missing_in_a_form_as_well(api: Api, cast: Cast) -> None:
    claim = claim_in(api, cast, "qc_pending")
    fields = {"remarks": "Please send", "query_category": "documentation", "missing_documents": ITEMS}
    path = f"/claims/{claim['id']}/actions/raise_query"
    parts = [(n, (None, each)) for n, v in fields.items() for each in (v if isinstance(v, list) else [v])]
    answer = api.as_(cast.priya).post(path, files=parts)
    assert (answer.status_code, answer.json()["queries"][0]["items"]) == (200, ITEMS)


def test_views_are_noted(api: Api, cast: Cast, database: Database) -> None:
    claim = claim_in(api, cast, "qc_query")
    desk = api.as_(cast.city_desk)
    listed(desk, claim)
    # A patient's claim is nobody's own, so it is noted also for whoever submitted it.
    desk.get("/claims")
    api.app.state.access_log.flush()
    with database.read_unit() as session:
        noted = session.execute(text("SELECT what FROM access_log ORDER BY position")).scalars().all()
    assert noted == ["queries viewed", "listed"]


def test_d10_more_questions_cost_no_more_statements(api: Api, cast: Cast, database: Database) -> None:
    few = claim_in(api, cast, "qc_query")
    many = play(
        api, cast, claim_in(api, cast, "qc_pending"), *("priya raise_query", "city_desk answer_query") * 5
    )
    desk = api.as_(cast.city_desk)
    for claim in (few, many):
        paths = [f"/claims/{claim['id']}", f"/claims/{claim['id']}/queries"]
        asked = [how_many(database, partial(desk.get, path)) for path in paths]
        # Who calls, and the claim with all that belongs to it; for a list the claim, the questions and two for their events.
        assert asked == [2, 5]


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'other'",
        "round = 0",
        "answered_at = raised_at",
        "answered_by = raised_by",
        "answer_event_id = event_id",
        "raised_by = claim_id",
        "claim_id = raised_by",
    ],
)
def test_d09_a_record_that_cannot_be_is_refused_by_the_database(
    api: Api, cast: Cast, database: Database, change: str
) -> None:
    claim_in(api, cast, "qc_query")
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(text(f"UPDATE claim_queries SET {change}"))


def test_d09_a_round_is_there_once_and_goes_with_its_claim(api: Api, cast: Cast, database: Database) -> None:
    play(api, cast, claim_in(api, cast, "qc_answered"), "priya raise_query")
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(text("UPDATE claim_queries SET round = 1"))
    with database.unit_of_work() as session:
        session.execute(text("DELETE FROM claims"))
    assert rows(database, "claim_queries") == {"claim_queries": 0}
