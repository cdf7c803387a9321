"""Routes of claims: parse, authenticate, call."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from insurenz.accounts import queries as accounts
from insurenz.accounts.auth import CurrentUser, authenticate_request
from insurenz.claims import answers, queries, service
from insurenz.claims.content import change_content, require_filer
from insurenz.claims.intake import with_files
from insurenz.claims.models import KIND, Claim
from insurenz.claims.openapi import ACTION_BODY, CLAIM_BODY
from insurenz.claims.rules import Rules
from insurenz.claims.schemas import (
    ClaimIn,
    ClaimOut,
    ClaimPage,
    ClaimPatchLater,
    DocumentOut,
    HistoryPage,
    LinkOut,
    StatusLater,
)
from insurenz.claims.submit import submit
from insurenz.core import paging
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route, database_of, deferred
from insurenz.core.errors import NotFound
from insurenz.core.permissions import Actor, require
from insurenz.core.problems import validated
from insurenz.core.versions import IfMatch
from insurenz.documents import service as documents
from insurenz.events.queries import history

router = APIRouter(route_class=Route, tags=["claims"])

# PostgreSQL cannot compare a text with U+0000.
Name = Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")]


def rules_of(request: Request) -> Rules:
    """The claim rules this app was built with."""
    rules: Rules = request.app.state.rules
    return rules


def note(request: Request, actor: Actor, kind: str, subject_id: str, *, what: str) -> None:
    """Take note of who looked at what; it is written within a second."""
    request.app.state.access_log.note(actor_id=actor.id, subject_kind=kind, subject_id=subject_id, what=what)


@deferred(0)
def _rules(request: Request, _session: Session) -> Rules:
    return rules_of(request)


def _actor(request: Request, session: Session) -> Actor:
    """The caller: already known when the endpoint names them, too."""
    known: Actor | None = getattr(request.state, "actor", None)
    return known or authenticate_request(request, session)


def _reader(session: Session, user_id: str) -> Actor:
    """The user a link was made for, while they may still sign in."""
    user = accounts.user(session, user_id)
    if not user.is_active:
        raise NotFound
    return accounts.actor_of(user)


@deferred(2)
def _claim(request: Request, session: Session) -> Claim:
    return queries.claim_for(session, _actor(request, session), request.path_params["claim_id"])


def _locked(request: Request, session: Session) -> Claim:
    actor = _actor(request, session)
    claim = queries.claim_for(session, actor, request.path_params["claim_id"], lock=True)
    require(actor, request.state.operation)
    return claim


@deferred(2)
def _own_claim(request: Request, session: Session) -> Claim:
    claim = _locked(request, session)
    require_filer(_actor(request, session), claim)
    return claim


RulesNow = Annotated[Rules, Depends(_rules)]
ClaimInPath = Annotated[Claim, Depends(_claim)]
LockedClaim = Annotated[Claim, Depends(deferred(2)(_locked))]
OwnClaim = Annotated[Claim, Depends(_own_claim)]


@router.post("/claims", status_code=201, response_model=ClaimOut, openapi_extra=CLAIM_BODY)
async def file_claim(request: Request) -> Response:
    """File a retail claim with its documents in one request."""
    rules = rules_of(request)

    def work(session: Session, actor: Actor, fields: dict[str, Any], files: Any) -> ClaimOut:
        claim = submit(session, actor, rules=rules, data=validated(ClaimIn, fields), files=files)
        return answers.claim_out(session, actor, claim, rules)

    return await with_files(request, check=lambda _session, _actor: None, work=work, status_code=201)


@router.get("/claims")
def list_claims(
    *,
    request: Request,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
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
    return answers.page_out(claims, rules, limit)


@router.get("/claims/{claim_id}")
def show_claim(request: Request, claim: ClaimInPath, actor: CurrentUser, db: Db, rules: RulesNow) -> ClaimOut:
    """One claim with its documents and the actions that are open to you now."""
    note(request, actor, KIND, claim.id, what="viewed")
    return answers.claim_out(db, actor, claim, rules)


@router.patch("/claims/{claim_id}")
def change_claim(
    *,
    claim: OwnClaim,
    body: ClaimPatchLater,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    if_match: IfMatch = None,
) -> ClaimOut:
    """Change the content of your claim while it is still in intake. Needs If-Match."""
    change_content(db, actor, claim, rules=rules, given=body, if_match=if_match)
    return answers.claim_out(db, actor, claim, rules)


@router.patch("/claims/{claim_id}/status")
def change_status(
    *,
    claim: LockedClaim,
    body: StatusLater,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    if_match: IfMatch = None,
) -> ClaimOut:
    """Move a claim to a status by the one legal action that leads there."""
    service.act_by_target(db, actor, claim, rules=rules, given=body, if_match=if_match)
    return answers.claim_out(db, actor, claim, rules)


@router.post("/claims/{claim_id}/actions/{action}", response_model=ClaimOut, openapi_extra=ACTION_BODY)
async def act_on_claim(request: Request, claim_id: str, action: str, if_match: IfMatch = None) -> Response:
    """Do an action that `allowed_actions` lists, with its fields as JSON, or with files as a form."""
    rules = rules_of(request)

    def check(session: Session, actor: Actor) -> None:
        claim = queries.claim_for(session, actor, claim_id)
        require(actor, request.state.operation)
        service.refuse_early(actor, claim, action, rules)

    def work(session: Session, actor: Actor, fields: dict[str, Any], files: Any) -> ClaimOut:
        claim = queries.claim_for(session, actor, claim_id, lock=True)
        service.act(session, actor, claim, action, rules=rules, given=fields, files=files, if_match=if_match)
        return answers.claim_out(session, actor, claim, rules)

    return await with_files(request, check=check, work=work)


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
    return answers.history_out(history(db, KIND, claim.id, cursor=cursor, limit=limit), claim.currency)


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


@router.get("/documents/{document_id}/{user_id}/{ends}/{signature}", response_class=Response)
async def open_document(
    request: Request, document_id: str, user_id: str, ends: str, signature: str
) -> Response:
    """Open a link: the right of the user it was made for is checked again, and the view is recorded."""
    rules = rules_of(request)
    rules.signer.check(document_id, user_id, ends, signature)

    def find() -> Response:
        with database_of(request).read_unit() as session:
            reader = _reader(session, user_id)
            _claim, document = queries.document_for(session, reader, document_id)
            pieces = documents.content(request.app.state.store, document)
            note(request, reader, "document", document.id, what="opened")
        return StreamingResponse(pieces, headers=documents.download_headers(document))

    return await run_in_threadpool(find)
