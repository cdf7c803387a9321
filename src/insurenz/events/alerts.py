"""Alerts: what admins are told of by a notice, once an hour for each kind and subject, by whichever process is first."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.events.chain import insert_if_absent
from insurenz.events.models import ALERTED
from insurenz.events.service import Subject, record

LOGIN_BURST, REFRESH_REPLAYED, AUDIT_CHECK_FAILED = "login_burst", "refresh_replayed", "audit_check_failed"
DOCUMENT_CHECK_FAILED = "document_check_failed"
AGAIN_AFTER = timedelta(hours=1)
# Notices of one kind within that time: who attacks a thousand accounts does not bury the inboxes. All are counted.
MOST = 20


def tell(session: Session, kind: str, subject: Subject, *, data: Mapping[str, Any] | None = None) -> bool:
    """Record an alert, of which admins are told; False when they were lately, of this subject or often enough.

    `data` is of ids, codes and counts.
    """
    now, columns = clock.now(), ALERTED.c
    session.execute(delete(ALERTED).where(columns.kind == kind, columns.told_at <= now - AGAIN_AFTER))
    lately = session.scalars(select(func.count()).where(columns.kind == kind)).one()
    row = {"kind": kind, "subject_kind": subject.kind, "subject_id": subject.id, "told_at": now}
    if lately >= MOST or not insert_if_absent(session, ALERTED, row):
        return False
    record(session, kind, subject=subject, actor=None, data=data)
    return True
