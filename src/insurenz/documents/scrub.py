"""The scrub: every object is read whole and held against its row, so that rot is found while a backup still has the file.

A round is made of pieces. The schedule goes round by itself, the command (`insurenz documents scrub`) at once; each goes
on where it was. What is found is kept in `document_faults` until a later look finds the object whole again.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select, update

from insurenz.core import clock
from insurenz.core.db import Database, Session, after_commit
from insurenz.core.errors import Conflict
from insurenz.core.metrics import ALERTS, DOCUMENT_FAULTS, DOCUMENTS_CHECKED
from insurenz.core.storage import ObjectDamaged, ObjectMissing, ObjectStore
from insurenz.documents.models import DOCUMENT_CHECKS, Document, DocumentCheck, DocumentFault
from insurenz.documents.models import DOCUMENT_FAULTS as FAULTS
from insurenz.events import alerts
from insurenz.events.chain import insert_if_absent
from insurenz.events.service import Subject

log = logging.getLogger("insurenz.documents")

SCHEDULE, COMMAND = "schedule", "command"
# Of the job in the schedule; a round begins once a day, so small stores are read every day.
TURN, EVERY = timedelta(minutes=5), timedelta(days=1)
# A piece of the schedule is as large as the days demand, and never smaller; by the lease's end its taker was killed.
LEAST_BYTES, LEASE = 16 * 1024 * 1024, timedelta(minutes=15)
# Documents whose rows are read at once, and most of them in a piece.
PAGE, MOST_DOCUMENTS = 100, 5_000
STORE = Subject(kind="store", id=str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:insurenz:store")))

# Told of bytes as they are read; may wait.
Pace = Callable[[int], None]


class Wrong(StrEnum):
    """What can be wrong with an object: gone, other bytes, another size, or not to be read or decrypted."""

    MISSING = "missing"
    ALTERED = "altered"
    SIZE = "size"
    UNREADABLE = "unreadable"


class Fault(NamedTuple):
    """A document whose object is not the one that was sent."""

    document_id: str
    wrong: str


class _Row(NamedTuple):
    id: str
    object_key: str
    file_size: int
    sha256: str


@dataclass
class Piece:
    """What was read: the documents that are whole, those that are not, and the last one; None where no more come."""

    whole: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    read_bytes: int = 0
    last_id: str | None = None

    @property
    def documents(self) -> int:
        """How many were looked at."""
        return len(self.whole) + len(self.faults)


@dataclass
class Scrubbed:
    """A round that ended: how many documents were looked at, how many bytes since the command was called."""

    documents: int = 0
    read_bytes: int = 0
    faults: list[Fault] = field(default_factory=list)


def check_some(database: Database, store: ObjectStore, *, days: int) -> bool:
    """Read the next piece of the schedule's round, when it is time for one; True when there is more of the round.

    A round takes at most so many days. Admins are told of what was not known yet. Raises StoreFailed: then the piece
    is taken again.
    """
    with database.unit_of_work() as session:
        taken = _take(session, SCHEDULE, days=days)
    if taken is None:
        return False
    piece = read_piece(database, store, taken.after_id, most_bytes=taken.piece_bytes)
    with database.unit_of_work() as session:
        return _write(session, taken, piece) and piece.last_id is not None


def scrub(
    database: Database,
    store: ObjectStore,
    *,
    is_anew: bool = False,
    pace: Pace = lambda _bytes: None,
    progress: Callable[[int], None] = lambda _documents: None,
    most_bytes: int = LEAST_BYTES,
) -> Scrubbed:
    """Read all documents, or, unless it `is_anew`, what a round that was broken off had left; gives all that is known.

    Raises StoreFailed, and Conflict when another command reads meanwhile: what was found by then is kept.
    """
    done, read_bytes, following = 0, 0, True
    while following:
        with database.unit_of_work() as session:
            taken = _take(session, COMMAND, is_anew=is_anew)
        if taken is None:
            raise _other_runs()
        is_anew = False
        piece = read_piece(database, store, taken.after_id, most_bytes=most_bytes, pace=pace)
        with database.unit_of_work() as session:
            if not _write(session, taken, piece):
                raise _other_runs()
        read_bytes, following = read_bytes + piece.read_bytes, piece.last_id is not None
        done = taken.documents + piece.documents
        progress(done)
    with database.read_unit() as session:
        return Scrubbed(done, read_bytes, known(session))


def _other_runs() -> Conflict:
    return Conflict("Another scrub reads the same documents at this moment.", code="scrub_runs")


def known(session: Session) -> list[Fault]:
    """The documents that are known to be damaged, the oldest first."""
    found = select(DocumentFault.document_id, DocumentFault.wrong).order_by(DocumentFault.document_id)
    return [Fault(*row) for row in session.execute(found)]


def standing(session: Session) -> tuple[datetime | None, int]:
    """When the schedule's last round ended, and how many documents are known to be damaged."""
    ended = select(DocumentCheck.finished_at).where(DocumentCheck.name == SCHEDULE)
    faults = select(func.count()).select_from(DocumentFault)
    return session.scalars(ended).one_or_none(), session.scalars(faults).one()


def tell_metrics(database: Database) -> None:
    """Let the metrics of this process say how documents stand."""
    with database.read_unit() as session:
        ended_at, faults = standing(session)
    DOCUMENT_FAULTS.set(faults)
    if ended_at:
        DOCUMENTS_CHECKED.set(ended_at.timestamp())


def read_piece(
    database: Database,
    store: ObjectStore,
    after_id: str | None,
    *,
    most_bytes: int,
    pace: Pace = lambda _bytes: None,
) -> Piece:
    """Read the objects of the documents after one, until so many bytes are reached. Raises StoreFailed.

    No transaction is open while the store works.
    """
    piece = Piece(last_id=after_id)
    while page := _page(database, piece.last_id):
        for row in page:
            wrong = judge(store, row, pace)
            if wrong is None:
                piece.whole.append(row.id)
            else:
                piece.faults.append(Fault(row.id, wrong))
            piece.last_id = row.id
            piece.read_bytes += row.file_size
            if piece.read_bytes >= most_bytes or piece.documents >= MOST_DOCUMENTS:
                return piece
    piece.last_id = None
    return piece


def judge(store: ObjectStore, row: Any, pace: Pace = lambda _bytes: None) -> Wrong | None:
    """What is wrong with the object of a row of `id`, `object_key`, `file_size`, `sha256`. Raises StoreFailed."""
    size, found = 0, hashlib.sha256()
    try:
        for part in store.read(row.object_key):
            found.update(part)
            size += len(part)
            pace(len(part))
    except ObjectMissing:
        return Wrong.MISSING
    except ObjectDamaged:
        return Wrong.UNREADABLE
    if size != row.file_size:
        return Wrong.SIZE
    return None if found.hexdigest() == row.sha256 else Wrong.ALTERED


def pages(database: Database) -> Iterator[Sequence[Any]]:
    """All documents, as rows that `judge` takes, a page in a unit of its own."""
    after_id = None
    while page := _page(database, after_id):
        yield page
        after_id = page[-1].id


def _page(database: Database, after_id: str | None) -> Sequence[_Row]:
    chosen = select(Document.id, Document.object_key, Document.file_size, Document.sha256)
    if after_id is not None:
        chosen = chosen.where(Document.id > after_id)
    with database.read_unit() as session:
        return [_Row(*row) for row in session.execute(chosen.order_by(Document.id).limit(PAGE))]


def _take(session: Session, name: str, *, days: int = 0, is_anew: bool = False) -> Any:
    """The place of a round, for this caller; None when it is not time for the next piece of the schedule."""
    now, checks = clock.now(), DOCUMENT_CHECKS.c
    chosen = select(DOCUMENT_CHECKS).where(checks.name == name)
    found = session.execute(chosen).one_or_none()
    if found is None:
        insert_if_absent(session, DOCUMENT_CHECKS, {"name": name, **_from_the_start(session, now, days)})
        found = session.execute(chosen).one()
    if name == SCHEDULE and found.next_at > now:
        return None
    begun = _from_the_start(session, now, days) if is_anew or found.after_id is None else {}
    # Of two who take at once the second finds it taken.
    taking = update(DOCUMENT_CHECKS).where(checks.name == name, checks.next_at == found.next_at)
    return session.execute(taking.values(begun | {"next_at": now + LEASE}).returning(*checks)).one_or_none()


def _from_the_start(session: Session, at: datetime, days: int) -> dict[str, Any]:
    total = int(session.scalar(select(func.sum(Document.file_size))) or 0)
    piece_bytes = max(LEAST_BYTES, int(total * (TURN / timedelta(days=days)))) if days else LEAST_BYTES
    return {"next_at": at, "started_at": at, "after_id": None, "piece_bytes": piece_bytes, "documents": 0}


def _write(session: Session, taken: Any, piece: Piece) -> bool:
    """Keep what was found, and where the round goes on; False when somebody else has gone on meanwhile."""
    now, checks = clock.now(), DOCUMENT_CHECKS.c
    looked_at = taken.documents + piece.documents
    values: dict[str, Any] = {"after_id": piece.last_id, "documents": looked_at, "next_at": now}
    if piece.last_id is None:
        values |= {"finished_at": now, "next_at": max(now, taken.started_at + EVERY)}
    held = (checks.name == taken.name, checks.next_at == taken.next_at)
    going_on = update(DOCUMENT_CHECKS).where(*held).values(values).returning(checks.name)
    if session.execute(going_on).one_or_none() is None:
        return False
    session.execute(delete(FAULTS).where(FAULTS.c.document_id.in_(piece.whole)))
    _keep(session, piece.faults)
    return True


def _keep(session: Session, faults: Sequence[Fault]) -> None:
    """Keep what is wrong with documents that are still there, and tell admins of what was not known."""
    ids = [fault.document_id for fault in faults]
    locked = select(Document.id).where(Document.id.in_(ids)).with_for_update(read=True)
    still = set(session.scalars(locked)) if ids else set()
    new = []
    for fault in faults:
        row = {"document_id": fault.document_id, "wrong": fault.wrong, "found_at": clock.now()}
        if fault.document_id not in still:
            continue
        if insert_if_absent(session, FAULTS, row):
            new.append(fault)
        else:
            same = FAULTS.c.document_id == fault.document_id
            session.execute(update(FAULTS).where(same).values(wrong=fault.wrong))
    if new:
        _tell(session, new)


def _tell(session: Session, new: Sequence[Fault]) -> None:
    for fault in new:
        log.error("a document is not what was sent", extra={"fault": fault._asdict()})
    data = new[0]._asdict() | {"count": len(new)}
    alerts.tell(session, alerts.DOCUMENT_CHECK_FAILED, STORE, data=data)
    after_commit(session, lambda: ALERTS.labels(alerts.DOCUMENT_CHECK_FAILED).inc(len(new)))
