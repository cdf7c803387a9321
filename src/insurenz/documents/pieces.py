"""A piece of a file: held in memory up to a mebibyte, spooled beyond it, and stored as an object of its own."""

import hashlib
import logging
from collections.abc import Iterator

from insurenz.core.storage import ObjectStore, ObjectWriter, StoreFailed, new_key

log = logging.getLogger("insurenz.documents")

READ_BYTES = 1024 * 1024


class Piece:
    """Bytes that follow each other. `drop` leaves nothing of it, unless a row keeps it."""

    def __init__(self, store: ObjectStore) -> None:
        self.key = new_key()
        self.size = self.waiting = 0
        self._store = store
        self._writer: ObjectWriter | None = None
        self._held: list[bytes] = []
        self._hash = hashlib.sha256()
        self._is_stored = self._is_kept = False

    def write(self, data: bytes) -> None:
        """Take bytes, into memory."""
        self._held.append(data)
        self.size += len(data)
        self.waiting += len(data)

    def spool(self) -> None:
        """Write what is held in memory to the store's spool. Raises StoreFailed."""
        held, self._held, self.waiting = self._held, [], 0
        for data in held:
            self._hash.update(data)
        if self._writer is None:
            self._writer = self._store.create(self.key)
        self._writer.write(held)

    def content(self) -> Iterator[bytes]:
        """The bytes, from the spool."""
        self.spool()
        if self._writer is not None:
            with self._writer.path.open("rb", buffering=0) as file:
                while data := file.read(READ_BYTES):
                    yield data

    def store(self) -> None:
        """Make it durable. Raises StoreFailed."""
        self.spool()
        if self._writer is not None:
            self._is_stored = True
            self._writer.commit(self._hash.hexdigest())

    def keep(self) -> None:
        """Its row is committed, or may be."""
        self._is_kept = True

    def drop(self) -> None:
        """Remove the spool, and the object when no row keeps it. What a failing store leaves, the sweep takes."""
        try:
            if self._writer is not None:
                self._writer.abort()
            if self._is_stored and not self._is_kept:
                self._store.delete(self.key)
        except StoreFailed as failure:
            log.warning("objects are left to the sweep", extra={"reason": failure.reason})
