"""A bell inside one process: "something was committed, look now". It carries no ids, so a lost ring only costs time."""

import threading


class Bell:
    """Wakes every listener; rings are coalesced until the listener has waited."""

    def __init__(self) -> None:
        self._listeners: list[threading.Event] = []

    def listen(self) -> threading.Event:
        """A flag that is set at each ring; clear it before looking."""
        flag = threading.Event()
        self._listeners.append(flag)
        return flag

    def ring(self) -> None:
        """Set the flag of every listener."""
        for flag in self._listeners:
            flag.set()
