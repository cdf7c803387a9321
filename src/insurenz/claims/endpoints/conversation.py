"""Routes of what is said about a claim: messages and queries between both sides, and notes among staff."""

from fastapi import APIRouter, Request

from insurenz.accounts.auth import CurrentUser
from insurenz.claims import answers, asking, conversation
from insurenz.claims.bodies import MessageIn
from insurenz.claims.endpoints.edge import ClaimInPath, LockedClaim, note
from insurenz.claims.models import KIND
from insurenz.claims.schemas import MessageOut, MessagePage, QueryPage
from insurenz.core import paging
from insurenz.core.edge import Db, Route

router = APIRouter(route_class=Route, tags=["claims"])


@router.get("/claims/{claim_id}/messages")
def list_messages(
    *,
    request: Request,
    claim: ClaimInPath,
    actor: CurrentUser,
    db: Db,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
) -> MessagePage:
    """What both sides of a claim have said to each other, oldest first."""
    note(request, actor, KIND, claim.id, what="messages viewed")
    trail = conversation.said(db, claim, conversation.MESSAGE, cursor=cursor, limit=limit)
    return answers.messages_out(trail, actor)


@router.post("/claims/{claim_id}/messages", status_code=201)
def send_message(claim: LockedClaim, body: MessageIn, actor: CurrentUser, db: Db) -> MessageOut:
    """Say something to the other side of a claim, also after it was closed."""
    return answers.message_out(conversation.send_message(db, actor, claim, body=body.body), actor)


@router.get("/claims/{claim_id}/queries")
def list_queries(
    *,
    request: Request,
    claim: ClaimInPath,
    actor: CurrentUser,
    db: Db,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
) -> QueryPage:
    """What processors have asked about a claim, with what is missing, until when, and the answers, oldest first."""
    note(request, actor, KIND, claim.id, what="queries viewed")
    return answers.queries_out(asking.page(db, claim, cursor=cursor, limit=limit))


@router.get("/claims/{claim_id}/notes")
def list_notes(
    *,
    request: Request,
    claim: ClaimInPath,
    actor: CurrentUser,
    db: Db,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
) -> MessagePage:
    """What staff have noted on a claim, oldest first; whoever filed it learns nothing of it."""
    note(request, actor, KIND, claim.id, what="notes viewed")
    trail = conversation.said(db, claim, conversation.NOTE, cursor=cursor, limit=limit)
    return answers.messages_out(trail, actor)


@router.post("/claims/{claim_id}/notes", status_code=201)
def add_note(claim: LockedClaim, body: MessageIn, actor: CurrentUser, db: Db) -> MessageOut:
    """Note something on a claim for staff alone."""
    return answers.message_out(conversation.add_note(db, actor, claim, body=body.body), actor)
