"""Hints between processes by the publish and subscribe of Redis; while it is away they are lost, and looked for instead."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from insurenz.core.background import Loop
from insurenz.core.metrics import ALERTS

if TYPE_CHECKING:
    from insurenz.notifications.hints import Outbox

log = logging.getLogger("insurenz.hints")

CHANNEL = "insurenz:inboxes"
RETRY_SECONDS = 1
LISTEN_SECONDS = 0.5
GATHER_SECONDS = 0.01
# A silent connection is asked for a sign of life.
CHECK_SECONDS = 10


def loops(url: str, outbox: "Outbox", heard: Callable[[str], None] | None) -> Sequence[Loop]:
    """Loops that publish what the outbox holds, and call `heard`, if that is anything, with each message."""
    publish = _Publish(url, outbox)
    return (publish,) if heard is None else (_Subscribe(url, heard), publish)


class _Subscribe(Loop):
    """Waits for messages; after it was away `heard` gets an empty one, for whatever was said meanwhile."""

    def __init__(self, url: str, heard: Callable[[str], None]) -> None:
        super().__init__("hear_hints", self._turn, interval=RETRY_SECONDS)
        self._redis, self._heard = _client(url), heard
        self._subscription = self._redis.pubsub(ignore_subscribe_messages=True)
        self._is_subscribed = False

    def _turn(self) -> bool:
        try:
            if not self._is_subscribed:
                self._subscription.subscribe(CHANNEL)
                self._heard("")
                self._is_subscribed = True
            message = self._subscription.get_message(timeout=LISTEN_SECONDS)
        except RedisError:
            self._leave()
            return False
        if message is not None:
            self._heard(message["data"])
        return True

    def _leave(self) -> None:
        if self._is_subscribed:
            log.warning("Redis is away: hints to open streams come late")
        ALERTS.labels("hints_redis_down").inc()
        self._subscription.close()
        self._subscription = self._redis.pubsub(ignore_subscribe_messages=True)
        self._is_subscribed = False


class _Publish(Loop):
    """Says what the outbox holds; what cannot be said is dropped."""

    def __init__(self, url: str, outbox: "Outbox") -> None:
        super().__init__("tell_hints", self._turn, interval=60, wake=outbox.flag, gather=GATHER_SECONDS)
        self._redis, self._outbox = _client(url), outbox

    def _turn(self) -> bool:
        message = self._outbox.take()
        try:
            if message is not None:
                self._redis.publish(CHANNEL, message)
        except RedisError:
            ALERTS.labels("hints_redis_down").inc()
        return False


def _client(url: str) -> Any:
    # Errors must show at once: who connects again in secret has missed something and does not know.
    return Redis.from_url(
        url,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=5,
        socket_connect_timeout=2,
        health_check_interval=CHECK_SECONDS,
    )
