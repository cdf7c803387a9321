"""Workers: they tell and send in place of the servers, woken or not; beat asks for the schedule; nobody there is seen."""

import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from insurenz.core import clock
from insurenz.core.background import start_all, stop_all
from insurenz.core.db import Database
from insurenz.core.metrics import ALERTS, OLDEST_OPEN, WORKERS
from insurenz.core.settings import Settings
from insurenz.core.storage import store_for
from insurenz.events import watch
from insurenz.events.relay import backlog
from insurenz.events.wake import count_workers
from insurenz.events.watch import Watch
from insurenz.migrations import runner
from insurenz.work import SCHEDULE, Work
from tests.actors import Api, make_api, people
from tests.claims.stories import file_claim
from tests.events.samples import moved_claim
from tests.growth.arrangement import Program, needs_celery, needs_redis, settings_of
from tests.growth.test_broker import waiting
from tests.installs import make_database
from tests.notifications.stories import broken, count
from tests.notifications.test_hints import Redis, redis
from tests.waiting import PATIENCE_SECONDS, soon

__all__ = ["redis"]

URL = SecretStr("redis://127.0.0.1:1/1")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A migrated PostgreSQL of its own."""
    made = make_database("postgresql", tmp_path)
    runner.upgrade(made)
    yield made
    made.close()


def work_on(database: Database, folder: Path, **settings: Any) -> Work:
    given = Settings(_env_file=None, data_dir=folder, **settings)
    return Work.of(given, database, store_for(given))


def test_what_a_server_does_on_a_schedule_is_this_list() -> None:
    assert {job.name: job.seconds for job in SCHEDULE} == {
        "accounts.forget_sessions": 600,
        "core.forget_keys": 600,
        "documents.sweep": 3600,
        "documents.scrub": 300,
        "documents.scan": 10,
        "documents.previews": 2,
        "documents.forget_days": 3600,
        "claims.forget_drafts": 3600,
        "events.check": 15,
        "notifications.clean_mirror": 600,
        "notifications.clean_up": 3600,
        "notifications.settle_mirror": 30,
    }


def test_a_server_beside_a_broker_neither_tells_nor_sends_nor_cleans_up(
    database: Database, tmp_path: Path
) -> None:
    pytest.importorskip("celery", reason="celery is not installed: pip install 'insurenz[celery]'")
    from insurenz.asgi import _loops

    api = make_api(database, tmp_path, celery_broker_url=URL)
    state = api.app.state
    assert [loop.name for loop in state.events.loops] == ["ring", "access_log", "watch"]
    assert [loop.name for loop in state.deliveries.loops] == ["measure_deliveries"]
    own = ["presence", "alarm", "hear_hints", "tell_hints", "streams"]
    assert [loop.name for loop in _loops(api.app)] == own
    # Filing goes on without workers, so it is ready.
    assert state.is_ready()
    state.gate.hasher.close()


@needs_celery
def test_the_tasks_of_a_worker_are_the_wake_up_the_seal_and_the_schedule(
    database: Database, tmp_path: Path
) -> None:
    from insurenz.worker import EVERY, worker_app

    work = work_on(database, tmp_path)
    tasks = worker_app(URL, work).tasks
    assert {name for name in tasks if not name.startswith("celery.")} == set(EVERY)
    assert {"events.wake": 5, "events.seal": 3} | {job.name: job.seconds for job in SCHEDULE} == EVERY
    flag = database.bell.listen()
    tasks["events.wake"]()
    assert flag.is_set()
    moved_claim(database, 2)
    tasks["events.seal"]()
    assert count(database, "checkpoints") == 1
    for job in SCHEDULE:
        tasks[job.name]()


@needs_celery
def test_a_task_that_fails_is_counted_and_says_nothing_of_what_it_was_about(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from insurenz import worker

    def fail(_work: Work) -> None:
        raise ValueError("Kiran Patil, appendicitis")

    monkeypatch.setattr(worker, "SCHEDULE", (worker.SCHEDULE[0].__class__("documents.sweep", 1, fail),))
    before = ALERTS.labels("loop_documents.sweep")._value.get()
    worker.worker_app(URL, work_on(database, tmp_path)).tasks["documents.sweep"]()
    assert ALERTS.labels("loop_documents.sweep")._value.get() == before + 1
    assert [record.getMessage() for record in caplog.records] == ["background work failed"]


@needs_celery
def test_beat_asks_for_everything_at_its_start_and_for_no_more_than_can_wait(redis: Redis) -> None:
    from insurenz.worker import EVERY, Beat, beat_app

    beat = Beat(beat_app(SecretStr(redis.url)))
    for _ in EVERY:
        beat.tick()
    assert waiting(redis) == [1, len(EVERY) - 1]
    redis.stop()
    for entry in beat.schedule.values():
        beat.apply_entry(entry)
    redis.start()
    for _ in range(100):
        beat.apply_entry(beat.schedule["events.seal"])
    assert waiting(redis) == [0, 51]
    beat.close()


def test_that_no_worker_lives_is_seen_without_the_broker(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, before = Watch(database, needs_workers=True), ALERTS.labels("no_worker")._value.get()
    looking.look()
    # One may be starting.
    assert (WORKERS._value.get(), ALERTS.labels("no_worker")._value.get()) == (0, before)
    looking.look()
    assert ALERTS.labels("no_worker")._value.get() == before + 1
    events = work_on(database, tmp_path).events_of_worker()
    start_all(events.loops[1:])
    try:
        with database.read_unit() as session:
            assert soon(lambda: count_workers(session) == 1)
        looking.look()
        assert (WORKERS._value.get(), ALERTS.labels("no_worker")._value.get()) == (1, before + 1)
    finally:
        stop_all(events.loops[1:])
    # An event that nobody takes.
    monkeypatch.setattr(watch, "LATE_SECONDS", 0)
    moved_claim(database, 1)
    waited = ALERTS.labels("events_wait")._value.get()
    looking.look()
    looking.look()
    assert ALERTS.labels("events_wait")._value.get() > waited
    assert OLDEST_OPEN._value.get() > 0


# --- real processes: a worker and beat beside an app


@pytest.fixture
def api(database: Database, tmp_path: Path, redis: Redis) -> Iterator[Api]:
    """A server's app with the cast, which rings over this Redis."""
    pytest.importorskip("celery", reason="celery is not installed: pip install 'insurenz[celery]'")
    with database.unit_of_work() as session:
        cast = people(session)
    made = make_api(database, tmp_path, celery_broker_url=SecretStr(redis.url.replace("/0", "/1")))
    made.app.state.cast = cast
    made.app.state.events.start()
    yield made
    made.app.state.events.stop()
    made.app.state.gate.hasher.close()


@pytest.mark.crash
@needs_redis
def test_r06_r09_n09_a_worker_tells_whatever_becomes_of_the_broker_and_of_itself(
    api: Api, redis: Redis, tmp_path: Path
) -> None:
    database = api.database
    settings = settings_of(redis, has_bucket=False, INSURENZ_DATA_DIR=str(tmp_path / "data"))
    settings["DATABASE_URL"] = database.url.render_as_string(hide_password=False)
    worker, beat = (Program(name, tmp_path, settings) for name in ("worker", "beat"))
    asha = api.as_(api.app.state.cast.asha)

    def all_told() -> bool:
        with database.read_unit() as session:
            return backlog(session) == 0

    with database.unit_of_work() as session:
        old = {"caller": api.app.state.cast.asha.id.replace("-", ""), "at": clock.now() - timedelta(days=2)}
        columns = "caller_id, key, fingerprint, created_at"
        session.execute(
            text(f"INSERT INTO idempotency_keys ({columns}) VALUES (:caller, 'k', 'f', :at)"), old
        )
    try:
        assert file_claim(asha).status_code == 201
        worker.start()
        assert soon(all_told)
        # What beat asks for is done.
        beat.start()
        assert soon(lambda: count(database, "idempotency_keys") == 0)
        redis.stop()
        assert file_claim(asha).status_code == 201
        assert soon(all_told)
        redis.start()
        worker.kill()
        assert file_claim(asha).status_code == 201
        assert soon(lambda: waiting_of(redis) == 1)
        worker.start()
        assert soon(all_told)
        assert soon(lambda: waiting_of(redis) == 0)
        assert (beat.stop(), worker.stop()) == (0, 0)
    finally:
        beat.kill()
        worker.kill()
    assert broken(database) == []
    with database.read_unit() as session:
        assert session.execute(text("SELECT count(DISTINCT event_id) FROM told")).scalar_one() == 3


def waiting_of(redis: Redis) -> int:
    """How many wake-ups wait in the database of the broker."""
    from redis import Redis as Client

    with closing(Client.from_url(redis.url.replace("/0", "/1"))) as client:
        length: int = client.llen("insurenz.wake")
        return length


# As `insurenz worker`, which gives a task to another after 3 seconds instead of 15 minutes.
IMPATIENT = """
from insurenz.core import broker
broker.VISIBILITY_SECONDS = 3
from insurenz.cli import main
main()
"""


@needs_redis
@pytest.mark.crash
def test_r09_a_task_whose_worker_is_killed_is_done_by_the_next(
    api: Api, redis: Redis, tmp_path: Path
) -> None:
    from insurenz.core.broker import Asking, celery_app

    database, url = api.database, redis.url.replace("/0", "/1")
    with database.unit_of_work() as session:
        old = {"caller": api.app.state.cast.asha.id.replace("-", ""), "at": clock.now() - timedelta(days=2)}
        columns = "caller_id, key, fingerprint, created_at"
        session.execute(
            text(f"INSERT INTO idempotency_keys ({columns}) VALUES (:caller, 'k', 'f', :at)"), old
        )
        session.execute(
            text("UPDATE event_marks SET done_at = :at WHERE done_at IS NULL"), {"at": clock.now()}
        )
    asking = Asking(celery_app(SecretStr(url), is_patient=False))
    asking.ask("core.forget_keys", most=9)
    asking.close()
    settings = settings_of(redis, has_bucket=False, INSURENZ_DATA_DIR=str(tmp_path / "data"))
    settings["DATABASE_URL"] = database.url.render_as_string(hide_password=False)
    first, second = (Program(name, tmp_path, settings, script=IMPATIENT) for name in ("worker-1", "worker-2"))
    try:
        # Its first unit of work pins the definitions, the second is the job's.
        first.start(INSURENZ_FAULTS="unit.before_commit=kill@2")
        assert first.process is not None
        assert first.process.wait(PATIENCE_SECONDS) == -signal.SIGKILL
        assert count(database, "idempotency_keys") == 1
        second.start()
        with database.read_unit() as session:
            assert soon(lambda: count_workers(session) == 1)
        assert soon(lambda: count(database, "idempotency_keys") == 0)
        assert second.stop() == 0
    finally:
        first.kill()
        second.kill()
