"""The threads that send: a lane for each channel, so that a receiver that hangs delays no other channel."""

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue

from insurenz.core import clock
from insurenz.core.background import Loop, start_all, stop_all
from insurenz.core.courtesy import give_way
from insurenz.core.db import Database
from insurenz.core.metrics import DEAD_DELIVERIES, OLDEST_DUE
from insurenz.deliveries import queries
from insurenz.deliveries.channels import NAMES, Channels
from insurenz.deliveries.models import Outcome
from insurenz.deliveries.sending import Result, Sender, Taken

log = logging.getLogger("insurenz.deliveries")

# Sendings of one channel at the same time, in each process; and where each target is sent one thing at a time, so
# that it takes as many receivers that hang to delay another one.
AT_ONCE, AT_ONCE_OF_TARGETS = 12, 32
# Leased beside those that are being sent while their receiver is quick, so that a turn is shared by more of them.
MOST_AHEAD, WRITTEN_AT_ONCE = 36, 24
QUIET_SECONDS = 0.1
SWEEP_SECONDS = 5
# What is committed, or sent, within this time is taken up in one turn, whose statements and commit are what costs; less
# where a target waits for its turn to be sent the next thing.
GATHER_SECONDS, GATHER_SECONDS_OF_TARGETS = 0.025, 0.01
MEASURE_SECONDS = 15
# Receivers that have not answered by then are left alone: their deliveries are due again when the lease has run out.
STOP_SECONDS = 5


class Lane:
    """Sends one channel's deliveries: a loop leases and closes them, a few threads wait for the receivers.

    What several threads have sent meanwhile is closed in one unit of work, whose commit is what costs.
    """

    def __init__(self, sender: Sender, wake: threading.Event) -> None:
        self._sender, self._wake = sender, wake
        self._to_send: SimpleQueue[Taken | None] = SimpleQueue()
        self._sent: SimpleQueue[tuple[Taken, Result]] = SimpleQueue()
        # Kept until they are committed: what was delivered is not to be sent again because a unit of work failed.
        self._unwritten: list[tuple[Taken, Result]] = []
        self._being_sent: list[str] = []
        self._at_once = AT_ONCE_OF_TARGETS if sender.is_one_at_a_time else AT_ONCE
        self._threads: list[threading.Thread] = []
        self._next_at: datetime | None = None
        self._rang_at = time.monotonic()
        gather = GATHER_SECONDS_OF_TARGETS if sender.is_one_at_a_time else GATHER_SECONDS
        name = f"deliver_{sender.name}"
        self.loop = Loop(name, self._turn, interval=self._pause, wake=wake, gather=gather)

    def stop(self, until: float) -> None:
        """Wait until what is being sent is sent, and write it; what takes longer than until then is left to its lease."""
        # What no thread has begun is given back, for others to send at once.
        with suppress(Empty):
            while True:
                if taken := self._to_send.get_nowait():
                    self._unwritten.append((taken, Result(Outcome.UNFINISHED)))
        for _ in self._threads:
            self._to_send.put(None)
        for thread in self._threads:
            # Of the monotonic clock.
            thread.join(max(0.0, until - time.monotonic()))
        if self._collect():
            self._sender.turn(self._unwritten, 0)

    def _turn(self) -> bool:
        self._next_at = None
        has_sent = self._collect()
        free = max(0, self._at_once + self._ahead() - len(self._being_sent))
        if not has_sent and not (free and self._is_due()):
            return False
        following = self._sender.turn(self._unwritten, free, busy=self._being_sent)
        self._unwritten.clear()
        for taken in following:
            self._begin(taken)
        # Nothing is being sent any more: a look tells when there will be something.
        return has_sent and not self._being_sent

    def _ahead(self) -> int:
        """How many to lease for which no thread is free yet: as many as were received since the last turn."""
        received = sum(result.outcome is Outcome.DELIVERED for _, result in self._unwritten)
        return 0 if self._sender.is_one_at_a_time else min(MOST_AHEAD, received)

    def _is_due(self) -> bool:
        is_due, self._next_at = self._sender.look(self._being_sent)
        return is_due

    def _pause(self) -> float:
        """Seconds until the next turn that nobody rings for."""
        if self._next_at is None:
            return SWEEP_SECONDS
        return min(SWEEP_SECONDS, max(0.0, (self._next_at - clock.now()).total_seconds()))

    def _begin(self, taken: Taken) -> None:
        self._being_sent.append(taken.sending.target)
        if len(self._threads) < min(self._at_once, len(self._being_sent)):
            # Daemons: a process that ends does not wait for a receiver.
            self._threads.append(threading.Thread(target=self._send, name=self.loop.name, daemon=True))
            self._threads[-1].start()
        self._to_send.put(taken)

    def _send(self) -> None:
        while (taken := self._to_send.get()) is not None:
            give_way()
            self._sent.put((taken, self._sender.send(taken)))
            # Of those that wait for a thread the last ring, or many at once, or who was not heard of for a while.
            is_quiet = time.monotonic() - self._rang_at > QUIET_SECONDS
            if is_quiet or self._to_send.empty() or self._sent.qsize() >= WRITTEN_AT_ONCE:
                self._rang_at = time.monotonic()
                self._wake.set()

    def _collect(self) -> bool:
        """Whether there are results to write: those of the threads, and what a failed unit of work left."""
        try:
            while True:
                self._unwritten.append(self._sent.get_nowait())
                self._being_sent.remove(self._unwritten[-1][0].sending.target)
        except Empty:
            return bool(self._unwritten)


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
        stop_all(self.loops)
        until = time.monotonic() + STOP_SECONDS
        for lane in self.lanes:
            lane.stop(until)
        self.channels.close()


def delivery_threads(
    database: Database, channels: Channels, *, is_sending: bool = True, beside: Sequence[Loop] = ()
) -> DeliveryThreads:
    """The threads of one process, not yet started; to be made before the first commit that should wake them.

    Where other processes send, this one only measures what waits. `beside` are loops that use the same channels.
    """
    sending = channels.by_name.values() if is_sending else ()
    lanes = [Lane(Sender(database, channel), database.bell.listen(channel.name)) for channel in sending]
    measuring = Loop("measure_deliveries", lambda: measure(database), interval=MEASURE_SECONDS)
    return DeliveryThreads(channels, lanes, [measuring, *(lane.loop for lane in lanes), *beside])


def measure(database: Database) -> None:
    """Tell the metrics how long deliveries wait, and how many were given up."""
    with database.read_unit() as session:
        backlog = queries.backlog(session)
    for name in NAMES:
        OLDEST_DUE.labels(name).set(backlog[name].oldest_due_seconds)
        DEAD_DELIVERIES.labels(name).set(backlog[name].dead)
