"""Documents of a claim: which files belong to it."""

from collections.abc import Sequence

from sqlalchemy import func, select

from insurenz.claims.models import CLAIM_DOCUMENTS, Claim, ClaimDocument
from insurenz.core.db import Session
from insurenz.core.permissions import Actor
from insurenz.core.statements import Rows, insert_together
from insurenz.documents import service as documents
from insurenz.documents.errors import refused
from insurenz.documents.models import DOCUMENTS
from insurenz.documents.receiving import StoredFile


def attach(session: Session, actor: Actor, claim: Claim, files: Sequence[StoredFile], *, most: int) -> None:
    """Write the rows of more documents of a claim. Raises TooLarge when it then held more than `most`."""
    if files:
        insert_together(session, attached(actor, claim, files, most=most - _held(session, claim)))


def attached(actor: Actor, claim: Claim, files: Sequence[StoredFile], *, most: int) -> Rows:
    """The rows by which stored files belong to a claim. Raises TooLarge for more than `most`."""
    if len(files) > most:
        raise refused("too_many_claim_files", files[-1].file_name, limit=most)
    return {
        DOCUMENTS: [documents.new_document(actor, file) for file in files],
        CLAIM_DOCUMENTS: [{"claim_id": claim.id, "document_id": file.document_id} for file in files],
    }


def _held(session: Session, claim: Claim) -> int:
    count = select(func.count()).where(ClaimDocument.claim_id == claim.id)
    return session.scalars(count).one()
