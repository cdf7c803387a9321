"""Routes of a claim's documents, and the signed link that opens one."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from insurenz.accounts import queries as accounts
from insurenz.accounts.auth import CurrentUser
from insurenz.claims import answers, queries
from insurenz.claims.endpoints.edge import ClaimInPath, RulesNow, note, rules_of
from insurenz.claims.schemas import (
    DocumentOut,
    LinkOut,
)
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route, database_of
from insurenz.core.errors import NotFound
from insurenz.core.permissions import Actor
from insurenz.documents.delivery import deliver

router = APIRouter(route_class=Route, tags=["claims"])


def _reader(session: Session, user_id: str) -> Actor:
    """The user a link was made for, while they may still sign in."""
    user = accounts.user(session, user_id)
    if not user.is_active:
        raise NotFound
    return accounts.actor_of(user)


@router.get("/claims/{claim_id}/documents/{document_id}")
def show_document(
    request: Request, claim: ClaimInPath, document_id: str, actor: CurrentUser, db: Db, *, rules: RulesNow
) -> DocumentOut:
    """One document of a claim with a fresh link."""
    document = queries.document_of(db, claim, document_id)
    note(request, actor, "document", document.id, what="viewed")
    return answers.document_out(claim.id, document, actor, rules.signer)


@router.get("/claims/{claim_id}/documents/{document_id}/refresh-url")
def refresh_document_link(
    claim: ClaimInPath, document_id: str, actor: CurrentUser, db: Db, rules: RulesNow
) -> LinkOut:
    """A new link to a document, for you alone."""
    document = queries.document_of(db, claim, document_id)
    link = rules.signer.sign(document.id, actor.id)
    return LinkOut(url=link.url, expires_at=link.expires_at)


@router.get(
    "/documents/{document_id}/{user_id}/{ends}/{signature}",
    response_class=Response,
    responses={307: {"description": "A link of the object store, for at most 60 seconds."}},
)
async def open_document(
    request: Request, document_id: str, user_id: str, ends: str, signature: str
) -> Response:
    """Open a link: the right of the user it was made for is checked again, and the view is recorded."""
    left = rules_of(request).signer.check(document_id, user_id, ends, signature)

    def open_now() -> Response:
        with database_of(request).read_unit() as session:
            reader = _reader(session, user_id)
            _claim, document = queries.document_for(session, reader, document_id)
        answer = deliver(request.app.state.store, document, seconds=left)
        note(request, reader, "document", document.id, what="opened")
        return answer

    return await run_in_threadpool(open_now)
