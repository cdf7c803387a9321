"""The virus scanner: clamd, asked over its INSTREAM command, and what is done with files it has not judged yet."""

import logging
import socket
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, update

from insurenz.core.db import Database
from insurenz.core.errors import NotFound, Unavailable
from insurenz.core.metrics import ALERTS
from insurenz.core.settings import Settings
from insurenz.core.storage import ObjectMissing, ObjectStore
from insurenz.documents.models import Document

log = logging.getLogger("insurenz.documents")

NOT_SCANNED, PENDING, CLEAN, INFECTED = "not_scanned", "pending", "clean", "infected"
SECONDS = 15.0
LONGEST_ANSWER = 4096
AT_ONCE = 50


class ScannerAway(Exception):
    """The scanner gave no verdict: it is not there, busy, or does not take the file."""


@dataclass(frozen=True)
class Scanner:
    """clamd at `host:port`, or at the path of its socket; nothing is scanned without an address."""

    address: str
    blocks: bool = True
    seconds: float = SECONDS

    @classmethod
    def of(cls, settings: Settings) -> "Scanner":
        """As the settings say."""
        return cls(settings.clamd_address, settings.documents.unscanned == "block")

    def state_of(self, pieces: Iterable[bytes]) -> str:
        """CLEAN or INFECTED; PENDING when the scanner gave no verdict, NOT_SCANNED without one. Blocks."""
        if not self.address:
            return NOT_SCANNED
        try:
            return INFECTED if self._finds(pieces) else CLEAN
        except (ScannerAway, OSError) as error:
            log.warning("no verdict of the virus scanner", extra={"reason": str(error)})
            ALERTS.labels("scanner_away").inc()
            return PENDING

    def check(self, document: Document) -> None:
        """Raise what keeps a document from being handed out: NotFound, or Unavailable before its verdict."""
        if document.scan_state == INFECTED:
            raise NotFound("The virus scanner found something in this file.", code="infected")
        if document.scan_state == PENDING and self.blocks:
            raise Unavailable("The file waits for the virus scanner; try again shortly.", code="scan_pending")

    def _finds(self, pieces: Iterable[bytes]) -> bool:
        """Whether it names a virus; raises ScannerAway or OSError."""
        with self._connected() as line:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                if piece:
                    line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
            answer = _answer(line)
        if answer.endswith(" FOUND"):
            return True
        if answer == "stream: OK":
            return False
        raise ScannerAway(answer or "no answer")

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(self.seconds)
            line.connect(self.address)
            return line
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=self.seconds)


def _answer(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def scan_waiting(database: Database, store: ObjectStore, scanner: Scanner) -> int:
    """Ask for the verdict on some of the documents that wait for one; returns how many have one now.

    Which ones is left to chance: the scanner never gives one on some, and these must not stand before the others.

    No transaction is open meanwhile. Raises StoreFailed.
    """
    with database.read_unit() as session:
        waiting = select(Document.id, Document.object_key).where(Document.scan_state == PENDING)
        rows = session.execute(waiting.order_by(func.random()).limit(AT_ONCE)).all()
    judged = 0
    for document_id, key in rows:
        try:
            state = scanner.state_of(store.read(key))
        except ObjectMissing:
            continue
        if state != PENDING:
            _note(database, document_id, state)
            judged += 1
    return judged


@dataclass
class Scanned:
    """What became of documents that nobody had scanned. `infected_ids` are handed out no more."""

    documents: int = 0
    infected_ids: list[str] = field(default_factory=list)


def scan_old(
    database: Database,
    store: ObjectStore,
    scanner: Scanner,
    progress: Callable[[int], None] = lambda _documents: None,
) -> Scanned:
    """Scan what came before there was a scanner; it is handed out as before until it has its verdict.

    Broken off, it goes on where it was. Raises StoreFailed, and Unavailable where the scanner gives no verdict.
    """
    scanned, after = Scanned(), ""
    while rows := _never_scanned(database, after):
        for document_id, key in rows:
            try:
                state = scanner.state_of(store.read(key))
            except ObjectMissing:
                continue
            if state == PENDING:
                raise Unavailable("The virus scanner gives no verdict; call it again.", code="scanner_away")
            _note(database, document_id, state)
            scanned.documents += 1
            scanned.infected_ids += [document_id] if state == INFECTED else []
            progress(scanned.documents)
        after = rows[-1].id
    return scanned


def count_old(database: Database) -> int:
    """How many documents nobody has scanned, nor is about to."""
    with database.read_unit() as session:
        never = select(func.count()).select_from(Document).where(Document.scan_state == NOT_SCANNED)
        return session.scalars(never).one()


def _never_scanned(database: Database, after: str) -> Sequence[Any]:
    never = select(Document.id, Document.object_key).where(Document.scan_state == NOT_SCANNED)
    if after:
        never = never.where(Document.id > after)
    with database.read_unit() as session:
        return session.execute(never.order_by(Document.id).limit(AT_ONCE)).all()


def _note(database: Database, document_id: str, state: str) -> None:
    if state == INFECTED:
        log.error("a document is infected", extra={"document_id": document_id})
        ALERTS.labels("document_infected").inc()
    waits = (Document.id == document_id, Document.scan_state.in_((PENDING, NOT_SCANNED)))
    with database.unit_of_work() as session:
        session.execute(update(Document).where(*waits).values(scan_state=state))
