"""The order of refusals, what each carries, and the way from a target status to its action."""

from collections.abc import Mapping

import pytest

from insurenz.workflow import (
    AmbiguousTarget,
    FieldsRefused,
    PersonRefused,
    RoleRefused,
    StateRefused,
    TooLate,
    UnknownAction,
    UnknownStatus,
    UnknownWorkflow,
    action_to,
    check,
    load,
    permit,
)
from tests.workflow.story import HOSPITAL, REGISTRY, RETAIL, hospital, retail
from tests.workflow.toy import TOY


def problems(refused: pytest.ExceptionInfo[FieldsRefused]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in refused.value.problems]


def test_refusals_come_in_the_order_of_the_product() -> None:
    """A move wrong in every way is refused for the first of them, then, mended, for the next."""
    contested = hospital("H submit", "C deny priya", "H contest")
    wrong: Mapping[str, object] = {"remarks": " ", "colour": "red"}
    facts = contested.facts("priya", limit=1)

    with pytest.raises(UnknownAction) as unknown:
        check(HOSPITAL, "qc_query", "bless", "auditor", facts=facts, given=wrong)
    assert unknown.value.known == HOSPITAL.actions
    with pytest.raises(RoleRefused) as role:
        check(HOSPITAL, "qc_query", "approve", "hospital_user", facts=facts, given=wrong)
    assert str(role.value) == "The action approve is not open to the role hospital_user."
    for code, changed in (("over_limit", facts), ("another_person_needed", contested.facts("priya"))):
        with pytest.raises(PersonRefused) as person:
            check(HOSPITAL, "qc_query", "approve", "claim_processor_l1", facts=changed, given=wrong)
        assert person.value.code == code
    facts = contested.facts("rahul")
    with pytest.raises(StateRefused) as state:
        check(HOSPITAL, "qc_query", "approve", "claim_processor_l1", facts=facts, given=wrong)
    assert (state.value.code, state.value.legal) == ("illegal_move", ())
    with pytest.raises(FieldsRefused) as fields:
        check(HOSPITAL, "claim_contested", "approve", "claim_processor_l1", facts=facts, given=wrong)
    assert problems(fields) == [("colour", "not_taken")]
    step = check(HOSPITAL, "claim_contested", "approve", "claim_processor_l1", facts=facts, given={})
    assert step.target == "claim_approved"


def test_what_a_claim_has_been_through_is_judged_before_the_fields() -> None:
    """Where the move itself is one of its state, a guard of the state or of a window still comes first."""
    wrong: Mapping[str, object] = {"reason": None, "contest_reason": None, "colour": "red"}
    late = retail("P submit", "C reject arjun").later(days=31)
    with pytest.raises(TooLate) as window:
        late.check("policyholder", "appeal", **wrong)
    assert window.value.code == "too_late"
    contested = hospital("H submit", "C deny priya", "H contest", "C deny rahul", "H contest", "C deny priya")
    with pytest.raises(StateRefused) as state:
        contested.check("hospital_user", "contest", **wrong)
    assert state.value.code == "rounds_used_up"


def test_permit_refuses_what_comes_before_the_version_and_nothing_else() -> None:
    story = retail("P submit", "C reject arjun", "P appeal")
    with pytest.raises(UnknownAction):
        permit(RETAIL, "pending", "bless", "admin", facts=story.facts("x"), given={})
    with pytest.raises(RoleRefused):
        permit(RETAIL, "pending", "approve", "policyholder", facts=story.facts("x"), given={})
    with pytest.raises(PersonRefused):
        permit(RETAIL, "pending", "reject", "claim_processor", facts=story.facts("arjun"), given={})
    permit(
        RETAIL, "completed", "reject", "claim_processor", facts=story.facts("meera"), given={"colour": "red"}
    )


def test_an_illegal_move_names_the_legal_ones_of_this_caller() -> None:
    with pytest.raises(StateRefused) as refused:
        retail("P submit").check("claim_processor", "approve")
    assert refused.value.legal == ("start_review", "reject")
    assert refused.value.detail == "approve is not possible from pending. Possible now: start_review, reject."


def test_all_wrong_fields_are_told_at_once() -> None:
    with pytest.raises(FieldsRefused) as refused:
        hospital("H submit").check(
            "claim_processor", "raise_query", remarks=None, query_category="", colour="red"
        )
    assert problems(refused) == [
        ("remarks", "missing"),
        ("query_category", "missing"),
        ("colour", "not_taken"),
    ]
    assert (
        refused.value.detail
        == "raise_query needs remarks. raise_query needs query_category. raise_query takes no colour."
    )


def test_blank_fields_count_as_not_given() -> None:
    step = retail("P submit").check("admin", "reject", status_notes=" x ", reason=None, remarks=" ", files=[])
    assert step.values == {"status_notes": "x"}


def test_a_target_status_finds_its_action() -> None:
    assert action_to(RETAIL, "pending", "under_review", "processor") == "start_review"
    assert action_to(RETAIL, "rejected", "under_review", "policyholder") == "appeal"
    assert action_to(RETAIL, "pending", "completed", "policyholder") == "withdraw"
    assert action_to(RETAIL, "approved", "completed", "admin") == "complete"
    assert action_to(HOSPITAL, "claim_contested", "claim_denial", "claim_processor_l4") == "deny"


@pytest.mark.parametrize("target", ["aproved", "new", "", "need_more_information"])
def test_an_unknown_target_is_named_before_any_right(target: str) -> None:
    with pytest.raises(UnknownStatus) as refused:
        action_to(RETAIL, "pending", target, "auditor")
    assert refused.value.known == ("pending", "under_review", "approved", "rejected", "completed")


def test_a_target_that_the_role_never_reaches_is_refused_by_role() -> None:
    for role, target in (
        ("policyholder", "approved"),
        ("claim_processor", "pending"),
        ("auditor", "completed"),
    ):
        with pytest.raises(RoleRefused):
            action_to(RETAIL, "under_review", target, role)


def test_a_target_not_to_be_reached_from_here_is_refused_by_state() -> None:
    story = retail("P submit")
    action = action_to(RETAIL, "pending", "approved", "claim_processor")
    with pytest.raises(StateRefused) as refused:
        story.check("claim_processor", action)
    assert (action, refused.value.legal) == ("approve", ("start_review", "reject"))


def test_several_actions_to_one_target_are_named() -> None:
    toy = load(TOY)
    with pytest.raises(AmbiguousTarget) as refused:
        action_to(toy, "tasted", "judged", "processor")
    assert refused.value.actions == ("praise", "scold")
    assert action_to(toy, "baked", "judged", "processor") == "scold"


def test_labels_speak_to_their_reader() -> None:
    state = HOSPITAL.states["qc_query"]
    assert (state.label("hospital_user"), state.label("admin")) == (
        "Query to answer",
        "Query with the hospital",
    )


def test_unknown_workflows_and_versions_are_named() -> None:
    assert REGISTRY.pinned("retail", 2) is RETAIL
    with pytest.raises(UnknownWorkflow, match=r"^There is no workflow dental; known: hospital, retail\.$"):
        REGISTRY.current("dental")
    with pytest.raises(
        UnknownWorkflow, match=r"^There is no workflow retail version 9; known: hospital 5, retail 2\.$"
    ):
        REGISTRY.pinned("retail", 9)
