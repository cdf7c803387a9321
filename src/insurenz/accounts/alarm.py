"""The alarm: attacks that requests of this process have shown are counted at once, and told to admins a moment later.

A request that is refused changes nothing, so it cannot tell of itself.
"""

import hmac
import logging
import threading
import uuid

from sqlalchemy import select

from insurenz.accounts.models import ApiKey
from insurenz.accounts.queries import by_email, subject_of
from insurenz.core.db import Database, Session
from insurenz.core.metrics import ALERTS
from insurenz.events import alerts
from insurenz.events.service import Subject

log = logging.getLogger("insurenz.alerts")

# Kinds and callers that wait to be told of; more than these admins are not told of anyway.
MOST = 100


class Alarm:
    """Who is meant is named as for rate limits: `user:` and an id, `key:` and a prefix, `account:` and an e-mail
    address, `address:` and a network address. An address is told of by an id made of it with `key`: it is in the log alone.
    """

    def __init__(self, key: bytes) -> None:
        self._key, self._lock = key, threading.Lock()
        self._heard: dict[tuple[str, str], None] = {}

    def sound(self, kind: str, who: str) -> None:
        """Count something that admins should know, and have them told."""
        ALERTS.labels(kind).inc()
        with self._lock:
            if len(self._heard) < MOST:
                self._heard[kind, who] = None

    def flush(self, database: Database) -> None:
        """Tell of what was heard, each in a unit of its own; what fails is told of at the next call."""
        while heard := next(iter(self._heard), None):
            with database.unit_of_work() as session:
                self._tell(session, *heard)
            with self._lock:
                self._heard.pop(heard, None)

    def _tell(self, session: Session, kind: str, who: str) -> None:
        subject = self._subject(session, who)
        if subject is not None and alerts.tell(session, kind, subject):
            address = who.partition(":")[2] if subject.kind == "address" else None
            about = {"kind": kind, "subject": f"{subject.kind} {subject.id}", "address": address}
            log.warning("alert", extra=about)

    def _subject(self, session: Session, who: str) -> Subject | None:
        """None for an account that is none: nobody gets into it."""
        sort, _, name = who.partition(":")
        if sort == "account":
            user = by_email(session, name)
            return subject_of(user.id) if user else None
        if sort == "user":
            return subject_of(name)
        if sort == "key":
            owner = session.scalars(select(ApiKey.user_id).where(ApiKey.prefix == name)).first()
            return subject_of(owner) if owner else None
        mark = hmac.digest(self._key, name.encode(), "sha256")
        return Subject(kind="address", id=str(uuid.UUID(bytes=mark[:16])))
