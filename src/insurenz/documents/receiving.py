"""Files as they arrive: limited, hashed, typed by their bytes and stored, without ever being held whole."""

import hashlib
import logging
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from insurenz.core.errors import invalid
from insurenz.core.ids import new_id
from insurenz.core.settings import Documents as Limits
from insurenz.core.storage import ObjectStore, StoreFailed, new_key
from insurenz.documents import sniff
from insurenz.documents.errors import refused

log = logging.getLogger("insurenz.documents")

FLUSH_BYTES = 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file whose bytes lie durably in the store; its row is yet to come."""

    document_id: str
    object_key: str
    file_name: str
    file_type: str
    file_size: int
    sha256: str

    def identity(self) -> list[str | int]:
        """What the file is, for comparing two requests: name, size and hash."""
        return [self.file_name, self.file_size, self.sha256]


class Receiver:
    """The files of one request. `drop` removes what was stored, unless rows keep it."""

    def __init__(self, store: ObjectStore, limits: Limits) -> None:
        self.files: list[StoredFile] = []
        self._store, self._limits = store, limits
        self._incoming: list[_Incoming] = []
        self._is_kept = False

    def open_file(self, field: str, file_name: str) -> "_Incoming":
        """The sink of the next file part; raises when it is one too many or its extension is not taken."""
        name = sniff.clean_name(file_name)
        if len(self._incoming) >= self._limits.max_files:
            raise refused("too_many_files", name, limit=self._limits.max_files)
        if field != "files":
            raise invalid(field[:64], "not_taken", "Send each file in the field files.")
        if sniff.extension_of(name) not in sniff.EXTENSIONS:
            raise refused("type_not_allowed", name)
        incoming = _Incoming(self, self._store, name, self._limits.max_file_bytes)
        self._incoming.append(incoming)
        return incoming

    def keep(self) -> None:
        """The rows of these files are committed, or may be."""
        self._is_kept = True

    def drop(self) -> None:
        """Remove every object of this request that no row keeps. What a crash or a failing store leaves, the sweep takes."""
        if self._is_kept:
            return
        try:
            for incoming in self._incoming:
                incoming.writer.abort()
            for file in self.files:
                self._store.delete(file.object_key)
        except StoreFailed as failure:
            log.warning("objects are left to the sweep", extra={"reason": failure.reason})


class _Incoming:
    """One file on its way in; pieces are gathered to a mebibyte before a thread hashes and writes them."""

    def __init__(self, receiver: Receiver, store: ObjectStore, name: str, max_bytes: int) -> None:
        self._receiver, self._name, self._max_bytes = receiver, name, max_bytes
        self._key = new_key()
        self.writer = store.create(self._key)
        self._hash = hashlib.sha256()
        self._pieces: list[bytes] = []
        self._waiting = self._size = 0
        self._type: sniff.FileType | None = None

    async def write(self, data: bytes) -> None:
        """Take a piece; raises when the file grows too large or begins as a type that is not taken."""
        self._pieces.append(data)
        self._waiting += len(data)
        self._size += len(data)
        if self._size > self._max_bytes:
            raise refused("too_large", self._name, limit=self._max_bytes)
        if self._waiting >= FLUSH_BYTES:
            self._judge()
            await run_in_threadpool(self._flush)

    async def close(self) -> None:
        """The file is complete: make it durable."""
        if not self._size:
            raise refused("empty", self._name)
        kind = self._judge()
        await run_in_threadpool(self._commit)
        self._receiver.files.append(
            StoredFile(new_id(), self._key, self._name, kind.name, self._size, self._hash.hexdigest())
        )

    def _judge(self) -> sniff.FileType:
        if self._type is None:
            self._type = _type_of(self._name, b"".join(self._pieces)[: sniff.HEAD_BYTES])
        return self._type

    def _flush(self) -> None:
        for piece in self._pieces:
            self._hash.update(piece)
        self.writer.write(self._pieces)
        self._pieces, self._waiting = [], 0

    def _commit(self) -> None:
        self._flush()
        self.writer.commit(self._hash.hexdigest())


def _type_of(name: str, head: bytes) -> sniff.FileType:
    kind = sniff.sniff(head)
    if kind is None or sniff.extension_of(name) not in kind.extensions:
        raise refused("type_mismatch", name)
    return kind
