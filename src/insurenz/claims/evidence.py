"""Documents of a filed claim: adding and replacing them, and what staff say of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update

from insurenz.accounts.queries import user
from insurenz.claims import queries
from insurenz.claims.attachments import attach
from insurenz.claims.bodies import DocumentsIn, VerificationIn
from insurenz.claims.errors import refuse_own
from insurenz.claims.models import Claim, ClaimDocument
from insurenz.claims.rules import Rules
from insurenz.claims.submit import subject_of
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.errors import Conflict, Forbidden, NotFound, invalid
from insurenz.core.permissions import Actor, Role
from insurenz.core.problems import validated
from insurenz.core.versions import require_version
from insurenz.documents.links import ORIGINAL, Link, LinkSigner
from insurenz.documents.models import Document
from insurenz.documents.receiving import StoredFile
from insurenz.events import service as events
from insurenz.workflow.vocabulary import CLOSED


def add_documents(
    session: Session,
    actor: Actor,
    claim: Claim,
    *,
    rules: Rules,
    given: Mapping[str, Any],
    files: Sequence[StoredFile],
    if_match: str | None,
) -> Claim:
    """Add files and uploads to a claim that is locked by its reader, or put one in the place of an older document.

    Raises, in this order: StaleVersion, Conflict (closed), Invalid or TooLarge.
    """
    require_version(if_match, claim.version, needed=False, state={"status": claim.status})
    if claim.status_group == CLOSED:
        raise Conflict("The claim is closed; no documents are added to it.", code="closed")
    data = validated(DocumentsIn, given)
    count = len(files) + len(data.upload_ids)
    if not count:
        raise invalid("files", "missing", "Send files, or name uploads in upload_ids.")
    old = _replaceable(session, actor, claim, data.replaces, count) if data.replaces is not None else None
    claim.touch()
    session.flush()
    new = attach(session, actor, claim, files, upload_ids=data.upload_ids, limits=rules.documents)
    if old is not None:
        row = (ClaimDocument.claim_id == claim.id, ClaimDocument.document_id == old.id)
        session.execute(update(ClaimDocument).where(*row).values(replaced_by=new[0].id))
    told = {"documents": [document.id for document in new], "replaces": old and old.id}
    events.record(session, "claim_documents_added", subject=subject_of(claim), actor=actor, data=told)
    return claim


def verify(
    session: Session,
    actor: Actor,
    claim: Claim,
    document: Document,
    *,
    given: Mapping[str, Any],
    if_match: str | None,
) -> Claim:
    """Mark a document of a claim that is locked by its reader; the reason is told to the filer.

    The same mark again changes nothing. Raises Forbidden (their own claim), StaleVersion, then Invalid (a rejection without its reason).
    """
    refuse_own(actor, queries.filers_of(session, claim))
    require_version(if_match, claim.version, needed=False, state={"status": claim.status})
    data = validated(VerificationIn, given)
    if data.verification == "rejected" and not data.reason:
        raise invalid("reason", "missing", "Say why; the filer reads it.")
    mark = (data.verification, data.reason or None)
    if mark == (document.verification, document.verification_reason):
        return claim
    is_judged = data.verification != "unverified"
    document.verification, document.verification_reason = mark
    document.verified_by, document.verified_at = (actor.id, clock.now()) if is_judged else (None, None)
    claim.touch()
    session.flush()
    events.record(
        session,
        "claim_document_verified",
        subject=subject_of(claim),
        actor=actor,
        data={"document_id": document.id, "verification": data.verification},
        texts={"reason": data.reason} if data.reason else {},
    )
    return claim


def link(actor: Actor, document: Document, signer: LinkSigner, *, original: bool) -> Link:
    """A link to a document that was found for its reader. Raises Forbidden where the original is not for them."""
    if original and actor.role is not Role.AUDITOR:
        raise Forbidden(
            "The original is for auditors; ask for the document without it.", code="role_not_allowed"
        )
    return signer.sign(document.id, actor.id, ORIGINAL if original else "")


def opened(session: Session, reader: Actor, document_id: str, asked: str) -> Document:
    """The document a link leads its reader to; raises NotFound, also for an original that is no longer for them."""
    if asked == ORIGINAL and reader.role is not Role.AUDITOR:
        raise NotFound
    return queries.document_for(session, reader, document_id)


def _replaceable(session: Session, actor: Actor, claim: Claim, document_id: str, count: int) -> Document:
    """The document that one new file takes the place of. Raises Invalid."""
    if count != 1:
        raise invalid("replaces", "one_file_needed", "Send exactly one file in place of the older document.")
    try:
        old = queries.document_of(session, actor, claim, document_id)
    except NotFound as missing:
        raise invalid("replaces", "unknown_document", "Name a document of this claim.") from missing
    if old.replaced_by is not None:
        raise invalid("replaces", "already_replaced", f"It was replaced by {old.replaced_by}; name that one.")
    if actor.side == "filer" and not _is_of_their_side(session, actor, claim, old.document):
        raise invalid("replaces", "not_yours", "Name a document that you have sent.")
    return old.document


def _is_of_their_side(session: Session, actor: Actor, claim: Claim, document: Document) -> bool:
    """Whether the filer sent it; for a hospital each of its users does."""
    if document.uploaded_by == actor.id:
        return True
    return claim.hospital_id is not None and user(session, document.uploaded_by).as_actor().side == "filer"
