"""The retail workflow beyond its table: amounts, appeals, resolutions, what filing checks."""

from dataclasses import replace

import pytest

from insurenz.workflow import FieldsRefused, PersonRefused, StateRefused, TooLate, check, field_problems
from tests.workflow.story import COVERED, FIELDS, RETAIL, START, Story, retail

REVIEWED = ("P submit", "C start_review")


def codes(refused: pytest.ExceptionInfo[FieldsRefused]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in refused.value.problems]


def partly_approved(by: str = "arjun") -> Story:
    story = retail(*REVIEWED)
    story.act("claim_processor", "approve", by, approved_amount=60_000, status_notes="Room rent is capped")
    return story


def test_an_approval_without_amount_approves_what_was_claimed() -> None:
    step = retail(*REVIEWED).act("claim_processor", "approve")
    assert (step.values, step.outcome) == ({"approved_amount": 100_000}, "full")


def test_an_approval_of_less_is_partial_and_needs_notes() -> None:
    story = retail(*REVIEWED)
    with pytest.raises(FieldsRefused) as refused:
        story.check("claim_processor", "approve", approved_amount=99_999)
    assert codes(refused) == [("status_notes", "missing")]
    with pytest.raises(FieldsRefused):
        story.check("claim_processor", "approve", approved_amount=99_999, status_notes="  ")
    step = story.check("claim_processor", "approve", approved_amount=99_999, status_notes=" Room rent ")
    assert (step.outcome, step.values) == (
        "partial",
        {"approved_amount": 99_999, "status_notes": "Room rent"},
    )


@pytest.mark.parametrize("amount", [0, -1, 100_001])
def test_the_approved_amount_lies_above_nothing_and_within_the_claim(amount: int) -> None:
    with pytest.raises(FieldsRefused) as refused:
        retail(*REVIEWED).check("claim_processor", "approve", approved_amount=amount, status_notes="x")
    assert codes(refused) == [("approved_amount", "out_of_range")]


def test_the_approved_amount_lies_within_the_cover_that_is_left() -> None:
    story = retail(*REVIEWED)
    story.cover_left = 70_000
    with pytest.raises(FieldsRefused) as refused:
        story.check("claim_processor", "approve")
    assert codes(refused) == [("approved_amount", "over_cover")]
    assert (
        story.check("claim_processor", "approve", approved_amount=70_000, status_notes="x").target
        == "approved"
    )


def test_without_cover_left_an_approval_is_not_even_offered() -> None:
    story = retail(*REVIEWED)
    story.cover_left = 0
    assert [offer.action for offer in story.open_to("claim_processor")] == ["reject"]


def test_a_processor_approves_up_to_their_limit() -> None:
    story = retail(*REVIEWED)
    assert story.check("claim_processor_l1", "approve", limit=100_000).target == "approved"
    with pytest.raises(PersonRefused) as refused:
        story.check("claim_processor_l1", "approve", limit=99_999)
    assert refused.value.code == "over_limit"
    part = story.check(
        "claim_processor_l1", "approve", limit=60_000, approved_amount=60_000, status_notes="x"
    )
    assert part.values["approved_amount"] == 60_000


def test_completing_says_paid_after_approval_and_denied_after_rejection() -> None:
    approved = retail(*REVIEWED, "C approve")
    step = approved.check("claim_processor", "complete", payment_reference="UTR 17")
    assert (step.outcome, step.values) == ("paid", {"resolution": "paid", "payment_reference": "UTR 17"})
    assert approved.check("claim_processor", "complete", resolution="paid").outcome == "paid"
    with pytest.raises(FieldsRefused) as refused:
        approved.check("claim_processor", "complete", resolution="denied")
    assert codes(refused) == [("resolution", "not_possible")]
    assert retail("P submit", "C reject").check("admin", "complete").outcome == "denied"


def test_a_withdrawal_sets_its_resolution_by_itself() -> None:
    step = retail("P submit").act("policyholder", "withdraw")
    assert (step.target, step.values, step.outcome) == ("completed", {"resolution": "withdrawn"}, "withdrawn")


def test_an_appeal_of_a_partial_approval_empties_the_approved_amount() -> None:
    story = partly_approved()
    step = story.act("policyholder", "appeal")
    assert step.values == {"reason": "The bill was read wrongly", "approved_amount": None}
    assert (step.outcome, story.approved_amount) == (None, None)


def test_a_full_approval_cannot_be_appealed() -> None:
    story = retail(*REVIEWED, "C approve")
    with pytest.raises(StateRefused) as refused:
        story.check("policyholder", "appeal")
    assert (refused.value.code, refused.value.legal) == ("fully_approved", ())


def test_an_appeal_comes_once() -> None:
    story = retail("P submit", "C reject arjun", "P appeal", "C reject meera")
    with pytest.raises(StateRefused) as refused:
        story.check("policyholder", "appeal")
    assert refused.value.code == "only_once"
    assert not isinstance(refused.value, TooLate)


def test_an_appeal_is_possible_for_thirty_days_to_the_second() -> None:
    story = retail("P submit", "C reject").later(days=30)
    assert story.check("policyholder", "appeal").target == "under_review"
    story.later(seconds=1)
    with pytest.raises(TooLate) as refused:
        story.check("policyholder", "appeal")
    assert (refused.value.code, refused.value.legal) == ("too_late", ())
    assert story.open_to("policyholder") == ()


def test_the_appeal_window_is_a_setting() -> None:
    story = retail("P submit", "C reject").later(days=31)
    facts = replace(story.facts("asha"), appeal_days=31)
    given = FIELDS["retail"]["appeal"]
    assert (
        check(RETAIL, "rejected", "appeal", "policyholder", facts=facts, given=given).target == "under_review"
    )


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_an_appeal_is_decided_by_another_person_than_before(action: str) -> None:
    for story in (partly_approved(), retail("P submit", "C reject arjun")):
        story.tell("P appeal")
        for role in ("claim_processor", "admin"):
            with pytest.raises(PersonRefused) as refused:
                story.check(role, action, "arjun")
            assert refused.value.code == "another_person_needed"
        assert story.open_to("claim_processor", "arjun") == ()
        assert story.check("claim_processor", action, "meera").source == "under_review"


def test_once_the_claim_is_closed_its_state_is_the_reason_not_the_person() -> None:
    story = retail("P submit", "C reject arjun", "C complete arjun")
    with pytest.raises(StateRefused):
        story.check("claim_processor", "approve", "arjun")


def test_whoever_decided_before_may_still_complete_the_claim() -> None:
    story = retail("P submit", "C reject arjun", "P appeal", "C reject meera")
    assert story.check("claim_processor", "complete", "arjun").target == "completed"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"policy_is_active": False}, ("user_policy_id", "policy_not_active")),
        ({"policy_covers_incident": False}, ("incident_date", "not_covered")),
        ({"incident_is_past": False}, ("incident_date", "in_future")),
        ({"type_fits_policy": False}, ("claim_type", "type_not_covered")),
        ({"cover_amount": 99_999}, ("claim_amount", "over_cover")),
    ],
)
def test_filing_is_refused_by_what_the_policy_says(change: dict[str, bool], problem: tuple[str, str]) -> None:
    story = Story(RETAIL)
    facts = replace(story.facts("asha"), filing=replace(COVERED, **change))
    with pytest.raises(FieldsRefused) as refused:
        check(RETAIL, "new", "submit", "policyholder", facts=facts, given=FIELDS["retail"]["submit"])
    assert codes(refused) == [problem]


@pytest.mark.parametrize("amount", [0, -5, 500_001])
def test_the_claimed_amount_lies_above_nothing_and_within_the_cover(amount: int) -> None:
    with pytest.raises(FieldsRefused) as refused:
        Story(RETAIL).check("policyholder", "submit", claim_amount=amount)
    assert codes(refused) == [("claim_amount", "over_cover")]


def test_the_whole_cover_can_be_claimed() -> None:
    assert Story(RETAIL).check("policyholder", "submit", claim_amount=500_000).target == "pending"


def test_content_changed_after_filing_is_judged_by_the_guards_of_filing() -> None:
    facts = replace(Story(RETAIL).facts("asha"), filing=replace(COVERED, type_fits_policy=False))
    assert [
        (problem.field, problem.code)
        for problem in field_problems(RETAIL, "submit", facts=facts, values={"claim_amount": 500_001})
    ] == [("claim_type", "type_not_covered"), ("claim_amount", "over_cover")]


def test_filing_without_the_policy_facts_is_a_defect_and_never_passes() -> None:
    facts = replace(Story(RETAIL).facts("asha"), filing=None)
    with pytest.raises(ValueError, match=r"submit cannot be judged without facts\.filing"):
        check(RETAIL, "new", "submit", "policyholder", facts=facts, given=FIELDS["retail"]["submit"])


def test_a_window_without_its_history_is_a_defect_and_never_passes() -> None:
    story = Story(RETAIL, status="rejected", now=START)
    with pytest.raises(ValueError, match="the history does not lead to rejected"):
        story.check("policyholder", "appeal")
