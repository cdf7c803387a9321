"""The queue of staff: claims that wait for a processor and are nobody's yet, the oldest found by an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal, not_, select, true, tuple_, union_all

from insurenz.accounts.queries import IdColumn, is_assigned
from insurenz.claims.models import Claim
from insurenz.claims.queries import PARTIES, acted_for_filer, visible_claims
from insurenz.claims.rules import Rules
from insurenz.core.db import Session
from insurenz.core.errors import invalid
from insurenz.core.permissions import Actor, Role
from insurenz.organisations.models import Kind, Organisation
from insurenz.workflow.vocabulary import DECIDED, PROCESSOR

# By phase the states in which claims wait for a processor: workflow, version and status of each.
Waiting = Mapping[str, Sequence[tuple[str, int, str]]]

COLUMNS = {Kind.PAYER: Claim.payer_id, Kind.HOSPITAL: Claim.hospital_id}
# A retail claim stands in the lines of its payer, a hospital claim in those of its hospital.
STANDS = {Kind.PAYER: Claim.hospital_id.is_(None), Kind.HOSPITAL: Claim.hospital_id.is_not(None)}


@dataclass(frozen=True)
class Line:
    """The claims of one organisation in one phase, as an index keeps them: oldest first."""

    kind: Kind
    organisation_id: str
    phase: str


def waiting(rules: Rules, workflow: str | None) -> Waiting:
    """Where claims wait for a processor, in one workflow or in all, by their definitions. Raises Invalid.

    A decided one waits for its payment alone, among many that wait for nothing: it is not in the queue.
    """
    known = list(rules.definitions.known())
    names = sorted({definition.name for definition in known})
    if workflow is not None and workflow not in names:
        raise invalid(
            "workflow", "unknown_workflow", f"There is no such workflow; known: {', '.join(names)}."
        )
    found: dict[str, list[tuple[str, int, str]]] = {}
    for definition in (each for each in known if workflow in (None, each.name)):
        for state in definition.states.values():
            if state.clock == PROCESSOR and state.phase != DECIDED:
                found.setdefault(state.phase, []).append((definition.name, definition.version, state.code))
    return found


def oldest(session: Session, actor: Actor, waiting: Waiting) -> Claim | None:
    """The oldest claim in the queue that the actor reaches, locked; None when there is none.

    Claims that others have locked are passed over: they are being taken. When no other is left, they are waited for.
    """
    lines = _lines(session, actor, waiting)
    for skip_locked in (True, False):
        for line in lines:
            claim = _first(session, actor, waiting, line, skip_locked=skip_locked)
            if claim is not None:
                return claim
    return None


def _lines(session: Session, actor: Actor, waiting: Waiting) -> Sequence[Line]:
    """The lines in which a claim waits for this actor, the one with the oldest first; one statement."""
    rows = session.execute(union_all(*(_heads(actor, waiting, kind) for kind in COLUMNS)))
    found = [
        (oldest, Line(Kind(kind), organisation_id, phase))
        for kind, organisation_id, *heads in rows
        for phase, oldest in zip(waiting, heads, strict=True)
        if oldest is not None
    ]
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def _heads(actor: Actor, waiting: Waiting, kind: Kind) -> Select[Any]:
    """Each organisation of the actor's, and of each phase the oldest claim that waits there."""
    lines = (_in_line(actor, waiting, kind, Organisation.id, phase) for phase in waiting)
    heads = (line.with_only_columns(Claim.id).correlate(Organisation).scalar_subquery() for line in lines)
    is_mine = true() if actor.role is Role.ADMIN else is_assigned(actor.id, Organisation.id, kind)
    return select(literal(str(kind)), Organisation.id, *heads).where(Organisation.kind == kind, is_mine)


def _first(
    session: Session, actor: Actor, waiting: Waiting, line: Line, *, skip_locked: bool
) -> Claim | None:
    wanted = _in_line(actor, waiting, line.kind, line.organisation_id, line.phase).options(*PARTIES)
    return session.scalars(wanted.with_for_update(of=Claim, skip_locked=skip_locked)).one_or_none()


def _in_line(
    actor: Actor, waiting: Waiting, kind: Kind, organisation_id: IdColumn | str, phase: str
) -> Select[Claim]:
    """The oldest claim of a line that the actor sees, that is not their own, that waits, and that is nobody's."""
    state = tuple_(Claim.workflow, Claim.workflow_version, Claim.status)
    return (
        visible_claims(actor)
        .where(COLUMNS[kind] == organisation_id, STANDS[kind], Claim.status_group == phase)
        .where(Claim.assignee_id.is_(None), state.in_(waiting[phase]))
        .where(Claim.user_id != actor.id, not_(acted_for_filer(actor.id, Claim.id)))
        .order_by(Claim.id)
        .limit(1)
    )
