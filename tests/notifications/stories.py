"""What the tests of notifications say again and again: something happens, everybody is told, who has it in their inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from insurenz import workflow
from insurenz.accounts import service as users
from insurenz.consumers import consumers, of_kinds
from insurenz.core.db import Database, Session
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor, Role
from insurenz.definitions.service import Definitions, pin
from insurenz.events.models import Event
from insurenz.events.relay import Relay
from insurenz.events.service import Subject, record
from insurenz.notifications.models import InboxItem, InboxState, Notice, Told
from insurenz.notifications.telling import Telling
from insurenz.organisations.models import Organisation
from tests.actors import Api, Cast

# What is said of channels that rules name and an install has not set up.
ABSENT = {"push": "not_configured", "chat": "not_configured"}
FACTS = {"workflow": "hospital", "workflow_version": 5, "currency": "INR"}


@dataclass
class Desk:
    """A relay with its consumers on one database, worked by hand, and the cast that is told."""

    database: Database
    cast: Cast
    telling: Telling
    relay: Relay

    @classmethod
    def of(cls, database: Database, cast: Cast, **telling: Any) -> "Desk":
        """The consumers of the product on this database."""
        with database.unit_of_work() as session:
            registry = pin(session, workflow.load_registry())
        made = Telling(Definitions(database, registry), "https://claims.example", **telling)
        return cls(database, cast, made, Relay(database, consumers(made), of_kinds=of_kinds(made)))

    def tell(self) -> None:
        """Tell everybody of all that has happened."""
        while self.relay.turn():
            pass

    def happen(self, event_type: str, *, by: Actor | None = None, at: str = "lakeside", **given: Any) -> str:
        """Something happens to a hospital claim; gives the event's id."""
        with self.database.unit_of_work() as session:
            return happen(session, self.cast, event_type, by=by, at=at, **given)

    def inbox(self, person: Actor) -> list[str]:
        """The titles in somebody's inbox, newest first, put away or not."""
        return [title for title, _ in self.items(person)]

    def items(self, person: Actor) -> list[tuple[str, str]]:
        """Title and message of what is in somebody's inbox, newest first."""
        chosen = (
            select(Notice.title, Notice.message)
            .join(
                InboxItem, (InboxItem.event_id == Notice.event_id) & (InboxItem.audience == Notice.audience)
            )
            .where(InboxItem.user_id == person.id)
            .order_by(InboxItem.event_id.desc())
        )
        with self.database.read_unit() as session:
            return [(title, message) for title, message in session.execute(chosen)]

    def told(self, event_id: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Who was told of an event and why, with what became of each channel; who was left out, and why."""
        chosen = select(Told.recipients, Told.excluded).where(Told.event_id == event_id).order_by(Told.batch)
        recipients, excluded = {}, {}
        with self.database.read_unit() as session:
            for told, left_out in session.execute(chosen):
                recipients |= {user: (reason, channels) for user, reason, channels in told}
                excluded |= {user: reason for user, _, reason in left_out}
        return recipients, excluded

    def hire(self, name: str, role: Role, *firms: Organisation, is_active: bool = True) -> Actor:
        """A new person, assigned to these organisations."""
        with self.database.unit_of_work() as session:
            made = users.create_user(session, None, email=f"{name}@new.example", name=name.title(), role=role)
            for firm in firms:
                users.assign(session, None, made, firm)
            if not is_active:
                users.disable(session, None, made)
            return made.as_actor()


def happen(
    session: Session,
    cast: Cast,
    event_type: str,
    *,
    by: Actor | None = None,
    at: str = "lakeside",
    payer: str = "suraksha",
    status: str = "qc_pending",
    texts: Mapping[str, str] | None = None,
    subject_id: str | None = None,
    version: int | None = None,
    **data: Any,
) -> str:
    """Record an event of a hospital claim."""
    hospital: Organisation = getattr(cast, at)
    subject = Subject(
        "claim",
        subject_id or new_id(),
        "CSHLSIP-2026-014",
        hospital_id=hospital.id,
        payer_id=getattr(cast, payer).id,
        hospital_name=hospital.name,
        status=status,
        facts=FACTS,
    )
    event: Event = record(
        session, event_type, subject=subject, actor=by, data=data, texts=texts, version=version
    )
    return event.id


def cleared(desk: Desk, number: int = 1) -> list[str]:
    """So many events of which Lakeside's desk is told; gives their ids."""
    made = [desk.happen("claim_qc_clear", by=desk.cast.meera, status="qc_clear") for _ in range(number)]
    desk.tell()
    return made


def listed(api: Api, person: Actor, which: str = "") -> list[dict[str, Any]]:
    """The items of an inbox as the list has them, oldest first."""
    items: list[dict[str, Any]] = api.as_(person).get(f"/notifications?limit=200{which}").json()["items"]
    return items[::-1]


def states(database: Database) -> dict[str, tuple[int, int, int]]:
    """Last rev, unread and seen rev of every inbox."""
    with database.read_unit() as session:
        return {s.user_id: (s.last_rev, s.unread, s.seen_rev) for s in session.scalars(select(InboxState))}


def broken(database: Database, *, was_cleaned: bool = False) -> Sequence[str]:
    """What is not as it must be at every commit: badges, revs, and that whoever was told has it in their inbox.

    Once inboxes were cleaned up, what is in them was told, but not the other way round.
    """
    with database.read_unit() as session:
        heads = {state.user_id: state for state in session.scalars(select(InboxState))}
        items = session.scalars(select(InboxItem)).all()
        found = [f"{i.user_id} has items and no state" for i in items if i.user_id not in heads]
        for user, head in heads.items():
            own = [item for item in items if item.user_id == user]
            unread = sum(item.read_at is None and item.archived_at is None for item in own)
            revs = [item.rev for item in own]
            found += [f"{user}: badge {head.unread}, unread {unread}"] * (head.unread != unread)
            found += [f"{user}: revs {sorted(revs)} of {head.last_rev}"] * (
                len(set(revs)) != len(revs) or any(not 0 < rev <= head.last_rev for rev in revs)
            )
        told = [(t.event_id, user) for t in session.scalars(select(Told)) for user, *_ in t.recipients]
        found += ["somebody was told twice"] * (len(set(told)) != len(told))
        kept = {(item.event_id, item.user_id) for item in items}
        is_right = kept <= set(told) if was_cleaned else kept == set(told)
        found += ["inboxes differ from who was told"] * (not is_right)
        return found


def count(database: Database, table: str) -> int:
    """How many rows a table has."""
    with database.read_unit() as session:
        found: int = session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        return found
