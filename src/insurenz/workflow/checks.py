"""What must hold within a definition as a whole: every state can be reached and left, every event is told."""

import string
from collections.abc import Collection, Iterable, Mapping

from insurenz.workflow.definition import Definition, EventRule, Tell, Transition
from insurenz.workflow.guards import GUARDS
from insurenz.workflow.reading import At
from insurenz.workflow.vocabulary import (
    ADMIN,
    AUDIENCE_SUBJECTS,
    CLOSED,
    DECIDED,
    FILERS,
    INBOX,
    MARKS,
    NEW,
    PLACEHOLDERS,
    PROCESSOR,
    WAITING,
)


def check_definition(definition: Definition, at: At) -> None:
    """Raises DefinitionError at the first thing that does not hold."""
    for number, transition in enumerate(definition.transitions, 1):
        _check_transition(definition, transition, at.within(f"transition {number} ({transition.action})"))
    _check_ambiguity(definition, at)
    _check_aliases(definition, at)
    _check_reach(definition, at)
    _check_ends(definition, at)
    _check_clocks(definition, at)
    _check_events(definition, at)


def check_common(events: Mapping[str, EventRule], at: At) -> None:
    """The same for the events of every workflow, which no transition announces."""
    for rule in events.values():
        here = at.within(f"event {rule.event}")
        for number, tell in enumerate(rule.tell, 1):
            _check_words(tell, here.within(f"tell {number}"))
            if tell.audience in AUDIENCE_SUBJECTS:
                raise here.wrong(f"audience {tell.audience!r} is not there in every workflow")
            if tell.actions or tell.outcomes:
                raise here.wrong("'when' needs a transition, and none announces this event")


def check_channels(events: Mapping[str, EventRule], known: Collection[str], at: At) -> None:
    """Whether rules name only the inbox and these channels. What a claim has pinned is not asked: they may go."""
    for rule in events.values():
        for number, tell in enumerate(rule.tell, 1):
            here = at.within(f"event {rule.event}: tell {number}: channels")
            for channel in tell.channels:
                here.known("channel", channel, (INBOX, *known))


def _check_transition(definition: Definition, transition: Transition, at: At) -> None:
    for source in transition.sources:
        at.within("from").known("state", source, (NEW, *definition.states))
    at.within("to").known("state", transition.target, definition.states)
    for name in ("sources", "roles"):
        if not getattr(transition, name):
            raise at.wrong(f"{'from' if name == 'sources' else name!r} is empty; name at least one")
    _check_roles(definition, transition, at.within("roles"))
    if twice := set(transition.requires) & set(transition.optional):
        raise at.wrong(f"{', '.join(sorted(twice))}: both required and optional; choose one")
    if MARKS in transition.takes and definition.states[transition.target].phase != WAITING:
        raise at.wrong(f"{MARKS} belong to a question, and {transition.target} is not of phase {WAITING}")
    for name in transition.defaults:
        at.within("defaults").known("field of this transition", name, transition.takes)
    for name in transition.guards:
        guard, here = GUARDS[name], at.within("guards")
        if guard.field is not None and guard.field not in transition.takes:
            raise here.wrong(
                f"{name} judges {guard.field}, which the transition does not take; add it to optional"
            )
        if guard.subject not in (None, definition.subject):
            raise here.wrong(
                f"{name} is for claims on a {guard.subject}, this workflow's subject is {definition.subject}"
            )


def _check_roles(definition: Definition, transition: Transition, at: At) -> None:
    for role in transition.roles:
        if role in FILERS.values() and role != definition.filer:
            raise at.wrong(
                f"{role} files no such claims; with subject {definition.subject} it is {definition.filer}"
            )
    if PROCESSOR in transition.roles and ADMIN not in transition.roles:
        raise at.wrong(f"{ADMIN} is missing; every action of a {PROCESSOR} is also the {ADMIN}'s")


def _check_ambiguity(definition: Definition, at: At) -> None:
    seen: dict[tuple[str, str], int] = {}
    for number, transition in enumerate(definition.transitions, 1):
        for source in transition.sources:
            first = seen.setdefault((transition.action, source), number)
            if first != number:
                raise at.within(f"transition {number} ({transition.action})").wrong(
                    f"{transition.action} from {source} is already transition {first}; keep one"
                )


def _check_aliases(definition: Definition, at: At) -> None:
    own = {*definition.states, *definition.actions, *FILERS.values(), PROCESSOR, ADMIN}
    for alias, name in definition.aliases.items():
        here = at.within(f"alias {alias}")
        if alias in own:
            raise here.wrong("is itself a role, action or state; take another word")
        here.known("role, action or state", name, sorted(own))


def _spread(start: str, edges: Iterable[tuple[str, str]]) -> set[str]:
    """Everything that can be come to from `start` along the edges."""
    pairs, found, open_ends = list(edges), {start}, [start]
    while open_ends:
        here = open_ends.pop()
        fresh = {after for before, after in pairs if before == here} - found
        found |= fresh
        open_ends += fresh
    return found


def _edges(definition: Definition) -> list[tuple[str, str]]:
    return [(source, each.target) for each in definition.transitions for source in each.sources]


def _check_reach(definition: Definition, at: At) -> None:
    reached = _spread(NEW, _edges(definition))
    for code in definition.states:
        if code not in reached:
            raise at.within(f"state {code}").wrong(f"cannot be reached from {NEW!r}; add a transition to it")


def _check_ends(definition: Definition, at: At) -> None:
    """A claim may rest where it is closed or decided; from everywhere else a way must lead there."""
    edges = _edges(definition)
    ends = {code for code, state in definition.states.items() if state.phase in (CLOSED, DECIDED)}
    for code, state in definition.states.items():
        here = at.within(f"state {code}")
        if state.phase == CLOSED and definition.moves(source=code):
            raise here.wrong("is closed, but a transition leads out of it; give it another phase")
        if not _spread(code, edges) & ends:
            raise here.wrong(f"is a dead end; lead it to a state of phase {DECIDED} or {CLOSED}")


def _check_clocks(definition: Definition, at: At) -> None:
    for code, state in definition.states.items():
        can_act = {role for transition in definition.moves(source=code) for role in transition.roles}
        if state.clock is not None and state.clock not in can_act:
            raise (
                at.within(f"state {code}").within("clock").wrong(f"{state.clock} has no action in this state")
            )


def _check_events(definition: Definition, at: At) -> None:
    for number, transition in enumerate(definition.transitions, 1):
        at.within(f"transition {number} ({transition.action})").within("event").known(
            "event", transition.event, definition.events
        )
    for rule in definition.events.values():
        here = at.within(f"event {rule.event}")
        announcing = [each for each in definition.transitions if each.event == rule.event]
        if not announcing:
            raise here.wrong("no transition announces it; remove it or name it as a transition's event")
        for number, tell in enumerate(rule.tell, 1):
            _check_tell(definition, tell, here.within(f"tell {number}"))
        _check_told(rule, announcing, here)


def _check_tell(definition: Definition, tell: Tell, at: At) -> None:
    _check_words(tell, at)
    if AUDIENCE_SUBJECTS.get(tell.audience, definition.subject) != definition.subject:
        raise at.within("audience").wrong(
            f"{tell.audience} are not there when the subject is {definition.subject}"
        )


def _check_told(rule: EventRule, announcing: list[Transition], at: At) -> None:
    """Every move is told to somebody, and every rule can come to speak."""
    spoken: set[int] = set()
    for transition in announcing:
        for outcome in transition.outcomes():
            told = rule.told(transition.action, outcome)
            if not told:
                how = f" ({outcome})" if outcome else ""
                raise at.wrong(f"nobody is told of {transition.action}{how}; add a rule to 'tell'")
            spoken |= {id(tell) for tell in told}
    actions = dict.fromkeys(each.action for each in announcing)
    outcomes = dict.fromkeys(outcome for each in announcing for outcome in each.outcomes() if outcome)
    for number, tell in enumerate(rule.tell, 1):
        when = at.within(f"tell {number}").within("when")
        for action in tell.actions:
            when.known("action of this event", action, actions)
        for outcome in tell.outcomes:
            when.known("outcome of this event", outcome, outcomes)
        if id(tell) not in spoken:
            raise at.within(f"tell {number}").wrong(
                "never speaks: no move fits its 'when', or an earlier rule takes it"
            )


def _check_words(tell: Tell, at: At) -> None:
    for key in ("title", "message"):
        here = at.within(key)
        try:
            parts = list(string.Formatter().parse(getattr(tell, key)))
        except ValueError as error:
            raise here.wrong(f"braces do not match ({error})") from error
        for _, name, form, conversion in parts:
            if name is not None:
                here.known("placeholder", name, PLACEHOLDERS)
                if form or conversion:
                    raise here.wrong(f"{{{name}}} must stand alone, without format")
    if not tell.channels:
        raise at.within("channels").wrong("is empty; name at least inbox")
