"""The product beside its peers, the leanest Python and the machine's limits: one table, in Markdown, on standard output."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from bells import bells
from clearing import clearing
from delivering import delivering
from filing import actions, filing
from growing import growing
from inboxes import inboxes
from lists import lists
from rivals import services
from rounds import LINES, Measurement
from server import CannotMeasure, alone, connect
from starting import starting
from streams import streams
from table import Row, Verdict, markdown
from telling import acting, telling
from uploads import uploads

WORKS: dict[str, Callable[[Measurement], Iterator[Row]]] = {
    "F1": filing,
    "F2": uploads,
    "actions": actions,
    "F3": acting,
    "F4": telling,
    "bells": bells,
    "F5": inboxes,
    "F6": lists,
    "F7": delivering,
    "F8": clearing,
    "F9": streams,
    "F10": starting,
    "F11": growing,
}
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Measure what is asked for, and print the table."""
    given = _arguments()
    for each in ENDS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _end)
    # The load client waits this long for others to be quiet, before each run.
    os.environ.setdefault("QUIET_WAIT", "15")
    measurement = Measurement(given.rounds, given.seconds, given.most)
    try:
        with alone(), services():
            rows = [row for work in given.work for row in _measured(work, measurement)]
            note = _note(measurement)
    except CannotMeasure as missing:
        print(missing, file=sys.stderr)
        return 1
    print(f"{markdown(rows)}\n\n{note}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/run", description=__doc__, epilog=f"Each run is kept as a line of JSON in {LINES}."
    )
    parser.add_argument("work", nargs="*", help=f"of {', '.join(WORKS)}, all (all)")
    parser.add_argument("--rounds", type=int, default=3, help="in which every system has its turn (3)")
    parser.add_argument("--seconds", type=float, default=4, help="of each run (4)")
    parser.add_argument("--most", type=int, default=10_000_000, help="notifications there are (10000000)")
    given = parser.parse_args()
    if unknown := set(given.work) - {*WORKS, "all"}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if given.rounds < 1 or given.seconds <= 0:
        parser.error("at least one round of some seconds")
    given.work = list(WORKS) if not given.work or "all" in given.work else given.work
    return given


def _measured(work: str, measurement: Measurement) -> Iterator[Row]:
    """The rows of a work; one that says so when it cannot be measured, so that the others still are."""
    try:
        yield from WORKS[work](measurement)
    except CannotMeasure as missing:
        print(missing, file=sys.stderr)
        yield Row(work, "see the messages of the run", {}, [Verdict("", "", "not measured")])


def _note(measurement: Measurement) -> str:
    cores = len(os.sched_getaffinity(0))
    python = ".".join(map(str, sys.version_info[:2]))
    with connect() as session:
        postgres = psycopg.pq.version_pretty(session.info.server_version)
    told = [
        f"Medians of {measurement.rounds} alternating rounds of {measurement.seconds:g} s; a ratio is the median of each"
        f" round's. {cores} cores shared by load client, server, database and worker; PostgreSQL {postgres}, Python {python}."
    ]
    return "\n".join([*told, *measurement.doubts()])


def _end(number: int, _frame: Any) -> None:
    """Stop everything in order, whatever else is sent meanwhile."""
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
