"""Threads that do a small piece of work again and again: on a ring, or after an interval, until they are stopped."""

import logging
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from insurenz.core.courtesy import give_way
from insurenz.core.metrics import ALERTS

log = logging.getLogger("insurenz.background")


class Loop(threading.Thread):
    """Calls `work` at least every `interval` seconds, when `wake` is set, and again while it gives something true.

    `interval` may be a function that tells after each turn how long the next one can wait. What comes within `gather`
    seconds after a wake-up is left to one turn. The first turn comes `after` so many seconds.

    An error is logged and counted, and the next turn comes after the interval: a loop never dies of its work.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], object],
        *,
        interval: float | Callable[[], float],
        wake: threading.Event | None = None,
        gather: float = 0,
        after: float = 0,
    ) -> None:
        super().__init__(name=name, daemon=True)
        ALERTS.labels(f"loop_{name}")
        self._work, self._gather, self._after = work, gather, after
        self._interval = interval if callable(interval) else lambda: interval
        self._wake = wake or threading.Event()
        self._stopped = threading.Event()

    def run(self) -> None:
        """Turn until `stop`."""
        self._stopped.wait(self._after)
        while not self._stopped.is_set():
            if not self.turn() and self._wake.wait(self._interval()):
                self._stopped.wait(self._gather)
            self._wake.clear()

    def turn(self) -> bool:
        """One piece of work; True when there is more at once."""
        give_way()
        try:
            return bool(self._work())
        except Exception:
            # The task boundary: whatever went wrong must not end the loop.
            log.exception("background work failed", extra={"loop": self.name})
            ALERTS.labels(f"loop_{self.name}").inc()
            return False

    def stop(self) -> None:
        """Ask the loop to end after its present turn."""
        self._stopped.set()
        self._wake.set()


@contextmanager
def called_at_stop(call: Callable[[], object]) -> Iterator[None]:
    """Meanwhile `call` this, too, when the process is asked to end; it must not wait for anything.

    A server waits for its answers before it ends what is around them, and there are answers that go on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    found = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    before = {each: usual for each, usual in found.items() if callable(usual)}

    def stop(number: int, frame: FrameType | None) -> None:
        call()
        before[signal.Signals(number)](number, frame)

    for each in before:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each, usual in before.items():
            signal.signal(each, usual)


def start_all(loops: Iterable[Loop]) -> None:
    """Start every loop."""
    for loop in loops:
        loop.start()


def stop_all(loops: Iterable[Loop]) -> None:
    """Stop every loop and wait until its present turn is over, ten seconds at most for each."""
    waiting = list(loops)
    for loop in waiting:
        loop.stop()
    for loop in waiting:
        loop.join(10)
