"""CPU per request by operation: what a change costs or saves, on a machine whose wall clock cannot be trusted."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from processes import IDLE_SHARE, LOOK_SECONDS, MOST_LOOKS, Cpu, cpu_of
from server import ROOT, WORK, CannotMeasure, Product, alone, postmaster
from statements import listing, statements_logged

OPS = ("file", "upload", "status", "show", "list", "inbox", "unread", "me", "health")
SIZES = {"file": 200_000, "upload": 10_000_000}
# As many as one status run uses: load.py's adapter takes them away.
CLAIMS_IN_A_RUN = 2000
OF_CLAIMS = ("status", "show")
OF_INBOXES = ("inbox", "unread")
# Within which no notification is cleared.
HOURS = 700
COLUMNS = ("server", "children", "backends", "postgres", "statements", "client", "rps", "p50_ms", "p99_ms")
NOTE = """
ms of CPU per request: server = its processes; children = processes it starts (inspection); backends = PostgreSQL's for
this database; postgres = the rest of the cluster (WAL writer, checkpointer). client = CPU of the load client, ms per
request. statements = SQL statements per request, background work included. Medians of the runs."""


def main() -> int:
    """Measure each op on each tree, alternating, and print the table."""
    given = _arguments()
    try:
        with alone():
            rows = _measure(given)
    except CannotMeasure as missing:
        print(missing, file=sys.stderr)
        return 1
    _print(rows)
    with (WORK / "cpu.jsonl").open("a") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/profile", description=__doc__)
    parser.add_argument("op", nargs="*", default=["file"], help=f"of {', '.join(OPS)} (file)")
    parser.add_argument(
        "--tree", type=Path, action="append", help="checkout to measure; repeatable (this one)"
    )
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--workers", type=int, help="server processes (2; 1 on SQLite)")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5, help="of one run")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--size", type=int, help="bytes of a file (200000; 10000000 for upload)")
    parser.add_argument(
        "--arg", default="", help="for the adapter: pdf or jpeg; the query of list; whose inbox"
    )
    parser.add_argument(
        "--inboxes", type=int, default=100_000, help="notifications, for inbox and unread (100000)"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting; repeatable"
    )
    parser.add_argument("--statements", action="store_true", help="list them, too (PostgreSQL)")
    given = parser.parse_args()
    if unknown := set(given.op) - set(OPS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if len({op in OF_INBOXES for op in given.op}) > 1:
        parser.error(
            f"{' and '.join(OF_INBOXES)} are measured on an install of their own: name no others with them"
        )
    return given


def _measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    products = _products(given)
    main_process = postmaster() if given.database == "postgresql" else None
    of_inboxes = given.op[0] in OF_INBOXES
    try:
        for product in products:
            product.make(
                **({"inboxes": (given.inboxes, HOURS)} if of_inboxes else {"claims": CLAIMS_IN_A_RUN})
            )
            product.start()
        return [row for op in given.op for row in _alternate(op, products, given, main_process)]
    finally:
        for product in products:
            product.stop()


def _products(given: argparse.Namespace) -> list[Product]:
    workers = given.workers or (2 if given.database == "postgresql" else 1)
    return [
        Product(
            f"{'pg' if given.database == 'postgresql' else 'sqlite'}-{number}",
            given.database,
            workers,
            tree.resolve(),
            port=8510 + number,
            settings=dict(pair.split("=", 1) for pair in given.set),
        )
        for number, tree in enumerate(given.tree or [ROOT])
    ]


def _alternate(
    op: str, products: list[Product], given: argparse.Namespace, main_process: int | None
) -> Iterator[dict[str, Any]]:
    options = {"clients": given.clients, "size": given.size or SIZES.get(op, 0), "arg": given.arg, "warm": 0}
    runs: dict[str, list[dict[str, float]]] = {product.name: [] for product in products}
    for product in products:
        _run(product, op, main_process, options | {"seconds": 1})
    for _ in range(given.runs):
        for product in products:
            runs[product.name].append(_run(product, op, main_process, options | {"seconds": given.seconds}))
    for product in products:
        medians = {
            key: statistics.median(run[key] for run in runs[product.name])
            for key in COLUMNS
            if key != "statements"
        }
        statements = _statements(product, op, options, is_listed=given.statements) if main_process else None
        same = {"op": op, "tree": str(product.tree), "database": given.database, "workers": product.workers}
        errors = sum(run["errors"] for run in runs[product.name])
        yield same | medians | {"statements": statements, "errors": errors, "clients": given.clients}


def _run(product: Product, op: str, main_process: int | None, options: dict[str, Any]) -> dict[str, float]:
    """One run: milliseconds of CPU per request, and what load.py says."""
    if op in OF_CLAIMS:
        product.seed(claims=CLAIMS_IN_A_RUN)
    before = _once_idle(product, main_process)
    result = product.load(op, **options)
    spent = _once_idle(product, main_process) - before
    requests = max(1, result["n"] + result["errors"])
    per_request = {key: 1000 * value / requests for key, value in vars(spent).items()}
    client = 1000 * result["client_cpu"] * options["seconds"] / requests
    return (
        per_request
        | {"client": client}
        | {key: result[key] or 0 for key in ("rps", "p50_ms", "p99_ms", "errors")}
    )


def _once_idle(product: Product, main_process: int | None) -> Cpu:
    """The CPU seconds so far, once the server rests."""
    now = _cpu(product, main_process)
    for _ in range(MOST_LOOKS):
        time.sleep(LOOK_SECONDS)
        earlier, now = now, _cpu(product, main_process)
        if (now - earlier).server < IDLE_SHARE * LOOK_SECONDS:
            break
    return now


def _cpu(product: Product, main_process: int | None) -> Cpu:
    if product.process is None:
        raise RuntimeError("the product does not run")
    return cpu_of(
        product.process.pid, workers=product.workers, postmaster=main_process, database=product.database
    )


def _statements(product: Product, op: str, options: dict[str, Any], *, is_listed: bool) -> float:
    """SQL statements per request, counted during a short run of one client."""
    if op in OF_CLAIMS:
        product.seed(claims=CLAIMS_IN_A_RUN)
    with statements_logged(product.database) as counted:
        result = product.load(op, **options | {"clients": 1, "seconds": 1})
    requests = max(1, int(result["n"] + result["errors"]))
    if is_listed:
        print(f"{op} on {product.tree}, statements per request:\n{listing(counted, requests)}\n")
    return round(counted.total() / requests, 1)


def _print(rows: list[dict[str, Any]]) -> None:
    names = {row["tree"] for row in rows}
    width = max(len(name) for name in names)
    heads = [*COLUMNS, "errors"]
    print(f"{'op':8}{'tree':{width}}" + "".join(f"{head:>11}" for head in heads))
    for row in rows:
        cells = ("-" if row[head] is None else f"{row[head]:.2f}" for head in heads)
        print(f"{row['op']:8}{row['tree']:{width}}" + "".join(f"{cell:>11}" for cell in cells))
    print(NOTE)


if __name__ == "__main__":
    sys.exit(main())
