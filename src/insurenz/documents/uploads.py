"""Files sent ahead of what they are for: kept for a while, and used once."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import insert, update

from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.errors import invalid
from insurenz.core.ids import is_id
from insurenz.core.permissions import Actor
from insurenz.documents.errors import unknown_upload
from insurenz.documents.models import DOCUMENTS, Document
from insurenz.documents.receiving import StoredFile
from insurenz.documents.service import new_document


def keep(session: Session, actor: Actor, files: Sequence[StoredFile], *, hours: int) -> Document:
    """Write the row of the one file of an upload, which ends after so many hours. Raises Invalid without a file."""
    if not files:
        raise invalid("file", "missing", "Send one file in the field file.")
    row = {**new_document(actor, files[0]), "expires_at": clock.now() + timedelta(hours=hours)}
    session.execute(insert(DOCUMENTS), row)
    return Document(**row)


def take(session: Session, actor: Actor, upload_ids: Sequence[str]) -> Sequence[Document]:
    """Use uploads of the actor's for good; gives their documents. Of two who use one at once, one wins.

    Raises Invalid when one of them is unknown, not the actor's, ended or used, or named twice: no matter which.
    """
    ids = [upload_id.lower() for upload_id in upload_ids if is_id(upload_id)]
    mine = (Document.uploaded_by == actor.id, Document.expires_at > clock.now())
    use = update(Document).where(Document.id.in_(ids), *mine).values(expires_at=None).returning(Document)
    used = session.scalars(use, execution_options={"synchronize_session": False}).all() if ids else []
    if len(used) != len(upload_ids):
        raise unknown_upload()
    return used
