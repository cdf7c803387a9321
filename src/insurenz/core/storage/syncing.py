"""Makes new names in folders durable, with one sync for everybody who waits at the same time."""

import os
import threading
from concurrent.futures import Future
from pathlib import Path


class FolderSync:
    """Syncs folders for many threads. A sync that begins after a file got its name covers that name, whoever began it."""

    def __init__(self) -> None:
        # Syncs that have not begun: who comes now may still join.
        self._next: dict[Path, Future[None]] = {}
        self._joining, self._syncing = threading.Lock(), threading.Lock()

    def sync(self, folder: Path) -> None:
        """Return when a sync of the folder that began after this call has ended; raises its OSError."""
        with self._joining:
            shared = self._next.get(folder)
            is_mine = shared is None
            shared = self._next.setdefault(folder, Future())
        if is_mine:
            with self._syncing:
                self._run(folder, shared)
        shared.result()

    def _run(self, folder: Path, shared: "Future[None]") -> None:
        with self._joining:
            del self._next[folder]
        try:
            _sync(folder)
        except BaseException as error:
            # All who waited for this sync fail with it: the next one may succeed without what this one lost.
            shared.set_exception(error)
            raise
        shared.set_result(None)


def _sync(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows has no handle of a folder to sync; its rename is journalled.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
