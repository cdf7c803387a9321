"""F4, from the answer to a filing until a processor's inbox shows it, at a steady rate of filings."""

import json
import os
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from line import Line, adapter
from processes import until_idle
from rounds import Measurement, running
from server import CannotMeasure, Product, connect, installed
from table import Row, at_most, number

RATE, SENDERS = 100, 8
SIZE = 200_000
# So long it may take until the last bell has rung.
PATIENCE = 20
ARRIVED = """
SELECT events.subject_id::text, inbox.rev FROM inbox JOIN events ON events.id = inbox.event_id
WHERE inbox.user_id = %s AND inbox.rev > %s ORDER BY inbox.rev"""


def bells(measurement: Measurement) -> Iterator[Row]:
    """A hundred filings in a second, with a file of 200 kB each."""
    product = Product("bells")
    with installed(product), running(product):
        _filed(product, 1)
        runs = measurement.repeat("F4", ["bell"], lambda _: _filed(product, measurement.seconds))
    p99 = runs.median("bell", "p99_ms")
    work = f"told -> bell at {RATE} filings a second, p99, ms ({number(runs.median('bell', 'rps'))} reached)"
    yield Row("F4", work, {"product": number(p99)}, [at_most(p99, 100, "ms")])


def _filed(product: Product, seconds: float) -> dict[str, Any]:
    until_idle(product.roots)
    sent = _Sent(product, int(RATE * seconds))
    rung: dict[str, float] = {}
    with connect(product.database) as session:
        reader = session.execute("SELECT id::text FROM users WHERE role = 'claim_processor'").fetchone()
        state = session.execute(
            "SELECT coalesce(max(last_rev), 0) FROM inbox_state WHERE user_id = %s", reader
        )
        seen = state.fetchone()
    watching = threading.Thread(target=_watch, args=(product, reader, seen, sent, rung))
    watching.start()
    sent.send()
    watching.join()
    product.clear()
    waits = [1000 * (rung[claim] - answered) for claim, answered in sent.answered.items() if claim in rung]
    if len(waits) < sent.count:
        raise CannotMeasure(f"Of {sent.count} filings only {len(waits)} were told in time")
    p99 = statistics.quantiles(waits, n=100)[-1]
    return {
        "n": len(waits),
        "rps": round(sent.rate, 1),
        "p50_ms": round(statistics.median(waits), 1),
        "p99_ms": round(p99, 1),
    }


class _Sent:
    """Filings at a steady rate, whether or not the ones before have been answered; and when they were."""

    def __init__(self, product: Product, count: int) -> None:
        self.count, self.answered, self.rate = count, dict[str, float](), 0.0
        self.is_over = False
        os.environ |= {"BENCH_STATE": str(product.folder / "state.json"), "BENCH_PORT": str(product.port)}
        self._made, self._port = adapter("product"), product.port
        self._state = self._made.prepare("file", "")
        self._lines = threading.local()

    def send(self) -> None:
        """Send them all, and wait until they are answered."""
        began = time.perf_counter()
        with ThreadPoolExecutor(SENDERS) as pool:
            for answered in [pool.submit(self._file, n, began + n / RATE) for n in range(self.count)]:
                answered.result()
        self.rate = self.count / (time.perf_counter() - began)
        self.is_over = True

    def _file(self, number: int, at: float) -> None:
        if not hasattr(self._lines, "line"):
            self._lines.line = Line(self._port)
        tag = f"{time.time_ns()}-{number}"
        chunks = self._made.request("file", self._state, tag, SIZE, "")
        time.sleep(max(0, at - time.perf_counter()))
        status, body, _ = self._lines.line.call(chunks)
        if status != 201:
            raise CannotMeasure(f"A filing is answered with {status}: {body[:200]!r}")
        self.answered[json.loads(body)["id"]] = time.perf_counter()


def _watch(product: Product, reader: Any, seen: Any, sent: _Sent, rung: dict[str, float]) -> None:
    """Note when each claim shows up in somebody's inbox."""
    last, patience = seen[0], PATIENCE + time.perf_counter() + sent.count / RATE
    with connect(product.database) as session:
        while len(rung) < sent.count and time.perf_counter() < patience:
            found = session.execute(ARRIVED, [*reader, last]).fetchall()
            now = time.perf_counter()
            for claim, rev in found:
                rung[claim], last = now, rev
            time.sleep(0.002)
