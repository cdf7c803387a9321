"""F9, live streams in one server process: the memory of each, and how long one event takes to reach them all."""

import json
import resource
import select
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from processes import memory_of
from rounds import Measurement, running
from server import ROOT, CannotMeasure, Product, installed
from table import Row, at_most, number

STREAMS, FIRST = 5000, 100
WAIT_SECONDS, REST_SECONDS, APART_SECONDS = 60, 2, 1
LISTENERS = ROOT / "benchmarks" / "listeners.py"
# What every event holds, and no heartbeat.
MARK = b"event: notification"


def streams(measurement: Measurement) -> Iterator[Row]:
    """One process on PostgreSQL, everybody with one stream; the client reads from all sockets in one process."""
    _allow_sockets(STREAMS + 1000)
    product = Product("streams", "postgresql", 1)
    with installed(product, holders=10), _teller(product) as teller:
        tokens = json.loads((product.folder / "listeners.json").read_text())
        runs = measurement.repeat("F9", ["product"], lambda _key: _listen(product, teller, tokens))
    each, all_ms = runs.median("product", "kib_each"), runs.median("product", "all_ms")
    yield Row("F9", "memory of a stream, KiB", {"product": number(each)}, [at_most(each, 40, "KiB")])
    yield Row(
        "F9", f"one event to {STREAMS:,}, ms", {"product": number(all_ms)}, [at_most(all_ms, 300, "ms")]
    )


class Client:
    """Many streams, read by whoever asks."""

    def __init__(self, port: int) -> None:
        self.port, self.poll = port, select.epoll()
        self.sockets: dict[int, socket.socket] = {}

    def open(self, tokens: list[str]) -> None:
        """Open a stream with each token, and read what it begins with."""
        for token in tokens:
            connection = socket.create_connection(("127.0.0.1", self.port))
            connection.sendall(
                f"GET /notifications/stream HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
            )
            self.sockets[connection.fileno()] = connection
            self.poll.register(connection, select.EPOLLIN)
            if len(self.sockets) % 50 == 0:
                self.read(b"event: state", 50)
        self.read(b"event: state", len(self.sockets) % 50)

    def read(self, mark: bytes, count: int) -> float:
        """Read until so many pieces held this; gives the clock of the last one. Raises CannotMeasure."""
        deadline, at = time.monotonic() + WAIT_SECONDS, time.monotonic()
        while count > 0:
            ready = self.poll.poll(1)
            if time.monotonic() > deadline:
                raise CannotMeasure(f"{count} streams were not told of it")
            for file, _events in ready:
                piece = self.sockets[file].recv(65536)
                if not piece:
                    raise CannotMeasure("a stream was closed")
                count -= piece.count(mark)
            at = time.monotonic()
        return at

    def close(self) -> None:
        """Close every stream."""
        for connection in self.sockets.values():
            connection.close()


def _listen(product: Product, teller: Any, tokens: list[str]) -> dict[str, Any]:
    with running(product):
        client = Client(product.port)
        client.open(tokens[:FIRST])
        before = memory_of(product.roots)
        client.open(tokens[FIRST:])
        kib = 1024 * (memory_of(product.roots) - before) / (len(tokens) - FIRST)
        # What opening them left to do is no part of telling them.
        time.sleep(REST_SECONDS)
        took = []
        for _ in range(5):
            teller.stdin.write("\n")
            teller.stdin.flush()
            committed = float(teller.stdout.readline())
            took.append(client.read(MARK, len(tokens)) - committed)
            # The next event is told on its own, not together with this one.
            time.sleep(APART_SECONDS)
        peak = 1024 * (memory_of(product.roots) - before) / (len(tokens) - FIRST)
        client.close()
    return {
        "kib_each": round(kib, 1),
        "kib_after": round(peak, 1),
        "all_ms": round(1000 * sorted(took)[2], 1),
    }


@contextmanager
def _teller(product: Product) -> Iterator[Any]:
    command = [product.python, str(LISTENERS), "listeners.json", "--count", str(STREAMS)]
    with subprocess.Popen(
        command,
        env=product.environment,
        cwd=product.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as teller:
        assert teller.stdout is not None
        if teller.stdout.readline() != "ready\n":
            raise CannotMeasure("There is nobody to listen; see the messages above")
        yield teller
        teller.stdin.close()  # type: ignore[union-attr]


def _allow_sockets(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        if hard < count:
            raise CannotMeasure(f"F9 needs {count} open files; allow them: ulimit -n {count}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
