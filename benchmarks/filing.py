"""F1, filing a claim with a file of 200 kB; and the changes of a claim's status."""

from collections.abc import Iterator

from rivals import DJANGO, FASTAPI, LEAN, NGINX, SQL, prepare_limits
from rounds import Measurement, Runs, Shot, median, median_ratio, running
from server import Product, installed
from table import Row, at_least, at_most, is_just, number

CLAIMS_IN_A_RUN = 2000
RECIPIENTS = "1"
MANY = 32


def filing(measurement: Measurement) -> Iterator[Row]:
    """Filings in a second at 8 and at 32 clients."""
    prepare_limits()
    product = Product("filing")
    with installed(product), running(product, FASTAPI, DJANGO, LEAN, NGINX):
        peers = (FASTAPI, DJANGO, LEAN)
        at_8 = [Shot(s.name, s, "file", 8) for s in (product, *peers, NGINX, SQL)]
        at_32 = [Shot(f"{s.name} {MANY}", s, "file", MANY) for s in (product, *peers)]
        runs = measurement.alternate("F1", [*at_8, *at_32])
    yield from _rows(runs, product.name)


def actions(measurement: Measurement) -> Iterator[Row]:
    """Changes of status in a second: a review is started, the claim approved, then completed."""
    product = Product("actions")
    claims = (measurement.rounds + 1) * CLAIMS_IN_A_RUN
    with installed(product, claims=claims), running(product, FASTAPI, DJANGO):
        shots = [Shot(s.name, s, "status", 8, {"arg": RECIPIENTS}) for s in (FASTAPI, DJANGO)]
        runs = measurement.alternate("actions", [Shot(product.name, product, "status", 8), *shots])
    figures = _figures(
        runs, {"product": product.name, "FastAPI peer": FASTAPI.name, "Django peer": DJANGO.name}
    )
    ratios = [
        is_just(runs.ratio(product.name, FASTAPI.name), "x FastAPI peer"),
        is_just(runs.ratio(product.name, DJANGO.name), "x Django peer"),
    ]
    yield Row("actions", "status changes in a second, 1 told, 8 clients", figures, ratios)


def _rows(runs: Runs, product: str) -> Iterator[Row]:
    series = [
        1 / (1 / sql + 1 / put) for sql, put in zip(runs.of(SQL.name), runs.of(NGINX.name), strict=True)
    ]
    keys = {"product": product, "FastAPI peer": FASTAPI.name, "Django peer": DJANGO.name, "lean": LEAN.name}
    yield Row(
        "F1",
        "filings in a second, 200 kB PDF, 8 clients",
        {**_figures(runs, keys), "limit": number(median(series))},
        [
            at_least(runs.ratio(product, FASTAPI.name), 4, "x FastAPI peer"),
            at_least(runs.ratio(product, DJANGO.name), 5, "x Django peer"),
            at_least(100 * median_ratio(runs.of(product), series), 45, "% of the limits in series"),
        ],
    )
    slowest = 100 * runs.ratio(product, FASTAPI.name, "p99_ms")
    yield Row(
        "F1", "p99 of these, ms", _figures(runs, keys, "p99_ms"), [at_most(slowest, 25, "% of FastAPI peer")]
    )
    many = {column: f"{key} {MANY}" for column, key in keys.items()}
    kept = 100 * runs.ratio(many["product"], product)
    yield Row(
        "F1",
        f"filings in a second, {MANY} clients",
        _figures(runs, many),
        [at_least(kept, 90, "% of 8 clients")],
    )
    yield Row(
        "F1", "inspection of the files", {}, [is_just(_inspection(runs, product), "% of the server's CPU")]
    )


def _inspection(runs: Runs, product: str) -> float:
    """What the processes that the server starts took of all its CPU time."""
    children, server = runs.of(product, "children_cpu_s"), runs.of(product, "server_cpu_s")
    return 100 * median_ratio(children, [a + b for a, b in zip(children, server, strict=True)])


def _figures(runs: Runs, keys: dict[str, str], value: str = "rps") -> dict[str, str]:
    return {column: number(runs.median(key, value)) for column, key in keys.items()}
