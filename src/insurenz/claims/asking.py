"""What was asked about a claim and answered: each question is a record, and its words are those of the events."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select, update

from insurenz.claims.models import NEVER, QUERIES, Claim, ClaimQuery
from insurenz.core import paging
from insurenz.core.db import Session
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor
from insurenz.core.statements import Change, detached
from insurenz.events.queries import Entry, entries
from insurenz.events.service import Recording
from insurenz.workflow import Definition, Step
from insurenz.workflow.vocabulary import ANSWERED, MARKS, WAITING

# A question with a category is a formal one, about what is missing; any other asks for more information.
CATEGORY = "query_category"
_ANSWERED = ("answered_at", "answered_by", "answer_event_id")
_ANSWER = (
    update(QUERIES)
    .where(QUERIES.c.id == bindparam("query_id"))
    .values({name: bindparam(f"query_{name}") for name in _ANSWERED})
    .returning(QUERIES.c.id)
)


class Asked(NamedTuple):
    """A question with the events that raised and answered it; the latter is None while it is open."""

    query: ClaimQuery
    raised: Entry
    answer: Entry | None


class Page(NamedTuple):
    """Questions, oldest first, and where the next page starts (None on the last)."""

    items: Sequence[Asked]
    next_cursor: str | None


class Followed(NamedTuple):
    """What was asked about a claim after a move, and what is yet to be written of that, by `write_together`."""

    asked: Sequence[Asked]
    changes: Sequence[Change] = ()
    rows: Sequence[Mapping[str, Any]] = ()


def due_after(step: Step, definition: Definition) -> datetime:
    """Until when a claim that waits after a move is asked to be answered; NEVER when it does not, or without an end."""
    due_at = step.values.get("due_at") if definition.states[step.target].phase == WAITING else None
    return NEVER if due_at is None else datetime.fromisoformat(str(due_at))


def followed(
    asked: Sequence[Asked],
    actor: Actor,
    claim: Claim,
    step: Step,
    recording: Recording,
    *,
    definition: Definition,
) -> Followed:
    """What a move asks or answers: a claim that waits was asked something, and waits for its answer."""
    before, after = definition.states[step.source].phase, definition.states[step.target].phase
    if after == WAITING:
        return _raised(asked, actor, claim, step, recording)
    if (before, after) == (WAITING, ANSWERED):
        return _answered(asked, actor, recording)
    return Followed(asked)


def page(session: Session, claim: Claim, *, cursor: str | None, limit: int) -> Page:
    """A page of what was asked about a claim that was found for its reader. Raises Invalid for a foreign cursor."""
    chosen = _of(claim).limit(limit + 1)
    if cursor is not None:
        chosen = chosen.where(ClaimQuery.id > paging.decode_id(cursor))
    rows = list(session.scalars(chosen))
    return Page(_with_events(session, rows[:limit]), paging.next_cursor(rows, limit, "id"))


def _of(claim: Claim) -> Select[ClaimQuery]:
    return select(ClaimQuery).where(ClaimQuery.claim_id == claim.id).order_by(ClaimQuery.id)


def _with_events(session: Session, queries: Sequence[ClaimQuery]) -> list[Asked]:
    ids = [each for query in queries for each in (query.event_id, query.answer_event_id) if each is not None]
    found = entries(session, ids)
    return [Asked(q, found[q.event_id], found.get(q.answer_event_id or "")) for q in queries]


def _raised(asked: Sequence[Asked], actor: Actor, claim: Claim, step: Step, recording: Recording) -> Followed:
    kind = "query" if CATEGORY in step.transition.takes else "info"
    category = step.values.get(CATEGORY)
    row = {
        "id": new_id(),
        "claim_id": claim.id,
        "kind": kind,
        "round": sum(each.query.kind == kind for each in asked) + 1,
        "category": None if category is None else str(category),
        "marks": step.values.get(MARKS, []),
        "due_at": None if claim.due_at == NEVER else claim.due_at,
        "raised_at": recording.event.occurred_at,
        "raised_by": actor.id,
        "event_id": recording.event.id,
    }
    return Followed([*asked, Asked(detached(ClaimQuery, row), _entry(recording), None)], rows=[row])


def _answered(asked: Sequence[Asked], actor: Actor, recording: Recording) -> Followed:
    """The last open question, answered."""
    last = next((each for each in reversed(asked) if each.query.answered_at is None), None)
    if last is None:
        return Followed(asked)
    answer = {
        "answered_at": recording.event.occurred_at,
        "answered_by": actor.id,
        "answer_event_id": recording.event.id,
    }
    done = Asked(detached(ClaimQuery, vars(last.query) | answer), last.raised, _entry(recording))
    change = Change(
        _ANSWER, {"query_id": last.query.id} | {f"query_{name}": answer[name] for name in _ANSWERED}
    )
    return Followed([done if each is last else each for each in asked], [change])


def _entry(recording: Recording) -> Entry:
    return Entry(recording.event, dict(recording.texts))
