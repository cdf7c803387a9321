"""The sweep: objects that no row names, rows whose object is gone, uploads that nobody used or finished, spools that a crash left."""

import logging
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import ColumnElement, and_, delete, func, select, text, true, union_all

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.metrics import ALERTS
from insurenz.core.storage import Entry, ObjectStore
from insurenz.core.storage.base import main_key
from insurenz.core.storage.spool import disk_errors
from insurenz.documents import partial
from insurenz.documents.models import Document, PartialUpload, UploadPart

log = logging.getLogger("insurenz.documents")

PAGE = 500
NAMED = 1000
# The day that a key begins with. Fixed numbers, so that PostgreSQL knows it for the same where it is grouped by.
key_day = func.substr(Document.object_key, text("1"), text("10"))


@dataclass
class Swept:
    """What a sweep found: how many it looked at, removed (in a dry sweep: would have), left alone, and missed.

    Documents that are missing their object are named, the first 1,000.
    """

    objects: int = 0
    orphans: int = 0
    orphan_bytes: int = 0
    left_alone: int = 0
    expired: int = 0
    spools: int = 0
    missing: int = 0
    missing_ids: list[str] = field(default_factory=list)


def sweep(
    database: Database,
    store: ObjectStore,
    *,
    grace: timedelta,
    now: datetime | None = None,
    days: Collection[str] = (),
    is_dry: bool = False,
    is_forced: bool = False,
) -> Swept:
    """Remove what nothing refers to and find what is missing, of all days or of these (`2026/11/22`).

    What is younger than `grace` stays: it may belong to an upload that is still running. A row goes only when it is an
    unused upload past its time, an object only when it has no row. Where more lie without a row than with one, the
    store is another install's or the database an old one, and they stay unless it `is_forced`. A dry sweep only counts.
    Raises StoreFailed. No transaction is open while the store works.
    """
    one = _Sweep(database, store, now or clock.now(), grace, days, is_dry, is_forced)
    one.remove_unused_uploads()
    one.remove_abandoned()
    one.remove_orphans()
    one.find_missing()
    one.remove_spools()
    one.abort_transfers()
    _tell(one.swept)
    return one.swept


def sweep_recent(database: Database, store: ObjectStore, *, grace: timedelta) -> None:
    """What a server does every hour: the days whose objects came of age since the hour before, and two more."""
    now = clock.now()
    first = now - grace - timedelta(days=2)
    days = [f"{first + timedelta(days=n):%Y/%m/%d}" for n in range((now.date() - first.date()).days + 1)]
    sweep(database, store, grace=grace, now=now, days=days)


@dataclass
class _Sweep:
    database: Database
    store: ObjectStore
    now: datetime
    grace: timedelta
    days: Collection[str]
    is_dry: bool
    is_forced: bool
    swept: Swept = field(default_factory=Swept)
    # How many rows of each day were seen to have their object.
    _whole: Counter[str] = field(default_factory=Counter)

    def remove_unused_uploads(self) -> None:
        """Row first, object second: what a crash leaves between the two is an orphan."""
        if self.is_dry:
            with self.database.read_unit() as session:
                unused = select(func.count()).where(Document.expires_at < self.now)
                self.swept.expired = session.scalars(unused).one()
            return
        while ids := self._unused():
            for key in self._without_rows(ids):
                self.store.delete(key)
                self.swept.expired += 1

    def _unused(self) -> Sequence[str]:
        with self.database.read_unit() as session:
            return session.scalars(
                select(Document.id).where(Document.expires_at < self.now).limit(PAGE)
            ).all()

    def _without_rows(self, ids: Sequence[str]) -> Sequence[str]:
        """The objects of these uploads, whose rows are removed, except those that were used at this moment."""
        unused = and_(Document.id.in_(ids), Document.expires_at < self.now)
        with self.database.unit_of_work() as session:
            return session.scalars(delete(Document).where(unused).returning(Document.object_key)).all()

    def remove_abandoned(self) -> None:
        """Files of which not all came in time, with their parts."""
        abandoned = select(PartialUpload.id).where(PartialUpload.expires_at < self.now)
        if self.is_dry:
            with self.database.read_unit() as session:
                self.swept.expired += len(session.scalars(abandoned).all())
            return
        while True:
            with self.database.unit_of_work() as session:
                # Nobody goes on with one that has ended.
                ids = session.scalars(abandoned.limit(PAGE)).all()
                partial.remove(session, self.store, ids)
            if not ids:
                return
            self.swept.expired += len(ids)

    def remove_orphans(self) -> None:
        """Objects of age without a row."""
        entries = self._entries()
        while page := list(islice(entries, PAGE)):
            rows = self._rows_of(page)
            there = (rows.get(entry.key) for entry in page)
            self._whole.update(
                entry.key[:10]
                for entry, uploaded_at in zip(page, there, strict=True)
                if uploaded_at and uploaded_at <= self.now
            )
            self.swept.objects += len(page)
            of_age, known = self.now - self.grace, rows.keys() | self._parts_among(page, rows.keys())
            orphans = [
                entry for entry in page if main_key(entry.key) not in known and entry.modified_at < of_age
            ]
            if len({main_key(orphan.key) for orphan in orphans}) > len(known) and not self.is_forced:
                self.swept.left_alone += len(orphans)
            else:
                self._remove(orphans)

    def _entries(self) -> Iterator[Entry]:
        for day in self.days or ("",):
            yield from (entry for entry in self.store.entries(day) if main_key(entry.key))

    def _rows_of(self, page: Sequence[Entry]) -> dict[str, datetime]:
        keys = {main_key(entry.key) for entry in page}
        rows = select(Document.object_key, Document.uploaded_at).where(Document.object_key.in_(keys))
        with self.database.read_unit() as session:
            return dict(session.execute(rows).all())

    def _parts_among(self, page: Sequence[Entry], known: Collection[str]) -> set[str]:
        """Those without a row of their own that belong to files of which not all has come."""
        keys = [entry.key for entry in page if main_key(entry.key) not in known]
        if not keys:
            return set()
        parts = select(UploadPart.object_key).where(UploadPart.object_key.in_(keys))
        coming = select(PartialUpload.object_key).where(PartialUpload.object_key.in_(keys))
        with self.database.read_unit() as session:
            return set(session.scalars(union_all(parts, coming)))

    def _remove(self, orphans: Sequence[Entry]) -> None:
        for orphan in orphans:
            if not self.is_dry:
                self.store.delete(orphan.key)
            self.swept.orphans += 1
            self.swept.orphan_bytes += orphan.size

    def find_missing(self) -> None:
        """Rows without an object: looked for one by one only in days of which fewer objects were seen than rows."""
        counts = select(key_day, func.count()).where(self._judged()).group_by(key_day).order_by(key_day)
        with self.database.read_unit() as session:
            expected = session.execute(counts).all()
        for day, count in expected:
            if count > self._whole[day]:
                for page in self._pages_of(day):
                    self._find_missing_in(page)

    def _judged(self) -> ColumnElement[bool]:
        """Rows that were there when the sweep began."""
        return and_(Document.uploaded_at <= self.now, key_day.in_(self.days) if self.days else true())

    def _pages_of(self, day: str) -> Iterator[Sequence[tuple[str, str]]]:
        rows = select(Document.id, Document.object_key).where(self._judged(), key_day == day)
        after: ColumnElement[bool] = true()
        while True:
            with self.database.read_unit() as session:
                found = session.execute(rows.where(after).order_by(Document.id).limit(PAGE))
                page = [(document_id, key) for document_id, key in found]
            if not page:
                return
            yield page
            after = Document.id > page[-1][0]

    def _find_missing_in(self, page: Sequence[tuple[str, str]]) -> None:
        gone = [document_id for document_id, key in page if not self.store.has(key)]
        if not gone:
            return
        with self.database.read_unit() as session:
            # A row may have gone meanwhile, and its object with it.
            still = session.scalars(
                select(Document.id).where(Document.id.in_(gone)).order_by(Document.id)
            ).all()
        self.swept.missing += len(still)
        self.swept.missing_ids += still[: NAMED - len(self.swept.missing_ids)]

    def remove_spools(self) -> None:
        """What was being written when a process died."""
        for spool in self.store.leftovers(self.now - self.grace):
            if not self.is_dry:
                with disk_errors():
                    _remove_spool(spool)
            self.swept.spools += 1

    def abort_transfers(self) -> None:
        """What was being sent straight to the store, and nobody waits for."""
        transfers = self.store.transfers
        if transfers is None:
            return
        old = [each for each in transfers.unfinished() if each.begun_at < self.now - self.grace]
        if not old:
            return
        with self.database.read_unit() as session:
            names = PartialUpload.transfer.in_([each.name for each in old])
            awaited = set(session.scalars(select(PartialUpload.transfer).where(names)))
        for each in old:
            if main_key(each.key) and each.name not in awaited:
                if not self.is_dry:
                    transfers.abort(each.key, each.name)
                self.swept.spools += 1


def _remove_spool(spool: Path) -> None:
    """Of LibreOffice it is a folder."""
    if spool.is_dir():
        shutil.rmtree(spool, ignore_errors=True)
    else:
        spool.unlink(missing_ok=True)


def _tell(swept: Swept) -> None:
    log.info("swept", extra=asdict(swept))
    if swept.missing:
        log.error("documents without their object", extra={"document_ids": swept.missing_ids[:20]})
        ALERTS.labels("object_missing").inc(swept.missing)
    if swept.left_alone:
        log.error("more objects without a row than with one", extra={"count": swept.left_alone})
        ALERTS.labels("sweep_refused").inc()
