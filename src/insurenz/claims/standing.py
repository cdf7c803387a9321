"""How the claims on a page stand, as staff see them: whose turn it is, since when, until when, and what is special."""

from collections.abc import Container, Iterable, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Row, bindparam, literal, select, union_all

from insurenz.claims.models import CLAIM_DOCUMENTS, KIND, NEVER
from insurenz.claims.queries import done_for_filer
from insurenz.claims.rules import Rules
from insurenz.claims.schemas import Flag, Side
from insurenz.core.db import Id, Session
from insurenz.core.permissions import Actor
from insurenz.core.statements import Statement, listed
from insurenz.documents.models import DOCUMENTS
from insurenz.events.models import EVENTS
from insurenz.events.queries import moves_of
from insurenz.workflow import Definition
from insurenz.workflow.guards import Move
from insurenz.workflow.vocabulary import CLOSED, DECIDED, PROCESSOR

OVER = frozenset({DECIDED, CLOSED})


def standing(
    session: Session, actor: Actor, rows: Sequence[Row[Any]], rules: Rules
) -> dict[str, dict[str, Any]]:
    """By the id of each claim how it stands, as fields of `StaffClaimListed`; two statements, none without claims."""
    if not rows:
        return {}
    ids = [row.id for row in rows]
    histories, marks = moves_of(session, KIND, ids), _marked(session, actor, ids)
    found = {}
    for row in rows:
        definition = rules.definition(row.workflow, row.workflow_version)
        # Claims that were brought in by SQL alone have no past.
        history = histories.get(row.id, ())
        found[row.id] = {
            "waits_for": turn(definition, row.status),
            "since": history[-1].at if history else row.created_at,
            "due_at": None if row.due_at == NEVER else row.due_at,
            "flags": list(_flags(actor, row, history, definition, rules, marks=marks)),
        }
    return found


def turn(definition: Definition, status: str) -> Side | None:
    """For which side claims wait in this status; None for nobody."""
    clock = definition.states[status].clock
    if clock is None:
        return None
    return "staff" if clock == PROCESSOR else "filer"


def _flags(
    actor: Actor,
    row: Row[Any],
    history: tuple[Move, ...],
    definition: Definition,
    rules: Rules,
    *,
    marks: Container[tuple[str, Flag]],
) -> Iterable[Flag]:
    if row.status_group in OVER:
        return
    if row.user_id == actor.id or (row.id, "filed_by_you") in marks:
        yield "filed_by_you"
    decision = next((m for m in reversed(history) if definition.states[m.target].phase == DECIDED), None)
    if decision is not None:
        yield "disputed"
        if decision.actor_id == actor.id:
            yield "decided_by_you"
    limit = rules.limit(actor, row.currency)
    if limit is not None and row.claim_amount > limit:
        yield "over_limit"
    if (row.id, "documents_rejected") in marks:
        yield "documents_rejected"


def _marks(dialect: str) -> CompoundSelect[*tuple[Any, ...]]:
    given = listed(dialect, claim_id=Id)
    is_given, is_theirs = EVENTS.c.subject_id == given.c.claim_id, EVENTS.c.actor_id == bindparam("actor")
    acted = done_for_filer().join_from(given, EVENTS, is_given).where(is_theirs)
    refused = (
        select(CLAIM_DOCUMENTS.c.claim_id, literal("documents_rejected").label("flag"))
        .join_from(given, CLAIM_DOCUMENTS, CLAIM_DOCUMENTS.c.claim_id == given.c.claim_id)
        .join(DOCUMENTS, DOCUMENTS.c.id == CLAIM_DOCUMENTS.c.document_id)
        .where(CLAIM_DOCUMENTS.c.replaced_by.is_(None), DOCUMENTS.c.verification == "rejected")
    )
    filed = literal("filed_by_you").label("flag")
    return union_all(acted.with_only_columns(EVENTS.c.subject_id.label("claim_id"), filed), refused)


_MARKS = Statement(_marks)


def _marked(session: Session, actor: Actor, claim_ids: Sequence[str]) -> frozenset[tuple[str, Flag]]:
    """Which of these claims the actor once acted for the filer of, and which have a document that was not accepted, and
    that no newer one replaced.
    """
    rows = _MARKS.all(session, {"claim_id": ",".join(claim_ids), "actor": actor.id})
    return frozenset((row.claim_id, row.flag) for row in rows)
