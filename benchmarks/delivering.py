"""F7, what sending an e-mail or a webhook costs the product besides rendering, also with a million that were sent before."""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from processes import end
from rounds import Measurement
from server import ROOT, CannotMeasure, Product, installed, is_open, require_free
from table import Row, at_most, is_just, number

DONE = 1_000_000
# In each second of a run.
A_SECOND = 500
SMTP_PORT, HTTP_PORT = 8525, 8526
LOOK_SECONDS, START_SECONDS = 0.05, 30
OWN_MS = 0.5
SAME = 1.25
CHANNELS = {"email": "an e-mail", "webhook": "a webhook"}
SETTINGS = {
    "SMTP_HOST": "127.0.0.1",
    "SMTP_PORT": str(SMTP_PORT),
    "MAIL_FROM": "Insurenz <claims@claims.example>",
    "INSURENZ_WEBHOOK_LAN": "on",
}


def delivering(measurement: Measurement) -> Iterator[Row]:
    """One process that sends, on an empty table and on a full one in turn."""
    done = min(DONE, measurement.most)
    few, many = (Product(f"delivering-{name}", settings=SETTINGS) for name in ("few", "many"))
    with receivers(), installed(few, holders=200), installed(many, holders=200):
        many.inside("fill", done)
        takes = {(channel, product.name): product for channel in CHANNELS for product in (few, many)}
        keys = {f"{channel} {name}": (channel, product) for (channel, name), product in takes.items()}
        runs = measurement.repeat("F7", list(keys), lambda key: _sent(measurement, *keys[key]))
    for channel, what in CHANNELS.items():
        first, full = f"{channel} {few.name}", f"{channel} {many.name}"
        verdicts = [
            at_most(runs.median(first, "own_ms"), OWN_MS, "ms"),
            is_just(runs.median(first, "sent_s"), "sent in a second"),
        ]
        if rendering := runs.median(first, "rendering_ms"):
            verdicts.append(is_just(rendering, "ms rendering"))
        figures = {"product": number(runs.median(first, "own_ms"))}
        yield Row("F7", f"processor time of {what} besides rendering, ms", figures, verdicts)
        figures = {"product": number(runs.median(full, "own_ms"))}
        ratio = at_most(runs.ratio(full, first, "own_ms"), SAME, "x an empty table")
        yield Row("F7", f"the same with {done:,} delivered before, ms", figures, [ratio])


def _sent(measurement: Measurement, channel: str, product: Product) -> dict[str, Any]:
    count = max(1, round(A_SECOND * measurement.seconds))
    return product.inside("deliver", channel, count, HTTP_PORT)


@contextmanager
def receivers() -> Iterator[None]:
    """Receivers of mails and webhooks in a process of their own, whose time is not counted. Raises CannotMeasure."""
    ports = (SMTP_PORT, HTTP_PORT)
    for port in ports:
        require_free(port, "receivers")
    command = [sys.executable, str(ROOT / "benchmarks" / "receivers.py"), *map(str, ports)]
    process = subprocess.Popen(command)
    try:
        _wait_until_open(ports, process)
        yield
    finally:
        end([process.pid])
        process.wait()


def _wait_until_open(ports: Iterable[int], process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while not all(map(is_open, ports)):
        if process.poll() is not None or time.monotonic() > until:
            raise CannotMeasure("The receivers do not start; see the messages above")
        time.sleep(LOOK_SECONDS)
