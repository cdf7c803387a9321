"""Routes of drafts: claims of one's own that are still being written."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from insurenz.accounts.auth import CurrentUser
from insurenz.claims import answers, drafts
from insurenz.claims.endpoints.edge import RulesNow, actor_of_request
from insurenz.claims.models import Draft
from insurenz.claims.schemas import ClaimOut, HospitalClaimOut
from insurenz.claims.unfinished import DraftLater, DraftOut, DraftPage
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route, deferred
from insurenz.core.paging import DEFAULT_LIMIT, Cursor, Limit
from insurenz.core.versions import IfMatch

router = APIRouter(route_class=Route, prefix="/drafts", tags=["drafts"])


def _locked(request: Request, session: Session) -> Draft:
    actor = actor_of_request(request, session)
    return drafts.own_draft(session, actor, request.path_params["draft_id"], lock=True)


LockedDraft = Annotated[Draft, Depends(deferred(2)(_locked))]


@router.get("")
def list_drafts(
    actor: CurrentUser, db: Db, *, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> DraftPage:
    """Your drafts, newest first."""
    items, following = drafts.page(db, actor, cursor=cursor, limit=limit)
    return DraftPage(items=list(items), next_cursor=following)


@router.post("", status_code=201)
def create_draft(body: DraftLater, actor: CurrentUser, db: Db, rules: RulesNow) -> DraftOut:
    """Begin a claim; nobody but you sees it. Any field may be missing or unfinished, unknown ones are refused."""
    return drafts.shown(db, drafts.begin(db, actor, rules=rules, given=body))


@router.get("/{draft_id}")
def show_draft(draft_id: str, actor: CurrentUser, db: Db) -> DraftOut:
    """One of your drafts with the uploads it holds."""
    return drafts.shown(db, drafts.own_draft(db, actor, draft_id))


@router.put("/{draft_id}")
def save_draft(
    *,
    draft: LockedDraft,
    body: DraftLater,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    if_match: IfMatch = None,
) -> DraftOut:
    """Replace a draft of yours. Needs If-Match; when it was saved elsewhere meanwhile, 412 with what is there now."""
    return drafts.shown(db, drafts.save(db, actor, draft, rules=rules, given=body, if_match=if_match))


@router.delete("/{draft_id}", status_code=204)
def discard_draft(request: Request, draft: LockedDraft, db: Db, if_match: IfMatch = None) -> None:
    """Remove a draft of yours with its files."""
    drafts.discard(db, draft, store=request.app.state.store, if_match=if_match)


@router.post("/{draft_id}/submit", status_code=201)
def submit_draft(
    *, draft_id: str, actor: CurrentUser, db: Db, rules: RulesNow, if_match: IfMatch = None
) -> ClaimOut | HospitalClaimOut:
    """File the claim that a draft of yours has become, as `POST /claims` would; the draft is gone with that."""
    # Found here and not before: sent again under its key, it is answered although the draft is gone.
    draft = drafts.own_draft(db, actor, draft_id, lock=True)
    return answers.filed_out(actor, drafts.submit(db, actor, draft, rules=rules, if_match=if_match), rules)
