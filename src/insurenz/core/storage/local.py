"""Objects as files in a folder: written beside, made durable, then moved to their place."""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from insurenz.core.faults import fault
from insurenz.core.storage import spool
from insurenz.core.storage.base import CHUNK, Entry, ObjectDamaged, ObjectMissing, checked
from insurenz.core.storage.spool import Spool, disk_errors
from insurenz.core.storage.syncing import FolderSync


class LocalStore:
    """An object store in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        # On the same file system, so that a spool becomes an object by its name alone.
        self._spools = self._folder / ".incoming"
        self._spools.mkdir(parents=True, exist_ok=True)
        self._folders = FolderSync()
        self._made: set[Path] = set()

    @property
    def transfers(self) -> None:
        """None: a folder takes in nothing."""

    def create(self, key: str) -> "LocalWriter":
        """Begin a new object."""
        return LocalWriter(self, self._spools, self._path(key))

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes in pieces of 1 MiB; raises ObjectMissing."""
        with disk_errors():
            try:
                file = self._path(key).open("rb", buffering=0)
            except FileNotFoundError as error:
                raise ObjectMissing(key) from error
        return _pieces(file)

    def has(self, key: str) -> bool:
        """Whether the object is there."""
        with disk_errors():
            return self._path(key).is_file()

    def delete(self, key: str) -> None:
        """Remove the object."""
        with disk_errors():
            self._path(key).unlink(missing_ok=True)

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """Every object, or those in a folder; the spools are none."""
        with disk_errors():
            yield from self._walk(self._path(prefix) if prefix else self._folder)

    def leftovers(self, older_than: datetime) -> Iterator[Path]:
        """Spools that nobody has written to since."""
        return spool.leftovers(self._spools, older_than)

    def link(self, key: str, *, seconds: int, headers: Mapping[str, str]) -> str | None:
        """None: a folder hands out nothing."""

    def place(self, file: Path, place: Path) -> None:
        """Move a synced file to its place, durably; raises OSError."""
        self._make_folder(place.parent)
        try:
            file.rename(place)
        except FileNotFoundError:
            # Somebody removed folders that we made.
            self._made.clear()
            self._make_folder(place.parent)
            file.rename(place)
        self._folders.sync(place.parent)

    def _path(self, key: str) -> Path:
        return self._folder / checked(key)

    def _make_folder(self, folder: Path) -> None:
        """Make a folder that survives a power cut, once: each name on the way to it is synced, whoever made it."""
        if folder in self._made:
            return
        if folder != self._folder:
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True)
            self._folders.sync(folder.parent)
        self._made.add(folder)

    def _walk(self, folder: Path) -> Iterator[Entry]:
        with suppress(FileNotFoundError), os.scandir(folder) as found:
            for each in found:
                if each.name.startswith("."):
                    continue
                if each.is_dir(follow_symlinks=False):
                    yield from self._walk(Path(each.path))
                else:
                    yield from self._entry(each)

    def _entry(self, found: "os.DirEntry[str]") -> Iterator[Entry]:
        # None when it was removed a moment ago.
        with suppress(FileNotFoundError):
            stat = found.stat(follow_symlinks=False)
            key = Path(found.path).relative_to(self._folder).as_posix()
            yield Entry(key, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))


class LocalWriter(Spool):
    """A file on its way in."""

    def __init__(self, store: LocalStore, spools: Path, place: Path) -> None:
        super().__init__(spools)
        self._store, self._place = store, place

    def commit(self, sha256: str) -> None:
        """Sync the bytes and move the file to its place. They were hashed on their way into this very file."""
        file = self._written()
        with disk_errors():
            os.fdatasync(file.fileno()) if hasattr(os, "fdatasync") else os.fsync(file.fileno())
            file.close()
            self._store.place(self.path, self._place)
        fault("store.written")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file, disk_errors(), _lost_sectors():
        while piece := file.read(CHUNK):
            yield piece


@contextmanager
def _lost_sectors() -> Iterator[None]:
    """What the disk cannot read any more, as ObjectDamaged."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EIO:
            raise ObjectDamaged(os.strerror(errno.EIO)) from error
        raise
