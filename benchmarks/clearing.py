"""F8, the clean-up of notifications that have expired, and one DELETE of the same rows; people read beside both."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from rounds import Measurement, running
from server import CannotMeasure, Product, connect, installed
from table import Row, at_most, number

# As many again are young enough to stay.
EXPIRED = 1_000_000
HOURS = 1440
KEPT_HOURS = 720
CLIENTS = 2
# The server would clean up by itself when it starts.
KEEPING = {"NOTIFICATION_TTL_HOURS": "87600"}


def clearing(measurement: Measurement) -> Iterator[Row]:
    """Each round on copies of one database, for what was cleared is gone."""
    expired = min(EXPIRED, measurement.most // 2)
    filled, copy = Product("cleared"), Product("cleared-copy", port=8502, settings=KEEPING)
    takes = {
        "clear": lambda: _cleared(copy, filled, expired, measurement.seconds),
        "DELETE": lambda: _deleted(copy, filled, measurement.seconds),
    }
    with installed(filled, inboxes=(2 * expired, HOURS)), installed(copy, holders=1):
        (copy.folder / "state.json").write_bytes((filled.folder / "state.json").read_bytes())
        runs = measurement.repeat("F8", list(takes), lambda key: takes[key]())
    took, meanwhile, quiet = (runs.median("clear", name) for name in ("took_s", "p99_ms", "quiet_ms"))
    yield Row(
        "F8",
        f"clean-up of {expired:,} notifications, s",
        {"product": number(took), "limit": number(runs.median("DELETE", "took_s"))},
        [at_most(runs.ratio("clear", "DELETE", "took_s"), 2, "x one DELETE")],
    )
    readers = runs.of("clear", "p99_ms"), runs.of("clear", "quiet_ms")
    worst = at_most(max(a / b for a, b in zip(*readers, strict=True)), 2, "x quiet")
    figures = {"product": f"{number(meanwhile)}, {number(quiet)}"}
    yield Row("F8", "p99 of readers meanwhile, and when it is quiet, ms", figures, [worst])


def _cleared(copy: Product, filled: Product, expired: int, seconds: float) -> dict[str, Any]:
    result = _beside_readers(copy, filled, seconds, lambda: copy.inside("clear"))
    if result["removed"] < expired:
        raise CannotMeasure(f"F8 was to remove {expired:,} notifications, and removed {result['removed']:,}")
    return result | {"took_s": round(result["seconds"], 2)}


def _deleted(copy: Product, filled: Product, seconds: float) -> dict[str, Any]:
    def delete() -> dict[str, Any]:
        with connect(copy.database) as session:
            began = time.perf_counter()
            statement = f"DELETE FROM inbox WHERE created_at < now() - interval '{KEPT_HOURS} hours'"
            removed = session.execute(statement.encode()).rowcount
            return {"removed": removed, "took_s": round(time.perf_counter() - began, 2)}

    return _beside_readers(copy, filled, seconds, delete)


def _beside_readers(
    copy: Product, filled: Product, seconds: float, work: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """What some work on a new copy gives, and how its readers fare when it is quiet, and meanwhile."""
    _anew(copy, filled)
    with running(copy):
        copy.load("inbox", clients=CLIENTS, seconds=1, warm=0)
        quiet = copy.load("inbox", clients=CLIENTS, seconds=seconds)
        found: dict[str, Any] = {}
        working = threading.Thread(target=lambda: found.update(work()))
        working.start()
        meanwhile = copy.load("inbox", clients=CLIENTS, seconds=seconds)
        working.join()
    if not found:
        raise CannotMeasure("F8 needs cleanup_expired_notifications; see the messages above")
    return meanwhile | found | {"quiet_ms": quiet["p99_ms"]}


def _anew(copy: Product, filled: Product) -> None:
    with connect() as session:
        for statement in (
            f"DROP DATABASE IF EXISTS {copy.database} WITH (FORCE)",
            f"CREATE DATABASE {copy.database} TEMPLATE {filled.database} STRATEGY file_copy",
            "CHECKPOINT",
        ):
            session.execute(statement.encode())
