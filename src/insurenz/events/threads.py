"""The threads that belong to events in each process: relay, waking, sealer, the writer of views, the watch."""

import threading
from dataclasses import dataclass

from insurenz.core.background import Loop, start_all, stop_all
from insurenz.core.bell import EVENTS
from insurenz.core.db import Database
from insurenz.events import wake
from insurenz.events.access_log import AccessLog
from insurenz.events.chain import seal
from insurenz.events.relay import Consumers, Relay
from insurenz.events.watch import Watch

SWEEP_SECONDS = 5
# Events of this time are taken in one turn: a turn for each would cost more than what it is about.
GATHER_SECONDS = 0.04
SEAL_SECONDS = 3
FLUSH_SECONDS = 0.5
# Sealing is rung for by beat; where that or the broker is away it still comes to be done.
UNRUNG_SEAL_SECONDS = 60


@dataclass(frozen=True)
class EventThreads:
    """Relay and access log with the loops that drive them; the relay is None where other processes have it."""

    relay: Relay | None
    access_log: AccessLog
    loops: tuple[Loop, ...]
    at_end: tuple[Loop, ...]

    @property
    def has_caught_up(self) -> bool:
        """Whether what was recorded before the start is relayed, as far as that is this process's work."""
        return self.relay is None or self.relay.has_caught_up

    def start(self) -> None:
        """Start every loop."""
        start_all(self.loops)

    def stop(self) -> None:
        """Stop every loop after its present turn, then write the last views and seal what moved."""
        stop_all(self.loops)
        for loop in self.at_end:
            while loop.turn():
                pass


def event_threads(
    database: Database, consumers: Consumers, of_kinds: Consumers | None = None
) -> EventThreads:
    """The threads of a process that does it all, not yet started; to be made before the first commit that should wake them."""
    relay, access_log = Relay(database, consumers, of_kinds=of_kinds), AccessLog(database)
    flag = database.bell.listen(EVENTS)
    flush = Loop("access_log", access_log.flush, interval=FLUSH_SECONDS)
    sealer = Loop("seal", lambda: seal(database), interval=SEAL_SECONDS)
    loops = (_relaying(relay, flag), *wake.watchers(database, flag), flush, sealer, Watch(database).loop())
    return EventThreads(relay, access_log, loops, at_end=(flush, sealer))


def recording_threads(database: Database, ring: Loop) -> EventThreads:
    """The threads of a server beside workers: `ring` wakes these after its commits. Made before the first of them."""
    access_log = AccessLog(database)
    flush = Loop("access_log", access_log.flush, interval=FLUSH_SECONDS)
    loops = (ring, flush, Watch(database, needs_workers=True).loop())
    return EventThreads(None, access_log, loops, at_end=(flush,))


def relay_threads(
    database: Database, consumers: Consumers, of_kinds: Consumers | None = None
) -> EventThreads:
    """The threads of a worker: woken by its database's bell, by NOTIFY of programs beside the servers, or by nobody."""
    relay = Relay(database, consumers, of_kinds=of_kinds)
    flag = database.bell.listen(EVENTS)
    sealer = Loop("seal", lambda: seal(database), interval=UNRUNG_SEAL_SECONDS)
    listen = wake.listener(database, flag, known_as=wake.WORKER)
    loops = (_relaying(relay, flag), listen, sealer)
    return EventThreads(relay, AccessLog(database), loops, at_end=(sealer,))


def _relaying(relay: Relay, flag: threading.Event) -> Loop:
    return Loop("relay", relay.turn, interval=SWEEP_SECONDS, wake=flag, gather=GATHER_SECONDS)
