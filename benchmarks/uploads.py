"""F2, filing a claim with a large file: bytes in a second, and the memory that each upload takes."""

import math
from collections.abc import Iterator
from dataclasses import replace

from processes import growth_of, until_idle
from rivals import DJANGO, FASTAPI, LEAN, NGINX, Rival, prepare_limits
from rounds import Measurement, Runs, Shot, System, running
from server import Product, installed
from table import Row, at_least, at_most, is_just, number

CLIENTS = 16
SIZE = 10_000_000
LARGE = 100_000_000
# All of the load client's clients are to have their turn.
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
    yield from _rates(runs, product.name)
    peers = {"FastAPI peer": FASTAPI, "Django peer": DJANGO}
    others = {column: number(_memory(measurement, peer, SIZE)[0]) for column, peer in peers.items()}
    raised = replace(product, settings=RAISED)
    for size in (SIZE, LARGE):
        with installed(raised):
            server, everything = _memory(measurement, raised, size)
        figures = {"product": number(server), **(others if size == SIZE else {})}
        verdicts = [at_most(server, 2, "MB"), is_just(everything, "MB with its inspectors")]
        yield Row("F2", f"memory of each upload of {size // 10**6} MB, MB", figures, verdicts)


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


def _memory(measurement: Measurement, system: Product | Rival, size: int) -> tuple[float, float]:
    """MB that each upload adds, at the most, to a server that has answered for a second and rests: to the processes
    that serve, and to these with all they start. Not a number when not every client had its turn.
    """
    seconds = LARGE_SECONDS if size == LARGE else measurement.seconds
    with running(system):
        system.load("file", clients=CLIENTS, seconds=1, warm=0)
        until_idle(system.roots)
        # The first process is the web server; the second, if any, works off its queue.
        with growth_of(system.roots[0]) as growth:
            result = system.load("upload", clients=CLIENTS, size=size, seconds=seconds, warm=0)
        system.clear()
    megabytes = {name: round(value, 1) for name, value in vars(growth).items()}
    measurement.record("F2", key=f"{system.name} memory at {size}", **result, **megabytes)
    if result["n"] < CLIENTS:
        return math.nan, math.nan
    added = (growth.peak_server - growth.idle_server, growth.peak_all - growth.idle_all)
    return added[0] / CLIENTS, added[1] / CLIENTS
