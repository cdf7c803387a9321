"""The check of the trail that runs by itself: once a day all of it, in pieces that are each done in a moment.

Any number of processes may call it: a piece is one process's at a time, and what a killed one began is begun again.
"""

import logging
import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from insurenz.core import clock
from insurenz.core.db import Database, Session, after_commit
from insurenz.core.metrics import ALERTS
from insurenz.events import alerts
from insurenz.events.chain import insert_if_absent
from insurenz.events.models import AUDIT_CHECK, AuditCheck
from insurenz.events.service import Subject
from insurenz.events.verify import Audit, Fault, auditing

log = logging.getLogger("insurenz.events")

# Events, or heads of checkpoints, of one piece: a fraction of a second.
AT_ONCE = 5_000
EVERY = timedelta(days=1)
# By then whoever took a piece was killed.
LEASE = timedelta(minutes=15)
TRAIL = Subject(kind="audit", id=str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:insurenz:audit")))


def check_some(database: Database, *, at_once: int = AT_ONCE) -> bool:
    """Check the next piece, when it is time for one; admins are told of what is wrong. True when there is more to check."""
    # Most calls come too early, and must not take SQLite's only write lock.
    with database.read_unit() as session:
        following = session.scalars(select(AuditCheck.next_at)).one_or_none()
    if following is not None and following > clock.now():
        return False
    with database.unit_of_work() as session:
        taken = _take(session)
    if taken is None:
        return False
    with auditing(database) as audit:
        reached = _walk(audit, taken, at_once)
        faults = audit.report_with_seals().faults
    with database.unit_of_work() as session:
        return _write(session, taken, reached, faults)


def standing(session: Session) -> tuple[datetime | None, int]:
    """When the last check of the whole trail ended, and how much it found, or the one that runs has found by now."""
    found = session.scalars(select(AuditCheck)).one_or_none()
    return (found.finished_at, max(found.last_faults, found.faults)) if found else (None, 0)


def _take(session: Session) -> Any:
    now = clock.now()
    if session.scalars(select(AuditCheck.id)).one_or_none() is None:
        insert_if_absent(session, AUDIT_CHECK, _from_the_start(now) | {"id": 1, "last_faults": 0})
    due = update(AUDIT_CHECK).where(AUDIT_CHECK.c.next_at <= now)
    return session.execute(due.values(next_at=now + LEASE).returning(*AUDIT_CHECK.c)).one_or_none()


def _from_the_start(at: datetime) -> dict[str, Any]:
    nowhere = {"subject_kind": None, "subject_id": None, "is_sealing": False, "checkpoint": 0}
    return nowhere | {"next_at": at, "started_at": at, "faults": 0}


def _walk(audit: Audit, taken: Any, at_once: int) -> dict[str, Any] | None:
    """Where the next piece begins; None when this was the last."""
    if not taken.is_sealing:
        after = (taken.subject_kind, taken.subject_id) if taken.subject_kind else None
        key = audit.walk_chains(after, most=at_once)
        return {"subject_kind": key[0], "subject_id": key[1]} if key else {"is_sealing": True}
    checkpoint = audit.walk_checkpoints(taken.checkpoint, most=at_once)
    if checkpoint is not None:
        return {"checkpoint": checkpoint}
    audit.find_chains_without_events()
    audit.find_views_without_batch()
    return None


def _write(session: Session, taken: Any, reached: dict[str, Any] | None, faults: list[Fault]) -> bool:
    now, count = clock.now(), taken.faults + len(faults)
    if reached is not None:
        values = reached | {"next_at": now, "faults": count}
    else:
        # Where a check takes longer than a day, the next one begins at once.
        values = _from_the_start(max(now, taken.started_at + EVERY))
        values |= {"finished_at": now, "last_faults": count}
    held = update(AUDIT_CHECK).where(AUDIT_CHECK.c.next_at == taken.next_at).values(values)
    if session.execute(held.returning(AUDIT_CHECK.c.id)).one_or_none() is None:
        return False
    if faults:
        _tell(session, faults)
    return reached is not None


def _tell(session: Session, faults: list[Fault]) -> None:
    for fault in faults:
        log.error("the trail was changed", extra={"fault": asdict(fault)})
    first = faults[0]
    place = ("subject_kind", "subject_id", "seq", "event_id", "checkpoint")
    data = {"wrong": str(first.wrong), "count": len(faults)} | {name: getattr(first, name) for name in place}
    alerts.tell(session, alerts.AUDIT_CHECK_FAILED, TRAIL, data=data)
    after_commit(session, lambda: ALERTS.labels(alerts.AUDIT_CHECK_FAILED).inc(len(faults)))
