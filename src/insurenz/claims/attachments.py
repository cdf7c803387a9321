"""Documents of a claim: which files belong to it."""

from collections.abc import Sequence

from sqlalchemy import func, insert, select

from insurenz.claims.models import Claim, ClaimDocument
from insurenz.core.db import Session
from insurenz.core.permissions import Actor
from insurenz.documents import service as documents
from insurenz.documents.errors import refused
from insurenz.documents.receiving import StoredFile


def attach(session: Session, actor: Actor, claim: Claim, files: Sequence[StoredFile], *, most: int) -> None:
    """Write the documents of a claim: their rows, then which claim they belong to. Raises TooLarge over `most`."""
    if files and _held(session, claim) + len(files) > most:
        raise refused("too_many_claim_files", files[-1].file_name, limit=most)
    documents.add(session, actor, files)
    if files:
        session.execute(
            insert(ClaimDocument), [{"claim_id": claim.id, "document_id": file.document_id} for file in files]
        )


def _held(session: Session, claim: Claim) -> int:
    """How many documents the claim has; a new one has none."""
    if claim.version == 1:
        return 0
    count = select(func.count()).where(ClaimDocument.claim_id == claim.id)
    return session.scalars(count).one()
