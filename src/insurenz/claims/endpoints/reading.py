"""Routes of reading claims: the list and its counts, one claim, its history."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from insurenz.accounts.auth import CurrentUser
from insurenz.claims import answers, conversation, pages, viewers
from insurenz.claims.endpoints.edge import ClaimInPath, DossierInPath, RulesNow, note, note_foreign
from insurenz.claims.filters import ClaimFilters, ClaimsToList
from insurenz.claims.models import KIND
from insurenz.claims.schemas import (
    ClaimCounts,
    ClaimPageShown,
    ClaimShown,
    HistoryPage,
    ViewerList,
    ViewerOut,
)
from insurenz.core import paging
from insurenz.core.edge import Db, Route

MOST_VIEWERS = 500

router = APIRouter(route_class=Route, tags=["claims"])


@router.get("/claims")
def list_claims(
    *, request: Request, actor: CurrentUser, db: Db, rules: RulesNow, asked: Annotated[ClaimsToList, Query()]
) -> ClaimPageShown:
    """The claims you may see, by filters, in an order of your choice: newest first unless you say otherwise."""
    page = pages.page(db, actor, asked, rules, limit=asked.limit, cursor=asked.cursor)
    note_foreign(request, actor, page.rows, what="listed")
    return answers.page_out(db, actor, page, rules)


@router.get("/claims/counts")
def count_claims(
    *, actor: CurrentUser, db: Db, rules: RulesNow, filters: Annotated[ClaimFilters, Query()]
) -> ClaimCounts:
    """How many of the claims you may see are in each status, by the same filters as the list."""
    return answers.counts_out(pages.counts(db, actor, filters, rules))


@router.get("/claims/{claim_id}")
def show_claim(request: Request, dossier: DossierInPath, actor: CurrentUser, rules: RulesNow) -> ClaimShown:
    """One claim with its documents and the actions that are open to you now."""
    note(request, actor, KIND, dossier.claim.id, what="viewed")
    return answers.claim_out(actor, dossier, rules)


@router.get("/claims/{claim_id}/viewers")
def list_viewers(request: Request, claim: ClaimInPath, actor: CurrentUser, db: Db) -> ViewerList:
    """Who has looked at a claim and its documents, how often and when last; for staff. Asking is a look of its own."""
    note(request, actor, KIND, claim.id, what="viewers viewed")
    found = viewers.viewers(db, claim, most=MOST_VIEWERS)
    return ViewerList(items=[ViewerOut(**each._asdict()) for each in found])


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
