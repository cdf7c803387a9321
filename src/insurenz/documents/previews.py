"""Previews: made in the background, stored as objects beside the document's own, made again where they are lost."""

import base64
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from random import sample
from typing import Any

from sqlalchemy import select, update

from insurenz.core.db import Database, Session
from insurenz.core.errors import NotFound, Unavailable
from insurenz.core.storage import ObjectDamaged, ObjectMissing, ObjectStore, new_key
from insurenz.documents.inspect import Inspector, Refused
from insurenz.documents.models import Document
from insurenz.documents.office import NoPage, Office
from insurenz.documents.scanner import CLEAN, NOT_SCANNED

log = logging.getLogger("insurenz.documents")

AT_ONCE = 20
SMALL, LARGE, TEXT = "small", "large", "text"
# The objects of each kind of preview.
KINDS = {"image": (SMALL, LARGE), "text": (LARGE,), "page": (SMALL, LARGE, TEXT)}
WORD = frozenset({"doc", "docx"})

# Newest first: they are looked at soonest.
_WAITING = (
    select(Document.id, Document.object_key, Document.file_type, Document.is_encrypted)
    .where(Document.preview.is_(None), Document.scan_state.in_((NOT_SCANNED, CLEAN)))
    .order_by(Document.id.desc())
)


def key_of(object_key: str, size: str) -> str:
    """Where a preview of a document's object lies."""
    return f"{object_key}-{size}"


def keys_of(document: Document) -> list[str]:
    """The objects of a document: its own, and those of its previews."""
    return [document.object_key, *preview_keys(document.object_key, document.preview)]


def preview_keys(object_key: str, preview: str | None) -> list[str]:
    """The objects that a preview of this kind has."""
    return [key_of(object_key, size) for size in KINDS.get(preview or "", ())]


def media_type(preview: str | None, size: str) -> str:
    """What a preview of this kind is served as."""
    is_text = size == TEXT or preview == "text"
    return "text/plain; charset=utf-8" if is_text else "image/jpeg"


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


def make_waiting(
    database: Database, store: ObjectStore, inspector: Inspector, office: Office | None = None
) -> int:
    """Make the previews of documents that have none yet, of the newest ones; returns how many it came to.

    With an `office` those of Word files are pictures of their first page beside their text, which takes so long that there
    is one of them each time, after all others.

    Two who do so at once begin at different ones, and pass over what the other has made; seldom is one made twice. No
    transaction is open meanwhile. Raises StoreFailed.
    """
    is_word = Document.file_type.in_(WORD)
    quick = _WAITING.where(~is_word) if office else _WAITING
    with database.read_unit() as session:
        rows = session.execute(quick.limit(AT_ONCE)).all()
        letter = session.execute(_WAITING.where(is_word).limit(1)).first() if office else None
    for row in sample(rows, len(rows)):
        _make(database, store, inspector, None, row)
    if office and letter:
        _make_page(database, store, inspector, office, letter)
    return len(rows) + bool(letter)


def _make_page(
    database: Database, store: ObjectStore, inspector: Inspector, office: Office, row: Any
) -> None:
    """Make one with the office, unless that has another in hand, or ends with this process: then it waits for its turn."""
    with office.turn() as is_ours, suppress(Unavailable):
        if is_ours:
            _make(database, store, inspector, office, row)


def _make(
    database: Database, store: ObjectStore, inspector: Inspector, office: Office | None, row: Any
) -> None:
    if not _is_waiting(database, row.id):
        return
    made = {} if row.is_encrypted else _made(store, inspector, office, row.object_key, row.file_type)
    for size, content in _contents(made):
        _put(store, key_of(row.object_key, size), content)
    with database.unit_of_work() as session:
        session.execute(update(Document).where(Document.id == row.id).values(preview=_kind(made)))


def _is_waiting(database: Database, document_id: str) -> bool:
    with database.read_unit() as session:
        is_it = select(Document.id).where(Document.id == document_id, Document.preview.is_(None))
        return session.scalar(is_it) is not None


def _kind(made: dict[str, str]) -> str:
    if SMALL in made:
        return "page" if TEXT in made else "image"
    return "text" if made.get(TEXT) else "none"


def _contents(made: dict[str, str]) -> Sequence[tuple[str, bytes]]:
    pictures = [(size, base64.b64decode(made[size])) for size in (SMALL, LARGE) if size in made]
    if pictures and TEXT in made:
        return [*pictures, (TEXT, made[TEXT].encode())]
    return pictures or [(LARGE, text.encode()) for text in [made.get(TEXT)] if text]


def _made(
    store: ObjectStore, inspector: Inspector, office: Office | None, key: str, file_type: str
) -> dict[str, str]:
    """What can be made of an object; nothing when it is gone or damaged, for a document without preview is still a document."""
    spool = store.create(new_key())
    try:
        for piece in store.read(key):
            spool.write([piece])
        made = _tried(lambda: inspector.preview(spool.path, file_type), file_type)
        if office is not None and file_type in WORD:
            page = _tried(lambda: _first_page(inspector, office, spool.path, file_type), file_type)
            made = {TEXT: ""} | made | page
    except (ObjectMissing, ObjectDamaged):
        made = {}
    finally:
        spool.abort()
    return made


def _tried(make: Callable[[], dict[str, str]], file_type: str) -> dict[str, str]:
    try:
        return make()
    except (Refused, NoPage) as error:
        log.info("no preview", extra={"kind": file_type, "reason": type(error).__name__})
        return {}


def _first_page(inspector: Inspector, office: Office, file: Path, file_type: str) -> dict[str, str]:
    with office.first_page(file, file_type) as page:
        return inspector.preview(page, "pdf")


def _put(store: ObjectStore, key: str, content: bytes) -> None:
    writer = store.create(key)
    try:
        writer.write([content])
        writer.commit(hashlib.sha256(content).hexdigest())
    finally:
        writer.abort()
