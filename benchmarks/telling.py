"""F3, an action as the person who acts sees it, however many are told; F4, the telling in the background."""

import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from line import Line, adapter
from rivals import DJANGO, FAN, FASTAPI, Rival, in_bench
from rounds import Measurement, Runs, median_ratio, running
from server import CannotMeasure, Product, connect, installed
from statements import actions_on
from table import Row, at_least, at_most, is_just, number

TOLD = (1, 10, 100, 1000, 10_000)
# The peers have no more than a thousand to tell.
MANY = 1000
LEAST, MOST = 3, 30
# Requests whose writing is counted.
WRITING = 10
# Recorded before the relay starts.
EVENTS = 50
# A difference that counts.
SAME = 1.25
# E-mails wait in their queue, or leave: the peers write one where the product writes one to each person told.
WAIT = b"INSERT INTO paused_channels VALUES ('email') ON CONFLICT DO NOTHING"
GO_ON = b"DELETE FROM paused_channels"
EMPTY = b"DELETE FROM deliveries WHERE state = 'due' AND attempts = 0"
MAILED = "mailed"
# What telling writes at the least: a row for each person, and their badge one higher.
COPIED = """
WITH item AS (SELECT * FROM inbox WHERE event_id = %s), moved AS (
  UPDATE heads SET last_rev = last_rev + 1, unread = unread + 1 FROM item WHERE heads.user_id = item.user_id
)
INSERT INTO copied SELECT * FROM item"""

Send = Callable[[Line, int, int], tuple[int, bytes, float]]


def acting(measurement: Measurement) -> Iterator[Row]:
    """One action after the other, each once everybody has been told of the one before, in the inbox; then with mails."""
    small, large = Product("acting-small", port=8502), Product("acting-large")
    with ExitStack() as stack:
        stack.enter_context(installed(small, holders=1, hospitals=(1,)))
        stack.enter_context(installed(large, holders=1, hospitals=TOLD))
        written = {told: large.inside("requests", told, WRITING) for told in TOLD}
        for told, found in written.items():
            measurement.record("F3", key=f"written, {told} told", **found)
        # Otherwise the server would be taken for one that does not start.
        large.inside("relay")
        with running(small, large, FASTAPI, DJANGO):
            runs = _acted(measurement, small, large)
    yield from _times(runs, small.name, large.name)
    yield from _written(written)


def telling(measurement: Measurement) -> Iterator[Row]:
    """What one relay tells in a second of events that wait, beside a thousand rows in one INSERT.

    Filings come into the inboxes of a desk; what is decided is sent to the people of a hospital as mails, too.
    """
    in_bench('S=1 BIG=" " $HERE/limits.sh sql inbox')
    product = Product("telling")
    with installed(product, holders=1, desk=MANY, hospitals=(MANY,)):
        takes = {
            "filed": lambda: _relayed(product, lambda: product.seed(claims=EVENTS)),
            "decided": lambda: _relayed(product, lambda: product.inside("requests", MANY, EVENTS)),
            "limit": lambda: _inserted(measurement),
            "own": lambda: _into_own_tables(product),
        }
        runs = measurement.repeat("F4", list(takes), lambda key: takes[key]())
    reached, with_mails, own = (
        100 * runs.ratio(name, "limit", "told_s") for name in ("filed", "decided", "own")
    )
    told = {name: number(runs.median(name, "told_s")) for name in takes}
    yield Row(
        "F4",
        f"told in a second in their inboxes: a desk of {MANY:,}, of each filing",
        {"product": told["filed"], "limit": told["limit"]},
        [
            at_least(reached, 50, "% of one INSERT"),
            is_just(own, "% of it: copying these rows and moving the badges, in SQL alone"),
        ],
    )
    yield Row(
        "F4",
        f"told by mail, too: {MANY:,} of a hospital, of each decision",
        {"product": told["decided"]},
        [is_just(with_mails, "% of it")],
    )


def _acted(measurement: Measurement, small: Product, large: Product) -> Runs:
    takes = {
        f"{product.name} {told}": _takes(product, told)
        for product, several in ((small, (1,)), (large, TOLD))
        for told in several
    }
    takes |= {
        f"{peer.name} {told}": _peer_takes(peer, told) for peer in (FASTAPI, DJANGO) for told in TOLD[:-1]
    }
    takes |= {MAILED: _takes(large, MANY, is_mailing=True)}
    for take in takes.values():
        take(0)
    return measurement.repeat("F3", list(takes), lambda key: takes[key](measurement.seconds))


def _takes(product: Product, told: int, *, is_mailing: bool = False) -> Callable[[float], dict[str, Any]]:
    common, hospital = adapter("common"), product.state["hospitals"][str(told)]

    def take(seconds: float) -> dict[str, Any]:
        with Line(product.port) as line, connect(product.database) as session, _mails(session, go=is_mailing):
            steps = actions_on(session, hospital["id"])

            def act(_count: int) -> tuple[int, bytes, float]:
                _until_told(session)
                claim, status = next(steps)
                body = json.dumps({"status": status}).encode()
                auth = f"Bearer {hospital['processor']}"
                return line.call(common.req("PATCH", f"/claims/{claim}/status", [body], auth=auth))

            return _one_by_one(act, seconds)

    return take


@contextmanager
def _mails(session: psycopg.Connection[Any], *, go: bool) -> Iterator[None]:
    """E-mails wait in their queue, or leave meanwhile: only those of the actions that are measured."""
    session.execute(WAIT)
    if go:
        session.execute(EMPTY)
        session.execute(GO_ON)
    yield
    session.execute(WAIT)


def _peer_takes(peer: Rival, told: int) -> Callable[[float], dict[str, Any]]:
    module = adapter(peer.name)
    state = module.prepare("status", str(told))

    def take(seconds: float) -> dict[str, Any]:
        with Line(peer.port) as line:
            return _one_by_one(
                lambda count: line.call(module.request("status", state, f"0-{count}", 0, str(told))), seconds
            )

    return take


def _one_by_one(act: Callable[[int], tuple[int, bytes, float]], seconds: float) -> dict[str, Any]:
    """The median of the times of some actions, as many as fit into the seconds."""
    times: list[float] = []
    end = time.monotonic() + seconds
    while len(times) < LEAST or (len(times) < MOST and time.monotonic() < end):
        status, body, took = act(len(times))
        if status != 200:
            raise CannotMeasure(f"An action is answered with {status}: {body[:200]!r}")
        times.append(took)
    return {"n": len(times), "ms": round(statistics.median(times), 2)}


def _until_told(session: psycopg.Connection[Any]) -> None:
    while session.execute("SELECT 1 FROM event_marks WHERE done_at IS NULL LIMIT 1").fetchone():
        time.sleep(0.01)


def _relayed(product: Product, record: Callable[[], object]) -> dict[str, Any]:
    record()
    result = product.inside("relay")
    return result | {"told_s": result["told"] / result["seconds"]}


def _inserted(measurement: Measurement) -> dict[str, Any]:
    return {"told_s": MANY * FAN.load("fan", clients=1, seconds=measurement.seconds)["rps"]}


def _into_own_tables(product: Product) -> dict[str, Any]:
    """The rows of one event after the other, copied in one statement each into tables made as the inbox and its heads are."""
    with connect(product.database) as session:
        session.execute("CREATE TABLE copied (LIKE inbox INCLUDING ALL)")
        session.execute("CREATE TABLE heads (LIKE inbox_state INCLUDING ALL)")
        session.execute("INSERT INTO heads SELECT * FROM inbox_state")
        events = session.execute(
            "SELECT event_id FROM inbox GROUP BY 1 HAVING count(*) >= %s", [MANY]
        ).fetchall()
        began = time.perf_counter()
        for event in events[:EVENTS]:
            session.execute(COPIED, event)
        seconds = time.perf_counter() - began
        session.execute("DROP TABLE copied, heads")
        return {"told_s": MANY * len(events[:EVENTS]) / seconds}


def _times(runs: Runs, small: str, large: str) -> Iterator[Row]:
    def several(name: str, told: Sequence[int]) -> str:
        return ", ".join(number(runs.median(f"{name} {each}", "ms")) for each in told)

    own, peers = f"{large} {MANY}", {"FastAPI peer": FASTAPI.name, "Django peer": DJANGO.name}
    figures = {column: number(runs.median(f"{name} {MANY}", "ms")) for column, name in peers.items()}
    yield Row(
        "F3",
        f"an action that is told to {MANY:,}, mails held back, ms",
        {"product": number(runs.median(own, "ms")), **figures},
        [
            at_least(runs.ratio(f"{FASTAPI.name} {MANY}", own, "ms"), 8, "x faster than FastAPI peer"),
            at_least(runs.ratio(f"{DJANGO.name} {MANY}", own, "ms"), 100, "x faster than Django peer"),
        ],
    )
    mailed = is_just(runs.ratio(MAILED, own, "ms"), "x without mails")
    yield Row(
        "F3", "the same while their mails leave", {"product": number(runs.median(MAILED, "ms"))}, [mailed]
    )
    each = [runs.of(f"{large} {told}", "ms") for told in TOLD]
    spread = median_ratio([max(times) for times in zip(*each, strict=True)], runs.of(f"{large} 1", "ms"))
    yield Row(
        "F3",
        f"the same told to {', '.join(f'{told:,}' for told in TOLD)}",
        {"product": several(large, TOLD)}
        | {column: several(name, TOLD[:-1]) for column, name in peers.items()},
        [at_most(spread, SAME, "x one told")],
    )
    users = at_most(runs.ratio(f"{large} 1", f"{small} 1", "ms"), SAME, "x few users")
    few = {"product": f"{number(runs.median(f'{small} 1', 'ms'))}, {number(runs.median(f'{large} 1', 'ms'))}"}
    yield Row("F3", f"told to one, among 4 users and {sum(TOLD) + len(TOLD) + 2:,}", few, [users])


def _written(written: dict[int, dict[str, Any]]) -> Iterator[Row]:
    for name, unit, most in (
        ("statements", "SQL statements", 1),
        ("rows", "rows written", 1),
        ("wal", "bytes of WAL", 1.1),
    ):
        values = [found[name] for found in written.values()]
        figures = {"product": ", ".join(number(value) for value in values)}
        yield Row(
            "F3", f"{unit} of that request", figures, [at_most(max(values) / values[0], most, "x one told")]
        )
