"""Objects as files in a folder: written beside, made durable, then moved to their place."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from insurenz.core.errors import Unavailable
from insurenz.core.faults import fault
from insurenz.core.ids import new_id
from insurenz.core.storage.base import CHUNK, ObjectMissing


class LocalStore:
    """An object store in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._incoming = self._folder / ".incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def create(self, key: str) -> "LocalWriter":
        """Begin a new object."""
        return LocalWriter(self._incoming / new_id(), self._path(key))

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes in pieces of 1 MiB; raises ObjectMissing."""
        try:
            file = self._path(key).open("rb")
        except FileNotFoundError as error:
            raise ObjectMissing(key) from error
        return _pieces(file)

    def delete(self, key: str) -> None:
        """Remove the object."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        path = (self._folder / key).resolve()
        if not path.is_relative_to(self._folder):
            raise ValueError("a key leads outside the store")
        return path


class LocalWriter:
    """A file on its way in."""

    def __init__(self, incoming: Path, place: Path) -> None:
        self._incoming, self._place = incoming, place
        self._file: BinaryIO | None = None

    def write(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Append pieces; raises Unavailable when the disk does not take them."""
        try:
            if self._file is None:
                self._file = self._incoming.open("xb", buffering=0)
            for piece in pieces:
                _write_all(self._file, piece)
        except OSError as error:
            raise _unavailable(error) from error

    def commit(self) -> None:
        """Sync the bytes, move the file to its place and sync the folder."""
        if self._file is None:
            raise ValueError("nothing was written")
        try:
            os.fdatasync(self._file.fileno()) if hasattr(os, "fdatasync") else os.fsync(self._file.fileno())
            self._file.close()
            _make_folder(self._place.parent)
            self._incoming.rename(self._place)
            _sync_folder(self._place.parent)
        except OSError as error:
            raise _unavailable(error) from error
        fault("store.written")

    def abort(self) -> None:
        """Remove what was written so far."""
        if self._file is not None:
            self._file.close()
            self._incoming.unlink(missing_ok=True)


def _write_all(file: BinaryIO, piece: bytes | memoryview) -> None:
    view = memoryview(piece)
    while view:
        view = view[file.write(view) :]


def _make_folder(folder: Path) -> None:
    """Make a folder that survives a power cut: each new name is synced in the folder above it."""
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        _sync_folder(each.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows has no handle of a folder to sync; its rename is journalled.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece


def _unavailable(error: OSError) -> Unavailable:
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return Unavailable(
        f"The document store cannot take this now ({reason}); nothing was changed.", code="store_failed"
    )
