"""Copies the objects of all documents from one store into another; nothing is removed, and what is there is compared."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, select, update

from insurenz.core.db import Database
from insurenz.core.storage import ObjectDamaged, ObjectMissing, ObjectStore
from insurenz.documents.models import DOCUMENTS, Document
from insurenz.documents.previews import preview_keys

PAGE = 500
# Copied side by side: of a small object most of the time goes by waiting for a disk's sync or a service's answer.
AT_ONCE = 8
COPIED, ALREADY, MISSING, ALTERED = "copied", "already", "missing", "altered"
Progress = Callable[[int], None]


class _Row(NamedTuple):
    id: str
    object_key: str
    sha256: str
    file_size: int
    preview: str | None


@dataclass
class Moved:
    """How many objects were copied and how many had been before; the documents whose object is gone, or is not the one it was.

    Previews whose objects are gone are made again.
    """

    copied: int = 0
    copied_bytes: int = 0
    already: int = 0
    missing_ids: list[str] = field(default_factory=list)
    altered_ids: list[str] = field(default_factory=list)
    without_preview: int = 0


def count(database: Database) -> int:
    """How many documents there are."""
    with database.read_unit() as session:
        return session.execute(select(func.count()).select_from(DOCUMENTS)).scalar_one()


def copy(
    database: Database, source: ObjectStore, target: ObjectStore, progress: Progress = lambda _documents: None
) -> Moved:
    """Copy the object of every document to the target, hold what then lies there against its hash; its previews, too.

    May be repeated: what lies there already is only compared. Raises StoreFailed.
    """
    moved, done = Moved(), 0
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for page in _pages(database):
            became = threads.map(lambda row: _copy_one(row, source, target), page)
            lost = []
            for row, (outcome, has_previews) in zip(page, became, strict=True):
                _count(moved, row, outcome)
                lost += [] if has_previews else [row.id]
                done += 1
                progress(done)
            _make_again(database, lost)
            moved.without_preview += len(lost)
    return moved


def _pages(database: Database) -> Iterator[Sequence[_Row]]:
    chosen = (
        Document.id,
        Document.object_key,
        Document.sha256,
        Document.file_size,
        Document.preview,
    )
    rows, after = select(*chosen).order_by(Document.id).limit(PAGE), ""
    while True:
        with database.read_unit() as session:
            page = [_Row(*row) for row in session.execute(rows.where(Document.id > after) if after else rows)]
        if not page:
            return
        yield page
        after = page[-1].id


def _count(moved: Moved, row: _Row, outcome: str) -> None:
    if outcome == COPIED:
        moved.copied += 1
        moved.copied_bytes += row.file_size
    elif outcome == ALREADY:
        moved.already += 1
    else:
        (moved.missing_ids if outcome == MISSING else moved.altered_ids).append(row.id)


def _copy_one(row: _Row, source: ObjectStore, target: ObjectStore) -> tuple[str, bool]:
    """What became of a document's object, and whether the previews that it has are there, too."""
    keys = preview_keys(row.object_key, row.preview)
    return _copy_object(row, source, target), all(_copy_preview(key, source, target) for key in keys)


def _copy_object(row: _Row, source: ObjectStore, target: ObjectStore) -> str:
    if _hash(target, row.object_key) == row.sha256:
        return ALREADY
    try:
        _write(row.object_key, source, target, row.sha256)
    except ObjectMissing:
        return MISSING
    except (_Other, ObjectDamaged):
        return ALTERED
    return COPIED if _hash(target, row.object_key) == row.sha256 else ALTERED


def _copy_preview(key: str, source: ObjectStore, target: ObjectStore) -> bool:
    if target.has(key):
        return True
    try:
        _write(key, source, target)
    except (ObjectMissing, ObjectDamaged):
        return False
    return True


class _Other(Exception):
    """The bytes are not those of the hash."""


def _write(key: str, source: ObjectStore, target: ObjectStore, sha256: str | None = None) -> None:
    """Copy an object; raises _Other when it is not the one of this hash: then nothing was."""
    writer, found = target.create(key), hashlib.sha256()
    try:
        for piece in source.read(key):
            writer.write([piece])
            found.update(piece)
        if sha256 is not None and found.hexdigest() != sha256:
            raise _Other
        writer.commit(found.hexdigest())
    finally:
        writer.abort()


def _hash(store: ObjectStore, key: str) -> str | None:
    """The hash of an object, None when it is not there, or cannot be read."""
    found = hashlib.sha256()
    try:
        for piece in store.read(key):
            found.update(piece)
    except (ObjectMissing, ObjectDamaged):
        return None
    return found.hexdigest()


def _make_again(database: Database, ids: Sequence[str]) -> None:
    """Let the job make these previews anew."""
    if ids:
        with database.unit_of_work() as session:
            session.execute(update(Document).where(Document.id.in_(ids)).values(preview=None))
