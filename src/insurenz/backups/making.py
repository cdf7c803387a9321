"""Makes a backup while the server runs: the database as it is at one moment, then the objects that this copy names.

An object is stored before its row, so each row of the copy has its object. One that is removed meanwhile (an upload that
nobody used, a draft that was discarded) had lost its row first: the copy loses it, too.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import delete, func, select

from insurenz import __version__
from insurenz.backups.folder import DATABASE, Manifest, key_ids, objects_in, settle, sha256_of, sync
from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.faults import fault
from insurenz.core.settings import Settings
from insurenz.core.storage import ObjectStore
from insurenz.documents import moving as documents
from insurenz.documents.models import Document, PartialUpload
from insurenz.migrations import moving, runner, state

Progress = Callable[[int], None]


class NotMade(Exception):
    """There is no backup; the text says why."""


def make(
    settings: Settings,
    database: Database,
    store: ObjectStore,
    folder: Path,
    *,
    with_objects: bool = True,
    rows: Progress = lambda _rows: None,
    objects: Progress = lambda _documents: None,
) -> Manifest:
    """Make a backup in a folder that is not there yet; it gets its name when it is whole.

    Raises NotMade, StoreFailed, OSError: then there is none.
    """
    with _partial(folder) as partial:
        file = partial / DATABASE
        copy_database(database, file, rows)
        with closing(Database(f"sqlite:///{file}")) as copied:
            _leave_unfinished(copied)
            damaged: list[str] = []
            if with_objects:
                damaged = _copy_objects(copied, database, store, objects_in(partial, settings), objects)
            made = _described(settings, copied, damaged, has_objects=with_objects)
        settle(file)
        made.database_sha256, made.database_bytes = sha256_of(file), file.stat().st_size
        made.write(partial)
        fault("backup.written")
        partial.rename(folder)
        sync(folder.parent)
    return made


def copy_database(database: Database, file: Path, progress: Progress) -> None:
    """Copy the database as it is at one moment into a SQLite file. Raises NotMade."""
    try:
        if database.is_sqlite:
            # The very pages, with what they hold encrypted.
            with (
                closing(sqlite3.connect(str(database.url.database))) as source,
                closing(sqlite3.connect(file)) as copy,
            ):
                source.backup(copy)
            return
        with closing(Database(f"sqlite:///{file}")) as target:
            runner.upgrade(target)
            moving.copy(database, target, progress)
    except (moving.NotMoved, sqlite3.Error) as error:
        raise NotMade(str(error)) from error


def _leave_unfinished(copied: Database) -> None:
    """Files of which not all has come are in no backup: who is told that there is nothing begins anew."""
    with copied.unit_of_work() as session:
        # With their parts.
        session.execute(delete(PartialUpload))


def _copy_objects(
    copied: Database, database: Database, store: ObjectStore, into: ObjectStore, progress: Progress
) -> list[str]:
    """Copy what the copied database names; gives the documents whose object is not what was sent."""
    found = documents.copy(copied, store, into, progress)
    gone = _without_rows(database, found.missing_ids)
    with copied.unit_of_work() as session:
        session.execute(delete(Document).where(Document.id.in_(gone)))
    return sorted({*found.missing_ids, *found.altered_ids} - set(gone))


def _without_rows(database: Database, ids: Sequence[str]) -> list[str]:
    """Those of these documents that are gone by now."""
    with database.read_unit() as session:
        still = session.scalars(select(Document.id).where(Document.id.in_(ids))).all()
    return sorted(set(ids) - set(still))


def _described(settings: Settings, copied: Database, damaged: list[str], *, has_objects: bool) -> Manifest:
    with copied.read_unit() as session:
        total = select(func.count(), func.coalesce(func.sum(Document.file_size), 0))
        number, size = session.execute(total).one()
    return Manifest(
        made_at=clock.now().isoformat(),
        version=__version__,
        revision=state.head(),
        database_sha256="",
        database_bytes=0,
        rows=moving.count_rows(copied),
        has_objects=has_objects,
        documents=number,
        documents_bytes=int(size),
        damaged=damaged,
        encryption_keys=key_ids(settings),
    )


@contextmanager
def _partial(folder: Path) -> Iterator[Path]:
    """A folder beside it, for its owner's eyes alone, that goes when the backup does not become one."""
    partial = folder.with_name(f"{folder.name}.partial")
    if folder.exists():
        raise NotMade(f"{folder} is there already; name a new one.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir(mode=0o700)
    except FileExistsError as error:
        raise NotMade(
            f"{partial} is there: a backup is being made, or was broken off. Then remove it."
        ) from error
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
