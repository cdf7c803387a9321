"""A new status, action and notification need no code: an operator's own definition says it all."""

from pathlib import Path

import pytest

from insurenz.workflow import (
    NEW,
    DefinitionError,
    Facts,
    Move,
    allowed,
    check,
    describe,
    load_registry,
    with_pinned,
)
from insurenz.workflow.diagram import state_diagram
from tests.workflow.story import START
from tests.workflow.toy import TOY


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "cake.yaml").write_text(TOY)
    return tmp_path


def test_an_own_definition_works_beside_the_shipped_ones(own: Path) -> None:
    registry = load_registry(own)
    cake = registry.current("cake")
    facts = Facts(actor_id="arjun", now=START, claim_amount=1)
    assert list(registry.newest) == ["hospital", "retail", "cake"]
    assert (
        check(cake, NEW, "submit", "policyholder", facts=facts, given={"description": "Lemon"}).target
        == "baked"
    )
    step = check(cake, "raw", "scold", "claim_processor_l2", facts=facts, given={"remarks": "Too sweet"})
    assert (step.source, step.target, step.event) == ("baked", "judged", "cake_judged")
    assert [offer.action for offer in allowed(cake, "baked", "processor", facts)] == ["taste", "scold"]
    eaten = Facts(
        actor_id="asha", now=START, claim_amount=1, history=(Move("eat", "judged", "eaten", "asha", START),)
    )
    assert allowed(cake, "judged", "policyholder", eaten) == ()


def test_its_notifications_are_chosen_by_action(own: Path) -> None:
    cake = load_registry(own).current("cake")
    assert [tell.title for tell in cake.rule("cake_judged").told("praise")] == ["Praise"]
    assert [tell.title for tell in cake.rule("cake_judged").told("scold")] == ["News"]
    assert [tell.audience for tell in cake.rule("claim_assigned").told()] == ["assignee"]


def test_it_is_drawn_and_described_like_the_others(own: Path) -> None:
    cake = load_registry(own).current("cake")
    assert state_diagram(cake).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> baked: submit",
        "    baked --> tasted: taste",
        "    tasted --> judged: praise, scold",
        "    baked --> judged: scold",
        "    judged --> eaten: eat",
        "    eaten --> [*]",
    ]
    assert describe(cake)["transitions"][4] == {
        "action": "eat",
        "label": "Eat it",
        "from": ["judged"],
        "to": "eaten",
        "roles": ["policyholder"],
        "requires": [],
        "optional": [],
        "guards": ["only_once"],
        "event": "cake_eaten",
    }


def test_the_newest_version_is_current_and_each_can_be_pinned(own: Path) -> None:
    (own / "cake-4.yaml").write_text(TOY.replace("version: 3", "version: 4"))
    registry = load_registry(own)
    assert registry.current("cake").version == 4
    assert registry.pinned("cake", 3).source.text == TOY
    assert [(source.name, source.version) for source in registry.sources()] == [
        ("common", 3), ("hospital", 5), ("retail", 2), ("cake", 4), ("cake", 3),
    ]  # fmt: skip


def test_an_older_pinned_text_serves_its_claims_and_no_new_ones(own: Path) -> None:
    registry = with_pinned(load_registry(own), [TOY.replace("version: 3", "version: 7"), TOY, TOY + "\n"])
    assert registry.pinned("cake", 7).rule("claim_message").event == "claim_message"
    assert registry.current("cake").version == 3
    assert registry.pinned("cake", 3) is registry.current("cake")


def test_the_same_version_twice_is_refused(own: Path) -> None:
    (own / "other.yaml").write_text(TOY)
    with pytest.raises(DefinitionError) as refused:
        load_registry(own)
    assert str(refused.value) == "other.yaml: cake version 3 is there already; take another name or version"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="nowhere: the folder of workflow definitions is not there"):
        load_registry(tmp_path / "nowhere")


def test_a_file_in_another_encoding_is_named(own: Path) -> None:
    (own / "old.yaml").write_bytes(b"title: Caf\xe9")
    with pytest.raises(DefinitionError, match=r"^old\.yaml: not UTF-8 \(byte 10\); save it as UTF-8$"):
        load_registry(own)
