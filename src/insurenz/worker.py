"""Builds the Celery app of the workers and of beat: the tasks, the schedule, and the threads that work beside the tasks.

A worker relays and sends as a server without a broker does, in threads, so it goes on when the broker is away; a
message only wakes it. Several workers are several processes, on one machine or on many.
"""

import logging
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from celery import Celery
from celery.beat import ScheduleEntry, Scheduler, Service
from celery.signals import worker_shutting_down
from prometheus_client import start_http_server
from pydantic import SecretStr

from insurenz.core import broker, clock
from insurenz.core import logging as log_lines
from insurenz.core.background import Loop, start_all, stop_all
from insurenz.core.db import Database
from insurenz.core.settings import Settings
from insurenz.core.storage import store_for
from insurenz.events.chain import seal
from insurenz.work import SCHEDULE, Work

SEAL = "events.seal"
# What beat asks for, every so many seconds.
EVERY: dict[str, float] = {broker.WAKE: 5, SEAL: 3} | {job.name: job.seconds for job in SCHEDULE}
# Beat asks for nothing more while so many jobs wait: there is no worker, and none of them is worth doing twice.
MOST_WAITING = 50
# At each wake-up they would say so.
QUIET = ("celery.app.trace", "celery.worker.strategy", "celery.beat")


def run_worker(settings: Settings, database: Database, *, jobs: int, metrics_port: int | None) -> int:
    """Work until SIGTERM, then finish what is being done; gives the exit code. The database's schema is current.

    `jobs` is how many scheduled ones are done at the same time. Raises when a workflow definition cannot be used.
    """
    url = _url(settings)
    work = Work.of(settings, database, store_for(settings))
    app = worker_app(url, work)
    _configure_logs()
    if metrics_port is not None:
        start_http_server(metrics_port, addr=settings.server.host)
    events, deliveries = work.events_of_worker(), work.deliveries()
    events.start()
    deliveries.start()
    start_all(work.hints.loops)
    # It waits for its tasks, of which one may be at a file in LibreOffice.
    worker_shutting_down.connect(lambda **_: work.close_office(), weak=False)
    try:
        # One thread more, so that jobs that take long keep no wake-up waiting.
        worker = app.Worker(
            concurrency=jobs + 1, loglevel="INFO", quiet=True, without_gossip=True, without_mingle=True
        )
        worker.start()
        return int(worker.exitcode or 0)
    finally:
        stop_all(work.hints.loops)
        work.close()
        deliveries.stop()
        events.stop()
        database.close()


def worker_app(url: SecretStr, work: Work) -> Celery:
    """The Celery app of a worker: a task for each job, and the one that wakes the threads of this process."""
    app = broker.celery_app(url)
    _add(app, broker.WAKE, work.database.bell.ring)
    _add(app, SEAL, partial(seal, work.database))
    for job in SCHEDULE:
        _add(app, job.name, work.job(job))
    return app


def _add(app: Celery, name: str, work: Callable[[], object]) -> None:
    # The task boundary is that of a loop: an error is counted and logged without its text, which could be of a claim.
    boundary = Loop(name, work, interval=0)

    def task() -> None:
        boundary.turn()

    # Not shared with other apps of this process, as Celery would have it.
    app.task(task, name=name, shared=False)


def run_beat(settings: Settings) -> None:
    """Ask for what is on the schedule until SIGTERM."""
    app = beat_app(_url(settings))
    _configure_logs()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    Service(app, scheduler_cls=Beat, remote_control=False).start()


def beat_app(url: SecretStr) -> Celery:
    """The Celery app of beat: the schedule, with everything due at once."""
    app = broker.celery_app(url, is_patient=False)
    long_ago = clock.now() - timedelta(days=2)
    app.conf.beat_schedule = {
        name: {
            "task": name,
            "schedule": seconds,
            "last_run_at": long_ago,
            # Nobody needs it when the next is there.
            "options": {"expires": seconds},
        }
        for name, seconds in EVERY.items()
    }
    return app


class Beat(Scheduler):  # type: ignore[misc]
    """Celery's scheduler, which keeps no file: all is due at its start, as it is at a server's. It never waits for the broker."""

    # Celery's own would wait for the broker for ever.
    producer = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asking = broker.Asking(self.app)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Ask for what is due; while the broker is away that is for the next time."""
        self._asking.ask(entry.task, most=0 if entry.task == broker.WAKE else MOST_WAITING, **entry.options)

    def close(self) -> None:
        """Hang up."""
        self._asking.close()


def _url(settings: Settings) -> SecretStr:
    if settings.celery_broker_url is None:
        raise ValueError("a worker needs a broker")
    return settings.celery_broker_url


def _configure_logs() -> None:
    log_lines.configure()
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
