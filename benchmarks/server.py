"""The product as it is measured: its settings, its database, its processes; and the bench folder beside the project.

Settings of a measurement: BENCH (the bench folder, ../shared/bench) and W (where everything it makes lies, /tmp/perf).
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from processes import end

ROOT = Path(__file__).resolve().parent.parent
BENCH = Path(os.environ.get("BENCH", ROOT.parent / "shared" / "bench")).resolve()
WORK = Path(os.environ.get("W", "/tmp/perf"))
PGPORT = int(os.environ.get("PGPORT", "55432"))
START_SECONDS = 60
# Good enough to be accepted, and the same in every run, so that tokens stay valid.
# Settings that may be around and do not belong to a measurement.
FOREIGN_SETTINGS = (
    "INSURENZ_",
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_",
    "SMTP_",
    "PUBLIC_URL",
    "JWT_",
    "MAIL_FROM",
)
SECRET = "b8Qk2-wT6zVfY0nL4rXd9sGhJ1mCpA7eUoRiNtKqZy3xWvBgHjMlPcDsFa5EuTnO"


class CannotMeasure(Exception):
    """Something that a measurement needs is missing; the text says what to do."""


def required_bench() -> Path:
    """The bench folder, installed. Raises CannotMeasure."""
    if not (BENCH / "load.py").is_file():
        raise CannotMeasure(f"There is no bench folder at {BENCH}; name it: BENCH=/path/to/bench")
    return BENCH


def postmaster() -> int:
    """The process id of the bench's PostgreSQL, started when it does not run. Raises CannotMeasure."""
    if not (WORK / "pg" / "data").is_dir():
        raise CannotMeasure(
            f"The bench's PostgreSQL is not installed. As root: {required_bench()}/install.sh"
        )
    subprocess.run([required_bench() / "run.sh", "services"], check=True, env=os.environ | {"W": str(WORK)})
    return int((WORK / "pg" / "data" / "postmaster.pid").read_text().split()[0])


@contextmanager
def alone() -> Iterator[None]:
    """Nothing else is measured meanwhile. Raises CannotMeasure when it is."""
    WORK.mkdir(parents=True, exist_ok=True)
    with (WORK / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotMeasure(f"Another measurement is on: it holds {WORK / 'lock'}") from None
        yield


def require_free(port: int, whose: str) -> None:
    """Raises CannotMeasure when somebody listens on a port of this machine already."""
    if is_open(port):
        raise CannotMeasure(
            f"Port {port} ({whose}) is taken, perhaps by what a killed run has left: ss -ltnp 'sport = {port}'"
        )


def is_open(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def connect(database: str = "postgres") -> psycopg.Connection[Any]:
    """A connection of the bench's superuser."""
    return psycopg.connect(host="127.0.0.1", port=PGPORT, user="bench", dbname=database, autocommit=True)


@dataclass
class Product:
    """One checkout of the product (`tree`), served with `workers` processes on a database of its own."""

    name: str
    backend: str = "postgresql"
    workers: int = 2
    tree: Path = ROOT
    port: int = 8501
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """Everything this install keeps."""
        return WORK / f"product-{self.name}"

    @property
    def database(self) -> str:
        """The name of its database, when that is PostgreSQL."""
        return f"bench_product_{self.name.replace('-', '_')}"

    @property
    def python(self) -> str:
        """Its interpreter, under the work folder, so that the load client knows its processes as the bench's."""
        return str(self.folder / "venv" / "bin" / "python")

    @property
    def roots(self) -> list[int]:
        """The process that all of its processes come from, while it is served."""
        return [self.process.pid] if self.process else []

    @property
    def environment(self) -> dict[str, str]:
        """Its settings, and none of those that happen to be around."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN_SETTINGS)}
        # As with every install, what was compiled once is there at the next start; but not in the tree.
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        url = f"postgresql://bench@127.0.0.1:{PGPORT}/{self.database}"
        return kept | {
            "PYTHONPATH": str(self.tree / "src"),
            "PYTHONPYCACHEPREFIX": str(WORK / "pycache"),
            "DATABASE_URL": url if self.backend == "postgresql" else "",
            "JWT_SECRET_KEY": SECRET,
            "INSURENZ_DATA_DIR": str(self.folder / "data"),
            "INSURENZ_RATE_LIMIT": "off",
            "INSURENZ_ACCOUNTS__IDLE_MINUTES": "525600",
            "BENCH_STATE": str(self.folder / "state.json"),
            "BENCH_PORT": str(self.port),
            "W": str(WORK),
            **self.settings,
        }

    @property
    def state(self) -> dict[str, Any]:
        """What seed.py has written: tokens by whose they are, policies, claims."""
        seeded: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return seeded

    def make(self, **sizes: int | tuple[int, ...]) -> None:
        """Begin anew: an empty database with what `seed` is asked for."""
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "data").mkdir(parents=True)
        (self.folder / "venv").symlink_to((self.tree / ".venv").resolve())
        if self.backend == "postgresql":
            with connect() as session:
                session.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
                session.execute(f"CREATE DATABASE {self.database}")
        self.seed(**sizes)

    def seed(self, **sizes: int | tuple[int, ...]) -> None:
        """Add what is asked for by the options of seed.py: so many `claims`, and the people when there are none."""
        own = self.tree / "benchmarks" / "seed.py"
        script = own if own.exists() else ROOT / "benchmarks" / "seed.py"
        options = [
            text
            for name, size in sizes.items()
            for text in (f"--{name}", *map(str, size if isinstance(size, tuple) else (size,)))
        ]
        command = [self.python, str(script), str(self.folder / "state.json"), *options]
        subprocess.run(command, check=True, env=self.environment, cwd=self.folder)

    def inside(self, *asked: object) -> dict[str, Any]:
        """What a part of the product takes by itself: see inside.py. Raises CannotMeasure when it fails."""
        script = str(ROOT / "benchmarks" / "inside.py")
        command = [self.python, script, str(self.folder / "state.json"), *map(str, asked)]
        done = subprocess.run(
            command, env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CannotMeasure(f"{' '.join(command[1:])} fails:\n{done.stderr[-1000:]}")
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    def start(self) -> float:
        """Serve until `stop`; the seconds to the first answer. Raises CannotMeasure when there is none."""
        port, workers = ["--port", str(self.port)], ["--workers", str(self.workers)]
        command = [self.python, "-m", "insurenz", "serve", "--no-demo", *port, *workers]
        require_free(self.port, "the product")
        started = time.monotonic()
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=self.folder, stdout=log, stderr=log
            )
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() - started > START_SECONDS:
                raise CannotMeasure(f"The product does not start; see {self.folder / 'server.log'}")
            time.sleep(0.01)
        return time.monotonic() - started

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None:
            end(self.roots)
            self.process.wait()
            self.process = None

    def clear(self) -> None:
        """Remove the files it has stored; whoever measures does not ask for them again."""
        for path in (self.folder / "data" / "objects").rglob("*"):
            if path.is_file():
                path.unlink()

    def remove(self) -> None:
        """Remove what it has kept, but not its log."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        if self.backend == "postgresql":
            with connect() as session:
                session.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def load(self, op: str, **options: object) -> dict[str, Any]:
        """One run of the load client against it: what load.py prints. Options are those of load.py."""
        more = {
            "PYTHONPATH": str(ROOT / "benchmarks" / "adapters"),
            "BENCH_SIZE": str(options.get("size") or 0),
        }
        return load("product", op, {**self.environment, **more}, **options)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def installed(product: Product, **sizes: int | tuple[int, ...]) -> Iterator[Product]:
    """An install made anew (`make`), which is removed afterwards in any case."""
    try:
        product.make(**sizes)
        yield product
    finally:
        product.remove()


def load(adapter: str, op: str, environment: dict[str, str], **options: object) -> dict[str, Any]:
    """One run of the load client: what it prints, as a dictionary. Its errors go to our standard error.

    Raises CannotMeasure when it does not come to an end.
    """
    given = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    command = [sys.executable, str(required_bench() / "load.py"), adapter, op, *given]
    with subprocess.Popen(
        command,
        env={"QUIET_WAIT": "0", **environment},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as client:
        try:
            printed, _ = client.communicate()
        finally:
            # It has processes of its own, which would go on alone when we are interrupted.
            with suppress(ProcessLookupError):
                os.killpg(client.pid, signal.SIGKILL)
    if client.returncode:
        raise CannotMeasure(f"The load client failed: {' '.join(command[1:])}")
    result: dict[str, Any] = json.loads(printed)
    return result
