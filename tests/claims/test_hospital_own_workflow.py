"""An operator's own hospital workflow: its questions are records, whatever its actions are called."""

from pathlib import Path
from typing import Any

import pytest

from insurenz.core.db import Database
from tests.actors import Api, Cast, make_api
from tests.claims.hospitals import submit
from tests.claims.stories import act, problem

DAYCARE = """
name: daycare
version: 2
title: Day care
subject: hospital
states:
  in: {phase: intake, clock: claim_processor, labels: {filer: In, staff: In}}
  asked: {phase: waiting, clock: hospital_user, labels: {filer: Asked, staff: Asked}}
  told: {phase: answered, clock: claim_processor, labels: {filer: Told, staff: Told}}
  done: {phase: decided, labels: {filer: Done, staff: Done}}
transitions:
  - {action: submit, label: Submit, from: [new], to: in, roles: [hospital_user], requires: [hospital_id, payer_id, form_data], event: day_in}
  - {action: ask, label: Ask, from: [in, told, asked], to: asked, roles: [claim_processor, admin], requires: [remarks], optional: [query_category, missing_documents], event: day_asked}
  - {action: tell, label: Tell, from: [asked], to: told, roles: [hospital_user], requires: [response], event: day_told}
  - {action: settle, label: Settle, from: [in, told, asked, done], to: done, roles: [claim_processor, admin], optional: [approved_amount, rejection_reason], event: day_done}
events:
  day_in: {category: progress, tell: [{audience: processors, channels: [inbox], title: In, message: "{claim_number}"}]}
  day_asked: {category: action_needed, tell: [{audience: hospital_users, channels: [inbox], title: Asked, message: "{claim_number}"}]}
  day_told: {category: progress, tell: [{audience: processors, channels: [inbox], title: Told, message: "{claim_number}"}]}
  day_done: {category: decision, tell: [{audience: hospital_users, channels: [inbox], title: Done, message: "{claim_number}"}]}
"""


@pytest.fixture
def own(database: Database, cast: Cast, tmp_path: Path) -> Api:
    """The app of an operator with a workflow of their own."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "daycare.yaml").write_text(DAYCARE)
    return make_api(database, tmp_path / "data", workflows_dir=folder)


def asked_of(claim: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(q["kind"], q["round"], q["category"], q["answer"]) for q in claim["queries"]]


def test_what_leads_to_waiting_asks_and_what_leads_from_it_to_answered_answers(own: Api, cast: Cast) -> None:
    desk, priya = own.as_(cast.city_desk), own.as_(cast.priya)
    claim = submit(desk, workflow="daycare").json()
    assert (claim["workflow"], claim["workflow_version"], claim["status"]) == ("daycare", 2, "in")
    act(priya, claim, "ask", remarks="Which eye?")
    # Asked again before there was an answer: the answer is to the last question.
    act(priya, claim, "ask", remarks="And when?", query_category="clinical")
    told = act(desk, claim, "tell", response="Left, on Monday.").json()
    assert asked_of(told) == [("query", 1, None, None), ("query", 2, "clinical", "Left, on Monday.")]
    act(priya, claim, "ask", remarks="Sure?")
    # Settled without an answer: the question stays open.
    settled = act(priya, claim, "settle", approved_amount="1").json()
    assert asked_of(settled)[2] == ("query", 3, None, None)


def test_the_later_decision_stands_alone(own: Api, cast: Cast) -> None:
    priya = own.as_(cast.priya)
    claim = submit(own.as_(cast.city_desk), workflow="daycare").json()
    both = {"approved_amount": "10", "rejection_reason": "The rest is not covered."}
    for fields, amount, reason in (
        ({"approved_amount": "10"}, "10.00", None),
        ({"rejection_reason": "No."}, None, "No."),
        ({}, None, "No."),
        ({"approved_amount": "20"}, "20.00", None),
        (both, "10.00", "The rest is not covered."),
    ):
        settled = act(priya, claim, "settle", **fields).json()
        assert (settled["approved_amount"], settled["rejection_reason"]) == (amount, reason)


def test_a_workflow_about_policies_takes_no_hospital_claim(own: Api, cast: Cast) -> None:
    refused = submit(own.as_(cast.city_desk), workflow="retail")
    assert problem(refused) == (422, [("workflow", "wrong_subject")])
    assert "submitted by a hospital" in refused.json()["detail"]
