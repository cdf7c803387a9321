"""Subjects, actors and events for the tests of this folder, and the hand of somebody who changes what was recorded."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from insurenz.core.db import Database, Session
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor, Role
from insurenz.events.models import Event
from insurenz.events.service import Subject, record

MEERA = Actor(new_id(), Role.CLAIM_PROCESSOR, "Meera Iyer", "meera@demo.example", level=2)


def claim(status: str = "pending", uid: str | None = None) -> Subject:
    """A claim as the subject of an event."""
    return Subject(
        "claim",
        uid or new_id(),
        claim_number="CLM-20261122-ABCDEFGH",
        payer_id=new_id(),
        claimant_id=new_id(),
        status=status,
    )


def move(session: Session, subject: Subject, version: int, **texts: str) -> Event:
    """The transition that brings a claim to this version."""
    data = {"action": "move", "from": f"state_{version - 1}", "to": subject.status, "version": version}
    return record(
        session, "claim_moved", subject=subject, actor=MEERA, data=data, texts=texts, version=version
    )


def moved_claim(database: Database, events: int, **texts: str) -> Subject:
    """A claim with so many transitions, each in a unit of its own."""
    subject = claim()
    for version in range(1, events + 1):
        with database.unit_of_work() as session:
            move(session, subject, version, **texts)
    return subject


def count(database: Database, table: str) -> int:
    """How many rows a table has."""
    with database.read_unit() as session:
        return session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def tamper(database: Database, statement: str, values: Mapping[str, Any] | None = None) -> None:
    """Change rows as somebody with all rights on the database can: past the triggers."""
    with database.unit_of_work() as session:
        if database.is_sqlite:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in session.execute(text(triggers)).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement), values or {})
        if not database.is_sqlite:
            session.execute(text("SET LOCAL session_replication_role = origin"))


def stored(database: Database, uid: str) -> str:
    """An id as it stands in the tables of this database."""
    return uid.replace("-", "") if database.is_sqlite else uid
