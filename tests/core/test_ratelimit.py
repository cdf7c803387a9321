"""Counting requests: for one process in memory, for several in Redis, and on its own when Redis is gone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from limits import RateLimitItemPerMinute

from insurenz.core.errors import TooManyRequests
from insurenz.core.ratelimit import RateLimiter
from tests.notifications.test_hints import Redis
from tests.server import free_port

TRIES = RateLimitItemPerMinute(2)


def limiter(url: str | None = None, *, is_on: bool = True) -> RateLimiter:
    return RateLimiter(is_on=is_on, redis_url=url, requests=3, writes=2)


def allowed(limits: RateLimiter, times: int) -> int:
    """How many of so many tries are allowed."""
    count = 0
    for _ in range(times):
        try:
            limits.take(TRIES, "login", "asha")
        except TooManyRequests:
            continue
        else:
            count += 1
    return count


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """A Redis of its own."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    made = Redis(tmp_path)
    yield made.url
    made.stop()


def test_p07_a_limit_holds_within_a_process() -> None:
    assert allowed(limiter(), 5) == 2


def test_p07_what_did_not_count_is_given_back() -> None:
    limits = limiter()
    for _ in range(5):
        limits.take(TRIES, "login", "asha")
        limits.give_back(TRIES, "login", "asha")
    assert allowed(limits, 5) == 2


def test_p07_identities_do_not_share_a_limit() -> None:
    limits = limiter()
    for who in ("asha", "vikram"):
        limits.charge(who, is_write=True)
        limits.charge(who, is_write=True)
        with pytest.raises(TooManyRequests):
            limits.charge(who, is_write=True)


def test_limits_can_be_off_for_measurements() -> None:
    assert allowed(limiter(is_on=False), 50) == 50


def test_p07_a_limit_holds_over_processes_through_redis(redis: str) -> None:
    assert allowed(limiter(redis), 5) + allowed(limiter(redis), 5) == 2


def test_without_its_redis_a_process_counts_for_itself() -> None:
    assert allowed(limiter(f"redis://127.0.0.1:{free_port()}/0"), 5) == 2
