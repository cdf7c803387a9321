"""Routes of reading claims: the list, one claim, its history."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from insurenz.accounts.auth import CurrentUser
from insurenz.claims import answers, conversation, queries
from insurenz.claims.endpoints.edge import ClaimInPath, RulesNow, note
from insurenz.claims.models import KIND
from insurenz.claims.schemas import (
    ClaimOut,
    ClaimPage,
    HistoryPage,
)
from insurenz.core import paging
from insurenz.core.edge import Db, Route

# PostgreSQL cannot compare a text with U+0000.
Name = Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")]

router = APIRouter(route_class=Route, tags=["claims"])


@router.get("/claims")
def list_claims(
    *,
    request: Request,
    actor: CurrentUser,
    db: Db,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    status: Name = None,
    workflow: Name = None,
) -> ClaimPage:
    """The claims you may see, newest first."""
    before = paging.decode_id(cursor) if cursor else None
    claims = queries.page_of_claims(db, actor, limit=limit, before=before, status=status, workflow=workflow)
    for claim in claims[:limit]:
        if claim.user_id != actor.id:
            note(request, actor, KIND, claim.id, what="listed")
    return answers.page_out(claims, limit)


@router.get("/claims/{claim_id}")
def show_claim(request: Request, claim: ClaimInPath, actor: CurrentUser, db: Db, rules: RulesNow) -> ClaimOut:
    """One claim with its documents and the actions that are open to you now."""
    note(request, actor, KIND, claim.id, what="viewed")
    return answers.claim_out(db, actor, claim, rules)


@router.get("/claims/{claim_id}/history")
def claim_history(
    *,
    request: Request,
    claim: ClaimInPath,
    actor: CurrentUser,
    db: Db,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
) -> HistoryPage:
    """Everything that happened to a claim, oldest first."""
    note(request, actor, KIND, claim.id, what="history viewed")
    trail = conversation.timeline(db, actor, claim, cursor=cursor, limit=limit)
    return answers.history_out(trail, claim.currency)
