"""The threads that send: a lane for each channel, so that a receiver that hangs delays no other channel."""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from insurenz.core import clock
from insurenz.core.background import Loop, start_all, stop_all
from insurenz.core.db import Database
from insurenz.core.metrics import ALERTS, DEAD_DELIVERIES, OLDEST_DUE
from insurenz.deliveries import queries
from insurenz.deliveries.channels import NAMES, Channels
from insurenz.deliveries.sending import Sender

log = logging.getLogger("insurenz.deliveries")

# Sendings of one channel at the same time, in each process.
AT_ONCE = 4
SWEEP_SECONDS = 5
# What is committed within this time is looked for once.
GATHER_SECONDS = 0.04
MEASURE_SECONDS = 15
# Receivers that have not answered by then are left alone: their deliveries are due again when the lease has run out.
STOP_SECONDS = 5


class Lane:
    """Sends one channel's deliveries in threads of its own, which last as long as there is something to send."""

    def __init__(self, sender: Sender, wake: threading.Event, *, at_once: int = AT_ONCE) -> None:
        self._sender, self._wake, self._at_once = sender, wake, at_once
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._next_at: datetime | None = None
        name = f"deliver_{sender.name}"
        self.loop = Loop(name, self.turn, interval=self._pause, wake=wake, gather=GATHER_SECONDS)

    def turn(self) -> None:
        """Begin to send what is due, with as many threads as it takes and may be."""
        self._next_at = None
        if free := self._at_once - len(self._threads):
            ready, self._next_at = self._sender.look(free)
            for _ in range(ready):
                self._begin()

    def stop(self) -> None:
        """Begin to send nothing more."""
        self._sender.stop()

    def wait(self, until: float) -> None:
        """Wait for those that are being sent, until this time of the monotonic clock."""
        with self._lock:
            threads = tuple(self._threads)
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _pause(self) -> float:
        """Seconds until the next look that nobody rings for."""
        if self._next_at is None:
            return SWEEP_SECONDS
        return min(SWEEP_SECONDS, max(0.0, (self._next_at - clock.now()).total_seconds()))

    def _begin(self) -> None:
        # Daemons: a process that ends does not wait for a receiver.
        thread = threading.Thread(target=self._send, name=self.loop.name, daemon=True)
        with self._lock:
            thread.start()
            self._threads.add(thread)

    def _send(self) -> None:
        try:
            self._sender.work()
        except Exception:
            # The task boundary: what was taken is due again when its lease has run out.
            log.exception("sending failed", extra={"channel": self._sender.name})
            ALERTS.labels("sending").inc()
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())
            # Another may have become due meanwhile, or will be soon.
            self._wake.set()


@dataclass(frozen=True)
class DeliveryThreads:
    """The lanes of one process, and the loop that measures what waits."""

    channels: Channels
    lanes: Sequence[Lane]
    loops: Sequence[Loop]

    def start(self) -> None:
        """Start every loop."""
        start_all(self.loops)

    def stop(self) -> None:
        """Stop every loop, and wait a few seconds for the receivers."""
        for lane in self.lanes:
            lane.stop()
        stop_all(self.loops)
        until = time.monotonic() + STOP_SECONDS
        for lane in self.lanes:
            lane.wait(until)
        self.channels.connections.close()


def delivery_threads(database: Database, channels: Channels) -> DeliveryThreads:
    """The threads of one process, not yet started; to be made before the first commit that should wake them."""
    lanes = [Lane(Sender(database, channel), database.bell.listen()) for channel in channels.by_name.values()]
    measuring = Loop("measure_deliveries", lambda: measure(database), interval=MEASURE_SECONDS)
    return DeliveryThreads(channels, lanes, [measuring, *(lane.loop for lane in lanes)])


def measure(database: Database) -> None:
    """Tell the metrics how long deliveries wait, and how many were given up."""
    with database.read_unit() as session:
        backlog = queries.backlog(session)
    for name in NAMES:
        OLDEST_DUE.labels(name).set(backlog[name].oldest_due_seconds)
        DEAD_DELIVERIES.labels(name).set(backlog[name].dead)
