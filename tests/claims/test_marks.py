"""Places on pages of documents that a question is about: both sides see the same, and what cannot be is refused."""

import json
from math import inf, nan
from typing import Any

import pytest
from sqlalchemy import select, text

from insurenz.core.db import Database
from insurenz.events.models import Event, EventText
from tests.actors import Api, Cast
from tests.claims.hospitals import NEEDS, TABLES, claim_in, do, play, submit
from tests.claims.stories import add, events_of, problem, rows, show

BOX = {"x": 0.1, "y": 0.2, "width": 0.333333333333333, "height": 0.05}
UNKNOWN = "019aa000-0000-7000-8000-000000000000"


def with_files(api: Api, cast: Cast, *names: str) -> dict[str, Any]:
    """A claim of City Hospital with these documents."""
    claim: dict[str, Any] = submit(api.as_(cast.city_desk), *names).json()
    return claim


def on(claim: dict[str, Any], name: str = "bill.pdf", **changes: Any) -> dict[str, Any]:
    """A mark on the claim's document of this name."""
    (found,) = [document["id"] for document in claim["documents"] if document["file_name"] == name]
    return {"document_id": found, "page": 1} | BOX | changes


def test_both_sides_read_the_marks_of_a_question_to_the_last_digit_and_no_stranger_does(
    api: Api, cast: Cast
) -> None:
    claim = with_files(api, cast, "bill.pdf", "photo.jpg", "scan.png")
    marks = [
        on(claim),
        on(claim, "photo.jpg", x=0, y=0.9999999, width=1, height=1e-7),
        # Seven tenths and three tenths are a little more than one here.
        on(claim, "scan.png", x=0.7, y=0.9, width=0.30000000000000004, height=0.1),
    ]
    asked = do(api.as_(cast.priya), claim, "raise_query", marks=marks).json()
    assert asked["queries"][0]["marks"] == marks
    for person in (cast.city_desk, cast.city_ward, cast.priya, cast.rahul, cast.admin, cast.auditor):
        client = api.as_(person)
        assert show(client, claim)["queries"][0]["marks"] == marks
        (query,) = client.get(f"/claims/{claim['id']}/queries").json()["items"]
        assert query["marks"] == marks
    for person in (cast.asha, cast.lakeside_desk, cast.meera, cast.arjun):
        client = api.as_(person)
        assert {client.get(f"/claims/{claim['id']}{path}").status_code for path in ("", "/queries")} == {404}


def test_each_question_has_marks_of_its_own_and_keeps_them_when_it_is_answered(api: Api, cast: Cast) -> None:
    claim = with_files(api, cast, "bill.pdf")
    priya, desk = api.as_(cast.priya), api.as_(cast.city_desk)
    first, second = on(claim), on(claim, x=0.5)
    do(priya, claim, "raise_query", marks=[first])
    do(desk, claim, "answer_query")
    do(priya, claim, "request_info", marks=[second, first])
    play(api, cast, claim, "city_desk provide_info", "priya request_info")
    assert [query["marks"] for query in show(desk, claim)["queries"]] == [[first], [second, first], []]


def test_a_status_is_reached_with_marks_as_well(api: Api, cast: Cast) -> None:
    claim = with_files(api, cast, "bill.pdf")
    body = {"status": "qc_query", **NEEDS["raise_query"], "marks": [on(claim)]}
    moved = api.as_(cast.priya).patch(f"/claims/{claim['id']}/status", json=body)
    assert (moved.status_code, moved.json()["queries"][0]["marks"]) == (200, [on(claim)])


def test_neither_the_history_nor_the_event_of_which_notices_are_made_has_them(
    api: Api, cast: Cast, database: Database
) -> None:
    claim = with_files(api, cast, "bill.pdf")
    do(api.as_(cast.priya), claim, "raise_query", marks=[on(claim)])
    with database.read_unit() as session:
        data = session.scalars(select(Event.data).where(Event.subject_id == claim["id"]))
        kept = [*data, *session.scalars(select(EventText.name))]
    history = api.as_(cast.priya).get(f"/claims/{claim['id']}/history").json()
    assert '"marks"' not in json.dumps([kept, history])
    assert "0.333" not in json.dumps([kept, history])


def test_a_place_is_kept_when_its_document_is_replaced(api: Api, cast: Cast) -> None:
    claim = with_files(api, cast, "bill.pdf")
    desk, mark = api.as_(cast.city_desk), on(claim)
    do(api.as_(cast.priya), claim, "raise_query", marks=[mark])
    add(desk, claim, "scan.png", replaces=mark["document_id"])
    shown = show(desk, claim)
    assert [document["file_name"] for document in shown["documents"]] == ["scan.png"]
    assert shown["queries"][0]["marks"] == [mark]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"x": -0.01}, "marks.0.x"),
        ({"y": 1.01}, "marks.0.y"),
        ({"width": 0}, "marks.0.width"),
        ({"height": -0.1}, "marks.0.height"),
        ({"x": nan}, "marks.0.x"),
        ({"height": inf}, "marks.0.height"),
        ({"x": 10**400}, "marks.0.x"),
        ({"x": "0.1"}, "marks.0.x"),
        ({"x": True}, "marks.0.x"),
        ({"x": None}, "marks.0.x"),
        ({"x": 0.7, "width": 0.31}, "marks.0"),
        ({"y": 0.7, "height": 0.31}, "marks.0"),
        ({"page": 0}, "marks.0.page"),
        ({"page": 1.5}, "marks.0.page"),
        ({"page": 10**30}, "marks.0.page"),
        ({"page": 2}, "marks.0.page"),
        ({"colour": "red"}, "marks.0.colour"),
        ({"document_id": 7}, "marks.0.document_id"),
        ({"document_id": "\x00"}, "marks.0.document_id"),
        ({"document_id": UNKNOWN}, "marks.0.document_id"),
    ],
)
def test_a_box_that_is_not_on_a_page_is_refused_by_its_field_and_nothing_moves(
    api: Api, cast: Cast, database: Database, changes: dict[str, Any], field: str
) -> None:
    claim, priya = with_files(api, cast, "scan.png"), api.as_(cast.priya)
    before = rows(database, *TABLES)
    body = json.dumps(NEEDS["raise_query"] | {"marks": [on(claim, "scan.png", **changes)]})
    headers = {"Content-Type": "application/json"}
    refused = priya.post(f"/claims/{claim['id']}/actions/raise_query", content=body, headers=headers)
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (422, [field])
    assert rows(database, *TABLES) == before
    assert show(priya, claim)["version"] == claim["version"]


def test_the_pages_of_a_pdf_are_counted(api: Api, cast: Cast) -> None:
    claim = with_files(api, cast, "bill.pdf")
    (document,) = claim["documents"]
    priya, last = api.as_(cast.priya), document["pages"]
    beyond = do(priya, claim, "raise_query", marks=[on(claim, page=last), on(claim, page=last + 1)])
    (error,) = beyond.json()["errors"]
    assert (error["field"], error["code"]) == ("marks.1.page", "no_such_page")
    assert do(priya, claim, "raise_query", marks=[on(claim, page=last)]).status_code == 200


def _cannot_be_seen(api: Api, cast: Cast, database: Database, claim: dict[str, Any], why: str) -> str:
    """Make the claim's bill so; what its marks are refused as."""
    bill = on(claim)["document_id"]
    if why == "replaced":
        add(api.as_(cast.city_desk), claim, "scan.png", replaces=bill)
        return "already_replaced"
    change = {"infected": "scan_state = 'infected'", "locked": "is_encrypted = true"}[why]
    with database.unit_of_work() as session:
        session.execute(text(f"UPDATE documents SET {change} WHERE file_name = 'bill.pdf'"))
    return {"infected": "infected", "locked": "not_shown"}[why]


@pytest.mark.parametrize("why", ["replaced", "infected", "locked"])
def test_a_document_that_the_other_side_cannot_look_at_is_not_marked(
    api: Api, cast: Cast, database: Database, why: str
) -> None:
    claim = with_files(api, cast, "bill.pdf")
    code = _cannot_be_seen(api, cast, database, claim, why)
    priya, before = api.as_(cast.priya), rows(database, *TABLES)
    refused = do(priya, claim, "raise_query", marks=[on(claim)])
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["field"], error["code"]) == (422, "marks.0.document_id", code)
    assert rows(database, *TABLES) == before


def test_a_document_without_pages_or_of_another_claim_is_not_marked(api: Api, cast: Cast) -> None:
    claim, other = with_files(api, cast, "letter.docx"), with_files(api, cast, "bill.pdf")
    refused = do(
        api.as_(cast.priya),
        claim,
        "raise_query",
        marks=[on(claim, "letter.docx"), on(other), on(claim, "letter.docx", page=0)],
    )
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [
        ("marks.2.page", "greater_than_equal")
    ]
    refused = do(api.as_(cast.priya), claim, "raise_query", marks=[on(claim, "letter.docx"), on(other)])
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [
        ("marks.0.document_id", "not_shown"),
        ("marks.1.document_id", "unknown_document"),
    ]


def test_ten_places_are_the_most_and_no_list_is_none(api: Api, cast: Cast) -> None:
    claim = with_files(api, cast, "bill.pdf")
    priya = api.as_(cast.priya)
    for marks in ([on(claim)] * 11, {"0": on(claim)}, "here", [None]):
        refused = do(priya, claim, "raise_query", marks=marks)
        assert problem(refused)[0] == 422, refused.text
        assert all(error["field"].startswith("marks") for error in refused.json()["errors"])
    assert do(priya, claim, "raise_query", marks=[on(claim)] * 10).status_code == 200


def test_what_asks_nothing_takes_no_marks_and_other_problems_are_told_beside_theirs(
    api: Api, cast: Cast, database: Database
) -> None:
    claim = with_files(api, cast, "bill.pdf")
    priya = api.as_(cast.priya)
    refused = do(priya, claim, "clear", marks=[on(claim)])
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [("marks", "not_taken")]
    both = do(priya, claim, "raise_query", remarks=" ", marks=[on(claim, document_id=UNKNOWN)])
    assert [e["field"] for e in both.json()["errors"]] == ["marks.0.document_id", "remarks"]
    # Whose role never asks is told that first.
    assert do(api.as_(cast.city_desk), claim, "raise_query", marks=[on(claim, page=9)]).status_code == 403
    assert events_of(database, claim) == ["claim_pending"]


def test_of_several_claims_only_that_with_the_document_is_asked(api: Api, cast: Cast) -> None:
    claim, other = with_files(api, cast, "bill.pdf"), claim_in(api, cast, "qc_pending")
    body = {"action": "raise_query", "claim_ids": [claim["id"], other["id"]]}
    fields = NEEDS["raise_query"] | {"marks": [on(claim)]}
    results = api.as_(cast.priya).post("/claims/bulk-actions", json=body | fields).json()["results"]
    assert [result["status"] for result in results] == ["qc_query", "qc_pending"]
    assert results[1]["problem"]["errors"][0]["field"] == "marks.0.document_id"
