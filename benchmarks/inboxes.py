"""F5, a page of one's inbox and the badge: beside the peers at a million, and from ten thousand to ten millions."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from rivals import COUNTER, DJANGO, FASTAPI, LEAN, PAGE, prepare_inboxes
from rounds import Measurement, Runs, Shot, System, running
from server import Product, installed
from table import Row, at_least, at_most, number

AMONG = 1_000_000
SIZES = {"10 k": 10_000, "100 k": 100_000, "1 M": 1_000_000, "10 M": 10_000_000}
CLIENTS = 8
# Within which none is cleared.
HOURS = 700
OPS = {"inbox": "a page of the inbox", "unread": "unread count"}
READERS = {"frequent": "policyholders", "processors": "processors", "busiest": "one with a tenth of all"}
SLOWEST = "p99_ms"


def inboxes(measurement: Measurement) -> Iterator[Row]:
    """First beside the peers, then every size in turn, on PostgreSQL and on SQLite."""
    yield from _beside(measurement)
    for backend, workers in (("postgresql", 2), ("sqlite", 1)):
        yield from _sizes(measurement, backend, workers)


def _beside(measurement: Measurement) -> Iterator[Row]:
    among = min(AMONG, measurement.most)
    prepare_inboxes(among)
    product = Product("inboxes")
    with installed(product, inboxes=(among, HOURS)), running(product, FASTAPI, DJANGO, LEAN):
        for op, work in OPS.items():
            limit = PAGE if op == "inbox" else COUNTER
            systems: Sequence[System] = (product, FASTAPI, DJANGO, LEAN, limit)
            shots = [Shot(system.name, system, op, CLIENTS) for system in systems]
            runs = measurement.alternate("F5", shots)
            yield _ratios(
                runs,
                product.name,
                f"{work} in a second, {among:,} notifications, {CLIENTS} clients",
                limit.name,
            )


def _ratios(runs: Runs, product: str, work: str, limit: str) -> Row:
    keys = {
        "product": product,
        "FastAPI peer": FASTAPI.name,
        "Django peer": DJANGO.name,
        "lean": LEAN.name,
        "limit": limit,
    }
    return Row(
        "F5",
        work,
        {column: number(runs.median(key)) for column, key in keys.items()},
        [
            at_least(runs.ratio(product, peer.name), 5, f"x {column}")
            for column, peer in (("FastAPI peer", FASTAPI), ("Django peer", DJANGO))
        ],
    )


def _sizes(measurement: Measurement, backend: str, workers: int) -> Iterator[Row]:
    sizes = {name: count for name, count in SIZES.items() if count <= measurement.most}
    installs = {
        name: Product(f"{backend}-{count}", backend, workers, port=8501 + at)
        for at, (name, count) in enumerate(sizes.items())
    }
    with ExitStack() as stack:
        for name, product in installs.items():
            stack.enter_context(installed(product, inboxes=(sizes[name], HOURS)))
        stack.enter_context(running(*installs.values()))
        for op, work in OPS.items():
            for reader, who in READERS.items():
                shots = [Shot(name, each, op, CLIENTS, {"arg": reader}) for name, each in installs.items()]
                runs = measurement.alternate(f"F5 {op} {reader} {backend}", shots)
                yield _flat(runs, list(sizes), f"{work}, {who}, {backend}")


def _flat(runs: Runs, sizes: Sequence[str], work: str) -> Row:
    figures = {"product": ", ".join(number(runs.median(size, SLOWEST)) for size in sizes)}
    worst = max(runs.ratio(size, sizes[0], SLOWEST) for size in sizes)
    return Row(
        "F5", f"{work}: p99 at {', '.join(sizes)}, ms", figures, [at_most(worst, 1.5, f"x {sizes[0]}")]
    )
