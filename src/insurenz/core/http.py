"""Outgoing HTTP: one POST that ends in time, whatever the receiver does, over connections kept for the next one."""

import http.client
import io
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, cast
from urllib.parse import SplitResult, urlsplit

# Servers close what is idle for longer, some after 5 seconds: a request that meets such an end is lost.
KEEP_SECONDS = 4
# What is read of an answer's body to have its connection free for the next request. Nothing of it is kept.
MOST_BODY, BODY_SECONDS = 65536, 1.0


@dataclass(frozen=True)
class Answer:
    """What of an answer counts: its status, and its header `Retry-After` as it was sent."""

    status: int
    retry_after: str | None = None


class NoAnswer(Exception):
    """No answer came: `reason` is a code word such as `timeout`, `host_unknown` or `connection_refused`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class HttpSender(Protocol):
    """Sends one request; redirects are answers like others, and bodies of answers are thrown away."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        """The answer to one POST, of which all together takes at most so many seconds. Raises NoAnswer."""


class HttpConnections:
    """Real HTTP and HTTPS (certificates verified), from any number of threads.

    A request is sent once: one that may have been received is never repeated here.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str], list[_Connection]] = defaultdict(list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        """As the port says."""
        parts, until = urlsplit(url), _Until(seconds)
        connection = self._taken(parts) or _Connection(parts, self._context)
        connection.until = until
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", target, body, dict(headers))
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise NoAnswer(_reason(error)) from error
        answer = Answer(response.status, response.headers.get("Retry-After"))
        self._keep(parts, connection, response)
        return answer

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            for connections in self._idle.values():
                while connections:
                    connections.pop().close()

    def _taken(self, parts: SplitResult) -> "_Connection | None":
        """An idle connection that nothing has happened on."""
        while True:
            with self._lock:
                idle = self._idle[parts.scheme, parts.netloc]
                connection = idle.pop() if idle else None
            if connection is None or connection.is_usable():
                return connection
            connection.close()

    def _keep(
        self, parts: SplitResult, connection: "_Connection", response: http.client.HTTPResponse
    ) -> None:
        if not response.will_close:
            connection.until = _Until(min(BODY_SECONDS, connection.until.left_or_nothing()))
            # The answer is there: what goes wrong with its body costs the connection alone.
            with suppress(OSError, http.client.HTTPException):
                response.read(MOST_BODY)
                if response.isclosed():
                    connection.idle_since = time.monotonic()
                    with self._lock:
                        self._idle[parts.scheme, parts.netloc].append(connection)
                    return
        connection.close()


class _Until:
    """The end of the time that something may take."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then; raises TimeoutError when it has come."""
        left = self.left_or_nothing()
        if not left:
            raise TimeoutError
        return left

    def left_or_nothing(self) -> float:
        return max(0.0, self._end - time.monotonic())


class _Connection(http.client.HTTPConnection):
    """A connection each of whose waits ends with the time of the request that it serves."""

    until: _Until
    idle_since = 0.0

    def __init__(self, parts: SplitResult, context: ssl.SSLContext | None) -> None:
        is_tls = parts.scheme == "https"
        self.default_port = 443 if is_tls else 80
        super().__init__(parts.hostname or "", parts.port or self.default_port)
        self._context = (context or _verifying()) if is_tls else None

    def connect(self) -> None:
        """Connect to the first address of the host that answers."""
        dialled = _dialled(self.host, self.port, self.until)
        if self._context is not None:
            dialled.settimeout(self.until.left())
            try:
                dialled = self._context.wrap_socket(dialled, server_hostname=self.host)
            except OSError:
                dialled.close()
                raise
        self.sock = cast("Any", _Line(dialled, self))

    def is_usable(self) -> bool:
        """Whether it was idle for a short time only, and its server has neither closed it nor said anything."""
        return time.monotonic() - self.idle_since < KEEP_SECONDS and cast("Any", self.sock).is_quiet()


class _Line:
    """A socket as http.client uses one."""

    def __init__(self, dialled: socket.socket, connection: _Connection) -> None:
        self._socket, self._connection = dialled, connection

    def sendall(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            self._socket.settimeout(self._connection.until.left())
            rest = rest[self._socket.send(rest) :]

    def receive_into(self, buffer: Any) -> int:
        self._socket.settimeout(self._connection.until.left())
        return self._socket.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self))

    def is_quiet(self) -> bool:
        self._socket.settimeout(0)
        try:
            # Beneath TLS, too: whatever it is, it does not belong to the next request.
            socket.socket.recv(self._socket, 1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        self._socket.close()


class _Incoming(io.RawIOBase):
    """What comes in on a line. Closing it, as http.client does after each answer, leaves the line open."""

    def __init__(self, line: _Line) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        return self._line.receive_into(buffer)


@cache
def _verifying() -> ssl.SSLContext:
    return ssl.create_default_context()


def _dialled(host: str, port: int, until: _Until) -> socket.socket:
    addresses = _addresses(host, port, until)
    for n, (family, kind, protocol, _, address) in enumerate(addresses):
        dialled = socket.socket(family, kind, protocol)
        # An address that swallows everything leaves the others their share of the time.
        dialled.settimeout(until.left() / (len(addresses) - n))
        try:
            dialled.connect(address)
        except OSError:
            dialled.close()
            if n == len(addresses) - 1:
                raise
        else:
            dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return dialled
    raise socket.gaierror


def _addresses(host: str, port: int, until: _Until) -> list[Any]:
    """The addresses of a host. The system's look-up has no time limit, so one that takes too long is left behind."""
    found: list[Any] = []

    def look_up() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    thread = threading.Thread(target=look_up, name="look_up", daemon=True)
    thread.start()
    thread.join(until.left())
    if thread.is_alive():
        raise TimeoutError
    return found


# The first that fits counts.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "timeout"),
    (socket.gaierror, "host_unknown"),
    (ssl.SSLCertVerificationError, "certificate_refused"),
    (ssl.SSLError, "tls_failed"),
    (ConnectionRefusedError, "connection_refused"),
    (ConnectionError, "connection_lost"),
    (OSError, "network_failed"),
    (http.client.HTTPException, "answer_malformed"),
)


def _reason(error: Exception) -> str:
    return next(reason for kind, reason in _REASONS if isinstance(error, kind))
