"""The whole chain under kill -9: filed, acted on, everybody told, delivered. What was answered is there, and once.

./test --crash -k chain -s                     prints what was killed where, and what came of it
CRASH_SEED=4711 ./test --crash -k chain        the same kills again;  CRASH_KILLS=20 fewer of them
"""

import itertools
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from insurenz.core.db import Database
from insurenz.deliveries.models import Attempt, Delivery
from insurenz.events import verify
from insurenz.notifications.models import Told
from tests.claims.hospitals import SUBMISSION
from tests.claims.stories import DATA, FIELDS
from tests.crash.test_filing import swept_a_day_later
from tests.installs import make_database
from tests.notifications.stories import broken
from tests.receiver import Receiver, receiver
from tests.server import Server, form
from tests.stores import spools
from tests.waiting import PATIENCE_SECONDS, soon

KILLS = int(os.environ.get("CRASH_KILLS", "200"))
SEED = int(os.environ.get("CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
# From the file on the disk to the receiver's answer; and moments that no point stands for.
MOMENT = "a moment"
POINTS = (
    "store.written",
    "request.before_commit",
    "request.after_commit",
    "unit.before_commit",
    "unit.after_commit",
    "relay.leased",
    "fanout.before_batch",
    "fanout.after_batch",
    "relay.consumed",
    "delivery.leased",
    "delivery.sent",
    "seal.before",
    MOMENT,
)
# What each story does after its filing.
RETAIL: tuple[tuple[str, dict[str, str]], ...] = (
    ("start_review", {}),
    ("approve", {"approved_amount": "10"}),
    ("complete", {"payment_reference": "UTR 1"}),
)
HOSPITAL: tuple[tuple[str, dict[str, str]], ...] = (("clear", {}), ("approve", {"remarks": "Covered."}))
LAST = {"/claims": "completed", "/hospital-claims": "claim_approved"}
TELLERS = 3


@dataclass
class Teller:
    """Files claims and acts on them, one story after the other; what is not answered is sent again under its key."""

    server: Server
    tokens: dict[str, str]
    name: str
    is_over: threading.Event
    # Of each claim its route and the status that was answered last.
    claims: dict[str, tuple[str, str]] = field(default_factory=dict)
    repeats: int = 0

    def tell(self) -> None:
        """Until it is over, and the last story at its end."""
        for number in itertools.count():
            self._one("/claims", "asha", RETAIL, f"{self.name}-r{number}")
            self._one("/hospital-claims", "desk", HOSPITAL, f"{self.name}-h{number}")
            if self.is_over.is_set():
                return

    def _one(self, route: str, who: str, acts: tuple[tuple[str, dict[str, str]], ...], key: str) -> None:
        filed = self._ask(who, route, key, *_filing(route))
        claim_id = filed["id"]
        self.claims[claim_id] = route, filed["status"]
        for action, fields in acts:
            content = json.dumps(fields).encode(), {"Content-Type": "application/json"}
            moved = self._ask("admin", f"/claims/{claim_id}/actions/{action}", f"{key}-{action}", *content)
            self.claims[claim_id] = route, moved["status"]

    def _ask(self, who: str, path: str, key: str, body: bytes, headers: dict[str, str]) -> Any:
        """The answer, whatever number of servers had to die for it."""
        headers = headers | {"Idempotency-Key": key}
        while True:
            with suppress(ConnectionError):
                answer = self.server.call("POST", path, token=self.tokens[who], body=body, headers=headers)
                if answer.status in (200, 201):
                    return answer.json()
                assert answer.status >= 500, answer.body
            self.repeats += 1
            time.sleep(0.05)


def _filing(route: str) -> tuple[bytes, dict[str, str]]:
    if route == "/claims":
        return form(FIELDS | {"claim_amount": "10"}, [DATA / "bill.pdf"])
    return json.dumps(SUBMISSION).encode(), {"Content-Type": "application/json"}


def killed(server: Server, chance: random.Random, points: Sequence[str] = POINTS) -> str:
    """Let a server live until it is killed; gives where."""
    point, nth, seconds = chance.choice(points), chance.randint(1, 5), chance.uniform(0.2, 1.5)
    faults = "" if point == MOMENT else f"{point}=kill@{nth}"
    server.start(INSURENZ_FAULTS=faults, wait=False)
    with suppress(AssertionError):
        server.wait_ready()
    if server.has_died(seconds):
        return point
    server.kill()
    return MOMENT


def rested(database: Database) -> None:
    """Wait until nothing is to be told or delivered any more."""
    left = text(
        "SELECT (SELECT count(*) FROM event_marks WHERE done_at IS NULL)"
        " + (SELECT count(*) FROM deliveries WHERE state = 'due')"
    )

    def is_at_rest() -> bool:
        with database.read_unit() as session:
            return session.scalar(left) == 0

    assert soon(is_at_rest), "something is still to be told or delivered"


def found(database: Database, tellers: list[Teller], receiver: Receiver) -> dict[str, int]:
    """What came of it all, after everything was held against everything else."""
    claims = {claim: told for teller in tellers for claim, told in teller.claims.items()}
    with database.read_unit() as session:
        rows = session.execute(text("SELECT id, status, version FROM claims")).all()
        events = session.execute(
            text(
                "SELECT subject_id, version FROM events WHERE subject_kind = 'claim' AND version IS NOT NULL"
            )
        ).all()
        told = {
            event_id for event_id, people in session.execute(select(Told.event_id, Told.recipients)) if people
        }
        sent = session.scalars(select(Delivery).where(Delivery.channel == "external")).all()
        attempts = session.scalars(select(Attempt)).all()
    stored = {str(UUID(str(id_))): (status, version) for id_, status, version in rows}
    # What was answered is there, in the status that was answered, and each of its versions happened once.
    assert {c: stored[c][0] for c in claims} == {c: LAST[route] for c, (route, _) in claims.items()}
    versions = Counter((str(UUID(str(subject))), version) for subject, version in events)
    assert [each for each, times in versions.items() if times != 1] == []
    assert [c for c in claims if not all((c, n) in versions for n in range(1, stored[c][1] + 1))] == []
    # Everybody was told, and the receiver of each event, at least once; more often only where a process died meanwhile.
    assert broken(database) == []
    assert Counter(each.event_id for each in sent) == Counter(told)
    calls = Counter(receiver.keys)
    unfinished = Counter(a.delivery_id for a in attempts if a.outcome == "unfinished")
    assert {each.state for each in sent} == {"delivered"}
    assert [d.id for d in sent if not 1 <= calls[d.id] <= 1 + unfinished[d.id]] == []
    assert set(calls) == {each.id for each in sent}
    return {
        "claims": len(claims),
        "answers": sum(1 + len(RETAIL if route == "/claims" else HOSPITAL) for route, _ in claims.values()),
        "requests sent again": sum(teller.repeats for teller in tellers),
        "events": len(events),
        "deliveries": len(sent),
        "delivered more than once": sum(times > 1 for times in calls.values()),
    }


@pytest.mark.crash
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_r01_r02_n01_n03_n04_the_chain_survives_every_kill(tmp_path: Path, backend: str) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'insurenz.db'}"
    if backend == "postgresql":
        url = make_database("postgresql", tmp_path).url.render_as_string(hide_password=False)
    chance, kills = random.Random(SEED), Counter[str]()
    with receiver() as service, closing(Database(url)) as database:
        settings = {
            "INSURENZ_DOCUMENTS__PREVIEWS": "off",
            "NOTIFICATION_SERVICE_URL": service.url,
            "ACCESS_TOKEN_EXPIRE_MINUTES": "600",
        }
        server = Server(tmp_path / "data", url, settings).start()
        emails = {"asha": "asha@", "desk": "desk@city.", "admin": "admin@"}
        tokens = {who: server.sign_in(f"{email}demo.example") for who, email in emails.items()}
        rested(database)
        with database.read_unit() as session:
            before = session.scalar(text("SELECT count(*) FROM claims"))
        server.kill()
        is_over = threading.Event()
        tellers = [Teller(server, tokens, f"teller-{n}", is_over) for n in range(TELLERS)]
        threads = [threading.Thread(target=teller.tell, daemon=True) for teller in tellers]
        for thread in threads:
            thread.start()
        for _ in range(KILLS):
            kills[killed(server, chance)] += 1
        server.start()
        is_over.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        assert [thread for thread in threads if thread.is_alive()] == []
        rested(database)
        counts = found(database, tellers, service)
        with database.read_unit() as session:
            assert session.scalar(text("SELECT count(*) FROM claims")) == before + counts["claims"]
        assert server.stop() == 0
        report = verify.verify(database)
        assert (report.faults, report.events >= counts["events"]) == ([], True)
    swept = swept_a_day_later(server)
    assert (swept.left_alone, swept.missing, spools(server.folder)) == (0, 0, [])
    print(f"\n{backend}, CRASH_SEED={SEED}: {kills.total()} kills {dict(kills.most_common())}\n  {counts}")
