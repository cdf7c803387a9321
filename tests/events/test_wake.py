"""Waking: a commit of this or of another process sets the relay to work, on both databases."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from insurenz.core.background import start_all, stop_all
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.events import threads, wake
from insurenz.events.threads import event_threads
from insurenz.events.verify import verify
from tests.events.reactions import CONSUMERS, prepare, told
from tests.events.samples import moved_claim
from tests.waiting import PATIENCE_SECONDS, soon

# Records events of one claim, tells the others, and lives until its input ends.
WRITER = """
import sys, threading
from insurenz.core.background import start_all, stop_all
from insurenz.core.db import Database
from insurenz.events.wake import watchers
from tests.events.samples import moved_claim
database = Database(sys.argv[1])
loops = watchers(database, threading.Event())
start_all(loops)
print(moved_claim(database, int(sys.argv[2])).id, flush=True)
sys.stdin.read()
stop_all(loops)
database.close()
"""


def url(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


@contextmanager
def written_elsewhere(database: Database, events: int) -> Iterator[str]:
    """The id of a claim that another process recorded events of; the process ends with the block."""
    command = [sys.executable, "-c", WRITER, url(database), str(events)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()
    assert process.returncode == 0


def is_quiet(flag: threading.Event) -> bool:
    flag.clear()
    return not flag.wait(0.4)


@contextmanager
def watching(database: Database) -> Iterator[threading.Event]:
    """A flag as the relay has it, set by the watchers alone."""
    flag = threading.Event()
    loops = wake.watchers(database, flag)
    start_all(loops)
    try:
        # The first look, the first LISTEN and the first NOTIFY set it; then it comes to rest.
        assert flag.wait(PATIENCE_SECONDS)
        assert soon(lambda: is_quiet(flag))
        yield flag
    finally:
        stop_all(loops)


def test_a_commit_elsewhere_reaches_the_consumers(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No sweep can stand in for the wake-up.
    monkeypatch.setattr(threads, "SWEEP_SECONDS", 3600)
    prepare(real_database)
    running = event_threads(real_database, CONSUMERS)
    running.start()
    try:
        assert soon(lambda: running.relay.has_caught_up)
        with written_elsewhere(real_database, 2) as subject_id:
            assert soon(lambda: told(real_database) == [(subject_id, 1), (subject_id, 2)])
    finally:
        running.stop()


def test_a_commit_here_wakes_the_relay_by_the_bell_alone(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "SWEEP_SECONDS", 3600)
    monkeypatch.setattr(wake, "watchers", lambda *_: [])
    prepare(real_database)
    running = event_threads(real_database, CONSUMERS)
    running.start()
    try:
        assert soon(lambda: running.relay.has_caught_up)
        subject = moved_claim(real_database, 3)
        assert soon(lambda: told(real_database) == [(subject.id, n) for n in (1, 2, 3)])
    finally:
        running.stop()


def test_nothing_wakes_while_nothing_is_committed(real_database: Database) -> None:
    with watching(real_database) as flag:
        with real_database.read_unit() as session:
            session.execute(text("SELECT count(*) FROM events"))
        assert soon(lambda: is_quiet(flag))
        with written_elsewhere(real_database, 1):
            assert flag.wait(PATIENCE_SECONDS)


def cut(database: Database) -> None:
    """End every connection that a watcher holds."""
    if database.is_sqlite:
        (look,) = (thread for thread in threading.enumerate() if thread.name == "look")
        # Its own must not be closed while it is used: that ends the process.
        dead = database.engine.raw_connection()
        dead.detach()
        dead.dbapi_connection.close()
        look._held = dead  # type: ignore[attr-defined]
        return
    with database.unit_of_work() as session:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        session.execute(text(f"SELECT pg_terminate_backend(pid) {others}")).all()


def test_watchers_connect_again_after_their_connections_were_cut(real_database: Database) -> None:
    with watching(real_database) as flag:
        cut(real_database)
        assert flag.wait(PATIENCE_SECONDS)
        assert soon(lambda: is_quiet(flag))
        with written_elsewhere(real_database, 1):
            assert flag.wait(PATIENCE_SECONDS)


def test_the_last_views_are_written_and_sealed_at_the_end(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SWEEP_SECONDS", "SEAL_SECONDS", "FLUSH_SECONDS"):
        monkeypatch.setattr(threads, name, 3600)
    running = event_threads(real_database, {})
    running.start()
    assert soon(lambda: running.relay.has_caught_up)
    for _ in range(3):
        running.access_log.note(actor_id=new_id(), subject_kind="claim", subject_id=new_id(), what="claim")
    moved_claim(real_database, 2)
    running.stop()
    assert [loop.is_alive() for loop in running.loops] == [False] * len(running.loops)
    report = verify(real_database)
    assert (report.views, report.unsealed, report.faults) == (3, 0, [])
