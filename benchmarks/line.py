"""One keep-alive connection that sends what adapters of the load client make, and takes the time of each answer."""

import importlib
import socket
import sys
import time
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from server import ROOT, required_bench

MOST_BYTES = 65536


def adapter(name: str) -> ModuleType:
    """An adapter of the load client: a peer's, or the product's, which reads its settings as it is imported."""
    for folder in (required_bench() / "adapters", ROOT / "benchmarks" / "adapters"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return importlib.import_module(name)


class Line:
    """Not for several threads; closed with its block."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: Any) -> None:
        self._socket.close()

    def call(self, chunks: Sequence[bytes | memoryview]) -> tuple[int, bytes, float]:
        """Status and body of the answer, and the milliseconds until it was here."""
        began = time.perf_counter()
        self._socket.sendall(b"".join(chunks))
        head, _, body = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
        length = int(fields.get(b"content-length", b"0"))
        while len(body) < length:
            body += self._socket.recv(MOST_BYTES)
        return int(head[9:12]), body, 1000 * (time.perf_counter() - began)

    def _until(self, mark: bytes) -> bytes:
        got = b""
        while mark not in got:
            more = self._socket.recv(MOST_BYTES)
            if not more:
                raise ConnectionError("the server hung up")
            got += more
        return got
