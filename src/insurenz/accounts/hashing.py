"""The password hasher of a server process: two threads and a bounded queue, so that logins cannot eat memory."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from insurenz.accounts import passwords
from insurenz.core.errors import Unavailable

THREADS = 2


class Hasher:
    """Hashes and verifies off the event loop; what does not fit the queue is refused at once with 503."""

    def __init__(self, *, queue: int) -> None:
        self._pool = ThreadPoolExecutor(THREADS, "hasher", initializer=_be_nice)
        self._most = THREADS + queue
        self._waiting = 0
        self._lock = threading.Lock()

    async def hashed(self, password: str) -> str:
        """The hash of a password. Raises Unavailable when too many wait."""
        return str(await self._run(passwords.hashed, password))

    async def verified(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the right password. Raises Unavailable when too many wait."""
        return bool(await self._run(passwords.verified, password_hash, password))

    async def checked(self, password: str, *, about: tuple[str, ...], field: str = "password") -> None:
        """Judge a new password, which can cost as much as hashing it. Raises Invalid, or Unavailable."""
        await self._run(partial(passwords.check, password, about=about, field=field))

    def close(self) -> None:
        """End the threads; what waits is not done."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[..., Any], *given: Any) -> Any:
        with self._lock:
            if self._waiting >= self._most:
                raise Unavailable(
                    "Many people sign in at this moment; try again in a few seconds.", code="busy"
                )
            self._waiting += 1
        future: Future[Any] = self._pool.submit(work, *given)
        # By the future and not after the wait: a client that goes away leaves its work in the queue.
        future.add_done_callback(self._done)
        return await asyncio.wrap_future(future)

    def _done(self, _future: Future[Any]) -> None:
        with self._lock:
            self._waiting -= 1


def _be_nice() -> None:
    # On Linux a priority belongs to a thread; elsewhere it would slow the whole process down.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
