"""Every mistake in a definition is refused with its file, its place and what would be right."""

from pathlib import Path

import pytest

from insurenz.workflow import DefinitionError, load, load_registry, with_pinned
from insurenz.workflow.loading import load_common
from insurenz.workflow.vocabulary import ACTING_ROLES, FIELDS
from tests.workflow.toy import TOY

GOOD_COMMON = """
name: common
version: 1
events:
  claim_message:
    category: message
    tell: [{audience: other_side, channels: [inbox], title: New Message, message: "On {claim_number}."}]
"""
ROLES = ", ".join((*ACTING_ROLES, "processor", "raw"))
STATES = "baked, tasted, judged, eaten"
TASTE = "transition 2 (taste)"

# what to put in place of what in the toy, and the complaint
MISTAKES = [
    ("version: 3", "version: 3\nversion: 4", "line 4: 'version' stands twice; keep one"),
    (TOY, "- a\n- b", "a mapping is needed, found a list"),
    (TOY, "", "a mapping is needed, found nothing"),
    ("version: 3", "version: three", "version: a whole number from 1 is needed, found 'three'"),
    ("version: 3", "version: 0", "version: a whole number from 1 is needed, found 0"),
    ("title: Cake contest", "title: no", "title: a text is needed, found False"),
    ("title: Cake contest\n", "", "'title' is missing"),
    ("subject: policy", "subject: cakes", "subject: unknown subject 'cakes'; known: policy, hospital"),
    (
        "title: Cake", "titel: Cake",
        "unknown key 'titel'; known: name, version, title, subject, states, transitions, events, aliases, documents, suggests",
    ),
    ("raw: baked", "raw: roasted", "alias raw: unknown role, action or state 'roasted'; known: admin, baked, "
     "claim_processor, eat, eaten, hospital_user, judged, policyholder, praise, scold, submit, taste, tasted"),
    ("raw: baked", "taste: baked", "alias taste: is itself a role, action or state; take another word"),
    # states
    ("baked: {phase: intake", "baked: {phase: raw", "state baked: phase: unknown phase 'raw'; known: intake, review, "
     "waiting, answered, decided, disputed, closed"),
    ("filer: Gone, staff: Gone", "filer: Gone", "state eaten: labels: 'staff' is missing"),
    ("  eaten: {phase: closed", "  new: {phase: closed",
     "state new: 'new' stands for a claim that is not submitted yet; take another name"),
    ("clock: claim_processor", "clock: auditor", "state baked: clock: unknown role 'auditor'; known: " + ", ".join(ACTING_ROLES)),
    ("clock: claim_processor", "clock: policyholder", "state baked: clock: policyholder has no action in this state"),
    ("  eaten: {", "  lost: {phase: waiting, labels: {filer: x, staff: x}}\n  eaten: {",
     "state lost: cannot be reached from 'new'; add a transition to it"),
    ("eaten: {phase: closed", "eaten: {phase: review", "state eaten: is a dead end; lead it to a state of phase decided or closed"),
    ("judged: {phase: decided", "judged: {phase: closed",
     "state judged: is closed, but a transition leads out of it; give it another phase"),
    # transitions
    ("from: [baked], to: tasted", "from: [backed], to: tasted", f"{TASTE}: from: unknown state 'backed'; known: new, {STATES}"),
    ("from: [baked], to: tasted", "from: [baked], to: new", f"{TASTE}: to: unknown state 'new'; known: {STATES}"),
    ("from: [baked], to: tasted", "from: baked, to: tasted", f"{TASTE}: from: a list is needed, found 'baked'"),
    ("from: [baked], to: tasted", "from: [], to: tasted", f"{TASTE}: 'from' is empty; name at least one"),
    ("to: tasted, roles: [processor, admin]", "to: tasted, roles: []", f"{TASTE}: 'roles' is empty; name at least one"),
    ("to: tasted, roles: [processor, admin]", "to: tasted, roles: [auditor]",
     f"{TASTE}: roles: unknown role 'auditor'; known: {ROLES}"),
    ("to: tasted, roles: [processor, admin]", "to: tasted, roles: [processor]",
     f"{TASTE}: roles: admin is missing; every action of a claim_processor is also the admin's"),
    ("to: tasted, roles: [processor, admin]", "to: tasted, roles: [hospital_user]",
     f"{TASTE}: roles: hospital_user files no such claims; with subject policy it is policyholder"),
    ("to: tasted, roles: [processor, admin]", "to: tasted, roles: [admin, admin]",
     f"{TASTE}: roles: 'admin' stands twice; keep one"),
    ("label: Taste,", "label: Taste, remember: often,", f"{TASTE}: remember: true or false is needed, found 'often'"),
    ("label: Taste,", "label: Taste, guards: [hungry],", f"{TASTE}: guards: unknown guard 'hungry'; known: "
     "within_limit, another_decider, only_once, contest_rounds, partly_approved, qc_was_clear, within_appeal_days, "
     "within_contest_days, amount_within_claim, amount_within_cover_left, partial_needs_notes, policy_active, "
     "policy_covers_incident, incident_not_in_future, claim_type_fits, amount_within_cover"),
    ("label: Taste,", "label: Taste, guards: [amount_within_claim],",
     f"{TASTE}: guards: amount_within_claim judges approved_amount, which the transition does not take; add it to optional"),
    ("label: Taste,", "label: Taste, requires: [spoon],",
     f"{TASTE}: requires: unknown field 'spoon'; known: {', '.join(FIELDS)}"),
    ("label: Taste,", "label: Taste, requires: [remarks], optional: [remarks],",
     f"{TASTE}: remarks: both required and optional; choose one"),
    ("label: Taste,", "label: Taste, optional: [marks],",
     f"{TASTE}: marks belong to a question, and tasted is not of phase waiting"),
    ("label: Taste,", "label: Taste, defaults: {approved_amount: claim_amount},",
     f"{TASTE}: defaults: unknown field of this transition 'approved_amount'; known: none"),
    ("label: Taste,", "label: Taste, optional: [approved_amount], defaults: {approved_amount: cover},",
     f"{TASTE}: defaults: approved_amount: unknown fact 'cover'; known: claim_amount"),
    ("label: Taste,", "label: Taste, sets: {resolution: eaten},",
     f"{TASTE}: sets: resolution: can be set to paid, denied, withdrawn, found 'eaten'"),
    ("label: Taste,", "label: Taste, sets: {remarks: x},",
     f"{TASTE}: sets: unknown field 'remarks'; known: resolution, approved_amount"),
    ("action: praise, label: Praise, from: [tasted]", "action: taste, label: Praise, from: [baked]",
     "transition 3 (taste): taste from baked is already transition 2; keep one"),
    # events
    ("to: tasted, roles: [processor, admin], event: cake_judged", "to: tasted, roles: [processor, admin], event: cake_bitten",
     f"{TASTE}: event: unknown event 'cake_bitten'; known: cake_entered, cake_judged, cake_eaten"),
    ("requires: [description], event: cake_entered", "requires: [description], event: cake_judged",
     "event cake_entered: no transition announces it; remove it or name it as a transition's event"),
    ("category: decision", "category: gossip",
     "event cake_judged: category: unknown category 'gossip'; known: action_needed, progress, decision, message, assignment"),
    ("audience: processors", "audience: bakers", "event cake_entered: tell 1: audience: unknown audience 'bakers'; "
     "known: claimant, hospital_users, processors, other_side, assignee"),
    ("audience: processors", "audience: hospital_users",
     "event cake_entered: tell 1: audience: hospital_users are not there when the subject is policy"),
    ("processors, channels: [inbox]", "processors, channels: []",
     "event cake_entered: tell 1: channels: is empty; name at least inbox"),
    ("Cake {claim_number} is", "Cake {patient_name} is",
     "event cake_entered: tell 1: message: unknown placeholder 'patient_name'; known: claim_number, actor_name, hospital_name"),
    ("Cake {claim_number} is", "Cake {claim_number is", "event cake_entered: tell 1: message: braces do not match "
     "(expected '}' before end of string)"),
    ("Cake {claim_number} is", "Cake {claim_number!r} is",
     "event cake_entered: tell 1: message: {claim_number} must stand alone, without format"),
    ("when: {action: [praise]}", "when: {action: [taste, prais]}",
     "event cake_judged: tell 1: when: unknown action of this event 'prais'; known: taste, praise, scold"),
    ("when: {action: [praise]}", "when: {outcome: [partial]}",
     "event cake_judged: tell 1: when: unknown outcome of this event 'partial'; known: none"),
    ("when: {action: [praise]}", "when: {moon: [full]}",
     "event cake_judged: tell 1: when: unknown key 'moon'; known: action, outcome"),
    ("when: {action: [praise]}, ", "",
     "event cake_judged: tell 2: never speaks: no move fits its 'when', or an earlier rule takes it"),
    ("      - {audience: claimant, channels: [inbox], title: News", "      - {audience: claimant, when: {action: [scold]}, "
     "channels: [inbox], title: News", "event cake_judged: nobody is told of taste; add a rule to 'tell'"),
    # documents, suggestions
    ("events:", "documents: {cake: []}\nevents:",
     "documents: unknown claim type 'cake'; known: medical, vehicle, property, travel, other"),
    ("events:", "documents: {other: [{code: a, label: A, why: w, required: 1}]}\nevents:",
     "documents other: 1: required: true or false is needed, found 1"),
    ("events:", "documents: {other: [&a {code: a, label: A, why: w, required: true}, *a]}\nevents:",
     "documents other: 'a' stands twice; keep one"),
    ("events:", "suggests: {colour: [red]}\nevents:",
     f"suggests: unknown key 'colour'; known: {', '.join(FIELDS)}"),
    ("events:", "suggests: {7: [red]}\nevents:", "suggests: every key must be a text, found 7; put it in quotes"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "complaint"), MISTAKES, ids=[mistake[2][:50] for mistake in MISTAKES])
def test_a_mistake_is_named_with_its_file_and_place(old: str, new: str, complaint: str) -> None:
    assert TOY.count(old) == 1
    text = TOY.replace(old, new)
    with pytest.raises(DefinitionError) as refused:
        load(text, "cake.yaml")
    assert str(refused.value) == f"cake.yaml: {complaint}"


def test_rules_of_an_install_name_only_its_channels(tmp_path: Path) -> None:
    (tmp_path / "cake.yaml").write_text(
        TOY.replace("processors, channels: [inbox]", "processors, channels: [pigeon]")
    )
    complaint = "unknown channel 'pigeon'; known: inbox, email, push, chat"
    with pytest.raises(DefinitionError) as refused:
        load_registry(tmp_path, channels=["email", "push", "chat"])
    assert str(refused.value) == f"cake.yaml: event cake_entered: tell 1: channels: {complaint}"
    # One that claims have pinned is read whether or not its channels are still there.
    assert load_registry(tmp_path, channels=["email", "push", "chat", "pigeon"]).newest["cake"]
    assert with_pinned(load_registry(), [(tmp_path / "cake.yaml").read_text()]).pinned("cake", 3)


def test_bad_yaml_is_named_with_its_line() -> None:
    with pytest.raises(DefinitionError, match=r"^cake\.yaml: line 3, column 9: not valid YAML \(.+\)$"):
        load(TOY.replace("cake\nversion", "cake\n version"), "cake.yaml")
    with pytest.raises(DefinitionError, match=r"^cake\.yaml: not valid YAML \(.+\)$"):
        load("name: \x00", "cake.yaml")


def test_the_guards_of_filing_are_for_policies_only() -> None:
    text = TOY.replace("subject: policy", "subject: hospital").replace("policyholder", "hospital_user")
    text = text.replace("requires: [description]", "requires: [user_policy_id], guards: [policy_active]")
    with pytest.raises(DefinitionError) as refused:
        load(text, "cake.yaml")
    assert str(refused.value) == (
        "cake.yaml: transition 1 (submit): guards: policy_active is for claims on a policy, "
        "this workflow's subject is hospital"
    )


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("audience: other_side", "audience: claimant", "audience 'claimant' is not there in every workflow"),
        ("channels", "when: {action: [x]}, channels", "'when' needs a transition, and none announces this event"),
        ("{claim_number}", "{diagnosis}",
         "tell 1: message: unknown placeholder 'diagnosis'; known: claim_number, actor_name, hospital_name"),
    ],
)  # fmt: skip
def test_events_of_every_workflow_are_checked_too(old: str, new: str, complaint: str) -> None:
    assert load_common(GOOD_COMMON).events["claim_message"].category == "message"
    with pytest.raises(DefinitionError) as refused:
        load_common(GOOD_COMMON.replace(old, new), "common.yaml")
    assert str(refused.value) == f"common.yaml: event claim_message: {complaint}"


def test_the_text_and_its_hash_are_kept_for_pinning() -> None:
    source = load(TOY).source
    assert (source.name, source.version, source.text) == ("cake", 3, TOY)
    assert len(source.sha256) == 64
    assert load(TOY + "\n").source.sha256 != source.sha256
