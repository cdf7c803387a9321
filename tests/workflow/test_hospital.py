"""The hospital workflow beyond its table: detours for information, contests, another decider."""

from dataclasses import replace

import pytest

from insurenz.workflow import FieldsRefused, PersonRefused, StateRefused, TooLate, check, load
from insurenz.workflow.guards import earlier_decider, remembered_state
from tests.workflow.story import FIELDS, HOSPITAL, Story, hospital

ASKED = ("C request_info", "H provide_info")


def can_approve(story: Story, by: str = "somebody") -> bool:
    return "approve" in [offer.action for offer in story.open_to("claim_processor", by)]


@pytest.mark.parametrize(
    ("before", "state", "approvable"),
    [
        (("H submit",), "qc_pending", False),
        (("H submit", "C raise_query", "H answer_query"), "qc_answered", False),
        (("H submit", "C clear"), "qc_clear", True),
        (("H submit", "C deny priya", "H contest"), "claim_contested", True),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_the_first_state_is_remembered_behind_any_number_of_requests(
    before: tuple[str, ...], state: str, approvable: bool, rounds: int
) -> None:
    story = hospital(*before, *(ASKED * rounds))
    assert remembered_state(HOSPITAL, story.history) == state
    assert can_approve(story) is approvable


def test_an_approval_before_quality_was_clear_is_refused_by_state() -> None:
    story = hospital("H submit", *ASKED)
    with pytest.raises(StateRefused) as refused:
        story.check("claim_processor", "approve")
    assert (refused.value.code, refused.value.legal) == ("qc_not_clear", ("request_info", "clear", "deny"))


def test_a_clearing_after_the_detour_forgets_what_was_before() -> None:
    story = hospital("H submit", *ASKED, "C clear")
    assert remembered_state(HOSPITAL, story.history) is None
    story.tell(*ASKED)
    assert remembered_state(HOSPITAL, story.history) == "qc_clear"
    assert can_approve(story)


def test_a_decision_ends_the_detour_that_led_to_it() -> None:
    story = hospital("H submit", "C clear", "C request_info", "H provide_info", "C deny priya", "H contest")
    assert remembered_state(HOSPITAL, story.history) is None
    assert can_approve(story)


@pytest.mark.parametrize("action", ["approve", "deny"])
@pytest.mark.parametrize("between", [(), ASKED, ASKED * 2, (*ASKED, "C clear rahul")], ids=len)
def test_a_contest_is_decided_by_another_than_the_denier(action: str, between: tuple[str, ...]) -> None:
    story = hospital("H submit", "C deny priya", "H contest", *between)
    for role in ("claim_processor_l1", "admin"):
        with pytest.raises(PersonRefused) as refused:
            story.check(role, action, "priya")
        assert refused.value.code == "another_person_needed"
    assert story.check("claim_processor", action, "rahul").source == story.status


def test_the_denier_may_still_ask_for_information_about_a_contested_claim() -> None:
    story = hospital("H submit", "C deny priya", "H contest")
    assert [offer.action for offer in story.open_to("claim_processor", "priya")] == ["request_info"]


def test_once_the_contest_is_decided_the_state_is_the_reason_not_the_person() -> None:
    story = hospital("H submit", "C deny priya", "H contest", "C approve rahul")
    with pytest.raises(StateRefused) as refused:
        story.check("claim_processor", "deny", "priya")
    assert refused.value.code == "illegal_move"


def test_out_of_state_a_person_is_refused_only_if_no_way_of_the_action_is_theirs() -> None:
    contested = hospital("H submit", "C deny priya", "H contest", "C request_info")
    with pytest.raises(PersonRefused):
        contested.check("claim_processor", "deny", "priya")
    contested.definition = load(HOSPITAL.source.text.replace("    guards: [another_decider]\n", "", 1))
    with pytest.raises(StateRefused):
        contested.check("claim_processor", "deny", "priya")


def test_in_the_second_round_the_second_denier_is_barred() -> None:
    story = hospital("H submit", "C deny priya", "H contest", "C deny rahul", "H contest")
    assert earlier_decider(HOSPITAL, story.history) == "rahul"
    assert not can_approve(story, "rahul")
    assert can_approve(story, "priya")


def test_a_denial_can_be_contested_twice() -> None:
    story = hospital("H submit", "C deny priya", "H contest", "C deny rahul", "H contest", "A deny admin")
    with pytest.raises(StateRefused) as refused:
        story.check("hospital_user", "contest")
    assert (refused.value.code, refused.value.legal) == ("rounds_used_up", ())
    facts = replace(story.facts("desk"), contest_rounds=3)
    given = FIELDS["hospital"]["contest"]
    step = check(HOSPITAL, story.status, "contest", "hospital_user", facts=facts, given=given)
    assert step.target == "claim_contested"


def test_a_denial_can_be_contested_for_thirty_days_to_the_second() -> None:
    story = hospital("H submit", "C deny priya").later(days=30)
    assert story.check("hospital_user", "contest").target == "claim_contested"
    story.later(seconds=1)
    with pytest.raises(TooLate) as refused:
        story.check("hospital_user", "contest")
    assert refused.value.code == "too_late"


def test_the_second_window_runs_from_the_second_denial() -> None:
    story = hospital("H submit", "C deny priya").later(days=29).tell("H contest").later(days=20)
    story.tell("C deny rahul").later(days=30)
    assert story.check("hospital_user", "contest").target == "claim_contested"


def test_an_approval_may_be_lower_than_the_claim_without_notes_but_never_higher() -> None:
    story = hospital("H submit", "C clear")
    assert story.check("claim_processor", "approve", approved_amount=1).outcome == "partial"
    with pytest.raises(FieldsRefused) as refused:
        story.check("claim_processor", "approve", approved_amount=100_001)
    assert [(each.field, each.code) for each in refused.value.problems] == [
        ("approved_amount", "out_of_range")
    ]


def test_the_limit_binds_on_every_way_to_an_approval() -> None:
    for story in (
        hospital("H submit", "C clear"),
        hospital("H submit", "C clear", *ASKED),
        hospital("H submit", "C deny priya", "H contest"),
    ):
        with pytest.raises(PersonRefused) as refused:
            story.check("claim_processor_l2", "approve", "meera", limit=99_999)
        assert refused.value.code == "over_limit"


def test_answers_may_carry_files() -> None:
    step = hospital("H submit", "C raise_query").check("hospital_user", "answer_query", files=["report.pdf"])
    assert step.values == {"query_response": "Ward 4", "files": ["report.pdf"]}
