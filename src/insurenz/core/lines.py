"""What lines to other servers have in common: the end of their time, whether they are still quiet, whom they trust."""

import socket
import ssl
import time
from functools import cache


class Until:
    """The end of the time that something may take."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether it has come."""
        return time.monotonic() >= self._end

    def left(self) -> float:
        """Seconds until then; raises TimeoutError when it has come."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def is_quiet(line: socket.socket) -> bool:
    """Whether its server has neither closed it nor said anything. Waits for nothing, nor does the line from then on."""
    line.settimeout(0)
    try:
        # Beneath TLS, too: whatever it is, it does not belong to what is sent next.
        socket.socket.recv(line, 1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@cache
def verifying() -> ssl.SSLContext:
    """TLS with those whose certificates the authorities of this system vouch for."""
    return ssl.create_default_context()
