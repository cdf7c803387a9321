"""The engine: which move a caller may make, and why not, in the order in which refusals are told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from insurenz.workflow.definition import Definition, Transition
from insurenz.workflow.guards import Case, Facts, Guard, Kind, closes_at, guards_of
from insurenz.workflow.refusals import (
    AmbiguousTarget,
    FieldProblem,
    FieldsRefused,
    PersonRefused,
    RoleRefused,
    StateRefused,
    TooLate,
    UnknownAction,
    UnknownStatus,
)
from insurenz.workflow.vocabulary import FULL, PARTIAL


@dataclass(frozen=True)
class Step:
    """A move that may be made: its target, the event to record and the values the claim takes with it.

    `values` are the given fields, trimmed and without blanks, with the defaults and what the move itself sets.
    """

    transition: Transition
    source: str
    values: Mapping[str, object]
    outcome: str | None

    @property
    def action(self) -> str:
        """The action's own name, whatever alias was called."""
        return self.transition.action

    @property
    def target(self) -> str:
        """The claim's next status."""
        return self.transition.target

    @property
    def event(self) -> str:
        """The type of the event that announces the move."""
        return self.transition.event


@dataclass(frozen=True)
class Offer:
    """An action that is open to the caller now; until `closes_at`, when it has an end."""

    action: str
    label: str
    to: str
    requires: tuple[str, ...]
    optional: tuple[str, ...]
    closes_at: datetime | None


def check(
    definition: Definition,
    status: str,
    action: str,
    role: str,
    *,
    facts: Facts,
    given: Mapping[str, object],
) -> Step:
    """The step that this action makes from this status, `new` before the claim is submitted.

    Raises, in this order: UnknownAction, RoleRefused, PersonRefused, StateRefused or TooLate, FieldsRefused.
    `given` are parsed values (amounts in minor units); None and blank ones count as not given.
    """
    permit(definition, status, action, role, facts=facts, given=given)
    status, action, role = map(definition.canonical, (status, action, role))
    transition = _transition(definition, status, action, role)
    if transition is None:
        legal = _legal(definition, status, role, facts)
        raise StateRefused("illegal_move", f"{action} is not possible from {status}.", legal=legal)
    fields = _given(given)
    values = _values(transition, facts, fields)
    case = Case(definition, transition, status, facts, values)
    _judge_state(case, role)
    _judge_fields(case, fields)
    return Step(transition, status, values, _outcome(values, facts))


def permit(
    definition: Definition,
    status: str,
    action: str,
    role: str,
    *,
    facts: Facts,
    given: Mapping[str, object],
) -> None:
    """The first half of `check`: what is refused whatever the state, so before a stale version is told.

    Raises UnknownAction, RoleRefused or PersonRefused.
    """
    status, action = definition.canonical(status), definition.canonical(action)
    if action not in definition.actions:
        raise UnknownAction(action, definition.actions)
    open_to = _of_role(definition.moves(action), definition.canonical(role))
    if not open_to:
        raise RoleRefused(f"The action {action}", role)
    # Out of state no single transition is meant, so the person is refused only if each of them would.
    meant = [transition for transition in open_to if status in transition.sources] or open_to
    fields = _given(given)
    cases = [Case(definition, each, status, facts, _values(each, facts, fields)) for each in meant]
    refusals = [_broken(case, Kind.PERSON) for case in cases]
    if all(refusals):
        raise PersonRefused(refusals[0][0].code, refusals[0][0].detail)


def allowed(definition: Definition, status: str, role: str, facts: Facts) -> tuple[Offer, ...]:
    """Exactly the actions that `check` would accept with the right fields, in the order of the definition."""
    status = definition.canonical(status)
    moves = _of_role(definition.moves(source=status), definition.canonical(role))
    cases = [Case(definition, each, status, facts, None) for each in moves]
    return tuple(_offer(case) for case in cases if not _broken(case, *Kind))


def is_open(definition: Definition, status: str, role: str) -> bool:
    """Whether a role can ever do something from this status, whatever the guards say of a claim."""
    moves = definition.moves(source=definition.canonical(status))
    return bool(_of_role(moves, definition.canonical(role)))


def action_to(definition: Definition, status: str, target: str, role: str) -> str:
    """The action meant by "set the status to `target`", to be judged by `check`, also when it is not legal now.

    Raises UnknownStatus, RoleRefused (no action of this role ever leads there) or AmbiguousTarget.
    """
    status, target = definition.canonical(status), definition.canonical(target)
    if target not in definition.states:
        raise UnknownStatus(target, tuple(definition.states))
    ever = _of_role(definition.moves(target=target), definition.canonical(role))
    if not ever:
        raise RoleRefused(f"Every action that leads to {target}", role)
    now = [transition.action for transition in ever if status in transition.sources]
    if len(now) > 1:
        raise AmbiguousTarget(target, tuple(now))
    return now[0] if now else ever[0].action


def field_problems(
    definition: Definition, action: str, *, facts: Facts, values: Mapping[str, object]
) -> tuple[FieldProblem, ...]:
    """What the guards of an action say about the fields it was done with, when these are to change later."""
    move = definition.moves(definition.canonical(action))[0]
    broken = _broken(Case(definition, move, move.sources[0], facts, values), Kind.FIELD)
    return tuple(FieldProblem(guard.field or "", guard.code, guard.detail) for guard in broken)


def _offer(case: Case) -> Offer:
    move = case.transition
    return Offer(move.action, move.label, move.target, move.requires, move.optional, closes_at(case))


def _of_role(transitions: Iterable[Transition], role: str) -> list[Transition]:
    return [transition for transition in transitions if role in transition.roles]


def _transition(definition: Definition, status: str, action: str, role: str) -> Transition | None:
    found = _of_role(definition.moves(action, source=status), role)
    return found[0] if found else None


def _legal(definition: Definition, status: str, role: str, facts: Facts) -> tuple[str, ...]:
    return tuple(offer.action for offer in allowed(definition, status, role, facts))


def _given(given: Mapping[str, object]) -> dict[str, object]:
    """The fields without blank ones, texts trimmed."""
    trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    return {name: value for name, value in trimmed.items() if value not in (None, "", [], ())}


def _values(transition: Transition, facts: Facts, fields: Mapping[str, object]) -> dict[str, object]:
    """What the claim takes: facts in place of absent fields, the given ones, and what the move sets."""
    stand_ins = {name: getattr(facts, fact) for name, fact in transition.defaults.items()}
    return {**stand_ins, **fields, **transition.sets}


def _outcome(values: Mapping[str, object], facts: Facts) -> str | None:
    resolution, amount = values.get("resolution"), values.get("approved_amount")
    if isinstance(resolution, str):
        return resolution
    if isinstance(amount, int):
        return PARTIAL if amount < facts.claim_amount else FULL
    return None


def _broken(case: Case, *kinds: Kind) -> list[Guard]:
    return [guard for guard in guards_of(case) if guard.kind in kinds and not guard.holds(case)]


def _judge_state(case: Case, role: str) -> None:
    for guard in _broken(case, Kind.STATE, Kind.WINDOW):
        legal = _legal(case.definition, case.status, role, case.facts)
        refusal = TooLate if guard.kind is Kind.WINDOW else StateRefused
        raise refusal(guard.code, guard.detail, legal=legal)


def _judge_fields(case: Case, fields: Mapping[str, object]) -> None:
    move, values = case.transition, case.values or {}
    problems = [
        *(
            FieldProblem(name, "missing", f"{move.action} needs {name}.")
            for name in move.requires
            if name not in values
        ),
        *(
            FieldProblem(name, "not_taken", f"{move.action} takes no {name}.")
            for name in fields
            if name not in move.takes
        ),
        *(
            FieldProblem(name, "not_possible", f"After {case.status}, {name} can only be {fixed}.")
            for name, fixed in move.sets.items()
            if name in move.takes and fields.get(name, fixed) != fixed
        ),
        *(FieldProblem(guard.field or "", guard.code, guard.detail) for guard in _broken(case, Kind.FIELD)),
    ]
    if problems:
        raise FieldsRefused(tuple(problems))
