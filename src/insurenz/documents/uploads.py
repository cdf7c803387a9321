"""Files sent ahead of what they are for: kept for a while, and used once."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, insert, update

from insurenz.core import clock
from insurenz.core.db import Session, after_commit
from insurenz.core.errors import invalid
from insurenz.core.ids import is_id
from insurenz.core.permissions import Actor
from insurenz.core.storage import ObjectStore, StoreFailed
from insurenz.documents.errors import unknown_upload
from insurenz.documents.models import DOCUMENTS, Document
from insurenz.documents.previews import keys_of
from insurenz.documents.receiving import StoredFile
from insurenz.documents.service import new_document

log = logging.getLogger("insurenz.documents")


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


def give_back(session: Session, document_ids: Sequence[str], *, hours: int) -> None:
    """Let documents that were taken be uploads again, which end after so many hours."""
    ends = clock.now() + timedelta(hours=hours)
    session.execute(update(Document).where(Document.id.in_(document_ids)).values(expires_at=ends))


def remove(session: Session, store: ObjectStore, documents: Sequence[Document]) -> None:
    """Delete documents that nothing refers to: their rows now, their objects once that is committed."""
    keys = [key for document in documents for key in keys_of(document)]
    session.execute(delete(Document).where(Document.id.in_([document.id for document in documents])))
    after_commit(session, lambda: drop(store, keys))


def drop(store: ObjectStore, keys: Sequence[str]) -> None:
    """Delete objects that no row names any more; when the store does not work now, the sweep will."""
    try:
        for key in keys:
            store.delete(key)
    except StoreFailed as failure:
        log.warning("objects are left to the sweep", extra={"reason": failure.reason})


def abort(store: ObjectStore, transfers: Sequence[tuple[str, str]]) -> None:
    """Give up objects (key, name) that are being sent straight to the store; when it does not work now, the sweep will."""
    if store.transfers is None:
        return
    try:
        for key, name in transfers:
            store.transfers.abort(key, name)
    except StoreFailed as failure:
        log.warning("transfers are left to the sweep", extra={"reason": failure.reason})
