"""Every status x action x role of both workflows, against the tables written by hand."""

from collections.abc import Callable

import pytest

from insurenz.workflow import RoleRefused, StateRefused
from tests.workflow.story import HOSPITAL, RETAIL, Story
from tests.workflow.tables import (
    HOSPITAL_CELLS,
    HOSPITAL_EVER,
    HOSPITAL_PATHS,
    HOSPITAL_TO,
    NAMES,
    RETAIL_CELLS,
    RETAIL_EVER,
    RETAIL_PATHS,
    RETAIL_TO,
    Cell,
    hospital_in,
    retail_in,
)


def judge(story: Story, action: str, letter: str) -> set[object]:
    """What the engine says to each name of the role: the target, or the kind of refusal."""
    said: set[object] = set()
    for name in NAMES[letter]:
        try:
            said.add(story.check(name, action).target)
        except (RoleRefused, StateRefused) as refusal:
            said.add(type(refusal))
    return said


def expected(
    is_allowed: bool, action: str, letter: str, ever: dict[str, str], to: dict[str, str]
) -> set[object]:
    if letter not in ever[action]:
        return {RoleRefused}
    return {to[action] if is_allowed else StateRefused}


@pytest.mark.parametrize("cell", RETAIL_CELLS, ids="-".join)
def test_z09_retail_allows_what_the_table_says_and_nothing_else(cell: Cell) -> None:
    status, action, letter = cell
    said = judge(retail_in(status), action, letter)
    assert said == expected(RETAIL_CELLS[cell], action, letter, RETAIL_EVER, RETAIL_TO)


@pytest.mark.parametrize("cell", HOSPITAL_CELLS, ids="-".join)
def test_z09_hospital_allows_what_the_table_says_and_nothing_else(cell: Cell) -> None:
    status, action, letter = cell
    said = judge(hospital_in(status), action, letter)
    assert said == expected(HOSPITAL_CELLS[cell], action, letter, HOSPITAL_EVER, HOSPITAL_TO)


@pytest.mark.parametrize(
    ("paths", "cells", "story_in"),
    [(RETAIL_PATHS, RETAIL_CELLS, retail_in), (HOSPITAL_PATHS, HOSPITAL_CELLS, hospital_in)],
    ids=["retail", "hospital"],
)
def test_z09_offered_is_what_the_table_says(
    paths: dict[str, list[str]], cells: dict[Cell, bool], story_in: Callable[[str], Story]
) -> None:
    for status in paths:
        for letter, names in NAMES.items():
            wanted = [a for (s, a, who), yes in cells.items() if yes and s == status and who == letter]
            for name in names:
                assert sorted(offer.action for offer in story_in(status).open_to(name)) == sorted(wanted)


def test_the_tables_cover_every_state_and_action() -> None:
    assert set(RETAIL_PATHS) == {"new", *RETAIL.states}
    assert set(HOSPITAL_PATHS) == {"new", *HOSPITAL.states}
    assert set(RETAIL.actions) == set(RETAIL_EVER)
    assert set(HOSPITAL.actions) == set(HOSPITAL_EVER)


def test_phases_are_those_of_the_product() -> None:
    assert {code: state.phase for code, state in RETAIL.states.items()} == {
        "pending": "intake",
        "under_review": "review",
        "approved": "decided",
        "rejected": "decided",
        "completed": "closed",
    }
    assert {code: state.phase for code, state in HOSPITAL.states.items()} == {
        "qc_pending": "intake",
        "qc_query": "waiting",
        "need_more_info": "waiting",
        "qc_answered": "answered",
        "need_more_info_submitted": "answered",
        "qc_clear": "review",
        "claim_approved": "decided",
        "claim_denial": "decided",
        "claim_contested": "disputed",
    }
