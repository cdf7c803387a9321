"""F6, pages of claims for somebody who works for several payers: among a thousand claims and among a million."""

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from typing import Any

from rounds import Measurement, running
from server import ROOT, CannotMeasure, Product, installed
from table import Row, at_most, number

SIZES = {"1 k": 1_000, "1 M": 1_000_000}
# So few that the smaller install fills a page, too: otherwise the larger one would be charged for more rows.
LIMIT = 8
PAGES = {
    "list": "",
    "queue, oldest first": "&status_group=intake&sort=created_at",
    "filter": "&status=completed&claim_type=vehicle",
    "search, a common word": "&text=treatment",
    "search, a rare word": "&text=zygomatic",
}
FILL = ROOT / "benchmarks" / "claims_fill.py"


def lists(measurement: Measurement) -> Iterator[Row]:
    """The 95th percentile of one reader, the two installs in turn."""
    if not FILL.exists():
        raise CannotMeasure(f"F6 needs {FILL.name}, which fills an install with claims")
    installs = {
        size: Product(f"lists-{count}", port=8501 + at) for at, (size, count) in enumerate(SIZES.items())
    }
    with ExitStack() as stack:
        for size, product in installs.items():
            stack.enter_context(installed(product, filled=SIZES[size]))
        stack.enter_context(running(*installs.values()))
        for page, query in PAGES.items():
            yield _row(measurement, installs, page, f"/claims?limit={LIMIT}{query}")


def _row(measurement: Measurement, installs: dict[str, Product], page: str, path: str) -> Row:
    runs = measurement.repeat(
        f"F6 {page}", list(SIZES), lambda size: _read(installs[size], path, measurement.seconds)
    )
    figures = {"product": ", ".join(number(runs.median(size, "p95_ms")) for size in SIZES)}
    ratio = at_most(runs.ratio("1 M", "1 k", "p95_ms"), 2, "x 1 k")
    return Row("F6", f"{page}: p95 at {' and '.join(SIZES)}, ms", figures, [ratio])


def _read(product: Product, path: str, seconds: float) -> dict[str, Any]:
    """One page over and over on one connection. Raises CannotMeasure when it is refused."""
    token = product.state["processors"][0]
    connection = HTTPConnection("127.0.0.1", product.port)
    body, stop = b"", time.monotonic() + seconds
    times: list[float] = []
    while len(times) < 2 or time.monotonic() < stop:
        began = time.monotonic()
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        times.append(time.monotonic() - began)
        if answer.status != 200:
            raise CannotMeasure(f"{path} is answered with {answer.status}: {body[:200]!r}")
    connection.close()
    p95 = statistics.quantiles(times, n=20)[-1]
    return {"n": len(times), "rows": len(json.loads(body)["items"]), "p95_ms": round(1000 * p95, 2)}
