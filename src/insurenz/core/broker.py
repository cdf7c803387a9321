"""The broker: how Celery is set up, safe against kill -9; and the bell of the workers, which is rung over it.

Nothing depends on a message: what there is to do stands in the database, and workers look by themselves every 5 s. So
a message that is lost, doubled or late only changes how soon something is done.
"""

import logging
import ssl
import sys
import threading
from contextlib import suppress
from typing import Any

from celery import Celery
from kombu import Connection, Exchange, Queue
from kombu.exceptions import OperationalError
from pydantic import SecretStr

from insurenz.core.background import Loop
from insurenz.core.findings import Finding
from insurenz.core.metrics import ALERTS

log = logging.getLogger("insurenz.broker")

WAKE = "events.wake"
# A queue of their own: one wake-up that waits is as good as a hundred, however many jobs there are.
WAKES, JOBS = "insurenz.wake", "insurenz.jobs"
# What rings waits no longer than this for the broker, at each step.
PATIENCE_SECONDS = 0.2
# What is committed within this time is rung for once.
GATHER_SECONDS = 0.02
CHECK_SECONDS = 2
# A message that no worker has acknowledged is given to another after this long, which no task takes.
VISIBILITY_SECONDS = 900
# Redis looks for such messages when a worker looks, by default every hundredth second of its life.
RESTORE = {"unacked_restore_interval": 2, "unacked_restore_throttle": 1}
# Processes that are forked have no place on Windows, and none beside threads such as the relay's.
POOL = {"win32": "solo"}.get(sys.platform, "threads")


# Whoever asks for TLS means the broker that the address names; the libraries would take anybody's certificate.
_TLS = {
    "rediss": {"ssl_cert_reqs": ssl.CERT_REQUIRED},
    "amqps": {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": None},
}


def celery_app(url: SecretStr, *, is_patient: bool = True) -> Celery:
    """Celery on this broker, without tasks; one that `is_patient` waits for a broker that is away."""
    broker = url.get_secret_value()
    app = Celery("insurenz", broker=broker, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        result_expires=None,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_publish_retry=False,
        task_queues=[Queue(name, Exchange(name), name) for name in (WAKES, JOBS)],
        task_default_queue=JOBS,
        task_routes={WAKE: {"queue": WAKES}},
        worker_pool=POOL,
        # Whether workers live is seen in the database. The queues of this would outlive those that are killed.
        worker_enable_remote_control=False,
        # Our logs are lines of JSON without the texts of errors.
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_use_ssl=_TLS.get(broker.partition("://")[0]),
        broker_transport_options=_transport(broker) | ({} if is_patient else _impatience(broker)),
        broker_connection_timeout=4 if is_patient else PATIENCE_SECONDS,
    )
    return app


def _is_redis(url: str) -> bool:
    return url.startswith("redis")


def _transport(url: str) -> dict[str, Any]:
    if not _is_redis(url):
        return {}
    # Half a minute without an answer is a connection that has gone without a word.
    patience = {"socket_keepalive": True, "socket_connect_timeout": 5, "socket_timeout": 30}
    return {"visibility_timeout": VISIBILITY_SECONDS, **RESTORE, **patience}


def _impatience(url: str) -> dict[str, Any]:
    if not _is_redis(url):
        return {"read_timeout": PATIENCE_SECONDS, "write_timeout": PATIENCE_SECONDS}
    return {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}


class Asking:
    """Asks workers for tasks over one connection, and never waits long or fails: what cannot be said is left unsaid."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._line: _Line | None = None
        self._is_away = False

    def ask(self, task: str, *, most: int = 0, **options: Any) -> None:
        """Ask for a task, unless more than so many of its queue wait: so none grows while there is no worker."""
        was_open = self._line is not None
        try:
            self._line = self._line or _Line(self._app)
            self._line.put(task, most, options)
        except Exception as error:  # noqa: BLE001 - the libraries of brokers have no kind of error in common
            # The task boundary: whatever is wrong with the broker, the sweep of the workers stands in for it.
            self.close()
            if was_open:
                # Perhaps it was only cut while nobody spoke.
                self.ask(task, most=most, **options)
            else:
                self._tell(error)
        else:
            self._is_away = False

    def close(self) -> None:
        """Hang up."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _tell(self, error: Exception) -> None:
        if not self._is_away:
            log.warning(
                "the broker is away: workers look by themselves", extra={"error": type(error).__name__}
            )
        ALERTS.labels("broker_down").inc()
        self._is_away = True


class Ring(Loop):
    """Wakes a worker after the commits of this process, from a thread of its own that nobody waits for."""

    def __init__(self, app: Celery, wake: threading.Event) -> None:
        self._asking = Asking(app)
        super().__init__("ring", self._turn, interval=60, wake=wake, gather=GATHER_SECONDS)

    def run(self) -> None:
        """Turn until `stop`, then hang up."""
        try:
            super().run()
        finally:
            self._asking.close()

    def _turn(self) -> None:
        # One that waits will be taken after the commit this is about, so it is enough.
        self._asking.ask(WAKE)


class _Line:
    """One connection with its channel. Everything raises what the broker's library does when it cannot be done at once."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._connection: Connection = app.connection_for_write()
        self._connection.ensure_connection(max_retries=0)
        self._channel = self._connection.channel()
        self._producer = app.amqp.Producer(self._channel, auto_declare=False)

    def put(self, task: str, most: int, options: dict[str, Any]) -> None:
        """Ask for a task, unless more than so many wait."""
        if self._waiting(WAKES if task == WAKE else JOBS) <= most:
            self._app.send_task(task, producer=self._producer, retry=False, ignore_result=True, **options)

    def close(self) -> None:
        """Hang up, whatever state it is in."""
        with suppress(Exception):
            self._connection.close()

    def _waiting(self, queue: str) -> int:
        declared = self._channel.queue_declare(queue=queue, durable=True, exclusive=False, auto_delete=False)
        count: int = declared.message_count
        return count


def findings(url: SecretStr) -> list[Finding]:
    """What keeps workers from being rung for."""
    connection = celery_app(url, is_patient=False).connection_for_write(connect_timeout=CHECK_SECONDS)
    try:
        with connection:
            connection.ensure_connection(max_retries=0)
            connection.channel()
    except (OSError, OperationalError, *connection.connection_errors, *connection.channel_errors) as error:
        what = f"The broker does not answer ({type(error).__name__}): all is done, but seconds later."
        example = "CELERY_BROKER_URL=redis://127.0.0.1:6379/1"
        return [Finding("broker_down", "warning", "CELERY_BROKER_URL", what, example)]
    return []
