"""Copies the objects of all documents from one store into another; nothing is removed, and what is there is compared."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, select

from insurenz.core.db import Database
from insurenz.core.storage import ObjectMissing, ObjectStore
from insurenz.documents.models import DOCUMENTS, Document

PAGE = 500
Progress = Callable[[int], None]


class _Row(NamedTuple):
    id: str
    object_key: str
    sha256: str


@dataclass
class Moved:
    """How many objects were copied and how many had been before; the documents whose object is gone, or is not the one it was."""

    copied: int = 0
    copied_bytes: int = 0
    already: int = 0
    missing_ids: list[str] = field(default_factory=list)
    altered_ids: list[str] = field(default_factory=list)


def count(database: Database) -> int:
    """How many documents there are."""
    with database.read_unit() as session:
        return session.execute(select(func.count()).select_from(DOCUMENTS)).scalar_one()


def copy(
    database: Database, source: ObjectStore, target: ObjectStore, progress: Progress = lambda _documents: None
) -> Moved:
    """Copy the object of every document to the target, and hold what then lies there against the document's hash.

    May be repeated: what lies there already is only compared. Raises StoreFailed.
    """
    moved, done = Moved(), 0
    for page in _pages(database):
        for row in page:
            _copy_one(row, source, target, moved)
            done += 1
            progress(done)
    return moved


def _pages(database: Database) -> Iterator[Sequence[_Row]]:
    rows = select(Document.id, Document.object_key, Document.sha256).order_by(Document.id).limit(PAGE)
    after = ""
    while True:
        with database.read_unit() as session:
            page = [_Row(*row) for row in session.execute(rows.where(Document.id > after) if after else rows)]
        if not page:
            return
        yield page
        after = page[-1].id


def _copy_one(row: _Row, source: ObjectStore, target: ObjectStore, moved: Moved) -> None:
    if _hash(target, row.object_key) == row.sha256:
        moved.already += 1
        return
    try:
        size = _write(row, source, target)
    except ObjectMissing:
        moved.missing_ids.append(row.id)
        return
    if size is None or _hash(target, row.object_key) != row.sha256:
        moved.altered_ids.append(row.id)
        return
    moved.copied += 1
    moved.copied_bytes += size


def _write(row: _Row, source: ObjectStore, target: ObjectStore) -> int | None:
    """The bytes written; None when they are not those that the document was: then nothing was."""
    writer, found, size = target.create(row.object_key), hashlib.sha256(), 0
    try:
        for piece in source.read(row.object_key):
            writer.write([piece])
            found.update(piece)
            size += len(piece)
        if found.hexdigest() != row.sha256:
            return None
        writer.commit(row.sha256)
    finally:
        writer.abort()
    return size


def _hash(store: ObjectStore, key: str) -> str | None:
    """The hash of an object, None when it is not there."""
    found = hashlib.sha256()
    try:
        for piece in store.read(key):
            found.update(piece)
    except ObjectMissing:
        return None
    return found.hexdigest()
