"""Pins the definitions of this install at its start, and gives a claim the one it has pinned."""

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.definitions import queries
from insurenz.definitions.errors import PinnedTextChanged
from insurenz.definitions.models import WorkflowDefinition
from insurenz.workflow import Definition, Registry, Source, UnknownWorkflow, with_pinned


def pin(session: Session, registry: Registry) -> Registry:
    """Store what is new, and give the registry with the older versions that claims may have pinned.

    Raises PinnedTextChanged when a version came with another text before.
    """
    known = queries.stored(session)
    fresh = [source for source in registry.sources() if (source.name, source.version) not in known]
    for source in fresh:
        _store(session, source)
    if fresh:
        # Another process may have been faster, with a text of its own.
        known = queries.stored(session)
    for source in registry.sources():
        _refuse_changed(source, known)
    common = registry.common.source.name
    older = [row.text for (name, _), row in known.items() if name != common]
    return with_pinned(registry, older)


def definition(session: Session, registry: Registry, name: str, version: int) -> Definition:
    """The definition that a claim has pinned.

    It is read from the database when another process, started later, pinned it. Raises UnknownWorkflow.
    """
    try:
        return registry.pinned(name, version)
    except UnknownWorkflow:
        text = queries.text_of(session, name, version)
        if text is None:
            raise
        return with_pinned(registry, [text]).pinned(name, version)


class Definitions:
    """The definitions that claims follow: those of this process, and what a process started later has pinned."""

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database, self._registry = database, registry

    def current(self, name: str) -> Definition:
        """The newest of this name in this process. Raises UnknownWorkflow."""
        return self._registry.current(name)

    def newest(self) -> Iterable[Definition]:
        """Those that new claims follow in this process."""
        return self._registry.newest.values()

    def known(self) -> Iterable[Definition]:
        """Every version of every definition that this process knows."""
        return self._registry.versions.values()

    def pinned(self, name: str, version: int) -> Definition:
        """The one that a claim pins. Raises UnknownWorkflow when no process has ever pinned it."""
        try:
            return self._registry.pinned(name, version)
        except UnknownWorkflow:
            with self._database.read_unit() as session:
                found = definition(session, self._registry, name, version)
            self._registry = with_pinned(self._registry, [found.source.text])
            return found

    def every(self, session: Session) -> list[Definition]:
        """Each that claims can have pinned, of other processes too."""
        common = self._registry.common.source.name
        return [self.pinned(name, number) for name, number in queries.versions(session) if name != common]

    def phases_of(self, session: Session, status: str) -> frozenset[str]:
        """The phases that the status has in the definitions that claims can have pinned."""
        return frozenset(each.states[status].phase for each in self.every(session) if status in each.states)


def _refuse_changed(source: Source, known: dict[tuple[str, int], WorkflowDefinition]) -> None:
    before = known.get((source.name, source.version))
    if before is not None and before.sha256 != source.sha256:
        newest = max(version for name, version in known if name == source.name)
        raise PinnedTextChanged(source.name, source.version, next_version=newest + 1)


def _store(session: Session, source: Source) -> None:
    row = WorkflowDefinition(
        name=source.name,
        version=source.version,
        text=source.text,
        sha256=source.sha256,
        first_seen_at=clock.now(),
    )
    with suppress(IntegrityError), session.begin_nested():
        session.add(row)
