"""A bell inside one process: "something was committed, look now". It carries no ids, so a lost ring only costs time."""

import threading

# What is rung for when an event was recorded; deliveries are rung for by the names of their channels.
EVENTS = "events"


class Bell:
    """Wakes every listener; rings are coalesced until the listener has waited."""

    def __init__(self) -> None:
        self._listeners: list[tuple[threading.Event, str | None]] = []

    def listen(self, what: str | None = None) -> threading.Event:
        """A flag that is set at each ring, or at those for this alone; clear it before looking."""
        flag = threading.Event()
        self._listeners.append((flag, what))
        return flag

    def ring(self, what: str | None = None) -> None:
        """Set the flag of every listener, or of those whom this concerns: who looks for nothing costs a query."""
        for flag, wanted in self._listeners:
            if what is None or wanted is None or what == wanted:
                flag.set()
