"""Outgoing HTTP: one POST that ends in time, whatever the receiver does, over connections kept for the next one."""

import re
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit

from insurenz.core.lines import Until, is_quiet, verifying

# Servers close what is idle for longer, some after 5 seconds: a request that meets such an end is lost.
KEEP_SECONDS = 4
MOST_HEAD = 65536
# What is read of an answer's body to have its connection free for the next request. Nothing of it is kept.
MOST_BODY, BODY_SECONDS = 65536, 1.0

_STATUS = re.compile(rb"HTTP/1\.([01]) (\d{3})( .*)?")


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


# Whether an address, as text, may be connected to.
MayReach = Callable[[str], bool]


class HttpSender(Protocol):
    """Sends one request; redirects are answers like others, and bodies of answers are thrown away."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        """The answer to one POST, of which all together takes at most so many seconds. Raises NoAnswer.

        Headers are plain ASCII in one line each.
        """

    def close(self) -> None:
        """Close the connections that are kept for the next one."""


class HttpConnections:
    """Real HTTP/1.1 and HTTPS (certificates verified), from any number of threads.

    A request is sent once: one that may have been received is never repeated here. Where `may_reach` is given, a host
    of which it refuses one address is not connected to. What was judged is connected to: names are looked up once.
    """

    def __init__(self, context: ssl.SSLContext | None = None, *, may_reach: MayReach | None = None) -> None:
        self._context, self._may_reach = context, may_reach
        self._lock = threading.Lock()
        self._idle: dict[_Place, list[_Line]] = defaultdict(list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        """As the port says."""
        place, target = _parts(url)
        until = Until(seconds)
        try:
            line = self._taken(place) or _Line(place, self._context, until, self._may_reach)
        except OSError as error:
            raise NoAnswer(_reason(error)) from error
        try:
            line.send(_request(place, target, body, headers), until)
            head, rest = line.head(until)
        except (OSError, _Malformed) as error:
            line.close()
            raise NoAnswer(_reason(error)) from error
        self._keep(place, line, head.body_length, rest)
        return head.answer

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            lines = [line for idle in self._idle.values() for line in idle]
            self._idle.clear()
        for line in lines:
            line.close()

    def _taken(self, place: "_Place") -> "_Line | None":
        """An idle line on which nothing has happened."""
        while True:
            with self._lock:
                idle = self._idle[place]
                line = idle.pop() if idle else None
            if line is None or line.is_usable():
                return line
            line.close()

    def _keep(self, place: "_Place", line: "_Line", body_length: int | None, rest: bytes) -> None:
        """Keep a line whose answer ends where it says; whatever else comes on it costs the line, not the answer."""
        if body_length is not None and line.has_passed(body_length - len(rest)):
            line.idle_since = time.monotonic()
            with self._lock:
                self._idle[place].append(line)
        else:
            line.close()


@dataclass(frozen=True)
class _Place:
    """Where to connect to, and how the host is named to it."""

    host: str
    port: int
    is_tls: bool
    name: str


@lru_cache(maxsize=256)
def _parts(url: str) -> tuple[_Place, str]:
    """The place and the target of an address."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    place = _Place(parts.hostname or "", parts.port or (443 if is_tls else 80), is_tls, parts.netloc)
    return place, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _request(place: _Place, target: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    named = {"Host": place.name, **headers, "Content-Length": len(body)}
    fields = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"POST {target} HTTP/1.1\r\n{fields}\r\n".encode("ascii") + body


class _Malformed(Exception):
    """What came is no answer of HTTP/1."""


@dataclass(frozen=True)
class _Head:
    """The head of an answer. `body_length` is None when the line is not to be used after it."""

    answer: Answer
    body_length: int | None

    @classmethod
    def of(cls, raw: bytes) -> "_Head":
        """Raises _Malformed."""
        first, *lines = raw.split(b"\r\n")
        status = _STATUS.fullmatch(first)
        fields = {}
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon:
                raise _Malformed
            fields[name.lower()] = value.strip()
        if status is None:
            raise _Malformed
        asked = fields.get(b"retry-after")
        answer = Answer(int(status[2]), None if asked is None else asked.decode("latin-1"))
        is_kept = fields.get(b"connection", b"keep-alive").lower() == b"keep-alive"
        is_last = status[1] == b"0" or b"transfer-encoding" in fields or not is_kept
        return cls(answer, None if is_last else _length(answer.status, fields.get(b"content-length")))


def _length(status: int, told: bytes | None) -> int | None:
    if status in (204, 304):
        return 0
    # An answer in chunks, or without a length, or with a long body: the next request has a line of its own.
    length = int(told) if told is not None and re.fullmatch(rb"\d{1,9}", told) else None
    return length if length is not None and length <= MOST_BODY else None


class _Line:
    """A connection to one place, each of whose waits ends with the time of the request it serves."""

    def __init__(
        self, place: _Place, context: ssl.SSLContext | None, until: Until, may_reach: MayReach | None
    ) -> None:
        self._socket = _dialled(place, until, may_reach)
        self.idle_since = 0.0
        if place.is_tls:
            self._socket.settimeout(until.left())
            try:
                trusting = context or verifying()
                self._socket = trusting.wrap_socket(self._socket, server_hostname=place.host)
            except OSError:
                self.close()
                raise

    def send(self, content: bytes, until: Until) -> None:
        """All of it. Raises OSError."""
        rest = memoryview(content)
        while rest:
            self._socket.settimeout(until.left())
            rest = rest[self._socket.send(rest) :]

    def head(self, until: Until) -> tuple[_Head, bytes]:
        """The head of the answer, and what came with it of its body. Raises OSError or _Malformed."""
        raw = b""
        while True:
            head, end, rest = raw.partition(b"\r\n\r\n")
            if end and not head.startswith(b"HTTP/1.1 1"):
                return _Head.of(head), rest
            if end:
                # Not the answer yet: it will be worked on, or such.
                raw = rest
                continue
            if len(raw) > MOST_HEAD or not raw.startswith(b"HTTP/"[: len(raw)]):
                raise _Malformed
            raw += self._received(until)

    def has_passed(self, count: int) -> bool:
        """Whether exactly so many more bytes came, soon."""
        with suppress(OSError):
            until = Until(BODY_SECONDS)
            while count > 0:
                count -= len(self._received(until))
            return count == 0
        return False

    def is_usable(self) -> bool:
        """Whether it was idle for a short time only, and its server has neither closed it nor said anything."""
        return time.monotonic() - self.idle_since < KEEP_SECONDS and is_quiet(self._socket)

    def close(self) -> None:
        self._socket.close()

    def _received(self, until: Until) -> bytes:
        self._socket.settimeout(until.left())
        received = self._socket.recv(MOST_BODY)
        if not received:
            raise ConnectionResetError
        return received


class _NotAllowed(OSError):
    """The host has an address that may not be connected to."""


def _dialled(place: _Place, until: Until, may_reach: MayReach | None) -> socket.socket:
    """A socket connected to the first address of the place that answers. Raises OSError."""
    addresses = _addresses(place, until)
    if may_reach is not None and not all(may_reach(address[0]) for *_, address in addresses):
        raise _NotAllowed
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


def _addresses(place: _Place, until: Until) -> list[Any]:
    """The addresses of a host. The system's look-up has no time limit, so one that takes too long is left behind."""
    found: list[Any] = []

    def look_up() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM))

    thread = threading.Thread(target=look_up, name="look_up", daemon=True)
    thread.start()
    thread.join(until.left())
    if thread.is_alive():
        raise TimeoutError
    return found


# The first that fits counts.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (_NotAllowed, "address_not_allowed"),
    (TimeoutError, "timeout"),
    (socket.gaierror, "host_unknown"),
    (ssl.SSLCertVerificationError, "certificate_refused"),
    (ssl.SSLError, "tls_failed"),
    (ConnectionRefusedError, "connection_refused"),
    (ConnectionError, "connection_lost"),
    (OSError, "network_failed"),
    (_Malformed, "answer_malformed"),
)


def _reason(error: Exception) -> str:
    return next(reason for kind, reason in _REASONS if isinstance(error, kind))
