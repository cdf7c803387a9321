"""A proxy before a real server that fails as networks and services do: slow, busy, cut off, or with bits flipped."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

BUSY = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Length: 39\r\nConnection: close\r\n\r\n"
    b"<Error><Code>SlowDown</Code></Error>   "
)


class Faulty:
    """Passes requests on to a server, one a connection, until it is told to fail in one of its ways."""

    def __init__(self, target: str) -> None:
        place = urlsplit(target)
        self._target = (place.hostname, place.port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.fault = ""
        self.requests = 0
        self._over = threading.Event()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Stop listening, and let those go who wait for an answer."""
        self._over.set()
        # Closing alone would leave the thread in its accept, to meet whatever gets the same number next.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with closing(client):
            try:
                head, body = _request(client)
                self.requests += 1
                ways: dict[str, Callable[[socket.socket, bytes, bytes], None]] = {
                    "": self._pass_on,
                    "busy": lambda to, _head, _body: to.sendall(BUSY),
                    "reset": lambda to, _head, _body: _reset(to),
                    "silent": lambda _to, _head, _body: bool(self._over.wait(30)) or None,
                    "flipped": lambda to, head, body: self._pass_on(to, head, _flipped(body)),
                    "half asked": self._ask_half,
                    "half answered": self._answer_half,
                    "unanswered": self._do_not_answer,
                }
                ways[self.fault](client, head, body)
            except OSError:
                return

    def _ask(self, head: bytes, body: bytes) -> bytes:
        """The whole answer of the server."""
        with closing(socket.create_connection(self._target)) as server:
            server.sendall(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) + body)
            answer = b""
            while piece := server.recv(65536):
                answer += piece
            return answer

    def _pass_on(self, client: socket.socket, head: bytes, body: bytes) -> None:
        client.sendall(self._ask(head, body))

    def _ask_half(self, _client: socket.socket, head: bytes, body: bytes) -> None:
        with closing(socket.create_connection(self._target)) as server:
            server.sendall(head + body[: len(body) // 2])

    def _answer_half(self, client: socket.socket, head: bytes, body: bytes) -> None:
        answer = self._ask(head, body)
        client.sendall(answer[: len(answer) * 3 // 4])

    def _do_not_answer(self, _client: socket.socket, head: bytes, body: bytes) -> None:
        self._ask(head, body)


def _request(client: socket.socket) -> tuple[bytes, bytes]:
    head, body = b"", b""
    while b"\r\n\r\n" not in head:
        piece = client.recv(65536)
        if not piece:
            raise ConnectionError
        head += piece
    head, _, body = head.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    wanted = int(lengths[0].partition(b":")[2]) if lengths else 0
    while len(body) < wanted:
        piece = client.recv(65536)
        if not piece:
            raise ConnectionError
        body += piece
    return head + b"\r\n\r\n", body


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _flipped(body: bytes) -> bytes:
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if body else body


@contextmanager
def faulty(target: str) -> Iterator[Faulty]:
    """Such a proxy before this server."""
    proxy = Faulty(target)
    yield proxy
    proxy.close()
