"""Rate limits per identity, kept in memory, or in Redis when it is set; without its Redis a process counts for itself."""

import time
from ipaddress import IPv6Address, IPv6Network, ip_address

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute, storage, strategies
from limits.errors import StorageError

from insurenz.core.errors import TooManyRequests
from insurenz.core.metrics import ALERTS

# Operations that are not counted: files that a browser fetches once, many with one page.
UNCOUNTED = frozenset({"app_asset"})


class RateLimiter:
    """Counts what identities do; `is_on` False counts nothing (for measurements)."""

    def __init__(self, *, is_on: bool, redis_url: str | None, requests: int, writes: int) -> None:
        self.is_on = is_on
        self._own = strategies.FixedWindowRateLimiter(storage.MemoryStorage())
        self._shared = strategies.FixedWindowRateLimiter(_redis(redis_url)) if redis_url else None
        self._requests = RateLimitItemPerMinute(requests)
        self._writes = RateLimitItemPerMinute(writes)

    def charge(self, identity: str, *, is_write: bool) -> None:
        """Count one request of an identity; raises TooManyRequests with Retry-After when it is over its limit."""
        if not self.is_on:
            return
        self.take(self._requests, "requests", identity)
        if is_write:
            self.take(self._writes, "writes", identity)

    def take(self, limit: RateLimitItem, *key: str) -> None:
        """Count one against any limit; raises TooManyRequests when none is left."""
        if self.is_on and not self._count(limit, *key):
            raise self._refusal(limit, *key)

    def give_back(self, limit: RateLimitItem, *key: str) -> None:
        """Take one count back: what was tried turned out not to count (a login that succeeded)."""
        if self.is_on:
            self._count(limit, *key, cost=-1)

    def _count(self, limit: RateLimitItem, *key: str, cost: int = 1) -> bool:
        if self._shared is not None:
            try:
                return self._shared.hit(limit, *key, cost=cost)
            except StorageError:
                ALERTS.labels("rate_limit_redis_down").inc()
        return self._own.hit(limit, *key, cost=cost)

    def _reset_time(self, limit: RateLimitItem, *key: str) -> float:
        if self._shared is not None:
            try:
                return self._shared.get_window_stats(limit, *key).reset_time
            except StorageError:
                ALERTS.labels("rate_limit_redis_down").inc()
        return self._own.get_window_stats(limit, *key).reset_time

    def _refusal(self, limit: RateLimitItem, *key: str) -> TooManyRequests:
        wait = max(1, round(self._reset_time(limit, *key) - time.time()))
        return TooManyRequests(
            f"At most {limit.amount} in {limit.get_expiry()} seconds; try again in {wait} seconds.",
            headers={"Retry-After": str(wait)},
        )


def _redis(url: str) -> storage.Storage:
    # Counting happens in every request: a Redis that hangs must cost little.
    return storage.RedisStorage(url, wrap_exceptions=True, socket_timeout=0.2, socket_connect_timeout=0.2)


def address_of(request: Request) -> str:
    """The caller's network address, as the server (or the trusted proxy before it) tells it.

    Of an IPv6 address the network of 64 bits: one line has that many addresses, and could take a new one for each try.
    """
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Network((address.packed[:8] + bytes(8), 64)))
    return host


def charge(request: Request) -> None:
    """Count this request against its caller: the signed-in identity when there is a valid one, else the address."""
    if request.state.operation in UNCOUNTED:
        return
    state = request.app.state
    identity = request.state.charged = state.identify(request) or f"address:{address_of(request)}"
    state.limiter.charge(identity, is_write=request.method not in ("GET", "HEAD", "OPTIONS"))
