"""Routes of what is said about a claim: messages and queries between both sides, and notes among staff."""

from typing import Annotated

from fastapi import APIRouter, Body, Request

from insurenz.accounts.auth import CurrentUser
from insurenz.claims import answers, asking, conversation, marks
from insurenz.claims.bodies import MessageIn, NoteIn, UpToIn
from insurenz.claims.endpoints.edge import ClaimInPath, LockedClaim, RulesNow, note
from insurenz.claims.models import KIND
from insurenz.claims.schemas import MessageOut, MessagePage, NoteOut, NotePage, QueryPage
from insurenz.core import paging
from insurenz.core.edge import Db, Route

# No body is needed, nor a content type: absent means all of them.
UpToGiven = Annotated[UpToIn, Body(default_factory=UpToIn)]

router = APIRouter(route_class=Route, tags=["claims"])


@router.get("/claims/{claim_id}/messages")
def list_messages(
    *,
    request: Request,
    claim: ClaimInPath,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
) -> MessagePage:
    """What both sides of a claim have said to each other, oldest first, and who has read it."""
    note(request, actor, KIND, claim.id, what="messages viewed")
    thread = conversation.messages(db, actor, claim, cursor=cursor, limit=limit)
    return answers.messages_out(claim, thread, actor, rules.signer)


@router.post("/claims/{claim_id}/messages", status_code=201)
def send_message(
    claim: LockedClaim, body: MessageIn, actor: CurrentUser, db: Db, *, rules: RulesNow
) -> MessageOut:
    """Say something to the other side of a claim, also after it was closed; uploads that come along become documents."""
    thread = conversation.send_message(db, actor, claim, data=body, rules=rules)
    return answers.messages_out(claim, thread, actor, rules.signer).items[0]


@router.post("/claims/{claim_id}/messages/read", status_code=204)
def read_messages(claim: ClaimInPath, actor: CurrentUser, db: Db, body: UpToGiven) -> None:
    """Say that you have read the messages of a claim, which the other side is shown; without a body all of them."""
    marks.mark_read(db, actor, claim, up_to=body.up_to)


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
) -> NotePage:
    """What staff have noted on a claim, oldest first; whoever filed it learns nothing of it."""
    note(request, actor, KIND, claim.id, what="notes viewed")
    return answers.notes_out(conversation.notes(db, claim, cursor=cursor, limit=limit), actor)


@router.post("/claims/{claim_id}/notes", status_code=201)
def add_note(claim: LockedClaim, body: NoteIn, actor: CurrentUser, db: Db) -> NoteOut:
    """Note something on a claim for staff alone."""
    return answers.note_out(conversation.add_note(db, actor, claim, body=body.body), actor)
