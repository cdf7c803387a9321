"""Previews: made in the background, stored as objects beside the document's own, made again where they are lost."""

import base64
import hashlib
import logging
from collections.abc import Iterator, Sequence
from random import sample

from sqlalchemy import select, update

from insurenz.core.db import Database, Session
from insurenz.core.errors import NotFound
from insurenz.core.storage import ObjectMissing, ObjectStore, new_key
from insurenz.documents.inspect import Inspector, Refused
from insurenz.documents.models import Document
from insurenz.documents.scanner import CLEAN, NOT_SCANNED

log = logging.getLogger("insurenz.documents")

AT_ONCE = 20
SMALL, LARGE = "small", "large"
MEDIA_TYPES = {"image": "image/jpeg", "text": "text/plain; charset=utf-8"}


def key_of(object_key: str, size: str) -> str:
    """Where a preview of a document's object lies."""
    return f"{object_key}-{size}"


def keys_of(document: Document) -> list[str]:
    """The objects of a document: its own, and those of its previews."""
    return [document.object_key, *preview_keys(document.object_key, document.preview)]


def preview_keys(object_key: str, preview: str | None) -> list[str]:
    """The objects that a preview of this kind has."""
    sizes = {"image": (SMALL, LARGE), "text": (LARGE,)}.get(preview or "", ())
    return [key_of(object_key, size) for size in sizes]


def kinds(session: Session, document_ids: Sequence[str]) -> dict[str, str | None]:
    """The kind of preview that each of these documents has."""
    found = select(Document.id, Document.preview).where(Document.id.in_(document_ids))
    return dict(session.execute(found).all())


def read(store: ObjectStore, document: Document, size: str) -> Iterator[bytes]:
    """The preview of a document; raises NotFound when there is none, or none yet."""
    try:
        return store.read(key_of(document.object_key, size))
    except ObjectMissing as missing:
        raise NotFound("There is no preview of this document.", code="no_preview") from missing


def make_waiting(database: Database, store: ObjectStore, inspector: Inspector) -> int:
    """Make the previews of documents that have none yet, of the newest ones; returns how many it came to.

    Two who do so at once begin at different ones, and pass over what the other has made; seldom is one made twice. No
    transaction is open meanwhile. Raises StoreFailed.
    """
    is_judged = Document.scan_state.in_((NOT_SCANNED, CLEAN))
    with database.read_unit() as session:
        waiting = select(Document.id, Document.object_key, Document.file_type, Document.is_encrypted)
        newest = (
            waiting.where(Document.preview.is_(None), is_judged).order_by(Document.id.desc()).limit(AT_ONCE)
        )
        rows = session.execute(newest).all()
    for document_id, key, file_type, is_encrypted in sample(rows, len(rows)):
        if not _is_waiting(database, document_id):
            continue
        made = {} if is_encrypted else _made(store, inspector, key, file_type)
        for size, content in _contents(made):
            _put(store, key_of(key, size), content)
        with database.unit_of_work() as session:
            session.execute(update(Document).where(Document.id == document_id).values(preview=_kind(made)))
    return len(rows)


def _is_waiting(database: Database, document_id: str) -> bool:
    with database.read_unit() as session:
        is_it = select(Document.id).where(Document.id == document_id, Document.preview.is_(None))
        return session.scalar(is_it) is not None


def _kind(made: dict[str, str]) -> str:
    if made.get("text"):
        return "text"
    return "image" if SMALL in made else "none"


def _contents(made: dict[str, str]) -> Sequence[tuple[str, bytes]]:
    if made.get("text"):
        return [(LARGE, made["text"].encode())]
    return [(size, base64.b64decode(made[size])) for size in (SMALL, LARGE) if size in made]


def _made(store: ObjectStore, inspector: Inspector, key: str, file_type: str) -> dict[str, str]:
    """What the child makes of an object; nothing when it cannot, for a document without preview is still a document."""
    spool = store.create(new_key())
    try:
        for piece in store.read(key):
            spool.write([piece])
        return inspector.preview(spool.path, file_type)
    except (ObjectMissing, Refused) as error:
        log.info("no preview", extra={"kind": file_type, "reason": type(error).__name__})
        return {}
    finally:
        spool.abort()


def _put(store: ObjectStore, key: str, content: bytes) -> None:
    writer = store.create(key)
    try:
        writer.write([content])
        writer.commit(hashlib.sha256(content).hexdigest())
    finally:
        writer.abort()
