"""Memory that a server process has done with goes back to the system, where the C library is glibc."""

import ctypes
import sys

# From malloc.h. Each thread would otherwise have a heap of its own, of which the largest moment stays.
_ARENA_MAX = -8
_HEAPS = 2


def few_heaps() -> None:
    """Let all threads that are yet to come share two heaps. Does nothing where there is no such setting."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_ARENA_MAX, _HEAPS)
