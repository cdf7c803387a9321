"""Routes of a claim's documents, and the signed link that opens one."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from insurenz.accounts import queries as accounts
from insurenz.accounts.auth import CurrentUser
from insurenz.claims import answers, evidence, queries
from insurenz.claims.bodies import VerificationLater
from insurenz.claims.endpoints.edge import ClaimInPath, LockedClaim, RulesNow, note, note_daily, rules_of
from insurenz.claims.openapi import DOCUMENTS_BODY
from insurenz.claims.schemas import ClaimShown, DocumentOut, LinkOut, SameFileList, SameFileOut
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route, database_of
from insurenz.core.errors import NotFound
from insurenz.core.permissions import Actor, require
from insurenz.core.versions import IfMatch
from insurenz.documents.delivery import deliver
from insurenz.documents.intake import with_files
from insurenz.documents.links import ORIGINAL, PREVIEWS, SMALL

# What the web app shows within its pages comes from this server: their policy lets nothing else in.
WITHIN_PAGES = ("empty", "image")

Original = Annotated[bool, Query(description="The file as it was sent, with what its camera wrote into it")]
# How views are told apart in the access log.
VIEWS = {"": "opened", ORIGINAL: "original opened"} | {
    asked: f"{size} preview" for asked, size in PREVIEWS.items()
}

MOST_SAME_FILES = 100

router = APIRouter(route_class=Route, tags=["claims"])


def _reader(session: Session, user_id: str) -> Actor:
    """The user a link was made for, while they may still sign in."""
    user = accounts.user(session, user_id)
    if not user.is_active:
        raise NotFound
    return accounts.actor_of(user)


@router.post(
    "/claims/{claim_id}/documents", status_code=201, response_model=ClaimShown, openapi_extra=DOCUMENTS_BODY
)
async def add_documents(request: Request, claim_id: str, if_match: IfMatch = None) -> Response:
    """Add documents to a claim that is not closed: files of a form, uploads by their ids, or both.

    With `replaces`, the one new document takes the place of an older one, which only staff see from then on.
    """
    rules = rules_of(request)

    def check(session: Session, actor: Actor) -> None:
        queries.claim_for(session, actor, claim_id)
        require(actor, request.state.operation)

    def work(session: Session, actor: Actor, fields: dict[str, Any], files: Any) -> ClaimShown:
        claim = queries.claim_for(session, actor, claim_id, lock=True)
        require(actor, request.state.operation)
        evidence.add_documents(
            session, actor, claim, rules=rules, given=fields, files=files, if_match=if_match
        )
        return answers.changed_out(session, actor, claim, rules)

    return await with_files(request, check=check, work=work, status_code=201)


@router.get("/claims/{claim_id}/same-files")
def list_same_files(claim: ClaimInPath, actor: CurrentUser, db: Db) -> SameFileList:
    """Files of a claim that another claim has, too, byte for byte: a hint for whoever checks it."""
    found = queries.same_files(db, actor, claim, most=MOST_SAME_FILES)
    return SameFileList(items=[SameFileOut(**same._asdict()) for same in found])


@router.get("/claims/{claim_id}/documents/{document_id}")
def show_document(
    request: Request, claim: ClaimInPath, document_id: str, actor: CurrentUser, db: Db, *, rules: RulesNow
) -> DocumentOut:
    """One document of a claim with a fresh link."""
    attached = queries.document_of(db, actor, claim, document_id)
    note(request, actor, "document", attached.document.id, what="viewed")
    return answers.document_out(claim.id, attached, actor, rules.signer)


@router.get("/claims/{claim_id}/documents/{document_id}/refresh-url")
def refresh_document_link(
    *,
    claim: ClaimInPath,
    document_id: str,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    original: Original = False,
) -> LinkOut:
    """A new link to a document, for you alone; for an auditor also to the `original`."""
    document = queries.document_of(db, actor, claim, document_id).document
    link = evidence.link(actor, document, rules.signer, original=original)
    return LinkOut(url=link.url, expires_at=link.expires_at)


@router.post("/claims/{claim_id}/documents/{document_id}/verification")
def verify_document(
    *,
    claim: LockedClaim,
    document_id: str,
    body: VerificationLater,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    if_match: IfMatch = None,
) -> ClaimShown:
    """Mark a document as verified or rejected, with a reason that the filer reads, or take the mark back."""
    document = queries.document_of(db, actor, claim, document_id).document
    evidence.verify(db, actor, claim, document, given=body, if_match=if_match)
    return answers.changed_out(db, actor, claim, rules)


@router.get(
    "/documents/{document_id}/{user_id}/{ends}/{signature}",
    response_class=Response,
    responses={
        206: {"description": "The part that the header Range asks for."},
        307: {"description": "A link of the object store, for at most 60 seconds."},
    },
)
async def open_document(
    request: Request, document_id: str, user_id: str, ends: str, signature: str
) -> Response:
    """Open a link: the right of the user it was made for is checked again, and the view is recorded."""
    asked = request.url.query
    left = rules_of(request).signer.check(document_id, user_id, ends, signature, asked)
    may_redirect = request.headers.get("sec-fetch-dest") not in WITHIN_PAGES

    def open_now() -> Response:
        with database_of(request).read_unit() as session:
            reader = _reader(session, user_id)
            document = evidence.opened(session, reader, document_id, asked)
        state = request.app.state
        state.scanner.check(document)
        answer = deliver(
            state.store,
            state.inspector,
            document,
            asked,
            seconds=left,
            headers=request.headers,
            may_redirect=may_redirect,
        )
        # Lists show small pictures by themselves, again and again.
        noting = note_daily if asked == SMALL else note
        noting(request, reader, "document", document.id, what=VIEWS[asked])
        return answer

    return await run_in_threadpool(open_now)
