"""A workflow definition as frozen data: states, transitions, what is told of each event, documents asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from insurenz.workflow.refusals import UnknownWorkflow
from insurenz.workflow.vocabulary import FILERS, FULL, PARTIAL, RESOLUTIONS, role_of


@dataclass(frozen=True)
class State:
    """Where a claim can stand. `clock` is the role that the claim waits for, None when for nobody."""

    code: str
    phase: str
    clock: str | None
    labels: Mapping[str, str]

    def label(self, role: str) -> str:
        """The name of this state in the words of whoever reads it."""
        return self.labels["filer" if role in FILERS.values() else "staff"]


@dataclass(frozen=True)
class Transition:
    """One action from some states to one other.

    `defaults` names the fact that stands in for a field not given; `sets` what the move sets by itself;
    `remember` marks a detour: while such moves follow each other, the state before the first is remembered.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    target: str
    roles: tuple[str, ...]
    event: str
    requires: tuple[str, ...]
    optional: tuple[str, ...]
    guards: tuple[str, ...]
    defaults: Mapping[str, str]
    sets: Mapping[str, str | None]
    remember: bool

    @property
    def takes(self) -> tuple[str, ...]:
        """All fields a caller may give."""
        return self.requires + self.optional

    def outcomes(self) -> tuple[str | None, ...]:
        """Every outcome this move can have; None stands for "it has none"."""
        for name, possible in (("resolution", RESOLUTIONS), ("approved_amount", (FULL, PARTIAL))):
            if self.sets.get(name) is not None:
                return (self.sets[name],)
            if name in self.takes:
                always = name in self.requires or name in self.defaults
                return possible if always else (*possible, None)
        return (None,)


@dataclass(frozen=True)
class Tell:
    """One audience that is told of an event, and in which words.

    Without `receipt` the actor is not told of their own act. Empty `actions` or `outcomes` stand for any.
    """

    audience: str
    title: str
    message: str
    channels: tuple[str, ...]
    receipt: bool
    actions: tuple[str, ...]
    outcomes: tuple[str, ...]

    def fits(self, action: str | None, outcome: str | None) -> bool:
        """Whether this rule speaks of such a move."""
        by_action = not self.actions or action in self.actions
        return by_action and (not self.outcomes or outcome in self.outcomes)


@dataclass(frozen=True)
class EventRule:
    """Who is told of one type of event."""

    event: str
    category: str
    tell: tuple[Tell, ...]

    def told(self, action: str | None = None, outcome: str | None = None) -> tuple[Tell, ...]:
        """The rules for such a move, one per audience: the first of each that fits."""
        chosen: dict[str, Tell] = {}
        for tell in self.tell:
            if tell.fits(action, outcome):
                chosen.setdefault(tell.audience, tell)
        return tuple(chosen.values())


@dataclass(frozen=True)
class DocumentAsked:
    """A document that a claim of some type should come with, and why."""

    code: str
    label: str
    required: bool
    why: str


@dataclass(frozen=True)
class Source:
    """The file a definition was read from, as it is to be pinned: the same version must keep its text."""

    name: str
    version: int
    text: str
    sha256: str


@dataclass(frozen=True)
class CommonEvents:
    """Events of every workflow, which services record beside the transitions."""

    source: Source
    events: Mapping[str, EventRule]


@dataclass(frozen=True)
class Definition:
    """One workflow in one version. `common` are the events of every workflow."""

    source: Source
    title: str
    subject: str
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    events: Mapping[str, EventRule]
    documents: Mapping[str, tuple[DocumentAsked, ...]]
    suggests: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, str]
    common: Mapping[str, EventRule] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The workflow's name, as claims keep it."""
        return self.source.name

    @property
    def version(self) -> int:
        """The workflow's version, as claims pin it."""
        return self.source.version

    @property
    def filer(self) -> str:
        """The role that files claims of this workflow."""
        return FILERS[self.subject]

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action, each once, in the order of the definition."""
        return tuple(dict.fromkeys(transition.action for transition in self.transitions))

    def canonical(self, name: str) -> str:
        """A role, action or status under its own name, whatever alias or level it came with."""
        return role_of(self.aliases.get(name, name))

    def moves(
        self, action: str | None = None, *, source: str | None = None, target: str | None = None
    ) -> tuple[Transition, ...]:
        """The transitions of this action, from this state, to that state: as far as each is given."""
        return tuple(
            transition
            for transition in self.transitions
            if (action is None or transition.action == action)
            and (source is None or source in transition.sources)
            and (target is None or transition.target == target)
        )

    def rule(self, event: str) -> EventRule | None:
        """Who is told of this event; None when nobody is, because it only stands in the history."""
        return self.events.get(event) or self.common.get(event)


@dataclass(frozen=True)
class Registry:
    """All definitions of an install: the newest of each name for new claims, pinned ones for older claims."""

    newest: Mapping[str, Definition]
    versions: Mapping[tuple[str, int], Definition]
    common: CommonEvents

    def current(self, name: str) -> Definition:
        """The definition that new claims follow. Raises UnknownWorkflow."""
        if name not in self.newest:
            raise UnknownWorkflow(name, None, tuple(self.newest))
        return self.newest[name]

    def pinned(self, name: str, version: int) -> Definition:
        """The definition that a claim has pinned. Raises UnknownWorkflow."""
        found = self.versions.get((name, version))
        if found is None:
            raise UnknownWorkflow(
                name, version, tuple(f"{known} {number}" for known, number in self.versions)
            )
        return found

    def told_types(self) -> tuple[str, ...]:
        """Every type of event that people are told of, as the newest definitions have them."""
        types = (event for each in self.newest.values() for event in (*each.events, *each.common))
        return tuple(dict.fromkeys(types))

    def sources(self) -> Iterator[Source]:
        """What the database is to pin: every definition, and the common events."""
        yield self.common.source
        yield from (definition.source for definition in self.versions.values())
