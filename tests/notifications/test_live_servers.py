"""The live stream on real servers: dropped connections, kill -9, a stop in order, and two processes on one database."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from insurenz.core.background import start_all, stop_all
from insurenz.core.db import Database
from insurenz.notifications import hub
from tests.actors import cast_of, make_api, people
from tests.claims.stories import INCIDENT
from tests.installs import demo_server, make_migrated
from tests.notifications.listening import Ears, Follower, Frame, ears_of
from tests.notifications.stories import Desk, cleared
from tests.notifications.test_hints import Redis, redis
from tests.server import Server

__all__ = ["redis"]

FILING = {
    "user_policy_id": "POL-DEMO-0001",
    "claim_type": "medical",
    "incident_date": INCIDENT,
    "description": "Fracture of the left wrist",
    "claim_amount": "10",
}
CONNECTIONS = 100


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with the demo world."""
    running = demo_server(tmp_path / "data")
    yield running.start()
    running.kill()


def file_claim(server: Server, token: str) -> str:
    """Asha files a claim, of which the processor is told; gives its number."""
    answer = server.call("POST", "/claims", token=token, json_body=FILING)
    assert answer.status == 201, answer.body
    return str(answer.json()["claim_number"])


def inbox(server: Server, token: str) -> list[Any]:
    """The newest notifications, oldest first."""
    items: list[Any] = server.call("GET", "/notifications?limit=200", token=token).json()["items"]
    return items[::-1]


def numbers(frames: list[Frame]) -> list[str]:
    """The claims of which somebody was told."""
    return [frame.item["claim_id"] for frame in frames if frame.event == "notification"]


def next_told(follower: Follower) -> Frame:
    """The next notification."""
    frame = follower.next()
    while frame is not None and frame.event != "notification":
        frame = follower.next()
    assert frame is not None, "the stream has ended"
    return frame


def test_r07_over_a_hundred_dropped_connections_nothing_is_missed_or_foreign(server: Server) -> None:
    asha, arjun = (server.sign_in(f"{name}@demo.example") for name in ("asha", "arjun"))
    start = Follower(server, arjun)
    state = start.next()
    assert state is not None
    start.close()
    dice, frames, filed, is_over = random.Random(3), [state], [], threading.Event()

    def keep_filing() -> None:
        while not is_over.is_set():
            filed.append(file_claim(server, asha))

    filing = threading.Thread(target=keep_filing)
    filing.start()
    for number in range(CONNECTIONS):
        follower = Follower(server, arjun, after=frames[-1].id)
        # Dropped at once, in the middle of an event, or after some.
        frames += [next_told(follower) for _ in range(dice.randrange(3))]
        follower.close()
        if number == CONNECTIONS - 1:
            is_over.set()
    filing.join()
    last = Follower(server, arjun, after=frames[-1].id)
    while len(frames) - 1 < len(filed):
        frames.append(next_told(last))
    last.close()
    assert [frame.id for frame in frames] == list(range(state.id, state.id + len(filed) + 1))
    assert numbers(frames) == filed
    assert [frame.item["id"] for frame in frames[1:]][-200:] == [i["id"] for i in inbox(server, arjun)][
        -len(filed) :
    ]


def test_r07_after_kill_9_a_stream_is_taken_up_where_it_was(server: Server) -> None:
    asha, arjun = (server.sign_in(f"{name}@demo.example") for name in ("asha", "arjun"))
    follower = Follower(server, arjun)
    state = follower.next()
    assert state is not None
    filed = [file_claim(server, asha)]
    heard = [next_told(follower)]
    # Told, or not even that, when the server is killed.
    filed.append(file_claim(server, asha))
    server.kill()
    follower.close()
    server.start()
    filed.append(file_claim(server, asha))
    again = Follower(server, arjun, after=heard[-1].id)
    heard += [next_told(again), next_told(again)]
    again.close()
    assert numbers(heard) == filed
    assert [frame.id for frame in heard] == [state.id + n for n in (1, 2, 3)]


def test_streams_end_when_the_server_is_stopped(server: Server) -> None:
    arjun = server.sign_in("arjun@demo.example")
    followers = [Follower(server, arjun) for _ in range(5)]
    assert [frame.event for f in followers if (frame := f.next())] == ["state"] * 5
    assert server.stop() == 0
    assert [f.next() for f in followers] == [None] * 5
    for follower in followers:
        follower.close()
    # It waited for nobody until its patience was over.
    log = (server.folder.parent / f"{server.folder.name}.log").read_text()
    assert "graceful" not in log
    assert '"defect"' not in log


# --- two processes on one database


@contextmanager
def two_apps(database: Database, folder: Path, url: str | None) -> Iterator[tuple[Ears, Ears]]:
    """Two apps as two processes have them, with nothing but hints between them."""
    with ExitStack() as stack:
        both = []
        for number in (1, 2):
            api = make_api(database, folder / str(number), redis_url=url)
            stack.callback(api.app.state.gate.hasher.close)
            ears = stack.enter_context(ears_of(api))
            loops = [*api.app.state.hints.loops, api.app.state.hub.loop]
            start_all(loops)
            stack.callback(stop_all, loops)
            both.append(ears)
        yield both[0], both[1]


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Database]:
    """A PostgreSQL with the demo world's people."""
    database = make_migrated("postgresql", tmp_path)
    with database.unit_of_work() as session:
        people(session)
    yield database
    database.close()


@pytest.mark.parametrize("bus", ["notify", "redis"])
def test_what_is_told_in_one_process_is_heard_in_the_other_by_its_hint(
    shared: Database,
    tmp_path: Path,
    bus: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # No look at everybody can stand in for the hint.
    monkeypatch.setattr(hub, "LOOK_SECONDS", 3600)
    url = request.getfixturevalue("redis").url if bus == "redis" else None
    with two_apps(shared, tmp_path, url) as (here, there):
        with shared.read_unit() as session:
            desk = Desk.of(shared, cast_of(session), hint=here.api.app.state.hints.tell)
        ears = [app.open(desk.cast.lakeside_desk) for app in (here, there)]
        assert [ear.next().event for ear in ears] == ["state", "state"]
        for _ in range(3):
            (event,) = cleared(desk)
            assert [ear.next().item["id"] for ear in ears] == [event, event]
        # What is read in one window is read in the other.
        client = there.api.as_(desk.cast.lakeside_desk)
        assert client.post(f"/notifications/{event}/read").status_code == 200
        assert [ear.next().data["unread"] for ear in ears] == [2, 2]


class Pair:
    """Two servers on one PostgreSQL."""

    def __init__(self, folder: Path, **settings: str) -> None:
        one = demo_server(folder, "postgresql", **settings)
        self.database = Database(one.database_url)
        self.servers = [one, Server(folder, one.database_url, settings)]

    def start(self) -> "Pair":
        for server in self.servers:
            server.start()
        self.asha = self.servers[0].sign_in("asha@demo.example")
        self.arjun = self.servers[0].sign_in("arjun@demo.example")
        return self

    def stop(self) -> None:
        for server in self.servers:
            server.kill()
        self.database.close()


@contextmanager
def pair_of(folder: Path, **settings: str) -> Iterator[Pair]:
    pair = Pair(folder / "data", **settings)
    try:
        yield pair.start()
    finally:
        pair.stop()


def heard_by_both(pair: Pair, meanwhile: Callable[[int], None] = lambda _number: None) -> None:
    """File claims on both servers in turn; who listens to either hears of all of them, in the order of the inbox."""
    followers = [Follower(server, pair.arjun) for server in pair.servers]
    states = [follower.next() for follower in followers]
    filed = []
    for number in range(8):
        meanwhile(number)
        filed.append(file_claim(pair.servers[number % 2], pair.asha))
    for follower, state in zip(followers, states, strict=True):
        frames = [next_told(follower) for _ in filed]
        follower.close()
        # Claims are told of by whichever relay comes first.
        assert sorted(numbers(frames)) == sorted(filed)
        assert state is not None
        assert [frame.id for frame in frames] == [state.id + n for n in range(1, len(filed) + 1)]


def test_two_servers_tell_each_other_by_notify(tmp_path: Path) -> None:
    with pair_of(tmp_path) as pair:
        heard_by_both(pair)


def test_the_processes_of_one_server_tell_each_other_and_end_together(tmp_path: Path) -> None:
    server = demo_server(tmp_path / "data", "postgresql")
    server.start(INSURENZ_SERVER__WORKERS="2")
    try:
        asha, arjun = (server.sign_in(f"{name}@demo.example") for name in ("asha", "arjun"))
        # Whichever process accepts them.
        followers = [Follower(server, arjun) for _ in range(12)]
        assert [frame.event for f in followers if (frame := f.next())] == ["state"] * 12
        filed = [file_claim(server, asha) for _ in range(3)]
        for follower in followers:
            assert sorted(numbers([next_told(follower) for _ in filed])) == sorted(filed)
        assert server.stop() == 0
        assert [f.next() for f in followers] == [None] * 12
        for follower in followers:
            follower.close()
        assert "graceful" not in (server.folder.parent / f"{server.folder.name}.log").read_text()
    finally:
        server.kill()


@pytest.mark.crash
def test_r06_two_servers_lose_nothing_while_redis_is_away(tmp_path: Path, redis: Redis) -> None:
    with pair_of(tmp_path, REDIS_URL=redis.url) as pair:
        heard_by_both(pair)
        heard_by_both(pair, lambda number: redis.stop() if number == 2 else None)
        redis.start()
        heard_by_both(pair)
