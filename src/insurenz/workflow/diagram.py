"""Draws the state diagrams and writes the two generated pages of the documentation.

`python -m insurenz.workflow.diagram docs` writes `workflows.md` and `events.md` into that folder.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from insurenz.workflow.definition import Definition, EventRule, Registry, Tell, Transition
from insurenz.workflow.guards import GUARDS, NOT_OWN
from insurenz.workflow.loading import load_registry
from insurenz.workflow.vocabulary import NEW

_NOTE = "Generated from the definitions by `python -m insurenz.workflow.diagram docs`: change those, not this page."


def state_diagram(definition: Definition) -> str:
    """The definition as a Mermaid state diagram; where no way leads on, it ends."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for transition in definition.transitions:
        for source in transition.sources:
            arrows.setdefault((source, transition.target), []).append(transition.action)
    lines = [
        f"    {'[*]' if source == NEW else source} --> {target}: {', '.join(actions)}"
        for (source, target), actions in arrows.items()
    ]
    ends = [f"    {code} --> [*]" for code in definition.states if not definition.moves(source=code)]
    return "\n".join(["stateDiagram-v2", *lines, *ends])


def render_workflows(registry: Registry) -> str:
    """The page of all workflows: diagram, states, actions, documents."""
    pages = [_workflow(definition) for definition in registry.newest.values()]
    return "\n\n".join(["# Workflows", _NOTE, *pages, _guards()]) + "\n"


def render_events(registry: Registry) -> str:
    """The page of all events: who is told of each, and in which words."""
    parts = [
        "# Events",
        _NOTE,
        "A *receipt* is also told to whoever acted; all others hear only of other people's acts.",
    ]
    for definition in registry.newest.values():
        parts.append(f"## {definition.name}: {definition.title}")
        parts += [_event(rule) for rule in definition.events.values()]
    parts.append("## Every workflow")
    parts += [_event(rule) for rule in registry.common.events.values()]
    return "\n\n".join(parts) + "\n"


def write_pages(folder: Path) -> None:
    """Writes both pages into a folder."""
    registry = load_registry()
    (folder / "workflows.md").write_text(render_workflows(registry), encoding="utf-8")
    (folder / "events.md").write_text(render_events(registry), encoding="utf-8")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _workflow(definition: Definition) -> str:
    states = _table(
        ("status", "phase", "for the filer", "for staff", "waits for"),
        (
            (f"`{each.code}`", each.phase, each.labels["filer"], each.labels["staff"], each.clock or "nobody")
            for each in definition.states.values()
        ),
    )
    actions = _table(
        ("action", "from", "to", "who", "needs (optional in brackets)", "guards", "event"),
        (_action(transition) for transition in definition.transitions),
    )
    documents = _table(
        ("claim type", "document", "required", "why"),
        (
            (kind, each.label, "yes" if each.required else "no", each.why)
            for kind, asked in definition.documents.items()
            for each in asked
        ),
    )
    parts = (
        f"## {definition.name}: {definition.title}",
        f"Version {definition.version}, subject `{definition.subject}`.",
        f"```mermaid\n{state_diagram(definition)}\n```",
        f"### States of {definition.name}",
        states,
        f"### Actions of {definition.name}",
        actions,
        *((f"### Documents asked for by {definition.name}", documents) if definition.documents else ()),
    )
    return "\n\n".join(parts)


def _action(transition: Transition) -> tuple[str, ...]:
    optional = f"({_codes(transition.optional)})" if transition.optional else ""
    needs = " ".join(part for part in (_codes(transition.requires), optional) if part)
    return (
        f"`{transition.action}`",
        _codes(transition.sources),
        f"`{transition.target}`",
        ", ".join(transition.roles),
        needs,
        _codes(transition.guards),
        f"`{transition.event}`",
    )


def _guards() -> str:
    guards = (NOT_OWN, *GUARDS.values())
    rows = ((f"`{each.name}`", each.kind.value, f"`{each.code}`", each.detail) for each in guards)
    order = (
        "Refused are: person with 403, state and window with 409, field with 422, in this order. "
        f"`{NOT_OWN.name}` stands before each action that is not open to who files claims, and in no row."
    )
    return "\n\n".join(
        ["## Guards", order, _table(("guard", "about", "code", "what a refused caller reads"), rows)]
    )


def _event(rule: EventRule) -> str:
    rows = (
        (
            tell.audience,
            _when(tell),
            "yes" if tell.receipt else "no",
            ", ".join(tell.channels),
            tell.title,
            tell.message,
        )
        for tell in rule.tell
    )
    table = _table(("told", "when", "receipt", "channels", "title", "message"), rows)
    return f"### `{rule.event}` ({rule.category})\n\n{table}"


def _when(tell: Tell) -> str:
    return ", ".join((*tell.actions, *tell.outcomes)) or "always"


if __name__ == "__main__":
    write_pages(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
