"""Seeded random walks: whatever is tried, only what the tables allow happens, and the invariants hold."""

import random
from itertools import pairwise

import pytest

from insurenz.workflow import NEW, Definition, Refused
from tests.workflow.story import FIELDS, HOSPITAL, RETAIL, WHO, Story
from tests.workflow.tables import HOSPITAL_CELLS, HOSPITAL_TO, RETAIL_CELLS, RETAIL_TO

LETTERS = {role: letter for letter, role in WHO.items()}
DECISIONS = {"approve", "reject", "deny"}
DISPUTES = {"appeal": 1, "contest": 2}
PEOPLE = ("priya", "rahul", "meera")


def amounts(rng: random.Random, action: str) -> dict[str, object]:
    if action != "approve" or rng.random() < 0.3:
        return {}
    return {
        "approved_amount": rng.choice([-1, 0, 1, 40_000, 99_999, 100_000, 100_001, 10**9]),
        "status_notes": "x",
    }


def wander(story: Story, rng: random.Random, steps: int) -> None:
    """Tries anything as anybody; now and then lets days pass."""
    is_retail = story.definition is RETAIL
    cells, to = (RETAIL_CELLS, RETAIL_TO) if is_retail else (HOSPITAL_CELLS, HOSPITAL_TO)
    for _ in range(steps):
        action, role, person = rng.choice(list(to)), rng.choice(list(LETTERS)), rng.choice(PEOPLE)
        given = {
            name: value for name, value in amounts(rng, action).items() if is_retail or name != "status_notes"
        }
        before, was, past = story.status, story.approved_amount, story.history
        try:
            story.act(role, action, person, **given)
        except Refused:
            assert (story.status, story.approved_amount, story.history) == (before, was, past)
        else:
            assert cells[before, action, LETTERS[role]]
            assert story.status == to[action]
        check_invariants(story)
        story.later(days=rng.choice([0, 0, 1, 10, 31]))


def check_invariants(story: Story) -> None:
    assert story.approved_amount is None or 0 < story.approved_amount <= 100_000
    if story.status in {"under_review", "claim_contested", "qc_clear"}:
        assert story.approved_amount is None
    actions = [move.action for move in story.history]
    assert all(actions.count(dispute) <= rounds for dispute, rounds in DISPUTES.items())
    assert all(before.target == after.source for before, after in pairwise(story.history))
    decisions = [move for move in story.history if move.action in DECISIONS]
    assert all(first.actor_id != second.actor_id for first, second in pairwise(decisions))
    for before, after in pairwise(story.history):
        if after.action in DISPUTES:
            assert (after.at - before.at).days <= 30
    if "approve" in actions and story.definition is HOSPITAL:
        assert "clear" in actions or "contest" in actions


@pytest.mark.parametrize("definition", [RETAIL, HOSPITAL], ids=["retail", "hospital"])
def test_z09_random_walks_never_leave_the_tables(definition: Definition) -> None:
    seen: set[str] = set()
    for seed in range(150):
        story = Story(definition)
        wander(story, random.Random(seed), 120)
        seen |= {story.status, *(move.source for move in story.history)}
    assert seen == {NEW, *definition.states}


@pytest.mark.parametrize("definition", [RETAIL, HOSPITAL], ids=["retail", "hospital"])
def test_offered_is_exactly_what_is_accepted(definition: Definition) -> None:
    """At every step of a walk, for everybody: the offers are the actions that pass with the right fields."""
    asked = 0
    for seed in range(25):
        story, rng = Story(definition), random.Random(seed)
        for _ in range(40):
            for role in LETTERS:
                person, limit = rng.choice(PEOPLE), rng.choice([None, None, 0, 1, 50_000])
                story.cover_left = rng.choice([None, 0, 1, 100_000]) if story.definition is RETAIL else None
                offered = [offer.action for offer in story.open_to(role, person, limit)]
                accepted = [a for a in story.definition.actions if accepts(story, role, a, person, limit)]
                assert offered == accepted
                asked += 1
            story.cover_left = None
            wander(story, rng, 3)
    assert asked == 25 * 40 * len(LETTERS)


def accepts(story: Story, role: str, action: str, person: str, limit: int | None) -> bool:
    """Whether some fields make this action pass: the needed ones, or the smallest approval."""
    for given in ({}, {"approved_amount": 1}, {"approved_amount": 1, "status_notes": "x"}):
        if action != "approve" and given:
            continue
        try:
            story.check(role, action, person, limit=limit, **given)
        except Refused:
            continue
        return True
    return False


def test_walks_try_every_action() -> None:
    assert {name: set(fields) for name, fields in FIELDS.items()} == {
        "retail": set(RETAIL_TO),
        "hospital": set(HOSPITAL_TO),
    }
