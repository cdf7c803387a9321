"""People at work on an arrangement that is disturbed: every change is repeated under its key until it is answered."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text

from insurenz.core.db import Database
from insurenz.deliveries.models import Attempt, Delivery
from insurenz.events.verify import verify
from tests.claims.stories import INCIDENT
from tests.growth.arrangement import Arrangement
from tests.notifications.stories import broken
from tests.notifications.test_hints import Redis
from tests.postgres import Postgres
from tests.receiver import Receiver
from tests.server import Server
from tests.waiting import PATIENCE_SECONDS

FILING = {
    "user_policy_id": "POL-DEMO-0001",
    "claim_type": "medical",
    "incident_date": INCIDENT,
    "description": "Fracture of the left wrist",
    "claim_amount": "10",
}
# What a server, or the way to one, says of a bad moment. Everything else is an answer.
AGAIN = frozenset({502, 503, 504})
# Of each claim, in the order they happen: type, and how many are told of it.
OF_A_CLAIM = ("claim_submitted", "claim_status_updated", "claim_status_updated")


@dataclass
class Desk:
    """Asha files and Arjun decides; `outages` are the seconds from each first failure to the answer that came in the end."""

    entry: Server
    name: str
    outages: list[float] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.asha, self.arjun = (self._sign_in(f"{name}@demo.example") for name in ("asha", "arjun"))

    def work(self, numbers: Iterable[int]) -> None:
        """File a claim for each of these numbers, and decide it."""
        for number in numbers:
            key = f"{self.name}-{number}"
            claim = self._call("POST", "/claims", self.asha, FILING, f"{key}-file", 201)
            for action in ("start_review", "approve"):
                self._call(
                    "POST", f"/claims/{claim['id']}/actions/{action}", self.arjun, {}, f"{key}-{action}", 200
                )
            self.done.append(claim["id"])

    def _call(self, method: str, path: str, token: str, body: Any, key: str, expected: int) -> Any:
        failed_at = None
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                headers = {"Idempotency-Key": key}
                answer = self.entry.call(method, path, token=token, json_body=body, headers=headers)
                if answer.status not in AGAIN:
                    assert answer.status == expected, answer.body
                    if failed_at is not None:
                        self.outages.append(time.monotonic() - failed_at)
                    return answer.json()
            except ConnectionError:
                pass
            failed_at = failed_at or time.monotonic()
            time.sleep(0.05)
        raise AssertionError(f"{path} was never answered")

    def _sign_in(self, email: str) -> str:
        return self.entry.sign_in(email)


@dataclass
class Disturber:
    """Does something bad at random moments until it is told to stop, then leaves everything running."""

    arrangement: Arrangement
    redis: Redis
    seed: int
    postgres: Postgres | None = None
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._dice, self._over = random.Random(self.seed), threading.Event()
        self._thread = threading.Thread(target=self._disturb)

    def __enter__(self) -> "Disturber":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _disturb(self) -> None:
        deeds: list[Callable[[], None]] = [
            self.kill_worker,
            self.kill_worker,
            self.kill_server,
            self.restart_redis,
            self.flush,
        ]
        deeds += [self.restart_database] if self.postgres else []
        self._dice.shuffle(deeds)
        # Each of them at least once.
        while deeds or not self._over.wait(self._dice.uniform(0.2, 1.5)):
            deed = (
                deeds.pop()
                if deeds
                else self._dice.choice([self.kill_worker, self.kill_server, self.flush, self.restart_redis])
            )
            deed()
            self.done[deed.__name__] += 1
            self.arrangement.revive()

    def kill_worker(self) -> None:
        worker = self._dice.choice(self.arrangement.workers)
        worker.kill()
        worker.start()

    def kill_server(self) -> None:
        server = self._dice.choice(self.arrangement.servers)
        server.kill()
        server.start()

    def restart_redis(self) -> None:
        self.redis.stop()
        self._over.wait(self._dice.uniform(0, 2))
        self.redis.start()

    def flush(self) -> None:
        self.redis.flush()

    def restart_database(self) -> None:
        assert self.postgres is not None
        self.postgres.restart()


def check(database: Database, service: Receiver, claims: list[str]) -> None:
    """Everything that was answered is there once, everybody was told once, and the service as often as attempts say."""
    events = text("SELECT type FROM events WHERE subject_kind = 'claim' AND subject_id = :id ORDER BY seq")
    status = text("SELECT status, version FROM claims WHERE id = :id")
    with database.read_unit() as session:
        for claim in claims:
            assert session.execute(status, {"id": claim}).one() == ("approved", 3)
            assert tuple(session.scalars(events, {"id": claim})) == OF_A_CLAIM
        filed = session.execute(
            text("SELECT count(*) FROM claims WHERE description = :d"), {"d": FILING["description"]}
        )
        assert filed.scalar_one() == len(claims)
        # Of some that happen in the demo world nobody is told.
        told = text(
            "SELECT count(DISTINCT event_id) FROM told JOIN events ON events.id = event_id WHERE subject_id = :id"
        )
        assert {session.execute(told, {"id": claim}).scalar_one() for claim in claims} == {len(OF_A_CLAIM)}
        deliveries = session.scalars(select(Delivery)).all()
        attempts = session.scalars(select(Attempt)).all()
    assert broken(database) == []
    assert verify(database).faults == []
    assert {row.state for row in deliveries} == {"delivered"}
    # Letters lie in the mailbox of whichever process sent them.
    rows = {row.id: row for row in deliveries if row.channel == "external"}
    assert len({row.event_id for row in rows.values()}) == len(rows)
    calls = Counter(service.keys)
    unfinished = Counter(attempt.delivery_id for attempt in attempts if attempt.outcome != "delivered")
    assert set(calls) == set(rows)
    assert {key: n for key, n in calls.items() if n - 1 > unfinished[key]} == {}
