"""What waits for a hospital: of the claims on a page what its user can do now, since when, and until when."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from insurenz import workflow
from insurenz.claims.facts import facts_with
from insurenz.claims.models import KIND, NEVER
from insurenz.claims.rules import Rules
from insurenz.claims.schemas import WaitingOut
from insurenz.core.db import Session
from insurenz.core.permissions import Actor
from insurenz.events.queries import moves_of
from insurenz.workflow.guards import Move


def waiting(
    session: Session, actor: Actor, rows: Sequence[Row[Any]], rules: Rules
) -> dict[str, WaitingOut | None]:
    """By the id of each claim what waits for the actor, and None where they can do nothing; at most one statement."""
    open_to = {
        row.id: row
        for row in rows
        if workflow.is_open(rules.definition(row.workflow, row.workflow_version), row.status, actor.role)
    }
    if not open_to:
        return {}
    histories = moves_of(session, KIND, list(open_to))
    return {each: _waiting(actor, open_to[each], past, rules) for each, past in histories.items()}


def _waiting(actor: Actor, row: Row[Any], history: tuple[Move, ...], rules: Rules) -> WaitingOut | None:
    definition = rules.definition(row.workflow, row.workflow_version)
    facts = facts_with(rules, actor, row, history, cover_left=None)
    offers = workflow.allowed(definition, row.status, actor.role, facts)
    if not offers:
        return None
    ends = [offer.closes_at for offer in offers if offer.closes_at is not None]
    return WaitingOut(
        actions=[offer.action for offer in offers],
        since=history[-1].at,
        due_at=min(ends, default=None) if row.due_at == NEVER else row.due_at,
    )
