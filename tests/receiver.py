"""A real HTTP server that takes POSTs and answers as its script says: late, never, by the drop, or not like HTTP at all."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.waiting import PATIENCE_SECONDS

Step = Callable[["Receiver", Any], None]


class Hangup(Exception):
    """The connection is to be closed now."""


@dataclass(frozen=True)
class Call:
    """One request as it came in, and on which of the connections."""

    path: str
    headers: dict[str, str]
    body: bytes
    connection: int


def answers(status: int = 204, headers: str = "", body: bytes = b"") -> Step:
    """A whole answer."""

    def step(_receiver: "Receiver", client: Any) -> None:
        length = f"Content-Length: {len(body)}\r\n"
        client.sendall(f"HTTP/1.1 {status} x\r\n{length}{headers}\r\n".encode() + body)

    return step


def says(raw: bytes, *, and_closes: bool = True) -> Step:
    """Just these bytes."""

    def step(_receiver: "Receiver", client: Any) -> None:
        client.sendall(raw)
        if and_closes:
            raise Hangup

    return step


def hangs(receiver: "Receiver", _client: Any) -> None:
    """No answer until the receiver is closed."""
    receiver.over.wait()
    raise Hangup


def drips(receiver: "Receiver", client: Any) -> None:
    """A header that never ends, byte by byte."""
    client.sendall(b"HTTP/1.1 200 x\r\nx: ")
    while not receiver.over.wait(0.02):
        client.sendall(b"x")
    raise Hangup


def drips_body(receiver: "Receiver", client: Any) -> None:
    """A receipt at once, and then a body that never ends."""
    client.sendall(b"HTTP/1.1 200 x\r\nContent-Length: 1000\r\n\r\n")
    while not receiver.over.wait(0.02):
        client.sendall(b"x")
    raise Hangup


def drops(_receiver: "Receiver", _client: Any) -> None:
    """The request is read and the connection closed."""
    raise Hangup


def resets(_receiver: "Receiver", client: Any) -> None:
    """The request is read and the connection torn."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Hangup


def late(receiver: "Receiver", client: Any) -> None:
    """A receipt once the test says `receiver.now.set()`."""
    receiver.now.wait(PATIENCE_SECONDS)
    answers(200)(receiver, client)


@dataclass
class Receiver:
    """Takes one step of its script for each request, and the last one again and again."""

    script: list[Step] = field(default_factory=lambda: [answers()])
    tls: ssl.SSLContext | None = None
    calls: list[Call] = field(default_factory=list)
    connections: int = 0
    hangups: int = 0
    now: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Condition()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/notify?tenant=3"

    @property
    def keys(self) -> list[str]:
        """The webhook-id of each call."""
        return [call.headers["webhook-id"] for call in self.calls]

    def will(self, *steps: Step) -> None:
        """Answer so from now on."""
        self.script[:] = steps

    def wait_for(self, calls: int) -> None:
        """Wait until so many requests were read."""
        with self._lock:
            assert self._lock.wait_for(lambda: len(self.calls) >= calls, timeout=PATIENCE_SECONDS)

    def wait_for_hangups(self, connections: int) -> None:
        """Wait until so many connections are closed."""
        with self._lock:
            assert self._lock.wait_for(lambda: self.hangups >= connections, timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        """Stop listening, and let those go who wait for an answer."""
        self.over.set()
        self.now.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=[client, self.connections], daemon=True).start()

    def _serve(self, client: Any, number: int) -> None:
        with self._counting_hangups(), closing(client), suppress(OSError, Hangup):
            line = self.tls.wrap_socket(client, server_side=True) if self.tls else client
            with closing(line), line.makefile("rb") as incoming:
                while call := _request(incoming, number):
                    with self._lock:
                        self.calls.append(call)
                        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                        self._lock.notify_all()
                    step(self, line)

    @contextmanager
    def _counting_hangups(self) -> Iterator[None]:
        yield
        with self._lock:
            self.hangups += 1
            self._lock.notify_all()


def _request(incoming: Any, connection: int) -> Call | None:
    first = incoming.readline()
    if not first:
        return None
    headers: dict[str, str] = {}
    while (line := incoming.readline().strip()) != b"":
        # Where TLS is spoken to it, it is not text.
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    if "content-length" not in headers:
        return None
    body = incoming.read(int(headers["content-length"]))
    return Call(first.decode().split()[1], headers, body, connection)


@contextmanager
def receiver(*script: Step, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Such a server."""
    made = Receiver(list(script) or [answers()], tls)
    try:
        yield made
    finally:
        made.close()
