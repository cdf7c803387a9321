"""Reads workflow definitions from their YAML texts and folders, and refuses what is wrong in them."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from insurenz.workflow.checks import check_channels, check_common, check_definition
from insurenz.workflow.definition import (
    CommonEvents,
    Definition,
    DocumentAsked,
    EventRule,
    Registry,
    Source,
    State,
    Tell,
    Transition,
)
from insurenz.workflow.guards import GUARDS
from insurenz.workflow.reading import At, Node, items, mapping, parse, word
from insurenz.workflow.refusals import DefinitionError
from insurenz.workflow.vocabulary import (
    ACTING_ROLES,
    AUDIENCES,
    CATEGORIES,
    CLAIM_TYPES,
    DEFAULTS,
    FIELDS,
    FULL,
    NEW,
    PARTIAL,
    PHASES,
    READERS,
    RESOLUTIONS,
    SETTABLE,
    SUBJECTS,
)

SHIPPED = Path(__file__).parent / "definitions"
COMMON = "common"


def load(text: str, file: str = "definition") -> Definition:
    """The definition in a YAML text. Raises DefinitionError, which names `file`, the place and what would be right."""
    at = At(file)
    top = Node(
        parse(text, file),
        at,
        must=("name", "version", "title", "subject", "states", "transitions", "events"),
        may=("aliases", "documents", "suggests"),
    )
    aliases = {
        name: word(value, at.within(f"alias {name}")) for name, value in top.mapping("aliases").items()
    }
    definition = Definition(
        source=_source(top, text),
        title=top.text("title"),
        subject=top.one_of("subject", "subject", SUBJECTS),
        states={code: _state(code, value, at) for code, value in top.mapping("states").items()},
        transitions=tuple(
            _transition(number, value, at, aliases)
            for number, value in enumerate(top.items("transitions"), 1)
        ),
        events=_events(top, at),
        documents={
            kind: _documents(at.within("documents").known("claim type", kind, CLAIM_TYPES), value, at)
            for kind, value in top.mapping("documents").items()
        },
        suggests=_suggests(top, at),
        aliases=aliases,
    )
    check_definition(definition, at)
    return definition


def load_common(text: str, file: str = COMMON) -> CommonEvents:
    """The events of every workflow. Raises DefinitionError."""
    at = At(file)
    top = Node(parse(text, file), at, must=("name", "version", "events"))
    common = CommonEvents(_source(top, text), _events(top, at))
    check_common(common.events, at)
    return common


def load_registry(*own: Path, channels: Collection[str] | None = None) -> Registry:
    """The shipped definitions and those of the operator's own folders. Raises DefinitionError.

    Their rules may name only these `channels` besides the inbox; without them it is not asked.
    """
    common = load_common(_read(SHIPPED / f"{COMMON}.yaml"), f"{COMMON}.yaml")
    registry = Registry(newest={}, versions={}, common=common)
    for folder in (SHIPPED, *own):
        if not folder.is_dir():
            raise DefinitionError(str(folder), "", "the folder of workflow definitions is not there")
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            if path != SHIPPED / f"{COMMON}.yaml":
                definition = load(_read(path), path.name)
                if channels is not None:
                    check_channels(definition.events, channels, At(path.name))
                registry = _with(registry, definition, At(path.name))
    return registry


def with_pinned(registry: Registry, texts: Iterable[str]) -> Registry:
    """The registry with older definitions, from the database, for claims that have pinned them.

    They never become the newest; a version that the registry has already is left as it is.
    """
    versions = dict(registry.versions)
    known = {definition.source.text for definition in versions.values()}
    for text in texts:
        if text not in known:
            old = load(text)
            versions.setdefault((old.name, old.version), replace(old, common=registry.common.events))
    return replace(registry, versions=versions)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError(path.name, "", f"not UTF-8 (byte {error.start}); save it as UTF-8") from error


def _with(registry: Registry, definition: Definition, at: At) -> Registry:
    key = (definition.name, definition.version)
    if key in registry.versions or definition.name == COMMON:
        raise at.wrong(
            f"{definition.name} version {definition.version} is there already; take another name or version"
        )
    whole = replace(definition, common=registry.common.events)
    newest = registry.newest.get(definition.name)
    is_newer = newest is None or newest.version < definition.version
    return replace(
        registry,
        versions={**registry.versions, key: whole},
        newest={**registry.newest, definition.name: whole} if is_newer else registry.newest,
    )


def _source(top: Node, text: str) -> Source:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Source(top.text("name"), top.number("version"), text, digest)


def _state(code: str, value: object, at: At) -> State:
    here = at.within(f"state {code}")
    if code == NEW:
        raise here.wrong(f"{NEW!r} stands for a claim that is not submitted yet; take another name")
    node = Node(value, here, must=("phase", "labels"), may=("clock",))
    labels = Node(node.raw("labels"), here.within("labels"), must=READERS)
    return State(
        code=code,
        phase=node.one_of("phase", "phase", PHASES),
        clock=node.one_of("clock", "role", ACTING_ROLES) if node.raw("clock") is not None else None,
        labels={reader: labels.text(reader) for reader in READERS},
    )


def _transition(number: int, value: object, at: At, aliases: Mapping[str, str]) -> Transition:
    here = at.within(f"transition {number}")
    if isinstance(value, Mapping) and isinstance(value.get("action"), str):
        here = at.within(f"transition {number} ({value['action']})")
    node = Node(
        value,
        here,
        must=("action", "label", "from", "to", "roles", "event"),
        may=("requires", "optional", "guards", "defaults", "sets", "remember"),
    )
    roles = node.names("roles", "role", (*ACTING_ROLES, *aliases))
    return Transition(
        action=node.text("action"),
        label=node.text("label"),
        sources=node.names("from", "state"),
        target=node.text("to"),
        roles=tuple(aliases.get(role, role) for role in roles),
        event=node.text("event"),
        requires=node.names("requires", "field", FIELDS),
        optional=node.names("optional", "field", FIELDS),
        guards=node.names("guards", "guard", GUARDS),
        defaults=_defaults(node, here.within("defaults")),
        sets=_sets(node, here.within("sets")),
        remember=node.flag("remember"),
    )


def _defaults(node: Node, at: At) -> dict[str, str]:
    return {
        at.known("field", name, FIELDS): at.within(name).known("fact", word(fact, at.within(name)), DEFAULTS)
        for name, fact in node.mapping("defaults").items()
    }


def _sets(node: Node, at: At) -> dict[str, str | None]:
    chosen: dict[str, str | None] = {}
    for name, value in node.mapping("sets").items():
        possible = SETTABLE[at.known("field", name, SETTABLE)]
        if (value is not None and not isinstance(value, str)) or value not in possible:
            shown = ", ".join(each or "null" for each in possible)
            raise at.within(name).wrong(f"can be set to {shown}, found {value!r}")
        chosen[name] = value
    return chosen


def _events(top: Node, at: At) -> dict[str, EventRule]:
    return {
        event: _event(event, value, at.within(f"event {event}"))
        for event, value in top.mapping("events").items()
    }


def _event(event: str, value: object, at: At) -> EventRule:
    node = Node(value, at, must=("category", "tell"))
    return EventRule(
        event=event,
        category=node.one_of("category", "category", CATEGORIES),
        tell=tuple(
            _tell(each, at.within(f"tell {number}")) for number, each in enumerate(node.items("tell"), 1)
        ),
    )


def _tell(value: object, at: At) -> Tell:
    node = Node(value, at, must=("audience", "channels", "title", "message"), may=("receipt", "when"))
    when = Node(node.mapping("when"), at.within("when"), may=("action", "outcome"))
    return Tell(
        audience=node.one_of("audience", "audience", AUDIENCES),
        title=node.text("title"),
        message=node.text("message"),
        channels=node.names("channels", "channel"),
        receipt=node.flag("receipt"),
        actions=when.names("action", "action"),
        outcomes=when.names("outcome", "outcome", (FULL, PARTIAL, *RESOLUTIONS)),
    )


def _documents(kind: str, value: object, at: At) -> tuple[DocumentAsked, ...]:
    here = at.within(f"documents {kind}")
    asked: dict[str, DocumentAsked] = {}
    for number, each in enumerate(items(value, here), 1):
        node = Node(each, here.within(str(number)), must=("code", "label", "required", "why"))
        code = node.text("code")
        if code in asked:
            raise here.wrong(f"{code!r} stands twice; keep one")
        asked[code] = DocumentAsked(code, node.text("label"), node.flag("required"), node.text("why"))
    return tuple(asked.values())


def _suggests(top: Node, at: At) -> dict[str, tuple[str, ...]]:
    here = at.within("suggests")
    node = Node(mapping(top.mapping("suggests"), here), here, may=FIELDS)
    return {name: node.names(name, "value") for name in top.mapping("suggests")}
