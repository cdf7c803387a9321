"""F10, from the command to the first answer, and the memory of a server that rests."""

import time
from collections.abc import Iterator
from typing import Any

from processes import memory_of
from rivals import DJANGO, FASTAPI, Rival
from rounds import Measurement, Runs, running
from server import Product, installed
from table import Row, at_most, number

REST_SECONDS = 5


def starting(measurement: Measurement) -> Iterator[Row]:
    """The product as `./run` starts it, one process on SQLite whose data is there already; the peers with their worker."""
    product = Product("start", "sqlite", 1)
    systems: dict[str, Product | Rival] = {"product": product, "FastAPI peer": FASTAPI, "Django peer": DJANGO}
    with installed(product, holders=10):
        # The first start finds nothing in the memory of the disk.
        with running(product):
            pass
        runs = measurement.repeat("F10", list(systems), lambda key: _start(systems[key]))
    first, idle = runs.median("product", "first_answer_s"), runs.median("product", "idle_mb")
    yield Row(
        "F10", "start to the first answer, s", _figures(runs, "first_answer_s"), [at_most(first, 1, "s")]
    )
    yield Row("F10", "idle server with its worker, MB", _figures(runs, "idle_mb"), [at_most(idle, 120, "MB")])


def _start(system: Product | Rival) -> dict[str, Any]:
    began = time.monotonic()
    with running(system):
        first = time.monotonic() - began
        time.sleep(REST_SECONDS)
        return {"first_answer_s": round(first, 2), "idle_mb": round(memory_of(system.roots), 1)}


def _figures(runs: Runs, value: str) -> dict[str, str]:
    return {column: number(runs.median(column, value)) for column in runs.results}
