"""Verification: walks every chain, checkpoint and batch of views, and names the first bad row of each.

Memory stays flat: rows are read in batches, and of the checkpoints only one batch is held at a time.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Tuple, func, literal, select, tuple_

from insurenz.core.db import Database, Id, Session
from insurenz.events.access_log import COLUMNS, RECORDED, batch_digest
from insurenz.events.chain import GENESIS, checkpoint_hash, event_hash, text_hash
from insurenz.events.models import (
    ACCESS_LOG,
    CHAINS,
    CHECKPOINTS,
    EVENTS,
    TEXT_ERASED,
    TEXTS,
    AccessLogRow,
    Checkpoint,
    Event,
    EventChain,
    EventText,
)

EVENTS_AT_ONCE, CHECKPOINTS_AT_ONCE, HEADS_AT_ONCE = 500, 10, 200
MOST_FAULTS = 100
NO_ID, MOST_SEQ = "00000000-0000-0000-0000-000000000000", 2**31 - 1

Row = Mapping[Any, Any]
SubjectKey = tuple[str, str]


class Wrong(StrEnum):
    """What can be wrong with a row."""

    ALTERED = "altered"
    MISSING = "missing"
    ORDER = "order"
    TAIL_CUT = "tail_cut"
    CHAIN_GONE = "chain_gone"
    HEAD_ALTERED = "head_altered"
    TEXT_ALTERED = "text_altered"
    TEXT_REMOVED = "text_removed"
    ACCESS_ALTERED = "access_altered"
    CHECKPOINT_ALTERED = "checkpoint_altered"
    CHECKPOINT_MISSING = "checkpoint_missing"
    EXPORT_ALTERED = "export_altered"


@dataclass(frozen=True)
class Fault:
    """The first bad row of one chain, or one bad checkpoint. `event_id` is None where the row itself is gone.

    `is_after_last_seal`: no checkpoint covers the row, so only the chain itself speaks against it.
    """

    wrong: Wrong
    detail: str
    subject_kind: str | None = None
    subject_id: str | None = None
    seq: int | None = None
    event_id: str | None = None
    checkpoint: int | None = None
    is_after_last_seal: bool = False


@dataclass
class Report:
    """What was walked, and what is wrong, at most MOST_FAULTS of it. `unsealed` events came after the last seal."""

    chains: int = 0
    events: int = 0
    texts: int = 0
    views: int = 0
    checkpoints: int = 0
    unsealed: int = 0
    sealed_at: datetime | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    @property
    def first(self) -> Fault | None:
        """The first bad row."""
        return self.faults[0] if self.faults else None


def verify(database: Database, *, against: Iterable[str] = ()) -> Report:
    """Check everything recorded, also against checkpoints exported earlier (lines of `chain.export`).

    Reads one state of the database while others go on writing. An event cut off after the last seal leaves a trace
    only in its chain's head; once a checkpoint covers it, and an export of that is kept elsewhere, none can go unseen.
    """
    with auditing(database) as audit:
        audit.walk_chains()
        audit.find_chains_without_events()
        audit.find_views_without_batch()
        audit.walk_checkpoints()
        audit.compare_export(against)
        return audit.report_with_seals()


@contextmanager
def auditing(database: Database) -> Iterator["Audit"]:
    """A walk over one state of the database."""
    with database.read_unit() as session:
        if not database.is_sqlite and isinstance(session.get_bind(), Engine):
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield Audit(session)


@dataclass
class _Chain:
    """The chain being walked: where it stands, and what its head row says."""

    key: SubjectKey
    head_row: tuple[int, str] | None
    seq: int = 0
    head: str = GENESIS
    is_broken: bool = False
    erased: dict[tuple[str, str], int] = field(default_factory=dict)


class Audit:
    """A walk over what was recorded, in one unit; each part can be walked from a place on, and up to one."""

    def __init__(self, session: Session) -> None:
        self._session, self._report = session, Report()
        self._sealed: dict[SubjectKey, int] = {}

    # chains

    def walk_chains(self, after: SubjectKey | None = None, *, most: int | None = None) -> SubjectKey | None:
        """Check the chains that come after one, up to the end of the one in which so many events are reached.

        Gives that chain; None when there are no more.
        """
        chain = None
        for rows in self._batches(after):
            texts, heads = self._texts(rows), self._heads(rows)
            for row in rows:
                key = (row["subject_kind"], row["subject_id"])
                if chain is None or chain.key != key:
                    self._end(chain)
                    if chain is not None and most is not None and self._report.events >= most:
                        return chain.key
                    chain = _Chain(key, heads.get(key))
                    self._report.chains += 1
                self._report.events += 1
                if not chain.is_broken:
                    self._check(chain, row, texts.get(row["id"], []))
        self._end(chain)
        return None

    def _batches(self, after: SubjectKey | None) -> Iterator[Sequence[Row]]:
        position = tuple_(Event.subject_kind, Event.subject_id, Event.seq)
        query = select(EVENTS).order_by(Event.subject_kind, Event.subject_id, Event.seq).limit(EVENTS_AT_ONCE)
        # No event has number zero, and none of a chain a number as high.
        place = (*after, MOST_SEQ) if after else ("", NO_ID, 0)
        while rows := self._session.execute(query.where(position > _literal(*place))).mappings().all():
            yield rows
            place = tuple(rows[-1][name] for name in ("subject_kind", "subject_id", "seq"))

    def _texts(self, rows: Sequence[Row]) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        query = select(TEXTS).where(EventText.event_id.in_([row["id"] for row in rows]))
        for text in self._session.execute(query).mappings():
            found[text["event_id"]].append(text)
            self._report.texts += 1
        return found

    def _heads(self, rows: Sequence[Row]) -> Mapping[SubjectKey, tuple[int, str]]:
        keys = {(row["subject_kind"], row["subject_id"]) for row in rows}
        columns = (EventChain.subject_kind, EventChain.subject_id)
        query = select(*columns, EventChain.count, EventChain.head).where(tuple_(*columns).in_(keys))
        return {(kind, uid): (count, head) for kind, uid, count, head in self._session.execute(query)}

    def _check(self, chain: _Chain, row: Row, texts: Sequence[Row]) -> None:
        expected = chain.seq + 1
        bad_text = next((t["name"] for t in texts if not _is_true_text(t)), None)
        if row["seq"] != expected:
            self._bad(chain, Wrong.MISSING, expected, None, f"it is gone, the next is {row['seq']}")
        elif bad_text is not None:
            self._bad(
                chain, Wrong.TEXT_ALTERED, expected, row, f"the text {bad_text} is not the one recorded"
            )
        elif event_hash(row, {t["name"]: t["hash"] for t in texts}) != row["hash"]:
            self._bad(chain, Wrong.ALTERED, expected, row, "the row, or the list of its texts, was changed")
        elif row["prev_hash"] != chain.head:
            self._bad(chain, Wrong.ORDER, expected, row, "it does not follow the row before it")
        elif row["type"] == RECORDED and not self._is_true_batch(row):
            self._bad(chain, Wrong.ACCESS_ALTERED, expected, row, "the views of this batch were changed")
        chain.seq, chain.head = expected, row["hash"]
        chain.erased |= {(row["id"], t["name"]): expected for t in texts if t["body"] is None}
        if row["type"] == TEXT_ERASED:
            chain.erased.pop((row["data"]["event_id"], row["data"]["text"]), None)

    def _is_true_batch(self, row: Row) -> bool:
        columns = [ACCESS_LOG.c[name] for name in COLUMNS]
        query = select(*columns).where(AccessLogRow.batch_id == row["id"]).order_by(AccessLogRow.position)
        views = self._session.execute(query).all()
        self._report.views += len(views)
        return batch_digest(views) == str(row["data"]["digest"])

    def _end(self, chain: _Chain | None) -> None:
        if chain is None or chain.is_broken:
            return
        count, head = chain.head_row or (0, "")
        if count > chain.seq:
            lost = f"{count} events were recorded, {chain.seq} are left"
            self._bad(chain, Wrong.TAIL_CUT, chain.seq + 1, None, lost)
        elif (count, head) != (chain.seq, chain.head):
            self._bad(chain, Wrong.HEAD_ALTERED, chain.seq, None, "the head of the chain was changed")
        elif chain.erased:
            (event_id, name), seq = next(iter(chain.erased.items()))
            self._bad(
                chain, Wrong.TEXT_REMOVED, seq, {"id": event_id}, f"no event says who erased the text {name}"
            )

    def _bad(self, chain: _Chain, wrong: Wrong, seq: int, row: Row | None, detail: str) -> None:
        chain.is_broken = True
        self._add(Fault(wrong, detail, *chain.key, seq, row["id"] if row else None))

    def _add(self, fault: Fault) -> None:
        if len(self._report.faults) == MOST_FAULTS:
            return
        self._report.faults.append(fault)
        if fault.subject_kind and fault.subject_id:
            self._sealed.setdefault((fault.subject_kind, fault.subject_id), 0)

    def find_chains_without_events(self) -> None:
        """Find chains of which only the head is left."""
        has_events = (
            select(Event.id)
            .where(Event.subject_kind == EventChain.subject_kind, Event.subject_id == EventChain.subject_id)
            .exists()
        )
        query = select(EventChain.subject_kind, EventChain.subject_id, EventChain.count).where(~has_events)
        for kind, uid, count in self._session.execute(query.limit(MOST_FAULTS)):
            self._add(Fault(Wrong.CHAIN_GONE, f"all {count} events of it are gone", kind, uid, 1))

    def find_views_without_batch(self) -> None:
        """Find views whose batch is no event."""
        has_event = select(Event.id).where(Event.id == AccessLogRow.batch_id).exists()
        query = select(AccessLogRow.batch_id).where(~has_event).distinct().limit(MOST_FAULTS)
        for (batch_id,) in self._session.execute(query):
            self._add(Fault(Wrong.ACCESS_ALTERED, "no event speaks of these views", event_id=batch_id))

    # checkpoints

    def walk_checkpoints(self, after: int = 0, *, most: int | None = None) -> int | None:
        """Check the checkpoints after one, until so many heads are compared; gives the last, None when there are no more."""
        seq, head, compared = after, self._hash_of(after), 0
        query = select(CHECKPOINTS).order_by(Checkpoint.seq).limit(CHECKPOINTS_AT_ONCE)
        while rows := self._session.execute(query.where(Checkpoint.seq > seq)).mappings().all():
            for row in rows:
                self._check_checkpoint(row, seq + 1, head)
                seq, head = row["seq"], row["hash"]
                compared += 1 + len(row["heads"])
                self._report.checkpoints += 1
                self._report.sealed_at = row["created_at"]
            if most is not None and compared >= most:
                return seq
        return None

    def _hash_of(self, checkpoint: int) -> str:
        chosen = select(Checkpoint.hash).where(Checkpoint.seq == checkpoint)
        return self._session.scalars(chosen).first() or GENESIS

    def _check_checkpoint(self, row: Row, expected: int, head: str) -> None:
        number = row["seq"]
        if number != expected:
            gone = f"checkpoints {expected} to {number - 1} are gone"
            self._add(Fault(Wrong.CHECKPOINT_MISSING, gone, checkpoint=expected))
        elif row["prev_hash"] != head:
            unlinked = "it does not follow the checkpoint before it"
            self._add(Fault(Wrong.CHECKPOINT_ALTERED, unlinked, checkpoint=number))
        if checkpoint_hash(row) == row["hash"]:
            self._compare(number, row["heads"])
        else:
            self._add(Fault(Wrong.CHECKPOINT_ALTERED, "the checkpoint was changed", checkpoint=number))

    def _compare(self, checkpoint: int, heads: Sequence[Sequence[Any]]) -> None:
        """Find what a checkpoint sealed and is no longer there."""
        position = (Event.subject_kind, Event.subject_id, Event.seq)
        for start in range(0, len(heads), HEADS_AT_ONCE):
            part = heads[start : start + HEADS_AT_ONCE]
            keys = [(kind, uid, count) for kind, uid, count, _ in part]
            query = select(*position, Event.id, Event.hash).where(tuple_(*position).in_(keys))
            found = {(kind, uid, seq): rest for kind, uid, seq, *rest in self._session.execute(query)}
            for kind, uid, count, head in part:
                event_id, present = found.get((kind, uid, count), (None, None))
                if present != head:
                    self._sealed_head_gone((kind, uid), count, event_id, checkpoint)
                if (kind, uid) in self._sealed:
                    self._sealed[kind, uid] = max(count, self._sealed[kind, uid])

    def _sealed_head_gone(self, key: SubjectKey, count: int, event_id: str | None, checkpoint: int) -> None:
        if key in self._sealed:
            return  # The walk has named a bad row of this chain already.
        left: int | None = self._session.execute(
            select(func.max(Event.seq)).where(Event.subject_kind == key[0], Event.subject_id == key[1])
        ).scalar_one()
        if event_id is not None:
            wrong, seq, detail = Wrong.ALTERED, count, f"checkpoint {checkpoint} sealed another row here"
        elif left is None:
            wrong, seq, detail = Wrong.CHAIN_GONE, 1, f"checkpoint {checkpoint} sealed {count} events of it"
        else:
            wrong, seq = Wrong.TAIL_CUT, left + 1
            detail = f"checkpoint {checkpoint} sealed {count} events, {left} are left"
        self._add(Fault(wrong, detail, *key, seq, event_id, checkpoint))

    def compare_export(self, lines: Iterable[str]) -> None:
        """Compare with checkpoints that were exported."""
        for line in filter(str.strip, lines):
            exported = _parsed(line)
            if exported is None:
                self._add(Fault(Wrong.EXPORT_ALTERED, f"this line of the export was changed: {line[:80]}"))
                continue
            number = exported["seq"]
            present = self._session.execute(
                select(Checkpoint.hash).where(Checkpoint.seq == number)
            ).scalar_one_or_none()
            if present == exported["hash"]:
                continue
            if present is None:
                self._add(Fault(Wrong.CHECKPOINT_MISSING, "the export has it", checkpoint=number))
            else:
                self._add(Fault(Wrong.CHECKPOINT_ALTERED, "the export has another", checkpoint=number))
            self._compare(number, exported["heads"])

    def report_with_seals(self) -> Report:
        """The report, with each fault placed before or after the last seal of its chain."""
        report = self._report
        query = select(func.coalesce(func.sum(CHAINS.c["count"] - CHAINS.c.sealed_count), 0))
        report.unsealed = int(self._session.execute(query).scalar_one())
        report.faults = [replace(f, is_after_last_seal=self._is_unsealed(f)) for f in report.faults]
        return report

    def _is_unsealed(self, fault: Fault) -> bool:
        if fault.subject_kind is None or fault.subject_id is None:
            return False
        return (fault.seq or 0) > self._sealed[fault.subject_kind, fault.subject_id]


def _literal(kind: str, uid: str, seq: int) -> Tuple:
    return tuple_(literal(kind), literal(uid, Id), literal(seq))


def _is_true_text(row: Row) -> bool:
    """Whether a text is the one that was recorded, or was erased."""
    if row["body"] is None or row["salt"] is None:
        return bool(row["body"] is row["salt"])
    return text_hash(row["salt"], row["body"]) == str(row["hash"])


def _parsed(line: str) -> dict[str, Any] | None:
    """An exported checkpoint; None when it does not match its own hash."""
    try:
        row: dict[str, Any] = json.loads(line)
        row["created_at"] = datetime.fromisoformat(row["created_at"])
        return row if checkpoint_hash(row) == row["hash"] else None
    except (ValueError, KeyError, TypeError):
        return None
