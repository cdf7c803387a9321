"""Recording events: one row in the chain of its subject, in the transaction of the change itself."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from insurenz.core import clock, context
from insurenz.core.db import Session, is_storable, ring_after_commit
from insurenz.core.ids import new_id, new_secret
from insurenz.core.permissions import Actor
from insurenz.core.statements import Change, Rows, Statement, detached, insert_together, write_together
from insurenz.events.chain import GENESIS, event_hash, insert_if_absent, text_hash
from insurenz.events.models import CHAINS, EVENTS, MARKS, TEXT_ERASED, TEXTS, Event, EventText

# Built once: every write of the product runs them, and building them costs as much as running them.
_OF_SUBJECT = (CHAINS.c.subject_kind == bindparam("kind"), CHAINS.c.subject_id == bindparam("uid"))
LOCK_CHAIN = Statement(select(CHAINS.c.head, CHAINS.c["count"]).where(*_OF_SUBJECT).with_for_update())
MOVE_CHAIN = (
    update(CHAINS)
    .where(*_OF_SUBJECT)
    .values(head=bindparam("hash"), count=bindparam("seq"))
    .returning(CHAINS.c["count"])
)


class End(NamedTuple):
    """The end of a subject's chain: hash and number of its last event."""

    head: str
    seq: int


class Recording(NamedTuple):
    """An event that is yet to be written, by `write_together` with all that it announces; its texts by name."""

    event: Event
    texts: Mapping[str, str]
    changes: Sequence[Change]
    rows: Rows


# Before the first.
_START = End(GENESIS, 0)


@dataclass(frozen=True)
class Subject:
    """What an event is about, as it stands after the change. `id` is a UUID, `status` the new status.

    `facts` are part of the data of each of its events.
    """

    kind: str
    id: str
    claim_number: str | None = None
    hospital_id: str | None = None
    payer_id: str | None = None
    claimant_id: str | None = None
    hospital_name: str | None = None
    status: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def record(
    session: Session,
    event_type: str,
    *,
    subject: Subject,
    actor: Actor | None,
    data: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Event:
    """Record one event at the end of its subject's chain and queue it for the relay, which wakes after the commit.

    `data` is JSON of ids, codes, statuses, whole numbers and names of changed fields; free text goes to `texts`,
    where it can be erased. `version` is the subject's version after a transition, whose `data` then holds `action`,
    `from` and `to`; the same transition twice is refused by the database (IntegrityError). No actor is the system.
    Raises ValueError for data that no database keeps unchanged: fractions, NUL, lone surrogates.
    The subject's chain is locked until the end of the unit. The event returned belongs to no session.
    """
    row, kept = _columns(event_type, subject, actor, version, data), _texts(texts)
    _write(session, row, kept, queued=True)
    ring_after_commit(session)
    return detached(Event, row)


def following(
    event_type: str,
    *,
    subject: Subject,
    actor: Actor,
    end: End | None,
    data: Mapping[str, Any],
    texts: Mapping[str, str],
    version: int,
) -> Recording:
    """The next event of a subject the end of whose chain was read and locked: what `record` does, yet to be written.

    Without an end it begins the chain. Whoever writes it rings the bell (`ring_after_commit`). Raises ValueError as
    `record` does.
    """
    kept = _texts(texts)
    row = _chained(_columns(event_type, subject, actor, version, data), _hashes(kept), end or _START)
    rows = _rows(row, kept, queued=True)
    if end is None:
        return Recording(detached(Event, row), texts, (), {**rows, CHAINS: [_first_link(row)]})
    return Recording(detached(Event, row), texts, [_link(row)], rows)


def opening(
    event_type: str,
    *,
    subject: Subject,
    actor: Actor | None,
    data: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Rows:
    """The rows that record the first event of a subject whose own row is inserted with them, by `insert_together`.

    Whoever inserts them rings the bell (`ring_after_commit`). Raises ValueError as `record` does.
    """
    row = _chained(_columns(event_type, subject, actor, version, data), {}, _START)
    return {EVENTS: [row], CHAINS: [_first_link(row)], MARKS: [_mark(row)]}


def append(
    session: Session,
    event_type: str,
    *,
    subject: Subject,
    actor: Actor | None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """As `record`, but for the trail alone: the event is not queued, so nobody reacts to it."""
    row = _columns(event_type, subject, actor, None, data)
    _write(session, row, [], queued=False)
    return detached(Event, row)


def _write(session: Session, row: dict[str, Any], kept: Sequence[Mapping[str, str]], *, queued: bool) -> None:
    """Write the event at the end of its subject's chain, which is locked until the end of the unit."""
    end = _lock_chain(session, row)
    if end is None and not _begin_chain(session, _chained(row, _hashes(kept), _START)):
        end = _lock_chain(session, row)
    if end is None:
        insert_together(session, _rows(row, kept, queued=queued))
        return
    link = _link(_chained(row, _hashes(kept), end))
    write_together(session, [link], _rows(row, kept, queued=queued))


def erase_text(session: Session, event_id: str, name: str, *, actor: Actor | None = None) -> bool:
    """Erase one text of an event for good and record that it was erased; False when there is none (any more).

    The chain holds the text's salted hash, so it verifies as before. The salt goes too: what stays confirms no guess.
    """
    erased = session.execute(
        update(TEXTS)
        .where(EventText.event_id == event_id, EventText.name == name, EventText.body.is_not(None))
        .values(body=None, salt=None)
    )
    if not getattr(erased, "rowcount", 0):
        return False
    event = session.execute(select(Event).where(Event.id == event_id)).scalar_one()
    subject = Subject(
        event.subject_kind,
        event.subject_id,
        event.claim_number,
        event.hospital_id,
        event.payer_id,
        event.claimant_id,
        event.hospital_name,
    )
    record(session, TEXT_ERASED, subject=subject, actor=actor, data={"event_id": event.id, "text": name})
    return True


def checked(value: Any, at: str = "data") -> Any:
    """The value, when both databases give it back exactly as it is. Raises ValueError naming the place."""
    if isinstance(value, str):
        return _storable(value, at)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple):
        return [checked(item, f"{at}[{n}]") for n, item in enumerate(value)]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {_storable(key, at): checked(item, f"{at}.{key}") for key, item in value.items()}
    raise ValueError(f"{at} is a {type(value).__name__}, which an event does not hold")


def _storable(text: str, at: str) -> str:
    if not is_storable(text):
        raise ValueError(f"{at} has a character that no database stores")
    return str(text)


def _columns(
    event_type: str,
    subject: Subject,
    actor: Actor | None,
    version: int | None,
    data: Mapping[str, Any] | None,
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "type": event_type,
        "subject_kind": subject.kind,
        "subject_id": str(uuid.UUID(subject.id)),
        "claim_number": subject.claim_number,
        "version": version,
        "hospital_id": _spelled(subject.hospital_id),
        "payer_id": _spelled(subject.payer_id),
        "claimant_id": _spelled(subject.claimant_id),
        "hospital_name": subject.hospital_name,
        "status": None if subject.status is None else str(subject.status),
        "actor_id": actor.id if actor else None,
        "actor_role": actor.role_shown if actor else None,
        "actor_name": actor.name if actor else None,
        "actor_email": actor.email if actor else None,
        "occurred_at": clock.now(),
        "request_id": context.request_id.get() or None,
        "data": checked({**subject.facts, **(data or {})}),
    }


def _mark(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("type", "subject_kind", "subject_id", "seq")
    return {"event_id": row["id"], "attempts": 0} | {name: row[name] for name in names}


def _spelled(uid: str | None) -> str | None:
    """An id as the database gives it back: the hash is over this spelling."""
    return None if uid is None else str(uuid.UUID(uid))


def _texts(texts: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [_text(name, body) for name, body in (texts or {}).items()]


def _text(name: str, body: str) -> dict[str, str]:
    salt = new_secret(16)
    body = _storable(body, name)
    return {"name": name, "salt": salt, "body": body, "hash": text_hash(salt, body)}


def _hashes(kept: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {text["name"]: text["hash"] for text in kept}


def _rows(row: Mapping[str, Any], kept: Sequence[Mapping[str, str]], *, queued: bool) -> Rows:
    texts = [{"event_id": row["id"], **text} for text in kept]
    return {EVENTS: [row], TEXTS: texts, MARKS: [_mark(row)] if queued else []}


def _chained(row: dict[str, Any], hashes: Mapping[str, str], end: End) -> dict[str, Any]:
    row |= {"prev_hash": end.head, "seq": end.seq + 1}
    row["hash"] = event_hash(row, hashes)
    return row


def _lock_chain(session: Session, row: Mapping[str, Any]) -> End | None:
    """The end of the subject's chain, locked (SQLite's writer is alone anyway); None when it has none."""
    found = LOCK_CHAIN.first(session, _place(row))
    return End(found[0], found[1]) if found else None


def _begin_chain(session: Session, row: Mapping[str, Any]) -> bool:
    """Begin the subject's chain with this event; False when another unit was faster, after its commit."""
    return insert_if_absent(session, CHAINS, _first_link(row))


def _first_link(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "subject_kind": row["subject_kind"],
        "subject_id": row["subject_id"],
        "head": row["hash"],
        "count": 1,
        "sealed_count": 0,
    }


def _link(row: Mapping[str, Any]) -> Change:
    return Change(MOVE_CHAIN, _place(row) | {"hash": row["hash"], "seq": row["seq"]})


def _place(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": row["subject_kind"], "uid": row["subject_id"]}
