"""A definition as plain data, for the API, the web app and whoever else reads JSON."""

from dataclasses import asdict
from typing import Any

from insurenz.workflow.definition import Definition, State, Tell, Transition
from insurenz.workflow.vocabulary import FIELDS


def describe(definition: Definition) -> dict[str, Any]:
    """Everything a client needs to draw a workflow: states, actions with their fields, documents, events."""
    taken = dict.fromkeys(name for transition in definition.transitions for name in transition.takes)
    return {
        "name": definition.name,
        "version": definition.version,
        "title": definition.title,
        "subject": definition.subject,
        "states": [_state(state) for state in definition.states.values()],
        "transitions": [_transition(transition) for transition in definition.transitions],
        "fields": {name: FIELDS[name] for name in taken},
        "suggests": {name: list(values) for name, values in definition.suggests.items()},
        "documents": {kind: [asdict(each) for each in asked] for kind, asked in definition.documents.items()},
        "events": [
            {"event": rule.event, "category": rule.category, "tell": [_tell(tell) for tell in rule.tell]}
            for rule in (*definition.events.values(), *definition.common.values())
        ],
    }


def _state(state: State) -> dict[str, Any]:
    return {"code": state.code, "phase": state.phase, "clock": state.clock, "labels": dict(state.labels)}


def _transition(transition: Transition) -> dict[str, Any]:
    return {
        "action": transition.action,
        "label": transition.label,
        "from": list(transition.sources),
        "to": transition.target,
        "roles": list(transition.roles),
        "requires": list(transition.requires),
        "optional": list(transition.optional),
        "guards": list(transition.guards),
        "event": transition.event,
    }


def _tell(tell: Tell) -> dict[str, Any]:
    return {
        "audience": tell.audience,
        "receipt": tell.receipt,
        "channels": list(tell.channels),
        "title": tell.title,
        "message": tell.message,
        "when": {"action": list(tell.actions), "outcome": list(tell.outcomes)},
    }
