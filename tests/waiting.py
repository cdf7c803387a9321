"""Waiting for what another thread or another process does in its own time."""

import time
from collections.abc import Callable

# What goes well never takes so long, on whatever machine; what does not is told all the same.
PATIENCE_SECONDS = 180


def soon(holds: Callable[[], bool]) -> bool:
    """Whether it becomes true within the time that it may take on a machine under load."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
