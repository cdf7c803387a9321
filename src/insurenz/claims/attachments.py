"""Documents of a claim: which files belong to it."""

from collections.abc import Sequence

from sqlalchemy import func, select

from insurenz.claims.models import CLAIM_DOCUMENTS, Claim, ClaimDocument
from insurenz.core.db import Session
from insurenz.core.permissions import Actor
from insurenz.core.settings import Documents as Limits
from insurenz.core.statements import Rows, detached, insert_together
from insurenz.documents import service, uploads
from insurenz.documents.errors import refused
from insurenz.documents.models import DOCUMENTS, Document
from insurenz.documents.receiving import StoredFile


def attach(
    session: Session,
    actor: Actor,
    claim: Claim,
    files: Sequence[StoredFile],
    *,
    upload_ids: Sequence[str] = (),
    limits: Limits,
) -> Sequence[Document]:
    """Write the rows of more documents of a filed claim; gives these documents. Raises as `attached` does."""
    if not files and not upload_ids:
        return []
    documents, rows = attached(
        session, actor, claim, files, upload_ids=upload_ids, limits=limits, held=_held(session, claim)
    )
    insert_together(session, rows)
    return documents


def attached(
    session: Session,
    actor: Actor,
    claim: Claim,
    files: Sequence[StoredFile],
    *,
    upload_ids: Sequence[str],
    limits: Limits,
    held: int = 0,
) -> tuple[Sequence[Document], Rows]:
    """The documents that files and uploads become, and the rows that are yet to be written of a claim that has `held`.

    The uploads are used with that. Raises TooLarge over the limits, Invalid for an upload that cannot be used.
    """
    _judge_number(files, upload_ids, limits, held)
    used = uploads.take(session, actor, upload_ids) if upload_ids else []
    rows = [service.new_document(actor, file) for file in files]
    documents = sorted([*used, *(detached(Document, row) for row in rows)], key=lambda document: document.id)
    belonging = [{"claim_id": claim.id, "document_id": document.id} for document in documents]
    return documents, {DOCUMENTS: rows, CLAIM_DOCUMENTS: belonging}


def _judge_number(files: Sequence[StoredFile], upload_ids: Sequence[str], limits: Limits, held: int) -> None:
    name, field = (files[-1].file_name, "files") if files else (None, "upload_ids")
    count = len(files) + len(upload_ids)
    if count > limits.max_files:
        raise refused("too_many_files", name, limit=limits.max_files, field=field)
    if held + count > limits.max_claim_files:
        raise refused("too_many_claim_files", name, limit=limits.max_claim_files, field=field)


def _held(session: Session, claim: Claim) -> int:
    """How many documents the claim has, replaced ones too."""
    count = select(func.count()).where(ClaimDocument.claim_id == claim.id)
    return session.scalars(count).one()
