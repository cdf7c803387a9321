"""Hints between processes: who has changed comes across, is never needed, and finds its way again after an interruption."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from insurenz.core.background import start_all, stop_all
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.notifications.hints import MOST_USERS, Hints, Outbox, hints
from tests.server import free_port
from tests.waiting import soon


class Heard:
    """What a process hears."""

    def __init__(self) -> None:
        self.all: list[Collection[str] | None] = []

    def __call__(self, user_ids: Collection[str] | None) -> None:
        self.all.append(user_ids)

    @property
    def users(self) -> set[str]:
        """Everybody who was named."""
        return {each for user_ids in self.all for each in user_ids or ()}

    def is_everybody(self) -> bool:
        """Whether everybody was meant since it was cleared."""
        return None in self.all


@contextmanager
def processes(database: Database, url: str | None = None) -> Iterator[tuple[Hints, Hints, Heard, Heard]]:
    """Two processes on one database, as far as hints are concerned, each of which hears the other."""
    here, there = Heard(), Heard()
    both = (hints(database, url, here), hints(database, url, there))
    with ExitStack() as stack:
        for each in both:
            start_all(each.loops)
            stack.callback(stop_all, each.loops)
        # After connecting anything may have been said before.
        assert soon(lambda: here.is_everybody() and there.is_everybody())
        here.all.clear()
        there.all.clear()
        yield *both, here, there


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[Database]:
    """A database that can tell."""
    from tests.installs import make_database

    database = make_database("postgresql", tmp_path)
    yield database
    database.close()


class Redis:
    """A Redis of its own, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.process = subprocess.Popen(["redis-server", *where, "--save", ""], stdout=subprocess.DEVNULL)
        assert soon(lambda: self.process.poll() is not None or self._answers())
        assert self.process.poll() is None

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        ping = ["redis-cli", "-p", str(self.port), "ping"]
        return subprocess.run(ping, capture_output=True).stdout == b"PONG\n"

    def flush(self) -> None:
        subprocess.run(["redis-cli", "-p", str(self.port), "flushall"], capture_output=True, check=True)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A running Redis."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    made = Redis(tmp_path)
    yield made
    made.stop()


def test_what_is_told_here_is_heard_here_at_once_and_there_soon(postgresql: Database) -> None:
    with processes(postgresql) as (here, _, heard_here, heard_there):
        users = {new_id() for _ in range(3)}
        here.tell(users)
        assert heard_here.users == users
        assert soon(lambda: heard_there.users == users)
        assert not heard_there.is_everybody()


def test_ones_own_hints_come_back_as_nothing(postgresql: Database) -> None:
    with processes(postgresql) as (here, there, heard_here, heard_there):
        user, other = new_id(), new_id()
        here.tell([user])
        assert soon(lambda: heard_there.users == {user})
        there.tell([other])
        assert soon(lambda: heard_here.users == {user, other})
        assert [each for each in heard_here.all if each] == [[user], [other]]


def test_of_very_many_it_is_said_that_it_may_be_anybody(postgresql: Database) -> None:
    with processes(postgresql) as (here, _, heard_here, heard_there):
        some = [new_id() for _ in range(MOST_USERS)]
        here.tell(some)
        assert soon(lambda: heard_there.users == set(some))
        assert not heard_there.is_everybody()
        here.tell([new_id() for _ in range(MOST_USERS + 1)])
        assert soon(heard_there.is_everybody)
        assert not heard_here.is_everybody()


def test_the_longest_message_fits_into_a_notify() -> None:
    outbox = Outbox()
    outbox.put([new_id() for _ in range(MOST_USERS)])
    assert outbox.flag.is_set()
    assert len(outbox.take() or "") < 8000


def test_hints_of_a_moment_become_one_message() -> None:
    outbox, other = Outbox(), Outbox()
    for name in ("a", "b", "a"):
        outbox.put([name])
    message = outbox.take() or ""
    assert set(other.understood(message) or ()) == {"a", "b"}
    assert outbox.understood(message) == ()
    assert outbox.take() is None


def test_after_an_interruption_everybody_is_looked_at_and_hints_come_again(postgresql: Database) -> None:
    with processes(postgresql) as (here, _, _, heard_there):
        with postgresql.unit_of_work() as session:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            session.execute(text(f"SELECT pg_terminate_backend(pid) {others}")).all()
        assert soon(heard_there.is_everybody)
        assert hears_again(here, heard_there)


def hears_again(here: Hints, heard: Heard) -> bool:
    """Whether what is told gets across again; what is told meanwhile may be lost."""
    user = new_id()

    def comes() -> bool:
        here.tell([user])
        time.sleep(0.05)
        return user in heard.users

    return soon(comes)


def test_r06_hints_go_by_redis_when_there_is_one(real_database: Database, redis: Redis) -> None:
    with processes(real_database, redis.url) as (here, there, heard_here, heard_there):
        users = {new_id() for _ in range(3)}
        here.tell(users)
        assert soon(lambda: heard_there.users == users)
        other = new_id()
        there.tell([other])
        assert soon(lambda: other in heard_here.users)


def test_r06_a_redis_that_was_away_costs_only_time(postgresql: Database, redis: Redis) -> None:
    with processes(postgresql, redis.url) as (here, _, heard_here, heard_there):
        redis.stop()
        user = new_id()
        here.tell([user])
        # Here it is heard anyway; there it is lost.
        assert user in heard_here.users
        heard_there.all.clear()
        redis.start()
        # Whatever was said meanwhile: everybody is looked at.
        assert soon(heard_there.is_everybody)
        assert hears_again(here, heard_there)


def test_r06_a_process_starts_without_its_redis(postgresql: Database) -> None:
    heard = Heard()
    made = hints(postgresql, f"redis://127.0.0.1:{free_port()}/0", heard)
    start_all(made.loops)
    made.tell(["a"])
    assert heard.users == {"a"}
    stop_all(made.loops)
    assert [loop.is_alive() for loop in made.loops] == [False, False]


def test_on_sqlite_there_is_nobody_else_to_tell(tmp_path: Path) -> None:
    heard = Heard()
    made = hints(Database(f"sqlite:///{tmp_path / 'x.db'}"), None, heard)
    made.tell(["a"])
    assert (made.loops, heard.all) == ((), [["a"]])


def test_hints_cost_the_teller_no_wait(postgresql: Database) -> None:
    """Nothing of it happens in the thread that tells: not even where nobody answers."""
    told: list[str] = []
    heard: Callable[[Collection[str] | None], None] = lambda ids: told.append(threading.current_thread().name)  # noqa: E731
    made = hints(postgresql, None, heard)
    made.tell(["a"])
    assert told == [threading.current_thread().name]
