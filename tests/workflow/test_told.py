"""Who is told of what, in which words: the product's table of events, written by hand."""

import pytest

from insurenz.workflow import Tell
from tests.workflow.story import HOSPITAL, REGISTRY, RETAIL, hospital, retail

HOSPITAL_TOLD = [
    # event, action, title, told, status
    ("claim_pending", "submit", "Claim Submitted", "processors", "qc_pending"),
    ("claim_qc_query", "raise_query", "QC Query Raised", "hospital_users", "qc_query"),
    ("claim_qc_answered", "answer_query", "QC Query Answered", "processors", "qc_answered"),
    ("claim_need_more_info", "request_info", "More Information Needed", "hospital_users", "need_more_info"),
    ("claim_need_more_info_response", "provide_info", "More Information Provided", "processors",
     "need_more_info_submitted"),
    ("claim_contested", "contest", "Claim Contested", "processors", "claim_contested"),
    ("claim_qc_clear", "clear", "QC Cleared", "hospital_users", "qc_clear"),
    ("claim_approved", "approve", "Claim Approved", "hospital_users", "claim_approved"),
    ("claim_denied", "deny", "Claim Denied", "hospital_users", "claim_denial"),
]  # fmt: skip
RETAIL_TOLD = [
    # event, action, outcome, title, and each audience with whether it is a receipt
    ("claim_submitted", "submit", None, "Claim Received", [("claimant", True), ("processors", False)]),
    ("claim_status_updated", "start_review", None, "Under Review", [("claimant", False)]),
    ("claim_status_updated", "approve", "full", "Claim Approved", [("claimant", False)]),
    ("claim_status_updated", "approve", "partial", "Claim Partly Approved", [("claimant", False)]),
    ("claim_status_updated", "reject", None, "Claim Rejected", [("claimant", False)]),
    ("claim_status_updated", "complete", "paid", "Claim Completed", [("claimant", False)]),
    ("claim_status_updated", "complete", "denied", "Claim Completed", [("claimant", False)]),
    (
        "claim_status_updated",
        "withdraw",
        "withdrawn",
        "Claim Withdrawn",
        [("claimant", True), ("processors", False)],
    ),
    ("claim_status_updated", "appeal", None, "Appeal Received", [("claimant", True), ("processors", False)]),
]


def everything_told() -> list[Tell]:
    rules = (*RETAIL.events.values(), *HOSPITAL.events.values(), *REGISTRY.common.events.values())
    return [tell for rule in rules for tell in rule.tell]


@pytest.mark.parametrize(("event", "action", "title", "audience", "status"), HOSPITAL_TOLD)
def test_hospital_events_are_told_as_the_product_says(
    event: str, action: str, title: str, audience: str, status: str
) -> None:
    assert {(move.event, move.target) for move in HOSPITAL.moves(action)} == {(event, status)}
    outcomes = ("full", "partial") if action == "approve" else (None,)
    for outcome in outcomes:
        told = HOSPITAL.rule(event).told(action, outcome)
        assert [(tell.audience, tell.title, tell.receipt) for tell in told] == [(audience, title, False)]


@pytest.mark.parametrize(("event", "action", "outcome", "title", "audiences"), RETAIL_TOLD)
def test_retail_events_are_told_as_the_product_says(
    event: str, action: str, outcome: str | None, title: str, audiences: list[tuple[str, bool]]
) -> None:
    assert {move.event for move in RETAIL.moves(action)} == {event}
    told = RETAIL.rule(event).told(action, outcome)
    assert [(tell.audience, tell.receipt) for tell in told] == audiences
    assert {tell.title for tell in told} == {title}
    channels = {"claimant": ("inbox", "email", "push", "chat"), "processors": ("inbox",)}
    assert all(tell.channels == channels[tell.audience] for tell in told)


def test_of_events_without_a_rule_nobody_is_told() -> None:
    assert RETAIL.rule("claim_changed") is None


def test_there_are_no_other_events() -> None:
    assert set(HOSPITAL.events) == {row[0] for row in HOSPITAL_TOLD}
    assert set(RETAIL.events) == {row[0] for row in RETAIL_TOLD}
    assert [
        (rule.event, tell.title, tell.audience)
        for rule in REGISTRY.common.events.values()
        for tell in rule.tell
    ] == [("claim_message", "New Message", "other_side"), ("claim_assigned", "Claim Assigned", "assignee")]


def test_messages_read_as_the_product_shows_them() -> None:
    submitted = HOSPITAL.rule("claim_pending").told("submit")[0].message
    assert submitted.format(hospital_name="Lakeside Clinic", claim_number="CSHLSIP-2026-014") == (
        "Lakeside Clinic submitted claim CSHLSIP-2026-014."
    )
    asked = HOSPITAL.rule("claim_qc_query").told("raise_query")[0].message
    assert asked.format(actor_name="Meera Iyer", claim_number="CSHLSIP-2026-014") == (
        "Meera Iyer raised a QC query on claim CSHLSIP-2026-014."
    )


def test_every_message_names_its_claim_and_everybody_gets_an_inbox_item() -> None:
    assert [tell.message for tell in everything_told() if "{claim_number}" not in tell.message] == []
    assert [tell.message for tell in everything_told() if "inbox" not in tell.channels] == []


def test_steps_carry_the_outcome_that_chooses_the_words() -> None:
    step = retail("P submit", "C start_review").check("admin", "approve", approved_amount=1, status_notes="x")
    assert [tell.title for tell in RETAIL.rule(step.event).told(step.action, step.outcome)] == [
        "Claim Partly Approved"
    ]
    step = hospital("H submit", "C clear").check("admin", "approve", approved_amount=1)
    assert HOSPITAL.rule(step.event).told(step.action, step.outcome)[0].message.endswith(" in part.")
