"""Files as they arrive: limited, hashed, typed by their bytes and stored, without ever being held whole."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from insurenz.core.errors import invalid
from insurenz.core.ids import new_id
from insurenz.core.settings import Documents as Limits
from insurenz.core.storage import ObjectStore, ObjectWriter, StoreFailed, new_key
from insurenz.documents import sniff
from insurenz.documents.allowance import Allowance
from insurenz.documents.errors import refused
from insurenz.documents.inspect import Findings, Inspector, Refused
from insurenz.documents.scanner import INFECTED, NOT_SCANNED, Scanner

log = logging.getLogger("insurenz.documents")

FLUSH_BYTES = 1024 * 1024
PIECE = 64 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file whose bytes lie durably in the store; its row is yet to come."""

    document_id: str
    object_key: str
    file_name: str
    file_type: str
    file_size: int
    sha256: str
    findings: Findings
    scan_state: str = NOT_SCANNED

    def identity(self) -> list[str | int]:
        """What the file is, for comparing two requests: name, size and hash."""
        return [self.file_name, self.file_size, self.sha256]


class Receiver:
    """The files of one request: gathered in memory up to a mebibyte, spooled beyond it, and stored by `complete`.

    `drop` removes what was stored, unless rows keep it.
    """

    def __init__(
        self,
        store: ObjectStore,
        inspector: Inspector,
        limits: Limits,
        *,
        allowance: Allowance,
        scanner: Scanner | None = None,
        takes_one: bool = False,
    ) -> None:
        self.files: list[StoredFile] = []
        self.allowance = allowance
        self._store, self._inspector, self._limits = store, inspector, limits
        self._scanner = scanner or Scanner("")
        self.fields = ("file", "files") if takes_one else ("files",)
        self._most = 1 if takes_one else limits.max_files
        self._incoming: list[Incoming] = []
        self._is_kept = False

    def open_file(self, field: str, file_name: str) -> "Incoming":
        """The sink of the next file part; raises when it is one too many or its extension is not taken."""
        name = sniff.clean_name(file_name)
        if len(self._incoming) >= self._most:
            raise refused("too_many_files", name, limit=self._most)
        if field not in self.fields:
            raise invalid(field[:64], "not_taken", f"Send each file in the field {self.fields[0]}.")
        if sniff.extension_of(name) not in sniff.EXTENSIONS:
            raise refused("type_not_allowed", name)
        incoming = Incoming(self._store, name, self._limits.max_file_bytes, self.allowance)
        self._incoming.append(incoming)
        return incoming

    async def relieve(self) -> None:
        """Spool what is held in memory, when that is much."""
        if sum(incoming.waiting for incoming in self._incoming) >= FLUSH_BYTES:
            await run_in_threadpool(self._spool)

    def complete(self) -> None:
        """Look into every file and make it durable. The form has been read to its end; blocks."""
        for incoming in self._incoming:
            self.files.append(incoming.store(self._inspector, self._scanner))

    def keep(self) -> None:
        """The rows of these files are committed, or may be."""
        self._is_kept = True

    def drop(self) -> None:
        """Remove every object of this request that no row keeps. What a crash or a failing store leaves, the sweep takes."""
        if self._is_kept:
            return
        try:
            for incoming in self._incoming:
                incoming.abort()
            for file in self.files:
                self._store.delete(file.object_key)
        except StoreFailed as failure:
            log.warning("objects are left to the sweep", extra={"reason": failure.reason})

    def _spool(self) -> None:
        for incoming in self._incoming:
            incoming.spool()


class Incoming:
    """One file on its way in."""

    def __init__(self, store: ObjectStore, name: str, max_bytes: int, allowance: Allowance) -> None:
        self._name, self._max_bytes, self._allowance = name, max_bytes, allowance
        self._store = store
        self._key = ""
        self._writer: ObjectWriter | None = None
        self.waiting = 0
        self._hash = hashlib.sha256()
        self._pieces: list[memoryview] = []
        self._size = 0
        self._type: sniff.FileType | None = None

    def write(self, data: memoryview) -> None:
        """Take a piece; raises when the file grows too large or begins as a type that is not taken."""
        self._pieces.append(data)
        self.waiting += len(data)
        self._size += len(data)
        if self._size > self._max_bytes:
            raise refused("too_large", self._name, limit=self._max_bytes)
        self._allowance.take(len(data), self._name)
        if self._type is None and self._size >= sniff.HEAD_BYTES:
            self._type = self._judged()

    def close(self) -> None:
        """The file is complete; raises when it is empty or not of a type that is taken."""
        if not self._size:
            raise refused("empty", self._name)
        self._type = self._type or self._judged()

    def spool(self) -> None:
        """Write what is held in memory to the store's spool."""
        held, self._pieces, self.waiting = self._pieces, [], 0
        for piece in held:
            self._hash.update(piece)
        self._begun().write(held)

    def abort(self) -> None:
        """Give the file up."""
        if self._writer is not None:
            self._writer.abort()

    def _begun(self) -> ObjectWriter:
        if self._writer is None:
            self._key = new_key()
            self._writer = self._store.create(self._key)
        return self._writer

    def store(self, inspector: Inspector, scanner: Scanner) -> StoredFile:
        """Look into the file and make it an object; raises what it is refused with."""
        seen = self.look_into(inspector, scanner)
        self._begun().commit(seen.sha256)
        return seen

    def look_into(self, inspector: Inspector, scanner: Scanner) -> StoredFile:
        """What the file is, as it will be stored; raises what its inspection or the scanner refuses."""
        if self._type is None:
            raise ValueError("a file is stored after its end")
        self.spool()
        writer = self._begun()
        try:
            findings = inspector.inspect(writer.path, self._type.name)
        except Refused as refusal:
            raise refused(refusal.code, self._name) from refusal
        scan_state = scanner.state_of(_pieces(writer.path))
        if scan_state == INFECTED:
            raise refused(INFECTED, self._name)
        sha256 = self._hash.hexdigest()
        return StoredFile(
            new_id(), self._key, self._name, self._type.name, self._size, sha256, findings, scan_state
        )

    def _judged(self) -> sniff.FileType:
        head = b"".join(self._pieces)[: sniff.HEAD_BYTES]
        kind = sniff.agreed_type(head, sniff.extension_of(self._name))
        if kind is None:
            raise refused("type_mismatch", self._name)
        return kind


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
