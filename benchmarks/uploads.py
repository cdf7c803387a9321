"""F2, filing a claim with a large file: bytes in a second, and the memory that each upload takes."""

import math
from collections.abc import Iterator
from dataclasses import replace

from processes import until_idle
from rivals import DJANGO, FASTAPI, LEAN, NGINX, Rival, prepare_limits
from rounds import Measurement, Runs, Shot, System, running
from server import Product, installed
from table import Row, at_least, at_most, number

CLIENTS = 16
SIZE = 10_000_000
LARGE = 100_000_000
# The load client makes such a file first, and all of its clients are to have their turn.
LARGE_SECONDS = 10
# A file of 100 MB is more than a claim takes by default.
RAISED = {
    "INSURENZ_DOCUMENTS__MAX_FILE_BYTES": str(2 * LARGE),
    "INSURENZ_DOCUMENTS__MAX_REQUEST_BYTES": str(3 * LARGE),
}
MB = "MBps"


def uploads(measurement: Measurement) -> Iterator[Row]:
    """Rates in rounds; then memory, once, of servers that have just started."""
    prepare_limits()
    product = Product("uploads")
    with installed(product):
        runs = _alternate(measurement, product)
        raised = replace(product, settings=RAISED)
        small, large = _memory(measurement, raised, SIZE), _memory(measurement, raised, LARGE)
    yield from _rates(runs, product.name)
    peers = {
        "FastAPI peer": number(_memory(measurement, FASTAPI, SIZE)),
        "Django peer": number(_memory(measurement, DJANGO, SIZE)),
    }
    for size, reached, others in (("10", small, peers), ("100", large, {})):
        figures = {"product": number(reached), **others}
        yield Row("F2", f"memory of each upload of {size} MB, MB", figures, [at_most(reached, 2, "MB")])


def _alternate(measurement: Measurement, product: Product) -> Runs:
    systems: tuple[System, ...] = (FASTAPI, DJANGO, NGINX, product, LEAN)
    shots = [Shot(s.name, s, "upload", CLIENTS, {"size": SIZE}) for s in systems]
    # Next to lean, to which it is compared.
    jpeg = Shot("jpeg", product, "upload", CLIENTS, {"size": SIZE, "arg": "jpeg"})
    with running(product, FASTAPI, DJANGO, LEAN, NGINX):
        return measurement.alternate("F2", [*shots, jpeg])


def _rates(runs: Runs, product: str) -> Iterator[Row]:
    keys = {"product": product, "FastAPI peer": FASTAPI.name, "Django peer": DJANGO.name, "limit": NGINX.name}
    yield Row(
        "F2",
        f"uploads of 10 MB (PDF), {CLIENTS} clients, MB/s",
        {column: number(runs.median(key, MB)) for column, key in keys.items()},
        [
            at_least(runs.ratio(product, FASTAPI.name, MB), 1.5, "x FastAPI peer"),
            at_least(100 * runs.ratio(product, NGINX.name, MB), 30, "% of nginx PUT"),
        ],
    )
    yield Row(
        "F2",
        "the same with a JPEG, MB/s",
        {"product": number(runs.median("jpeg", MB)), "lean": number(runs.median(LEAN.name, MB))},
        [at_least(100 * runs.ratio("jpeg", LEAN.name, MB), 80, "% of lean")],
    )


def _memory(measurement: Measurement, system: Product | Rival, size: int) -> float:
    """MB that each upload adds, at the most, to a server that has answered for a second and rests.

    Not a number when not every client had its turn.
    """
    seconds = LARGE_SECONDS if size == LARGE else measurement.seconds
    with running(system):
        system.load("file", clients=CLIENTS, seconds=1, warm=0)
        until_idle(system.roots)
        # The first process is the web server; the second, if any, works off its queue.
        web = system.roots[0]
        result = system.load("upload", clients=CLIENTS, size=size, seconds=seconds, warm=0, pid=web)
        system.clear()
    measurement.record("F2", key=f"{system.name} memory at {size}", **result)
    added = float(result["peak_mb"] - result["idle_mb"])
    return added / CLIENTS if result["n"] >= CLIENTS else math.nan
