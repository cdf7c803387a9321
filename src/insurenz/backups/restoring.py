"""Brings a backup into an empty install: objects first, the database last, so that what is broken off counts for nothing."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import inspect, select

from insurenz.backups.folder import (
    DATABASE,
    Manifest,
    NotRestored,
    key_ids,
    objects_in,
    settle,
    sha256_of,
    sync,
)
from insurenz.core import rotation
from insurenz.core.db import Database
from insurenz.core.faults import fault
from insurenz.core.settings import Settings
from insurenz.core.storage import ObjectStore
from insurenz.core.storage.base import main_key
from insurenz.documents import moving as documents
from insurenz.documents import scrub
from insurenz.documents.models import Document
from insurenz.events.verify import Report, verify
from insurenz.migrations import moving, runner, state

PAGE = 500
Progress = Callable[[int], None]


@dataclass
class Restored:
    """What was restored, and how the install has stood the proof of it."""

    rows: int
    documents: int
    trail: Report
    is_upgraded: bool
    different_tables: list[str] = field(default_factory=list)
    # Not what was sent: known of when the backup was made, and not.
    known_damaged: list[str] = field(default_factory=list)
    damaged: list[scrub.Fault] = field(default_factory=list)

    @property
    def is_proven(self) -> bool:
        """Whether the trail is sound, every table has its rows, and every document is what was sent."""
        return self.trail.is_sound and not self.different_tables and not self.damaged


def restore(
    settings: Settings,
    target: Database,
    store: ObjectStore,
    folder: Path,
    *,
    objects: Progress = lambda _documents: None,
    rows: Progress = lambda _rows: None,
) -> Manifest:
    """Bring a backup into an empty database and an empty store; `prove` it then.

    Broken off, the database is as empty as before, and it can be called again: objects that are there already stay.
    Raises NotRestored, StoreFailed, OSError.
    """
    manifest = Manifest.read(folder)
    _refuse_without_key(settings, manifest)
    _refuse_unless_empty(target)
    beside = Path(target.url.database or "").parent if target.is_sqlite else settings.data_dir
    with _upgraded_copy(beside, folder, manifest) as file:
        with closing(Database(f"sqlite:///{file}")) as copied:
            if lost := rotation.lost_key(copied):
                raise NotRestored(lost)
            if manifest.has_objects:
                _refuse_foreign_objects(copied, store)
                documents.copy(copied, objects_in(folder, settings), store, objects)
            fault("restore.objects")
            if not target.is_sqlite:
                _copy_into(target, copied, rows)
        if target.is_sqlite:
            _put_in_place(target, file)
    return manifest


def prove(database: Database, store: ObjectStore, manifest: Manifest) -> Restored:
    """Verify the trail, count the rows, and read every document. Raises StoreFailed."""
    now = moving.count_rows(database)
    is_same_schema = manifest.revision == state.head()
    compared = {*now, *manifest.rows} if is_same_schema else {"events", "documents", "claims"}
    found = scrub.scrub(database, store, is_anew=True)
    return Restored(
        rows=sum(now.values()),
        documents=found.documents,
        trail=verify(database),
        is_upgraded=not is_same_schema,
        different_tables=sorted(name for name in compared if now.get(name) != manifest.rows.get(name)),
        known_damaged=manifest.damaged,
        damaged=[each for each in found.faults if each.document_id not in manifest.damaged],
    )


def _refuse_without_key(settings: Settings, manifest: Manifest) -> None:
    """What is written in a backup is under the first key that the install had."""
    if manifest.encryption_keys and manifest.encryption_keys[0] not in key_ids(settings):
        raise NotRestored(
            f"The backup is under the key {manifest.encryption_keys[0]}: add that to ENCRYPTION_KEY."
        )


def _refuse_unless_empty(target: Database) -> None:
    """Make the schema where there is nothing at all; an install that holds anything stays as it is."""
    if target.is_sqlite and not Path(target.url.database or "").exists():
        return
    with target.engine.connect() as connection:
        is_bare = not inspect(connection).get_table_names()
    if is_bare and not target.is_sqlite:
        runner.upgrade(target)
    elif not is_bare and not state.is_current(target):
        raise NotRestored("The database is not empty: it is of another version. Restore into an empty one.")
    elif held := 0 if is_bare else sum(moving.count_rows(target).values()):
        raise NotRestored(f"The database already holds rows ({held}); it has to be an empty one.")


def _refuse_foreign_objects(copied: Database, store: ObjectStore) -> None:
    """What lies in the store has to be of this backup: of a restore that was broken off."""
    for entry in store.entries():
        key = main_key(entry.key)
        if key is None:
            continue
        with copied.read_unit() as session:
            if session.scalars(select(Document.id).where(Document.object_key == key)).first() is None:
                raise NotRestored("The document store already holds objects of another install.")


@contextmanager
def _upgraded_copy(beside: Path, folder: Path, manifest: Manifest) -> Iterator[Path]:
    """A copy of the backup's database at the present schema; it goes unless it is moved away."""
    file = beside / "restoring.db"
    beside.mkdir(parents=True, exist_ok=True)
    _remove(file)
    try:
        shutil.copyfile(folder / DATABASE, file)
        if sha256_of(file) != manifest.database_sha256:
            raise NotRestored(f"{folder / DATABASE} is not what was backed up: its hash is another one.")
        _upgrade(file, manifest)
        yield file
    finally:
        _remove(file)


def _upgrade(file: Path, manifest: Manifest) -> None:
    with closing(Database(f"sqlite:///{file}")) as copied:
        if state.is_current(copied):
            return
        if manifest.revision not in state.revisions():
            raise NotRestored(
                f"The backup was made by a newer version ({manifest.version}); install that one."
            )
        runner.upgrade(copied)


def _copy_into(target: Database, copied: Database, progress: Progress) -> None:
    try:
        moving.copy(copied, target, progress)
    except moving.NotMoved as refusal:
        raise NotRestored(str(refusal)) from refusal


def _put_in_place(target: Database, file: Path) -> None:
    """From this moment on the install has a database."""
    target.close()
    settle(file)
    fault("restore.before_rename")
    place = Path(target.url.database or "")
    # A log that a database left behind which was taken away by itself: SQLite would write it into this one.
    for end in ("-wal", "-shm", "-journal"):
        place.with_name(place.name + end).unlink(missing_ok=True)
    file.replace(place)
    sync(file.parent)


def _remove(file: Path) -> None:
    for each in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))):
        each.unlink(missing_ok=True)
