"""The bell over the broker: one message says it all, and whatever becomes of the broker, nobody waits for it."""

import importlib
import os
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from pydantic import SecretStr

from insurenz.core.metrics import ALERTS
from tests.growth.arrangement import needs_celery
from tests.notifications.test_hints import Redis, redis
from tests.waiting import PATIENCE_SECONDS, soon

pytestmark = needs_celery
__all__ = ["redis"]

QUEUES = ("insurenz.wake", "insurenz.jobs")


def waiting(redis: Redis) -> list[int]:
    """How many messages wait in each queue."""
    from redis import Redis as Client

    with closing(Client.from_url(redis.url)) as client:
        return [client.llen(name) for name in QUEUES]


def asking(url: str) -> Any:
    from insurenz.core.broker import Asking, celery_app

    return Asking(celery_app(SecretStr(url), is_patient=False))


def alerts() -> float:
    value: float = ALERTS.labels("broker_down")._value.get()
    return value


def test_however_often_it_rings_one_message_waits(redis: Redis) -> None:
    bell = asking(redis.url)
    for _ in range(20):
        bell.ask("events.wake")
    assert waiting(redis) == [1, 0]
    # Of jobs some may wait.
    for _ in range(20):
        bell.ask("documents.sweep", most=3, expires=60)
    assert waiting(redis) == [1, 4]
    bell.close()


def test_each_commit_rings_from_a_thread_of_its_own(redis: Redis) -> None:
    from insurenz.core.broker import Ring, celery_app

    wake = threading.Event()
    ring = Ring(celery_app(SecretStr(redis.url), is_patient=False), wake)
    ring.start()
    assert soon(lambda: waiting(redis) == [1, 0])
    from redis import Redis as Client

    with closing(Client.from_url(redis.url)) as client:
        client.flushall()
        wake.set()
        assert soon(lambda: waiting(redis) == [1, 0])
    ring.stop()
    ring.join(PATIENCE_SECONDS)
    assert not ring.is_alive()


def test_n09_what_was_flushed_or_restarted_is_rung_again(redis: Redis) -> None:
    bell = asking(redis.url)
    bell.ask("events.wake")
    before = alerts()
    redis.stop()
    for _ in range(3):
        bell.ask("events.wake")
    assert alerts() == before + 3
    redis.start()
    bell.ask("events.wake")
    assert (waiting(redis), alerts()) == ([1, 0], before + 3)
    bell.close()


@pytest.fixture(params=["redis", "amqp"])
def hanging(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a broker that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"{request.param}://127.0.0.1:{server.getsockname()[1]}/"


def test_n08_a_broker_that_hangs_is_given_up_at_once(hanging: str) -> None:
    before, bell = alerts(), asking(hanging)
    for _ in range(2):
        bell.ask("events.wake")
    bell.close()
    assert alerts() == before + 2


def test_r06_nobody_there_is_told_by_the_check(redis: Redis, hanging: str) -> None:
    from insurenz.core.broker import findings

    assert findings(SecretStr(redis.url)) == []
    found = [findings(SecretStr(url)) for url in (hanging, "redis://127.0.0.1:1/0")]
    assert [[each.id for each in some] for some in found] == [["broker_down"], ["broker_down"]]


def test_it_is_set_up_so_that_a_kill_loses_no_task() -> None:
    from insurenz.core.broker import celery_app

    conf = celery_app(SecretStr("redis://127.0.0.1/1")).conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (
        True,
        True,
        1,
    )
    assert conf.task_publish_retry is False
    assert conf.broker_transport_options == {
        "visibility_timeout": 900, "unacked_restore_interval": 2, "unacked_restore_throttle": 1,
        "socket_keepalive": True, "socket_connect_timeout": 5, "socket_timeout": 30,
    }  # fmt: skip
    assert conf.worker_pool == "threads"


def test_on_windows_it_works_without_a_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    from insurenz.core import broker

    monkeypatch.setattr(sys, "platform", "win32")
    try:
        assert (
            importlib.reload(broker).celery_app(SecretStr("redis://127.0.0.1/1")).conf.worker_pool == "solo"
        )
    finally:
        monkeypatch.undo()
        importlib.reload(broker)


def test_where_tls_is_asked_for_the_certificate_is_looked_at() -> None:
    from insurenz.core.broker import celery_app

    urls = ("rediss://:pw@broker/1", "amqps://u:pw@broker//", "redis://broker/1")
    found = [celery_app(SecretStr(url)).connection_for_write().ssl or {} for url in urls]
    required = ssl.CERT_REQUIRED
    assert [each.get("ssl_cert_reqs") or each.get("cert_reqs") for each in found] == [
        required,
        required,
        None,
    ]


@pytest.fixture
def rabbit() -> str:
    """The address of a RabbitMQ that INSURENZ_TEST_RABBITMQ names."""
    url = os.environ.get("INSURENZ_TEST_RABBITMQ")
    if not url:
        pytest.skip("no RabbitMQ: INSURENZ_TEST_RABBITMQ=amqp://guest:guest@127.0.0.1:5672//")
    return url


def test_over_rabbitmq_one_message_waits_too(rabbit: str) -> None:
    bell = asking(rabbit)
    for _ in range(5):
        bell.ask("events.wake")
    assert bell._line._waiting("insurenz.wake") == 1
    bell.close()
