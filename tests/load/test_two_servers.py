"""Two server processes on one PostgreSQL: of two who decide, or file, at the same moment, exactly one does."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.core.db import Database
from tests.claims.stories import INCIDENT
from tests.installs import demo_server
from tests.races import at_once
from tests.server import Answer, Server

FILING = {
    "user_policy_id": "POL-DEMO-0001",
    "claim_type": "medical",
    "incident_date": INCIDENT,
    "description": "Fracture of the left wrist",
    "claim_amount": "10",
}
DECIDED = (
    "SELECT count(*), count(DISTINCT subject_id) FROM events WHERE subject_kind = 'claim' AND version = 3"
)


class Pair:
    """Two servers on one database and one folder, and who works there."""

    def __init__(self, folder: Path) -> None:
        one = demo_server(folder, "postgresql")
        self.database = Database(one.database_url)
        self.servers = [one, Server(folder, one.database_url)]

    def start(self) -> "Pair":
        for server in self.servers:
            server.start()
        self.tokens = {name: self.sign_in(name) for name in ("asha", "arjun", "admin")}
        return self

    def sign_in(self, name: str) -> str:
        return self.servers[0].sign_in(f"{name}@demo.example")

    def call(self, which: int, who: str, method: str, path: str, body: Any, **headers: str) -> Answer:
        return self.servers[which].call(method, path, token=self.tokens[who], json_body=body, headers=headers)

    def act(self, which: int, who: str, claim: str, action: str, **fields: str) -> Answer:
        return self.call(which, who, "POST", f"/claims/{claim}/actions/{action}", fields)

    def select(self, statement: str) -> tuple[Any, ...]:
        with self.database.read_unit() as session:
            return tuple(session.execute(text(statement)).one())


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both servers, running."""
    made = Pair(tmp_path_factory.mktemp("pair") / "data")
    try:
        yield made.start()
    finally:
        for server in made.servers:
            server.kill()
        made.database.close()


def race(pair: Pair) -> str:
    """File a claim, and let two people decide it at once on two servers; gives who won."""
    claim = pair.call(0, "asha", "POST", "/claims", FILING).json()["id"]
    assert pair.act(1, "arjun", claim, "start_review").status == 200
    approved, rejected = at_once(
        lambda: pair.act(0, "arjun", claim, "approve"),
        lambda: pair.act(1, "admin", claim, "reject", status_notes="Not covered."),
    )
    assert sorted((approved.status, rejected.status)) == [200, 409]
    winner, loser = (approved, rejected) if approved.status == 200 else (rejected, approved)
    assert loser.json()["allowed_actions"] == ["complete"]
    shown = pair.call(1, "asha", "GET", f"/claims/{claim}", None).json()
    assert (shown["status"], shown["version"]) == (winner.json()["status"], 3)
    return str(shown["status"])


def decide(pair: Pair, races: int) -> None:
    """So many races: one winner and one event each, and the cover as it should be."""
    before = pair.select(DECIDED)
    won = Counter(race(pair) for _ in range(races))
    print(dict(won))
    assert pair.select(DECIDED) == (before[0] + races, before[1] + races)
    used = pair.select("SELECT cover_used FROM policies WHERE number = 'POL-DEMO-0001'")
    assert used == pair.select(
        "SELECT coalesce(sum(approved_amount), 0) FROM claims JOIN policies ON policies.id = policy_id"
        " WHERE number = 'POL-DEMO-0001'"
    )


def test_d03_of_two_reviewers_on_two_servers_one_wins(pair: Pair) -> None:
    decide(pair, 50)


@pytest.mark.full
def test_d03_of_two_reviewers_on_two_servers_one_wins_five_hundred_times(pair: Pair) -> None:
    decide(pair, 500)


def file_with_key(pair: Pair, key: str, which: int) -> Answer:
    headers = {"Idempotency-Key": key}
    return pair.call(which, "asha", "POST", "/claims", FILING, **headers)


def test_d01_one_key_on_two_servers_files_one_claim(pair: Pair) -> None:
    before = pair.select("SELECT count(*) FROM claims")[0]
    for number in range(10):
        file_once = partial(file_with_key, pair, f"both-{number}")
        answers = at_once(partial(file_once, 0), partial(file_once, 1))
        assert [answer.status for answer in answers] == [201, 201]
        assert len({answer.json()["id"] for answer in answers}) == 1
    assert pair.select("SELECT count(*) FROM claims")[0] == before + 10


def test_a02_a_session_ended_on_one_server_is_ended_on_the_other(pair: Pair) -> None:
    pair.tokens["asha"] = pair.sign_in("asha")
    assert pair.call(1, "asha", "GET", "/auth/me", None).status == 200
    assert pair.call(0, "asha", "POST", "/auth/logout", None).status == 204
    assert pair.call(1, "asha", "GET", "/auth/me", None).status == 401
