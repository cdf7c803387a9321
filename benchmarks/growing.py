"""F11, growth: two server processes beside one, and one on SQLite beside one on PostgreSQL."""

from collections.abc import Iterator

from rounds import Measurement, Runs, Shot, running
from server import Product, installed
from table import Row, at_least, number

CLIENTS = 8
# What a claim costs most at, and what is only Python.
WORKS = {"file": "filings in a second, 200 kB PDF", "list": "pages of somebody's own claims in a second"}
CLAIMS = 200


def growing(measurement: Measurement) -> Iterator[Row]:
    """The same work for each arrangement in turn; those whose turn it is not rest."""
    one = Product("grown-1", workers=1, port=8511)
    two = Product("grown-2", workers=2, port=8512)
    embedded = Product("embedded", backend="sqlite", workers=1, port=8513)
    products = (one, two, embedded)
    with (
        installed(one, claims=CLAIMS),
        installed(two, claims=CLAIMS),
        installed(embedded, claims=CLAIMS),
        running(*products),
    ):
        shots = [Shot(f"{each.name} {op}", each, op, CLIENTS) for op in WORKS for each in products]
        runs = measurement.alternate("F11", shots)
    for op, work in WORKS.items():
        yield from _rows(runs, op, work)


def _rows(runs: Runs, op: str, work: str) -> Iterator[Row]:
    one, two, embedded = (f"{name} {op}" for name in ("grown-1", "grown-2", "embedded"))

    def both(first: str, second: str) -> dict[str, str]:
        return {"product": f"{number(runs.median(first))}, {number(runs.median(second))}"}

    yield Row(
        "F11",
        f"{work}, {CLIENTS} clients; one process, two",
        both(one, two),
        [at_least(runs.ratio(two, one), 1.7, "x one process")],
    )
    yield Row(
        "F11",
        "the same, one process; on PostgreSQL, on SQLite",
        both(one, embedded),
        [at_least(runs.ratio(embedded, one), 0.5, "x PostgreSQL")],
    )
