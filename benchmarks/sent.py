"""Deliveries that are sent by the threads of the product itself, to receivers in another process; used by inside.py."""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, islice
from typing import Any

from sqlalchemy import text

from insurenz.cli.opening import open_settings
from insurenz.core import clock
from insurenz.core.background import start_all, stop_all
from insurenz.core.db import Database, Session
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor, Role
from insurenz.deliveries.channels import Channels
from insurenz.deliveries.lanes import Lane
from insurenz.deliveries.mail.letters import letters_of
from insurenz.deliveries.models import WEBHOOK
from insurenz.deliveries.sending import Sender
from insurenz.deliveries.service import Outgoing, enqueue
from insurenz.deliveries.webhooks.rules import Rules
from insurenz.deliveries.webhooks.service import MOST_PER_ORGANISATION, create
from insurenz.notifications.samples import Sample, samples
from insurenz.organisations.queries import find

# Readers, and mails that are rendered to learn what that takes.
READERS, RENDERED = 200, 1000
IN_A_UNIT = 500
LOOK_SECONDS, MOST_SECONDS = 0.05, 300
PAYER = "PAY_001"


def deliver(
    database: Database, app: Any, _state: Mapping[str, Any], channel: str, count: str, port: str
) -> dict[str, float]:
    """Processor time of this process for so many deliveries, besides rendering, in milliseconds for each."""
    bodies = list(samples(app.state.registry.newest.values(), "https://claims.example"))
    channels = Channels.of(open_settings(), database)
    sender = Sender(database, channels.by_name[channel])
    targets = _webhooks(database, port) if channel == WEBHOOK else _readers(database)
    # What is done once in the life of a process is not what is measured.
    _send(database, sender, lambda: _put(database, channel, targets, bodies, READERS))
    rendering = 0.0 if channel == WEBHOOK else _rendering(bodies)
    spent, seconds = _send(database, sender, lambda: _put(database, channel, targets, bodies, int(count)))
    channels.close()
    whole = 1000 * spent / int(count)
    return {
        "own_ms": whole - rendering,
        "rendering_ms": rendering,
        "sent_s": int(count) / seconds,
        "n": int(count),
    }


def fill(database: Database, _app: Any, _state: Mapping[str, Any], count: str) -> dict[str, int]:
    """So many deliveries that were delivered in the last thirty days, each with its attempt; PostgreSQL only."""
    with database.unit_of_work() as session:
        for statement in FILL:
            session.execute(text(statement), {"count": int(count)})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE deliveries"))
        connection.execute(text("VACUUM ANALYZE delivery_attempts"))
    return {"filled": int(count)}


FILL = (
    """
    INSERT INTO deliveries (id, event_id, channel, target, user_id, category, state, next_at, attempts,
      attempts_before, body_hash, template_version, created_at, closed_at)
    SELECT gen_random_uuid(), gen_random_uuid(), CASE n % 2 WHEN 0 THEN 'email' ELSE 'webhook' END,
      coalesce(reader.id, receiver.id)::text, reader.id, 'progress', 'delivered', at, 1, 0, repeat('0', 64), 1, at, at
    FROM generate_series(1, :count) AS n
    CROSS JOIN LATERAL (SELECT now() - n * interval '30 days' / :count AS at) AS moment
    LEFT JOIN (SELECT id, row_number() OVER () - 1 AS place FROM users WHERE role = 'policyholder') AS reader
      ON n % 2 = 0 AND place = n / 2 % (SELECT count(*) FROM users WHERE role = 'policyholder')
    CROSS JOIN (SELECT gen_random_uuid() AS id) AS receiver
    """,
    """
    INSERT INTO delivery_attempts (delivery_id, n, started_at, ended_at, outcome)
    SELECT id, 1, created_at, closed_at, 'delivered' FROM deliveries WHERE state = 'delivered'
    ON CONFLICT DO NOTHING
    """,
)


def _send(database: Database, sender: Sender, put: Callable[[], None]) -> tuple[float, float]:
    """Processor time and seconds from the first lease until nothing is due any more."""
    put()
    lane = Lane(sender, database.bell.listen())
    spent, began = time.process_time(), time.monotonic()
    start_all([lane.loop])
    while _is_due(database):
        if time.monotonic() - began > MOST_SECONDS:
            raise SystemExit("what is due is not delivered: does the receiver run?")
        time.sleep(LOOK_SECONDS)
    seconds = time.monotonic() - began
    spent = time.process_time() - spent
    stop_all([lane.loop])
    lane.stop(time.monotonic() + 1)
    return spent, seconds


def _is_due(database: Database) -> bool:
    with database.read_unit() as session:
        asked = "SELECT EXISTS (SELECT 1 FROM deliveries WHERE state = 'due')"
        return bool(session.execute(text(asked)).scalar_one())


def _put(
    database: Database, channel: str, targets: Sequence[str], bodies: Sequence[Sample], count: int
) -> None:
    for first in range(0, count, IN_A_UNIT):
        size = min(IN_A_UNIT, count - first)
        some = islice(zip(cycle(targets), cycle(bodies), strict=False), size)
        with database.unit_of_work() as session:
            enqueue(session, [_outgoing(channel, target, body) for target, body in some])


def _outgoing(channel: str, target: str, sample: Sample) -> Outgoing:
    reader = None if channel == WEBHOOK else target
    return Outgoing(
        event_id=new_id(),
        channel=channel,
        target=target,
        user_id=reader,
        hospital_id=None,
        payer_id=None,
        claimant_id=reader,
        category=sample.category,
        next_at=clock.now(),
        body=sample.body,
    )


def _rendering(bodies: Sequence[Sample]) -> float:
    """Milliseconds that it takes to make the text of a mail, HTML and all."""
    settings = open_settings()
    letters = letters_of(settings)

    def render(sample: Sample) -> None:
        letters.mail(
            "reader@claims.example",
            sample.body,
            user_id=sample.user_id,
            category=sample.category,
            key=new_id(),
        ).spelled(settings.mail_from)

    spent = time.process_time()
    for sample in islice(cycle(bodies), RENDERED):
        render(sample)
    return 1000 * (time.process_time() - spent) / RENDERED


def _readers(database: Database) -> list[str]:
    with database.read_unit() as session:
        chosen = "SELECT id FROM users WHERE role = 'policyholder' ORDER BY id LIMIT :most"
        return [str(row.id) for row in session.execute(text(chosen), {"most": READERS})]


def _webhooks(database: Database, port: str) -> list[str]:
    with database.unit_of_work() as session:
        made = [str(row.id) for row in session.execute(text("SELECT id FROM webhooks"))]
        return made or [_webhook(session, port, number) for number in range(MOST_PER_ORGANISATION)]


def _webhook(session: Session, port: str, number: int) -> str:
    rules = Rules(is_own_network_allowed=True, event_types=())
    operator = Actor(new_id(), Role.ADMIN, "The operator", "")
    url = f"http://127.0.0.1:{port}/{number}"
    payer = find(session, PAYER)
    if payer is None:
        raise SystemExit(f"there is no {PAYER}")
    return create(session, operator, rules, payer, url=url, description="", events=()).id
