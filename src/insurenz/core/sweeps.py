"""Sweeps: one caller who asks for many things that are not there for them, as who guesses numbers does."""

from datetime import datetime, timedelta

from insurenz.core import clock

WINDOW = timedelta(minutes=10)
# Different things in a window; whoever works from a list of yesterday misses a few.
MANY = 30
# Callers that are remembered at the same time, the newest.
MOST_CALLERS = 10_000


class Sweeps:
    """Counts in this process alone, for one thread: that of the requests. Takes a few megabytes at most."""

    def __init__(self) -> None:
        self._missed: dict[str, tuple[datetime, set[int]]] = {}

    def count(self, caller: str, thing: str) -> bool:
        """Count something that a caller asked for and did not find; True once in a window, when that makes many."""
        now = clock.now()
        since, things = self._missed.pop(caller, (now, set()))
        if now - since >= WINDOW:
            since, things = now, set()
        before = len(things)
        if before < MANY:
            things.add(hash(thing))
        self._missed[caller] = since, things
        if len(self._missed) > MOST_CALLERS:
            del self._missed[next(iter(self._missed))]
        return before < MANY == len(things)
