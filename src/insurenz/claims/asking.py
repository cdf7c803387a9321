"""What was asked about a claim and answered: each question is a record, and its words are those of the events."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select

from insurenz.claims.models import NEVER, Claim, ClaimQuery
from insurenz.core import paging
from insurenz.core.db import Session
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor
from insurenz.events.models import Event
from insurenz.events.queries import Entry, entries
from insurenz.workflow import Definition, Step
from insurenz.workflow.vocabulary import ANSWERED, WAITING

# A question with a category is a formal one, about what is missing; any other asks for more information.
CATEGORY = "query_category"


class Asked(NamedTuple):
    """A question with the events that raised and answered it; the latter is None while it is open."""

    query: ClaimQuery
    raised: Entry
    answer: Entry | None


class Page(NamedTuple):
    """Questions, oldest first, and where the next page starts (None on the last)."""

    items: Sequence[Asked]
    next_cursor: str | None


def follow(
    session: Session, actor: Actor, claim: Claim, step: Step, event: Event, *, definition: Definition
) -> None:
    """Keep what a move has asked or answered: a claim that waits was asked something, and waits for its answer."""
    before, after = definition.states[step.source].phase, definition.states[step.target].phase
    if (before, after) == (WAITING, ANSWERED):
        _answer(session, actor, claim, event)
    due_at = step.values.get("due_at") if after == WAITING else None
    claim.due_at = NEVER if due_at is None else datetime.fromisoformat(str(due_at))
    if after == WAITING:
        _raise(session, actor, claim, step, event)


def page(session: Session, claim: Claim, *, cursor: str | None, limit: int) -> Page:
    """A page of what was asked about a claim that was found for its reader. Raises Invalid for a foreign cursor."""
    chosen = _of(claim).limit(limit + 1)
    if cursor is not None:
        chosen = chosen.where(ClaimQuery.id > paging.decode_id(cursor))
    rows = list(session.scalars(chosen))
    return Page(_with_events(session, rows[:limit]), paging.next_cursor(rows, limit, "id"))


def everything(session: Session, claim: Claim) -> Sequence[Asked]:
    """All that was asked about a claim that was found for its reader, oldest first."""
    return _with_events(session, session.scalars(_of(claim)).all())


def _of(claim: Claim) -> Select[ClaimQuery]:
    return select(ClaimQuery).where(ClaimQuery.claim_id == claim.id).order_by(ClaimQuery.id)


def _with_events(session: Session, queries: Sequence[ClaimQuery]) -> list[Asked]:
    ids = [each for query in queries for each in (query.event_id, query.answer_event_id) if each is not None]
    found = entries(session, ids)
    return [Asked(q, found[q.event_id], found.get(q.answer_event_id or "")) for q in queries]


def _raise(session: Session, actor: Actor, claim: Claim, step: Step, event: Event) -> None:
    kind = "query" if CATEGORY in step.transition.takes else "info"
    before = select(func.count()).where(ClaimQuery.claim_id == claim.id, ClaimQuery.kind == kind)
    category = step.values.get(CATEGORY)
    session.add(
        ClaimQuery(
            id=new_id(),
            claim_id=claim.id,
            kind=kind,
            round=session.scalars(before).one() + 1,
            category=None if category is None else str(category),
            due_at=None if claim.due_at == NEVER else claim.due_at,
            raised_at=event.occurred_at,
            raised_by=actor.id,
            event_id=event.id,
        )
    )


def _answer(session: Session, actor: Actor, claim: Claim, event: Event) -> None:
    is_open = (ClaimQuery.claim_id == claim.id, ClaimQuery.answered_at.is_(None))
    query = session.scalars(
        select(ClaimQuery).where(*is_open).order_by(ClaimQuery.id.desc()).limit(1)
    ).first()
    if query is not None:
        query.answered_at, query.answered_by, query.answer_event_id = event.occurred_at, actor.id, event.id
