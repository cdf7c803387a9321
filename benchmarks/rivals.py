"""What the product is measured beside: two peers, the leanest Python for the same work, and the machine's limits."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import end
from server import PGPORT, WORK, CannotMeasure, is_open, load, postmaster, require_free, required_bench

REDIS_PORT = int(os.environ.get("REDIS_PORT", "56379"))
# Where the bench keeps the process ids of what it has started.
PIDS = WORK / "run"
LIMITS = WORK / "limits"


@dataclass
class Rival:
    """A system of the bench, as its adapter of the load client names it."""

    name: str
    port: int
    files: Path
    # Lines of shell that start it; the names of the processes these start.
    up: str
    processes: tuple[str, ...]
    is_ours: bool = False

    @property
    def roots(self) -> list[int]:
        """The processes that all of its processes come from, while it runs."""
        found = [PIDS / f"{name}.pid" for name in self.processes if self.is_ours]
        return [int(file.read_text()) for file in found if file.exists()]

    def start(self) -> None:
        """Run until `stop`. Raises CannotMeasure when it does not answer."""
        require_free(self.port, self.name)
        self._forget()
        self.clear()
        self.is_ours = True
        in_bench(self.up)

    def stop(self) -> None:
        """End what `start` has started, in order, and remove the files it has stored."""
        if self.is_ours:
            end(self.roots)
            self._forget()
            self.clear()
            self.is_ours = False

    def clear(self) -> None:
        """Remove the files it has stored."""
        for path in self.files.iterdir() if self.files.is_dir() else ():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def load(self, op: str, **options: object) -> dict[str, Any]:
        """One run of the load client against it, as with the product."""
        return load(self.name, op, dict(environment()), **options)

    def _forget(self) -> None:
        for name in self.processes:
            (PIDS / f"{name}.pid").unlink(missing_ok=True)


@dataclass(frozen=True)
class Transactions:
    """SQL and nothing else, sent by pgbench: the limit of the database. `script` is one that the limits have written."""

    name: str
    script: str
    roots: tuple[int, ...] = ()

    def load(self, op: str, **options: Any) -> dict[str, Any]:
        """Transactions in a second, under the name that the load client has for them."""
        clients, time = options["clients"], max(1, round(options["seconds"]))
        printed = in_bench(
            f"cd $W/limits && pgbench -n -M prepared -f {self.script}.sql -c {clients} -j {min(2, clients)} -T {time} bench_limits"
        )
        found = re.search(r"^tps = ([0-9.]+)", printed, re.MULTILINE)
        if found is None:
            raise CannotMeasure(f"pgbench says nothing of its rate:\n{printed}")
        return {"op": op, "clients": clients, "rps": float(found[1])}

    def clear(self) -> None:
        """It stores no files."""


FASTAPI = Rival(
    "fastapi_peer",
    8201,
    WORK / "data" / "fastapi_peer",
    "$HERE/run.sh up fastapi_peer",
    ("fastapi_peer", "celery_fastapi_peer"),
)
DJANGO = Rival(
    "django_peer",
    8101,
    WORK / "data" / "django",
    "$HERE/run.sh up django_peer",
    ("django_peer", "celery_django_peer"),
)
LEAN = Rival(
    "lean",
    8401,
    WORK / "data" / "lean",
    """cd $HERE; export DATA=$W/data/lean
    start lean uvicorn --workers 2 --port 8401 --log-level warning --no-access-log --timeout-keep-alive 60 lean:app
    wait_http http://127.0.0.1:8401/health""",
    ("lean",),
)
NGINX = Rival(
    "null",
    8901,
    LIMITS / "up",
    "cd $W/limits; start nginx nginx -c $W/limits/nginx.conf; wait_http http://127.0.0.1:8901/ok",
    ("nginx",),
)
SQL = Transactions("pg_tx", "tx")
# A page and the unread counter among a million; a thousand rows in one INSERT.
PAGE, COUNTER, FAN = (Transactions(f"pg_{name}", name) for name in ("page", "unread", "fan"))


def in_bench(script: str) -> str:
    """What lines of shell print, with the settings and functions of the bench. Raises CannotMeasure when they fail."""
    required_bench()
    done = subprocess.run(
        ["bash", "-c", f'. "$BENCH/env.sh"\n{script}'],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-5:])
        raise CannotMeasure(f"The bench fails; its logs are in {PIDS}. {script}\n{last}")
    return done.stdout


def environment() -> dict[str, str]:
    """Our environment with the settings of the bench."""
    more = {"W": WORK, "PGPORT": PGPORT, "REDIS_PORT": REDIS_PORT, "BENCH": required_bench()}
    return {**os.environ, **{name: str(value) for name, value in more.items()}}


def prepare_limits() -> None:
    """Empty tables for the SQL of a filing and for lean; nginx's configuration when it is not there yet."""
    in_bench("S=1 $HERE/limits.sh sql")
    # Numbers of its runs with 32 clients would clash with those of the runs with 8.
    in_bench('psql -q bench_limits -c "truncate claim, doc, event, outbox"')
    if not (LIMITS / "nginx.conf").exists():
        in_bench("S=1 QUIET_WAIT=0 $HERE/limits.sh web")


def prepare_inboxes(count: int) -> None:
    """So many notifications with each peer, with lean, and for the SQL of an inbox."""
    in_bench('S=1 BIG=" " $HERE/limits.sh sql inbox')
    rows = f"select (i*7919%1000)+1, i%10000+1 from generate_series(1,{count}::bigint) i"
    in_bench(
        f'psql -q bench_limits -c "truncate inbox" -c "insert into inbox(user_id,event_id) {rows}" -c "vacuum analyze inbox"'
    )
    for peer, database in ((DJANGO, "bench_django"), (FASTAPI, "bench_fastapi")):
        in_bench(f"psql -q {database} -v n={count} -f $HERE/peers/{peer.name}/notifications.sql")


@contextmanager
def services() -> Iterator[None]:
    """PostgreSQL and Redis of the bench; those that did not run before are stopped in the end. Raises CannotMeasure."""
    _require_installed()
    had_postgres, had_redis = is_open(PGPORT), is_open(REDIS_PORT)
    postmaster()
    try:
        yield
    finally:
        if not had_postgres:
            in_bench(
                """su bench -c "$(dirname "$(command -v pgbench)")/pg_ctl -D $W/pg/data -m fast -w stop" """
            )
        if not had_redis:
            in_bench("stop redis")


def _require_installed() -> None:
    missing = [
        name for name in ("venv/bin/gunicorn", "venv/bin/uvicorn", "pg/data") if not (WORK / name).exists()
    ]
    if missing or shutil.which("nginx") is None:
        raise CannotMeasure(f"The peers are not installed in {WORK}. As root: {required_bench()}/install.sh")
    if os.geteuid() != 0:
        raise CannotMeasure("Run it as root: the bench starts its PostgreSQL as the user bench, and nginx.")
