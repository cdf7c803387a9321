"""The threads that belong to events in each server process: relay, waking, sealer and the writer of views."""

from dataclasses import dataclass

from insurenz.core.background import Loop, start_all, stop_all
from insurenz.core.db import Database
from insurenz.events import wake
from insurenz.events.access_log import AccessLog
from insurenz.events.chain import seal
from insurenz.events.relay import Consumers, Relay

SWEEP_SECONDS = 5
# Events of this time are taken in one turn: a turn for each would cost more than what it is about.
GATHER_SECONDS = 0.04
SEAL_SECONDS = 3
FLUSH_SECONDS = 0.5


@dataclass(frozen=True)
class EventThreads:
    """Relay and access log with the loops that drive them."""

    relay: Relay
    access_log: AccessLog
    loops: tuple[Loop, ...]
    at_end: tuple[Loop, ...]

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
    """The threads of one process, not yet started; to be made before the first commit that should wake them."""
    relay, access_log = Relay(database, consumers, of_kinds=of_kinds), AccessLog(database)
    flag = database.bell.listen()
    flush = Loop("access_log", access_log.flush, interval=FLUSH_SECONDS)
    sealer = Loop("seal", lambda: seal(database), interval=SEAL_SECONDS)
    loops = (
        Loop("relay", relay.turn, interval=SWEEP_SECONDS, wake=flag, gather=GATHER_SECONDS),
        *wake.watchers(database, flag),
        flush,
        sealer,
    )
    return EventThreads(relay, access_log, loops, at_end=(flush, sealer))
