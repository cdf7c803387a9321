"""How the claims on a page stand, as staff see them: whose turn it is, since when, until when, and what is special."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select

from insurenz.claims.models import KIND, NEVER, ClaimDocument
from insurenz.claims.rules import Rules
from insurenz.claims.schemas import Flag, Side
from insurenz.core.db import Session
from insurenz.core.permissions import Actor
from insurenz.documents.models import Document
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
    histories, refused = moves_of(session, KIND, ids), _with_refused_documents(session, ids)
    found = {}
    for row in rows:
        definition = rules.definition(row.workflow, row.workflow_version)
        # Claims that were brought in by SQL alone have no past.
        history = histories.get(row.id, ())
        found[row.id] = {
            "waits_for": turn(definition, row.status),
            "since": history[-1].at if history else row.created_at,
            "due_at": None if row.due_at == NEVER else row.due_at,
            "flags": list(_flags(actor, row, history, definition, rules, is_refused=row.id in refused)),
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
    is_refused: bool,
) -> Iterable[Flag]:
    if row.status_group in OVER:
        return
    if row.user_id == actor.id:
        yield "filed_by_you"
    decision = next((m for m in reversed(history) if definition.states[m.target].phase == DECIDED), None)
    if decision is not None:
        yield "disputed"
        if decision.actor_id == actor.id:
            yield "decided_by_you"
    limit = rules.limit(actor, row.currency)
    if limit is not None and row.claim_amount > limit:
        yield "over_limit"
    if is_refused:
        yield "documents_rejected"


def _with_refused_documents(session: Session, claim_ids: Sequence[str]) -> frozenset[str]:
    """Which of these claims have a document that was not accepted, and that no newer one replaced."""
    refused = (
        select(ClaimDocument.claim_id)
        .join(Document, Document.id == ClaimDocument.document_id)
        .where(ClaimDocument.claim_id.in_(claim_ids), ClaimDocument.replaced_by.is_(None))
        .where(Document.verification == "rejected")
    )
    return frozenset(session.scalars(refused))
