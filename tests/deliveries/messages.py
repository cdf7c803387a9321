"""Messages to be delivered, channels that do as they are told, and what the tables say afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.deliveries.channels import Channel, Passing, Sending
from insurenz.deliveries.models import Attempt, Delivery
from insurenz.deliveries.service import Outgoing, enqueue

BODY = {"title": "Claim Approved", "message": "Meera Iyer approved it: Grüße", "recipient_ids": ["b", "a"]}


def outgoing(**given: Any) -> Outgoing:
    """A message to the external service about an event of its own; what is given is changed."""
    plain: dict[str, Any] = {
        "event_id": new_id(),
        "channel": "external",
        "target": "service",
        "user_id": None,
        "hospital_id": None,
        "payer_id": None,
        "claimant_id": None,
        "category": "progress",
        "next_at": clock.now(),
        "body": BODY,
    }
    return Outgoing(**{**plain, **given})


def put(database: Database, *rows: Outgoing, count: int = 1) -> list[str]:
    """Put messages into the queue, or so many new ones; gives the ids of their deliveries."""
    rows = rows or tuple(outgoing() for _ in range(count))
    with database.unit_of_work() as session:
        enqueue(session, rows)
        events = [row.event_id for row in rows]
        found = session.execute(select(Delivery.event_id, Delivery.id).where(Delivery.event_id.in_(events)))
        ids = dict(found.all())
    return [ids[event_id] for event_id in events]


def delivery(database: Database, delivery_id: str | None = None) -> Delivery:
    """One delivery as it is now; the only one when it is not named."""
    query = select(Delivery)
    with database.read_unit() as session:
        return session.scalars(
            query if delivery_id is None else query.where(Delivery.id == delivery_id)
        ).one()


def attempts(
    database: Database, delivery_id: str | None = None
) -> list[tuple[int, str, int | None, str | None]]:
    """Number, outcome, status code and error of each attempt."""
    query = select(Attempt.n, Attempt.outcome, Attempt.status_code, Attempt.error).order_by(Attempt.n)
    with database.read_unit() as session:
        rows = session.execute(
            query if delivery_id is None else query.where(Attempt.delivery_id == delivery_id)
        )
        return [tuple(row) for row in rows]


def states(database: Database) -> list[str]:
    """The states of all deliveries in the order they were made."""
    with database.read_unit() as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.id)))


class Pretended(Channel):
    """A channel of no install."""

    @classmethod
    def of(cls, settings: object, database: object) -> None:
        return None

    def close(self) -> None:
        pass


@dataclass
class Scripted(Pretended):
    """A channel that does what the script says for each sending, and the last step again and again: None takes it."""

    script: list[Exception | Callable[[Sending], None] | None] = field(default_factory=lambda: [None])
    name: str = "external"
    keys: list[str] = field(default_factory=list)
    bodies: list[Mapping[str, Any]] = field(default_factory=list)
    at: list[datetime] = field(default_factory=list)

    def send(self, delivery: Sending, body: Mapping[str, Any], *, key: str) -> int:
        self.keys.append(key)
        self.bodies.append(body)
        self.at.append(clock.now())
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        if step is not None:
            step(delivery)
        return 202


DOWN = Passing("http_503", status_code=503)
