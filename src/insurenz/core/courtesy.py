"""Requests first: what is done in the background waits a moment while one is answered, for they share an interpreter."""

import threading

# So long at most, for each piece of work: requests may come without an end, and everybody is to be told in time.
MOMENT = 0.01

_lock = threading.Lock()
_answered = 0
_is_quiet = threading.Event()
_is_quiet.set()


class Turn:
    """A request that is being answered in this process, from here until it ends."""

    def __init__(self) -> None:
        self._is_open = True
        _count(1)

    def end(self) -> None:
        """Let others go on; harmless when it has ended."""
        if self._is_open:
            self._is_open = False
            _count(-1)


def give_way() -> None:
    """Wait until no request is being answered, at most for a moment."""
    _is_quiet.wait(MOMENT)


def _count(change: int) -> None:
    global _answered  # noqa: PLW0603 - one interpreter, one count
    with _lock:
        _answered += change
        if _answered:
            _is_quiet.clear()
        else:
            _is_quiet.set()
