"""The chain: what exactly is hashed, and the seal that a checkpoint sets on every chain that moved.

The hash of an event is SHA-256 over one JSON object: every column of its row but `seq` and `hash`, `texts` (name to
salted hash of each text), times in UTC as `2026-11-22T06:30:00.000000+00:00`, keys sorted, no spaces, UTF-8 unescaped.
`prev_hash` is the hash of the event before it on the same subject, 64 zeros for the first: it gives the order, so that
an altered row and a moved row are told apart. A checkpoint is hashed in the same way over its columns but `hash`.
Nothing of this depends on the database. Numbers in `data` are whole: databases spell fractions each in their own way.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, Table, exists, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from insurenz.core import clock
from insurenz.core.db import Database, Session
from insurenz.core.faults import fault
from insurenz.events.models import CHAINS, CHECKPOINTS, Checkpoint, EventChain

GENESIS = "0" * 64
HEADS_PER_CHECKPOINT = 1000

CONTENT = (
    "id",
    "type",
    "subject_kind",
    "subject_id",
    "claim_number",
    "version",
    "hospital_id",
    "payer_id",
    "claimant_id",
    "hospital_name",
    "status",
    "actor_id",
    "actor_role",
    "actor_name",
    "actor_email",
    "data",
    "occurred_at",
    "request_id",
    "prev_hash",
)


def spell_time(at: datetime) -> str:
    """A time as it is hashed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest(content: Any) -> str:
    """SHA-256 over the one spelling of a JSON value."""
    spelled = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(spelled.encode()).hexdigest()


def event_hash(row: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """The hash of an event row and of the hashes of its texts."""
    content = {name: row[name] for name in CONTENT}
    return digest(content | {"occurred_at": spell_time(row["occurred_at"]), "texts": dict(texts)})


def text_hash(salt: str, body: str) -> str:
    """The salted hash of a text: without the salt, which goes when the text is erased, it confirms no guess."""
    return hmac.new(salt.encode(), body.encode(), hashlib.sha256).hexdigest()


def checkpoint_hash(row: Mapping[str, Any]) -> str:
    """The hash of a checkpoint row."""
    content = {name: row[name] for name in ("seq", "heads", "prev_hash")}
    return digest(content | {"created_at": spell_time(row["created_at"])})


def insert_if_absent(session: Session, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row; False, after waiting for a twin's commit, when its key is taken."""
    query = _insert_if_absent(session.get_bind().dialect.name, table)
    return session.execute(query, dict(row)).first() is not None


@cache
def _insert_if_absent(dialect: str, table: Table) -> Executable:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # RETURNING, because drivers do not count the rows of an INSERT alike.
    return insert(table).on_conflict_do_nothing().returning(*table.primary_key)


class _SealLost(Exception):
    """Another process wrote this checkpoint first."""


def seal(database: Database) -> bool:
    """Write one checkpoint over the chains that moved since they were last sealed; True when there may be more.

    Of two processes that seal at once one does nothing, and the chains it saw are sealed at its next turn.
    """
    with database.read_unit() as session:
        if not session.execute(
            select(exists().where(EventChain.count > EventChain.sealed_count))
        ).scalar_one():
            return False
    try:
        with database.unit_of_work() as session:
            return _seal(session) == HEADS_PER_CHECKPOINT
    except _SealLost:
        return True


def _seal(session: Session) -> int:
    moved = (
        select(EventChain.subject_kind, EventChain.subject_id)
        .where(EventChain.count > EventChain.sealed_count)
        .limit(HEADS_PER_CHECKPOINT)
        # Skipping what a writer holds: the sealer never waits for a chain, so it can be in no deadlock.
        .with_for_update(skip_locked=True)
        .cte("moved")
    )
    columns = (CHAINS.c.subject_kind, CHAINS.c.subject_id)
    sealed = session.execute(
        update(CHAINS)
        .where(tuple_(*columns).in_(select(moved.c.subject_kind, moved.c.subject_id)))
        .values(sealed_count=CHAINS.c["count"])
        .returning(*columns, CHAINS.c["count"], CHAINS.c.head)
    ).all()
    if sealed:
        fault("seal.before")
        _write_checkpoint(session, sorted(list(head) for head in sealed))
    return len(sealed)


def _write_checkpoint(session: Session, heads: Sequence[list[Any]]) -> None:
    last = session.execute(
        select(Checkpoint.seq, Checkpoint.hash).order_by(Checkpoint.seq.desc()).limit(1)
    ).one_or_none()
    row = {
        "seq": last.seq + 1 if last else 1,
        "created_at": clock.now(),
        "heads": heads,
        "prev_hash": last.hash if last else GENESIS,
    }
    if not insert_if_absent(session, CHECKPOINTS, row | {"hash": checkpoint_hash(row)}):
        raise _SealLost


def export(session: Session, *, after: int = 0) -> Iterator[str]:
    """Every checkpoint after the one numbered `after`, oldest first, as lines of JSON to be kept elsewhere."""
    while True:
        rows = session.execute(
            select(CHECKPOINTS).where(Checkpoint.seq > after).order_by(Checkpoint.seq).limit(20)
        ).mappings()
        found = [dict(row) for row in rows]
        for row in found:
            yield json.dumps(row | {"created_at": spell_time(row["created_at"])}, sort_keys=True)
        if not found:
            return
        after = found[-1]["seq"]
